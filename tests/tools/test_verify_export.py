"""tools/verify_export.py finds each damage to an export, and names the damage and its line."""
import base64
import contextlib
import gzip
import hashlib
import importlib.util
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = os.path.join(os.path.dirname(__file__), "..", "..")
TOOL = os.path.join(ROOT, "tools", "verify_export.py")
GOLDEN = os.path.join(ROOT, "tests", "events", "golden")

spec = importlib.util.spec_from_file_location("verify_export", TOOL)
verify_export = importlib.util.module_from_spec(spec)
spec.loader.exec_module(verify_export)


KINDS = (  # type, its sealed members, the actor, the sealed members about the actor
    ("ContactCreated", {"fullName": "Jane Sm\u014dth", "email": "jane@x.org", "phone": None}, "7",
     {"actorname": "jo", "clientip": "192.0.2.7"}),
    ("ContactChanged", {"before": {"email": "jane@x.org"}, "after": {"email": "j@x.org"}}, "operator:jo",
     {"actorname": "jo"}),
    ("UserAdded", {}, "ext:u-77", {"username": "jane", "reason": "asked by\nphone \u2013 twice"}),
    ("TokenIssued", {}, "token:t1", {}),
    ("ContactCreated", {"fullName": "Bob"}, "token:t1", {}),
)


