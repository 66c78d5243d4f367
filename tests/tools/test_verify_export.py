"""tools/verify_export.py finds each damage to an export, and names the damage and its line."""
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


def chained(count, tenant="acme", first=1, previous="0" * 64, **changed):
    """Lines of an export: the golden records in turn, each chained on the one before it."""
    names = sorted(n for n in os.listdir(GOLDEN) if n.endswith(".json"))
    lines = []
    for sequence in range(first, first + count):
        with open(os.path.join(GOLDEN, names[sequence % len(names)]), "rb") as golden:
            line = golden.read().rstrip(b"\n")
        for name, value in {"tenant": f'"{tenant}"', "sequence": sequence, "previous": f'"{previous}"',
                            "time": f'"2026-11-23T10:00:{sequence:02}.000Z"', **changed}.items():
            found = re.search(rb'"%s":("(?:[^"\\]|\\.)*"|[0-9]+)' % name.encode(), line)
            line = line[:found.start(1)] + str(value).encode() + line[found.end(1):]
        previous = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    return lines


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
        other = chained(10, actor='"99"')
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
            ("of another tenant", lines[:5] + chained(6, "globex")[5:] + lines[5:], 6,
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
                                        chained(10, actorname='"jane"')], 1, "says the same in other bytes"),
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
                b'{"logId":"L1","partition":0,"partitions":12,"format":1}}\n'] + lines, 1,
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
                     "operator (operator)", "End: NOT bound", "--head", "the tenant's first record"):
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
        code, _, err = self.verify("--contains", noted, self.file(chained(10, actor='"99"')))
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
        later = rechained(self.lines, 4, b'"source":', b'"keys":"abc","source":')
        self.assertEqual(self.verify(self.file(later))[0], 0)

    def test_many_faults_of_a_kind_are_counted(self):
        _, _, err = self.verify(self.file(b"".join(self.lines).replace(b"\n", b"\r\n")))
        self.assertIn("and 5 more of this kind", err)
        self.assertEqual(err.count("CRLF"), 5)

    def test_characters_that_steer_a_terminal_are_shown_as_code_points(self):
        lines = chained(3, actorname='"a\\u202e\\u001b[2Jb"')
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

    def test_the_program_reads_stdin(self):
        for words in ([], ["-"]):
            done = subprocess.run([sys.executable, "-I", TOOL, *words], input=b"".join(self.lines),
                                  capture_output=True, check=False, timeout=60)
            self.assertEqual((done.returncode, done.stderr), (0, b""))
            self.assertIn(b"stdin: intact, 10 records", done.stdout)


if __name__ == "__main__":
    unittest.main()