def as_json(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def block(record_id, part, members):
    """(padded plain text, opening in hex, commitment in hex), as events/seal/README.md has it."""
    plain = as_json(members).encode()
    plain += b" " * (-len(plain) % 64)
    key = hashlib.sha256(f"key of {record_id}".encode()).digest()
    opening = hashlib.sha256(b"\4" + key + record_id.encode() + b"\0" + part.encode()).digest()
    return plain, opening.hex(), hashlib.sha256(opening + plain).hexdigest()


def sealed_text(plain):
    """Of the right size; nothing here decrypts it."""
    return base64.b64encode(hashlib.shake_128(plain).digest(len(plain) + 16)).decode()


def disclosed(sequence, part, plain, opening):
    plain = plain if isinstance(plain, str) else plain.decode()
    return as_json({"disclosed": {"sequence": sequence, "part": part, "plain": plain,
                                  "opening": opening}}).encode() + b"\n"


def opened(count, tenant="acme", first=1, previous="0" * 64, **changed):
    """For each record of an export its line and the lines that disclose its blocks."""
    groups = []
    for sequence in range(first, first + count):
        kind, personal, actor, about_actor = KINDS[sequence % len(KINDS)]
        record_id = f"019ab0c1-0000-7000-8000-{sequence:012}"
        record = {"specversion": "1.0", "id": record_id, "source": "/contacts", "type": kind, "subject": "42",
                  "time": f"2026-11-23T10:00:{sequence:02}.000Z", "datacontenttype": "application/json",
                  "dataschema": f"urn:contacts:{kind}:1", "tenant": tenant, "sequence": sequence,
                  "previous": previous, "actor": actor, "actorname": "sync\u014d", "keys": "00ff" * 8}
        if not actor.startswith("token:"):
            del record["actorname"]
        data, shown = {"id": 42, "isActive": True}, []
        if not personal and not about_actor:
            del record["keys"]
        if about_actor:
            plain, opening, commitment = block(record_id, "actor", about_actor)
            record.update(actorsealed=sealed_text(plain), actorcommitment=commitment)
            shown.append(disclosed(sequence, "actor", plain, opening))
        if personal:
            plain, opening, commitment = block(record_id, "data", personal)
            data.update(sealed=sealed_text(plain), commitment=commitment)
            shown.insert(0, disclosed(sequence, "data", plain, opening))
        line = as_json({**record, "data": data, **changed}).encode()
        previous = hashlib.sha256(line).hexdigest()
        groups.append([line + b"\n", *shown])
    return groups


def chained(count, **options):
    """Lines of an export without --open."""
    return [group[0] for group in opened(count, **options)]


def head_of(lines):
    return hashlib.sha256(lines[-1].rstrip(b"\n")).hexdigest()


def rechained(lines, at, old, new):
    """The lines with a changed record at `at`; all records after it are chained on it."""
    lines = list(lines)
    assert old in lines[at], old
    lines[at] = lines[at].replace(old, new, 1)
    for i in range(at + 1, len(lines)):
        before = hashlib.sha256(lines[i - 1][:-1]).hexdigest().encode()
        lines[i] = re.sub(rb'"previous":"[0-9a-f]{64}"', b'"previous":"%s"' % before, lines[i], count=1)
    return lines


class VerifyExport(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.lines = chained(10)

    def file(self, content, name="export.ndjson"):
        path = os.path.join(self.folder.name, name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else b"".join(content))
        return path

    def verify(self, *words):
        """Exit code, stdout, stderr."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = verify_export.main(list(words))
            except SystemExit as ended:
                code = ended.code
        return code, out.getvalue(), err.getvalue()

    def damaged(self):
        """(the damage, the file, the line, the message); a line of None: the fault has no line."""
        lines = self.lines
        whole = b"".join(lines)
        edited = lines[4].replace(b"2026-11-23T10:00:05.000Z", b"2026-11-23T10:00:05.001Z")
        previous = re.search(rb'"previous":"([0-9a-f]{64})"', lines[4]).group(1)
        other = chained(10, actor="99")
        return [
            ("a byte is changed", lines[:4] + [edited] + lines[5:], 5, "record 5 is not what record 6"),
            ("the last but one is changed", lines[:8] + [lines[8].replace(b"acme", b"acme", 1).replace(
                b'"actor":"', b'"actor":"x')] + lines[9:], 10, "one of the two was changed"),
            ("previous is changed", lines[:4] + [lines[4].replace(previous, b"ab" * 32)] + lines[5:], 5,
             "record 5 is not chained on the record before it"),
            ("the first is chained on something", rechained(lines, 0, b'"previous":"0', b'"previous":"1'), 1,
             "not on 64 zeros"),
            ("of another log", lines[:5] + other[5:], 5, "record 5 is not what record 6"),
            ("a record is out", lines[:4] + lines[5:], 5, "record 5 is missing before this line"),
            ("three are out", lines[:4] + lines[7:], 5, "records 5 to 7 are missing before this line"),
            ("the first is out", lines[1:], 1, "the first record is 2, not 1"),
            ("one is there twice", lines[:5] + lines[4:], 6, "record 5 is there a second time, with the same bytes"),
            ("two changed places", lines[:4] + [lines[5], lines[4]] + lines[6:], 6,
             "record 5 comes after record 6"),
            ("a record was forged at its place", lines[:5] + other[4:5] + lines[5:], 6, "record 5 comes after"),
            ("of another tenant", lines[:5] + chained(6, tenant="globex")[5:] + lines[5:], 6,
             "the record is of tenant globex, not acme"),
            ("cut within a record", whole[:-100], 10, "the file ends within a record"),
            ("cut within a character", whole[:whole.rindex("ō".encode()) + 1], None, "the file ends within a record"),
            ("no JSON", lines[:4] + [b"hello\n"] + lines[4:], 5, "it is not JSON"),
            ("an array", lines[:4] + [b"[1]\n"] + lines[4:], 5, "it is not a JSON object"),
            ("NaN", lines[:4] + [b'{"a":NaN}\n'] + lines[4:], 5, "NaN is not JSON"),
            ("no UTF-8", lines[:4] + [b'{"a":"\xff"}\n'] + lines[4:], 5, "it is not UTF-8: byte 0xFF at 7"),
            ("a member twice", rechained(lines, 4, b'"source":', b'"tenant":"acme","source":'), 5,
             "the member 'tenant' is there twice"),
            ("deep", rechained(lines, 4, b'"source":', b'"x":' + b"[" * 32 + b"]" * 32 + b',"source":'), 5,
             "it is nested deeper than 32 levels"),
            ("very deep", lines[:4] + [b"[" * 200000 + b"\n"] + lines[4:], 5, "it is nested deeper"),
            ("long", lines[:4] + [b'{"a":"' + b"x" * 3_000_000 + b'"}\n'] + lines[4:], 5,
             "it is longer than any record"),
            ("no sequence", lines[:4] + [b'{"tenant":"acme","sequence":1.0}\n'] + lines[4:], 5,
             "it has no valid 'sequence'"),
            ("no tenant", lines[:4] + [b'{"tenant":"a b"}\n'] + lines[4:], 5, "it has no valid 'tenant'"),
            ("a huge number", lines[:4] + [b'{"tenant":"a","sequence":' + b"9" * 5000 + b"}\n"] + lines[4:], 5,
             "it has no valid 'sequence'"),
            ("escapes", rechained(lines, 4, b'"tenant":"acme"', b'"tenant":"\\u0061cme"'), 5,
             "'tenant', 'sequence' or 'previous' is written with escapes"),
            ("CRLF", whole.replace(b"\n", b"\r\n"), 1, "the line ends with CRLF, not LF"),
            ("one CRLF", lines[:4] + [lines[4][:-1] + b"\r\n"] + lines[5:], 5, "the line ends with CRLF"),
            ("a byte order mark", b"\xef\xbb\xbf" + whole, 1, "begins with a byte order mark (U+FEFF)"),
            ("UTF-16", whole.decode().encode("utf-16"), 1, "the file is in UTF-16, not UTF-8"),
            ("a blank line", lines[:4] + [b"\n"] + lines[4:], 5, "the line is blank"),
            ("spaces at the end", lines[:4] + [lines[4][:-1] + b"  \n"] + lines[5:], 5,
             "there is white space before or after the record"),
            ("written anew by a tool", [json.dumps(json.loads(line)).encode() + b"\n" for line in
                                        chained(10, actor="jane")], 1, "says the same in other bytes"),
            ("a cut gzip file", gzip.compress(whole)[:-20], None, "the gzip file cannot be read on"),
            ("a time that goes back", rechained(lines, 4, b"10:00:05.000Z", b"09:00:05.000Z"), 5,
             "record 5 is of 2026-11-23T09:00:05.000Z, before 2026-11-23T10:00:04.000Z"),
            ("no time", rechained(lines, 4, b"10:00:05.000Z", b"10:00:05Z"), 5, "record 5: 'time' is not like"),
            ("another format", rechained(lines, 4, b'"specversion":"1.0"', b'"specversion":"2.0"'), 5,
             "record 5: 'specversion' is not \"1.0\""),
            ("a schema of another type", rechained(lines, 4, b'"dataschema":"urn:contacts:', b'"dataschema":"urn:x:'),
             5, "record 5: 'dataschema' is not urn:contacts:"),
            ("an id that is not a UUID", rechained(lines, 4, b'"id":"019ab0c1', b'"id":"019AB0C1'), 5,
             "record 5: 'id' is not a UUID"),
            ("no data", rechained(lines, 4, b'"data":{', b'"datum":{'), 5, "record 5: 'data' is missing"),
            ("the opening record of a log", [
                b'{"specversion":"1.0","id":"019ab0c1-0000-7000-8000-000000000001","source":"/contacts","type":'
                b'"LogOpened","time":"2026-11-23T10:00:00.123Z","datacontenttype":"application/json","data":'
                b'{"logId":"L1","partition":0,"partitions":12,"format":2}}\n'] + lines, 1,
             "the line is an opening record of log L1"),
        ]

    def test_each_damage_is_caught_and_named_with_its_line(self):
        for what, content, line, said in self.damaged():
            with self.subTest(what):
                code, _, err = self.verify(self.file(content))
                self.assertEqual(code, 1)
                self.assertIn(said, err)
                self.assertIn("NOTHING WAS READ" if what == "UTF-16" else "NOT INTACT", err)
                if line:
                    self.assertRegex(err, rf"export.ndjson, line {line}: .*{re.escape(said)}")

    def test_a_damage_is_reported_once_and_not_for_all_later_records(self):
        for what, content, _, said in self.damaged():
            if what in ("CRLF", "written anew by a tool", "a time that goes back"):
                continue
            with self.subTest(what):
                report = json.loads(self.verify("--json", self.file(content))[1])
                self.assertLessEqual(sum(report["faultCounts"].values()), 3, report["faults"])
                self.assertFalse(report["intact"])

    def test_a_summary_names_the_range_the_actors_and_the_bounds(self):
        code, out, err = self.verify(self.file(self.lines))
        self.assertEqual((code, err), (0, ""))
        for said in ("intact, 10 records", "acme", "from sequence 1 to 10", "2026-11-23T10:00:01.000Z to "
                     "2026-11-23T10:00:10.000Z", head_of(self.lines[:1]), head_of(self.lines),
                     "operator:jo 2", "sync\u014d (token:t1) 4", "12 blocks, 0 disclosed and checked; 12 blocks not "
                     "disclosed: erased, or left out", "End: NOT bound", "--head", "the tenant's first record"):
            self.assertIn(said, out)

    def test_json_for_machines(self):
        code, out, _ = self.verify("--json", self.file(self.lines))
        report = json.loads(out)
        self.assertEqual(code, 0)
        self.assertEqual((report["intact"], report["records"], report["tenant"]), (True, 10, "acme"))
        self.assertEqual(report["last"], {"sequence": 10, "time": "2026-11-23T10:00:10.000Z",
                                          "hash": head_of(self.lines)})
        self.assertEqual((report["beginIsBound"], report["endIsBound"]), (True, False))
        self.assertEqual(sum(a["records"] for a in report["actors"]), 10)
        report = json.loads(self.verify("--json", self.file(self.lines[:4] + self.lines[5:]))[1])
        self.assertEqual([(f["kind"], f["line"]) for f in report["faults"]], [("missing", 5)])

    def test_quiet_prints_faults_only(self):
        self.assertEqual(self.verify("--quiet", self.file(self.lines)), (0, "", ""))
        code, out, err = self.verify("--quiet", self.file(self.lines[1:]))
        self.assertEqual((code, out), (1, ""))
        self.assertIn("the first record is 2", err)

    def test_nothing_read_is_not_intact(self):
        for content in (b"", b"\n", gzip.compress(b"")):
            code, out, err = self.verify(self.file(content))
            self.assertEqual((code, out), (1, ""))
            self.assertIn("NOTHING WAS READ", err)
        code, _, err = self.verify(os.path.join(self.folder.name, "gone"))
        self.assertEqual(code, 1)
        self.assertIn("No such file", err)

    def test_the_end_is_checked_by_a_hash_from_elsewhere(self):
        path = self.file(self.lines)
        code, out, _ = self.verify("--head", head_of(self.lines), path)
        self.assertEqual(code, 0)
        self.assertIn("End: the last hash is the one that --head gave", out)
        for cut in (self.lines[:-1], self.lines[:-1] + [self.lines[-1].replace(b'"actor":"', b'"actor":"x')]):
            path = self.file(cut)
            self.assertEqual(self.verify(path)[0], 0)  # the file alone does not show it
            code, _, err = self.verify("--head", head_of(self.lines), path)
            self.assertEqual(code, 1)
            self.assertIn("has another hash than --head says", err)
        code, _, err = self.verify("--head", head_of(self.lines[:7]), self.file(self.lines))
        self.assertEqual(code, 1)
        self.assertIn("which is that of record 7", err)

    def test_a_hash_that_was_noted_earlier_is_found_again(self):
        noted = head_of(self.lines[:7])
        self.assertEqual(self.verify("--contains", noted, self.file(self.lines))[0], 0)
        code, _, err = self.verify("--contains", noted, self.file(chained(10, actor="99")))
        self.assertEqual(code, 1)
        self.assertIn(f"no record has the hash {noted}", err)

    def test_a_part_is_checked_against_the_hash_before_it(self):
        part = self.file(self.lines[4:])
        code, out, _ = self.verify("--from", "5", "--previous", head_of(self.lines[:4]), part)
        self.assertEqual(code, 0)
        self.assertIn("chained on the hash that --previous gave", out)
        code, out, _ = self.verify("--from", "5", part)
        self.assertEqual(code, 0)
        self.assertIn("Begin: NOT bound", out)
        self.assertIn(head_of(self.lines[:4]), out)
        code, _, err = self.verify("--from", "5", "--previous", head_of(self.lines[:3]), part)
        self.assertEqual(code, 1)
        self.assertIn("not on what --previous says", err)
        # A missing first record counted as bound by a --previous that was not given.
        code, out, _ = self.verify(part)
        self.assertEqual(code, 1)
        self.assertIn("Begin: NOT bound", out)
        changed = [self.lines[1].replace(b"00:02", b"00:03")]
        code, out, _ = self.verify(self.file(self.lines[:1] + changed + self.lines[2:], "changed.ndjson"))
        self.assertEqual(code, 1)
        self.assertIn("it is the tenant's first record", out)
        code, _, err = self.verify("--from", "4", part)
        self.assertEqual(code, 1)
        self.assertIn("the first record is 5, not 4 as --from says", err)

    def test_several_files_are_one_export_and_gzip_is_recognised(self):
        one, two = self.file(self.lines[:4], "1"), self.file(gzip.compress(b"".join(self.lines[4:])), "2.gz")
        self.assertEqual(self.verify(one, two)[0], 0)
        code, _, err = self.verify(two, one)
        self.assertEqual(code, 1)
        self.assertIn("2.gz, line 1: the first record is 5", err)
        code, _, err = self.verify(self.file(b"".join(self.lines[:4])[:-1], "1"), two)
        self.assertEqual(code, 1)
        self.assertIn("1, line 4: the file ends within a line, and another follows", err)
        code, _, err = self.verify(one, self.file(b"", "empty"), two)
        self.assertEqual(code, 1)
        self.assertIn("empty, line 1: the file is empty", err)

    def test_a_last_line_without_an_end_is_reported(self):
        code, out, _ = self.verify(self.file(b"".join(self.lines)[:-1]))
        self.assertEqual(code, 0)
        self.assertIn("The last line has no line end", out)

    def test_types_and_attributes_of_later_releases_are_history(self):
        later = rechained(self.lines, 4, b'"source":', b'"colour":"red","source":')
        self.assertEqual(self.verify(self.file(later))[0], 0)

    def test_many_faults_of_a_kind_are_counted(self):
        _, _, err = self.verify(self.file(b"".join(self.lines).replace(b"\n", b"\r\n")))
        self.assertIn("and 5 more of this kind", err)
        self.assertEqual(err.count("CRLF"), 5)

    def test_characters_that_steer_a_terminal_are_shown_as_code_points(self):
        lines = chained(3, actorname="a\u202e\u001b[2Jb")
        self.assertIn("aU+202EU+001B[2Jb", self.verify(self.file(lines))[1])

    def test_wrong_usage_is_2(self):
        for words in (["--from", "0"], ["--head", "xyz"], ["--previous", "0" * 64], ["--colour"],
                      ["--json", "--quiet"], ["-", "-"]):
            self.assertEqual(self.verify(*words)[0], 2, words)

    def test_a_result_that_cannot_be_written_is_not_intact(self):
        with open("/dev/full", "wb") as full:
            done = subprocess.run([sys.executable, verify_export.__file__, self.file(self.lines)],
                                  stdout=full, stderr=subprocess.PIPE, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn(b"cannot be written", done.stderr)
        self.assertNotIn(b"Traceback", done.stderr)

    def test_an_open_export_is_checked_and_its_records_are_those_of_a_closed_one(self):
        groups = opened(10)
        lines = [line for group in groups for line in group]
        code, out, err = self.verify("--head", head_of(self.lines), self.file(lines))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("intact, 10 records", out)
        self.assertIn("12 blocks, 12 disclosed and checked; 0 blocks not disclosed\n", out)
        erased = [line for i, group in enumerate(groups) for line in (group[:1] if i == 3 else group)]
        report = json.loads(self.verify("--json", self.file(erased))[1])
        self.assertEqual(report["blocks"], {"sealed": 12, "disclosed": 11, "notDisclosed": 1})
        self.assertTrue(report["intact"])

    def altered_disclosures(self):
        """(the alteration, the lines, the line of the fault, the kind, the message)"""
        before, (record, data, actor), after = opened(4), opened(5)[4], opened(6)[5:]
        lines = [group[0] for group in before]  # lines 1 to 4; the record is line 5
        after = [line for group in after for line in group]
        shown = json.loads(data)["disclosed"]
        plain, opening = shown["plain"], shown["opening"]
        spoken = json.loads(actor)["disclosed"]
        other = json.loads(opened(6)[5][1])["disclosed"]

        def made(**changed):
            return as_json({"disclosed": {**shown, **changed}}).encode() + b"\n"

        def with_lines(*new):
            return lines + list(new) + after

        rewritten = plain.replace("Jane", "Jade")
        self.assertNotEqual(rewritten, plain)
        return [
            ("another name", with_lines(record, made(plain=rewritten), actor), 6, "commitment",
             "the disclosed data block of record 5 is not what the record is committed to"),
            ("another opening", with_lines(record, data, disclosed(5, "actor", spoken["plain"], opening)), 7,
             "commitment", "the disclosed actor block of record 5 is not what the record is committed to"),
            ("swapped parts", with_lines(record, disclosed(5, "data", spoken["plain"], spoken["opening"])), 6,
             "commitment", "not what the record is committed to; it is that of its actor block"),
            ("another record's block", with_lines(record, disclosed(6, "data", other["plain"], other["opening"])),
             6, "disclosed-place", "the disclosed data block of record 6 follows record 5"),
            ("another record's block under this number",
             with_lines(record, made(plain=other["plain"], opening=other["opening"])), 6, "commitment",
             "the disclosed data block of record 5 is not what"),
            ("no padding", with_lines(record, made(plain=plain.rstrip(" "))), 6, "padding",
             "not padded with spaces to the next multiple of 64 bytes"),
            ("too much padding", with_lines(record, made(plain=plain + " " * 64)), 6, "padding",
             "not padded with spaces to the next multiple of 64 bytes"),
            ("padding in front", with_lines(record, made(plain=" " + plain[:-1])), 6, "padding",
             "its plain text is not a JSON object followed by spaces"),
            ("an array", with_lines(record, made(plain="[1]" + " " * 61)), 6, "padding",
             "its plain text is not a JSON object followed by spaces"),
            ("a member twice", with_lines(record, made(plain='{"a":1,"a":2}' + " " * 51)), 6, "padding",
             "its plain text is not a JSON object followed by spaces"),
            ("twice", with_lines(record, data, actor, data), 8, "disclosed-twice",
             "the disclosed data block of record 5 is there a second time"),
            ("before its record", with_lines(data, record, actor), 5, "disclosed-place",
             "the disclosed data block of record 5 follows record 4"),
            ("before all records", [data] + with_lines(record, actor), 1, "disclosed-place",
             "the disclosed data block of record 5 does not follow its record"),
            ("a block that the record has not", with_lines(record, data, actor)[:4] +
             [disclosed(4, "actor", spoken["plain"], spoken["opening"]), record] + after, 5, "disclosed-place",
             "record 4 has no sealed actor block"),
            ("a member more", with_lines(record, made(note="")), 6, "disclosure",
             "its members are opening, part, plain, sequence"),
            ("a member less", with_lines(record, b'{"disclosed":{"sequence":5,"part":"data"}}\n'), 6, "disclosure",
             "its members are opening, part, plain, sequence"),
            ("something beside it", with_lines(record, data[:-2] + b',"note":1}\n'), 6, "disclosure",
             "it is not a disclosed block"),
            ("no object", with_lines(record, b'{"disclosed":5}\n'), 6, "disclosure", "it is not a disclosed block"),
            ("another part", with_lines(record, made(part="meta")), 6, "disclosure", "neither data nor actor"),
            ("a part that is a list", with_lines(record, made(part=["data"])), 6, "disclosure", "neither data nor"),
            ("no sequence", with_lines(record, made(sequence="5")), 6, "disclosure", "no valid 'sequence'"),
            ("a short opening", with_lines(record, made(opening=opening[:-2])), 6, "disclosure", "'opening' of"),
            ("an opening in capitals", with_lines(record, made(opening=opening.upper())), 6, "disclosure",
             "'opening' of"),
            ("a plain text that is none", with_lines(record, made(plain=None)), 6, "disclosure", "not a text"),
            ("half a surrogate pair", with_lines(record, made(plain="x").replace(b'"x"', b'"\\ud800"')), 6,
             "disclosure", "not a text"),
            ("a member twice in the line", with_lines(record, data.replace(b'"part":', b'"part":"data","part":')), 6,
             "json", "the member 'part' is there twice"),
        ]

    def test_each_alteration_of_a_disclosed_block_is_found_and_named(self):
        for what, content, line, kind, said in self.altered_disclosures():
            with self.subTest(what):
                path = self.file(content)
                report = json.loads(self.verify("--json", path)[1])
                self.assertEqual([(f["kind"], f["line"]) for f in report["faults"]], [(kind, line)])
                self.assertIn(said, report["faults"][0]["message"])
                self.assertEqual(report["records"], len([1 for l in content if not l.startswith(b'{"disc')]))
                code, _, err = self.verify(path)
                self.assertEqual(code, 1)
                self.assertIn("NOT INTACT, 1 fault", err)
                for personal in ("Jane", "Jade", "jane@x.org", "192.0.2.7"):
                    self.assertNotIn(personal, err)

    def test_a_block_after_a_line_that_is_no_record_is_not_judged_by_an_earlier_record(self):
        (record, data, actor), = opened(1)
        report = json.loads(self.verify("--json", self.file([record, b"damaged\n", data, actor]))[1])
        self.assertEqual([(f["kind"], f["line"]) for f in report["faults"]],
                         [("json", 2), ("disclosed-place", 3), ("disclosed-place", 4)])

    def test_an_opening_record_names_a_format_that_is_not_known(self):
        def opening(form):
            return as_json({"type": "LogOpened", "data": {"logId": "L1", "format": form}}).encode() + b"\n"

        self.assertNotIn("not known here", self.verify(self.file([opening(2)] + self.lines))[2])
        for form in (1, 3):
            self.assertIn(f"the log has format {form}, which is not known here",
                          self.verify(self.file([opening(form)] + self.lines))[2])

    def test_a_disclosed_line_that_is_cut_is_named_as_cut(self):
        lines = [line for group in opened(2) for line in group]
        code, _, err = self.verify(self.file(b"".join(lines)[:-40]))
        self.assertEqual(code, 1)
        self.assertIn("the file ends within a record", err)

    def test_a_long_plain_text_whose_line_is_longer_than_a_record_is_checked(self):
        record = json.loads(opened(1)[0][0])
        plain, opening, commitment = block(record["id"], "data", {"metadata": {"n": "\\" * 300_000}})
        record["data"].update(sealed=sealed_text(plain), commitment=commitment)
        line, shown = as_json(record).encode(), disclosed(1, "data", plain, opening)
        self.assertLess(len(line), 1_000_000)
        self.assertGreater(len(shown), 1_000_000)
        code, out, err = self.verify(self.file([line + b"\n", shown]))
        self.assertEqual((code, err), (0, ""))
        self.assertIn("1 disclosed and checked", out)

    def test_blocks_that_contacts_does_not_write_are_faults_of_form(self):
        def with_member(name, value, inner=False):
            record = json.loads(self.lines[0])
            if inner:
                record["data"][name] = value
            else:
                record[name] = value
            return as_json({n: v for n, v in record.items() if v is not None}).encode() + b"\n"

        tag = base64.b64encode(b"x" * 80).decode()
        for what, line, said in [
                ("no commitment", with_member("actorcommitment", None), "the actor block has a sealed text without"),
                ("no sealed text", with_member("actorsealed", None), "the actor block has a sealed text without"),
                ("Base64 that is not canonical", with_member("actorsealed", tag[:-2] + "h="), "not canonical Base64"),
                ("Base64 without padding", with_member("actorsealed", tag[:-1]), "not canonical Base64"),
                ("a size that padding does not give", with_member("actorsealed", tag[:-4]), "not canonical Base64"),
                ("nothing but a tag", with_member("actorsealed", base64.b64encode(b"x" * 16).decode()),
                 "not canonical Base64"),
                ("no text", with_member("actorsealed", 7), "not canonical Base64"),
                ("a short commitment", with_member("commitment", "ab", inner=True), "the commitment of the data block"),
                ("no keys", with_member("keys", None), "'keys' is missing"),
                ("a wrong contact", with_member("actorcontact", 0), "'actorcontact' is not a possible number"),
                ("a contact's record before the first", with_member("subjectprevious", 1), "'subjectprevious' is not")]:
            with self.subTest(what):
                code, _, err = self.verify(self.file(line))
                self.assertEqual(code, 1)
                self.assertRegex(err, f"line 1: record 1: .*{re.escape(said)}")

    def test_the_golden_records_of_contacts_have_the_form(self):
        for name in sorted(n for n in os.listdir(GOLDEN) if n.endswith(".json")):
            with self.subTest(name), open(os.path.join(GOLDEN, name), encoding="utf-8") as golden:
                self.assertIsNone(verify_export.fault_of_form(json.load(golden)))

    def test_the_program_reads_stdin(self):
        for words in ([], ["-"]):
            done = subprocess.run([sys.executable, "-I", TOOL, *words], input=b"".join(self.lines),
                                  capture_output=True, check=False, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"stdin: intact, 10 records", done.stdout)


if __name__ == "__main__":
    unittest.main()
