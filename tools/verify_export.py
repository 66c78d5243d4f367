#!/usr/bin/env python3
"""Checks an export of Contacts with only the standard library of Python (3.9 or newer).

    contacts export --tenant acme > acme.ndjson
    python3 tools/verify_export.py acme.ndjson
    contacts export --tenant acme | python3 tools/verify_export.py -
    python3 tools/verify_export.py --from 1001 --previous HASH part-2.ndjson.gz

Names, e-mails and the like are sealed: a record holds them encrypted, with a commitment. An export
that was made with --open holds the plain text in lines of its own after the record. They are no part
of the history; each is checked by SHA-256 against the commitment in the record before it.

Several files are read in the order given, as one export; "-" is stdin; gzip is recognised.
Exit codes: 0 intact, 1 not intact or nothing read, 2 wrong usage. docs/export.md explains what an
export proves and what it does not.
"""
import argparse
import base64
import binascii
import collections
import gzip
import hashlib
import json
import os
import re
import sys
import zlib

ZEROS = "0" * 64
LONGEST = 1_000_000  # bytes of a record
LONGEST_DISCLOSED = 2 * LONGEST  # a plain text is shorter than its record, but its quotes are escaped
PAD_TO = 64          # bytes; a plain text is padded with spaces to a multiple
DEEPEST = 32         # nested arrays and objects of a record
SHOWN_PER_KIND = 5   # printed faults of one kind; the others are counted
MOST_ACTORS = 10_000  # counted one by one
WHITE = b" \t\r\n"

HASH = re.compile(r"[0-9a-f]{64}")
TREE = re.compile(r"[0-9a-f]{32}")
TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
TIME = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
                  r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VERSION = re.compile(r"[1-9][0-9]{0,8}")
CONSTANTS = {"specversion": "1.0", "source": "/contacts", "datacontenttype": "application/json"}
TEXTS = ("subject", "actor")
TEXTS_IF_ANY = ("actorname", "traceparent", "idempotencykey", "requesthash")
DISCLOSURE = {"sequence", "part", "plain", "opening"}
PARTS = ("data", "actor")  # of a record, each with a sealed block if it has personal members

# The likely cause of each kind of fault, printed once.
LIKELY = {
    "empty": "The command that made it failed, or its output went elsewhere.",
    "encoding": "A shell (PowerShell's '>') or an editor saved it so. Make the export again: "
                "contacts export --tenant T > FILE in cmd or a shell of Linux.",
    "mark": "An editor saved it so. The records themselves are judged without it.",
    "line-end": "The file was copied as text. The records themselves are judged without it.",
    "space": "An editor or a tool added it. The records themselves are judged without it.",
    "blank": "An editor added it, or two files were joined. It is skipped.",
    "cut": "The export was interrupted, or the disk was full. Make it again.",
    "gzip": "The file was cut or damaged on its way. Make the export again.",
    "json": "The line was damaged or edited, or the file is not an export.",
    "form": "Contacts does not write records like this. The chain says whether it was there from the start.",
    "opening": "The line is an entry of the log, not of a tenant. contacts export does not write it.",
    "tenant": "Exports of several tenants were joined. Check each one alone.",
    "begin": "The export is a part: check it with --from N --previous HASH, the hash of record N - 1.",
    "missing": "Lines were taken out, or one of several files is missing.",
    "repeated": "A line is there twice, or was moved, or the file is a dump of the topic, which also "
                "holds entries that never became history. contacts export leaves them out.",
    "changed": "The record was changed after it was written, or it belongs to another log.",
    "rewritten": "A tool read the JSON and wrote it anew (jq, a formatter). The hash is of the bytes.",
    "disclosure": "The line was damaged or edited. contacts export --open writes nothing else there.",
    "disclosed-place": "A line was moved or taken out, or belongs to another record or another export.",
    "disclosed-twice": "A line is there twice, or stands for the plain text of the other block.",
    "padding": "The plain text was trimmed or written anew. Its spaces count.",
    "commitment": "The plain text or its opening was changed, or both belong to another block. What the text "
                  "says is not shown to be what was recorded.",
    "time": "Times of a tenant never go backwards. Another program than Contacts made the record.",
    "head": "Records are missing at the end, or the last one was changed, or the hash is older or newer.",
    "contains": "The history was changed since that hash was noted, or the hash is of another tenant or log.",
}


def shown(text):
    """The text for a terminal: invisible and steering characters as their code points."""
    return "".join(c if c.isprintable() else f"U+{ord(c):04X}" for c in str(text))


def counted(number, noun):
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def span(first, last):
    return f"record {first} is" if first == last else f"records {first} to {last} are"


class BadRecord(Exception):
    pass


class BadDisclosure(BadRecord):
    pass


def unique(pairs):
    members = dict(pairs)
    if len(members) != len(pairs):
        names = collections.Counter(name for name, _ in pairs)
        raise BadRecord(f"the member '{shown(names.most_common(1)[0][0])}' is there twice")
    return members


def no_number(text):
    raise BadRecord(f"{text} is not JSON")


DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_constant=no_number)
# Python refuses to read integers of more than 4300 digits.
LONG_DECODER = json.JSONDecoder(object_pairs_hook=unique, parse_constant=no_number,
                                parse_int=lambda text: int(text) if len(text) < 20 else text)


def depth_of(text):
    """The depth of nested arrays and objects."""
    depth = deepest = 0
    for bracket in re.findall(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', text):
        if bracket in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif bracket in "]}":
            depth -= 1
    return deepest


def parse(line):
    """The members of a record or of a disclosed block; BadRecord says what is wrong."""
    most = LONGEST_DISCLOSED if line.startswith(b'{"disclosed":') else LONGEST
    if len(line) > most:
        raise BadRecord(f"it is longer than any record ({most:,} bytes)")
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as wrong:
        raise BadRecord(f"it is not UTF-8: byte 0x{line[wrong.start]:02X} at {wrong.start + 1}")
    if line.count(b"{") + line.count(b"[") > DEEPEST and depth_of(text) > DEEPEST:
        raise BadRecord(f"it is nested deeper than {DEEPEST} levels")
    try:
        try:
            record = DECODER.decode(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            record = LONG_DECODER.decode(text)
    except json.JSONDecodeError as wrong:
        raise BadRecord(f"it is not JSON: {wrong.msg} at character {wrong.pos + 1}")
    if not isinstance(record, dict):
        raise BadRecord("it is not a JSON object")
    return record


def is_text(value, pattern=None):
    return isinstance(value, str) and (pattern is None or pattern.fullmatch(value) is not None)


def place_of(record):
    """Tenant, sequence and previous hash; BadRecord: without them a line belongs to no history."""
    tenant, sequence, previous = (record.get(n) for n in ("tenant", "sequence", "previous"))
    if not is_text(tenant, TENANT):
        raise BadRecord("it has no valid 'tenant'")
    if type(sequence) is not int or not 0 < sequence < 10**15:
        raise BadRecord("it has no valid 'sequence'")
    if not is_text(previous, HASH):
        raise BadRecord("it has no valid 'previous'")
    return tenant, sequence, previous


def is_plain(line, tenant, sequence, previous):
    """Whether the three members are written without escapes, as readers of the log demand."""
    usual = '"tenant":"%s","sequence":%d,"previous":"%s"' % (tenant, sequence, previous)
    if usual.encode() in line:
        return True
    each = (rb'"tenant"\s*:\s*"%s"' % re.escape(tenant.encode()),
            rb'"sequence"\s*:\s*%d\s*[,}]' % sequence,
            rb'"previous"\s*:\s*"%s"' % previous.encode())
    return all(re.search(one, line) for one in each)


def fault_of_form(record):
    """The first fault of the envelope; None: it is as Contacts writes it."""
    for name, value in CONSTANTS.items():
        if record.get(name) != value:
            return f"'{name}' is not \"{value}\""
    if not is_text(record.get("id"), UUID):
        return "'id' is not a UUID"
    if not is_text(record.get("time"), TIME):
        return "'time' is not like 2026-11-23T10:00:00.123Z"
    kind, schema = record.get("type"), record.get("dataschema")
    if not is_text(kind) or not kind:
        return "'type' is missing"
    begin = f"urn:contacts:{kind}:"
    if not is_text(schema) or not schema.startswith(begin) or not VERSION.fullmatch(schema[len(begin):]):
        return f"'dataschema' is not {shown(begin)}VERSION"
    for name in TEXTS:
        if not is_text(record.get(name)):
            return f"'{name}' is missing or not text"
    for name in TEXTS_IF_ANY:
        if name in record and not is_text(record[name]):
            return f"'{name}' is not text"
    for name, most in (("actorcontact", None), ("subjectprevious", record["sequence"] - 1)):
        if name in record and not is_count(record[name], most):
            return f"'{name}' is not a possible number"
    if not isinstance(record.get("data"), dict):
        return "'data' is missing or not an object"
    return fault_of_blocks(record)


def is_count(value, most=None):
    return type(value) is int and value >= 1 and (most is None or value <= most)


def block_of(record, part):
    """The sealed text and the commitment of a part, each None if it is not there."""
    holder = record.get("data") if part == "data" else record
    prefix = "" if part == "data" else "actor"
    if not isinstance(holder, dict):
        return None, None
    return holder.get(prefix + "sealed"), holder.get(prefix + "commitment")


def fault_of_blocks(record):
    blocks = [(part, *block_of(record, part)) for part in PARTS]
    for part, sealed, commitment in blocks:
        if (sealed is None) != (commitment is None):
            return f"the {part} block has a sealed text without a commitment, or the reverse"
        if sealed is not None and not is_sealed(sealed):
            return f"the sealed text of the {part} block is not canonical Base64 of padded text and tag"
        if commitment is not None and not is_text(commitment, HASH):
            return f"the commitment of the {part} block is not 64 digits 0-9 a-f"
    if any(sealed is not None for _, sealed, _ in blocks):
        return None if is_text(record.get("keys"), TREE) else "'keys' is missing or not 32 digits 0-9 a-f"
    return "'keys' is there without a sealed block" if "keys" in record else None


def is_sealed(text):
    """AES-256-GCM adds a tag of 16 bytes to the padded text."""
    try:
        block = base64.b64decode(text.encode("ascii"), validate=True)
    except (AttributeError, UnicodeEncodeError, binascii.Error):
        return False
    return base64.b64encode(block).decode() == text and len(block) > 16 and (len(block) - 16) % PAD_TO == 0


def disclosure_of(line):
    """Sequence, part, plain text and opening of a disclosed block; BadDisclosure: it has another shape."""
    block = line["disclosed"]
    if len(line) != 1 or not isinstance(block, dict) or set(block) != DISCLOSURE:
        raise BadDisclosure("it is not a disclosed block: its members are " + ", ".join(sorted(DISCLOSURE)))
    sequence, part, plain, opening = (block[n] for n in ("sequence", "part", "plain", "opening"))
    if not is_count(sequence, 10**15 - 1):
        raise BadDisclosure("the disclosed block has no valid 'sequence'")
    if part not in PARTS:
        raise BadDisclosure("'part' of the disclosed block is neither data nor actor")
    if not is_text(opening, HASH):
        raise BadDisclosure("'opening' of the disclosed block is not 64 digits 0-9 a-f")
    try:
        return sequence, part, plain.encode("utf-8"), opening
    except (AttributeError, UnicodeEncodeError):
        raise BadDisclosure("'plain' of the disclosed block is not a text")


def fault_of_padding(plain):
    """None: a JSON object, then spaces to the next multiple of PAD_TO bytes."""
    text = plain.rstrip(b" ")
    if len(plain) % PAD_TO or len(plain) - len(text) >= PAD_TO:
        return f"its plain text is not padded with spaces to the next multiple of {PAD_TO} bytes"
    try:
        if text.startswith(b"{") and text.endswith(b"}"):
            parse(text)
            return None
    except (BadRecord, RecursionError):
        pass
    return "its plain text is not a JSON object followed by spaces"


def commitment_of(opening, plain):
    return hashlib.sha256(bytes.fromhex(opening) + plain).hexdigest()


class Lines:
    """The lines of all files, in bounded memory: (name of the file, number in it, bytes)."""

    def __init__(self, names, fault):
        self.names = names
        self.fault = fault

    def __iter__(self):
        for name in self.names:
            with open(0 if name == "-" else name, "rb", buffering=1 << 20) as stream:
                yield from self.of("stdin" if name == "-" else name, stream)

    def of(self, name, stream):
        begin = stream.peek(4)[:4]
        if begin[:2] == b"\x1f\x8b":
            stream = gzip.GzipFile(fileobj=stream)
        elif begin[:2] in (b"\xff\xfe", b"\xfe\xff") or begin[:2] in (b"{\0", b"\0{"):
            return self.fault("encoding", (name, 1), "the file is in UTF-16, not UTF-8")
        number = 0
        try:
            for number, line in enumerate(self.bounded(stream), 1):
                yield name, number, line
        except (EOFError, OSError, zlib.error) as wrong:
            if not isinstance(stream, gzip.GzipFile):
                raise
            self.fault("gzip", (name, number + 1), f"the gzip file cannot be read on: {wrong}")
        if number == 0:
            self.fault("empty", (name, 1), "the file is empty")

    @staticmethod
    def bounded(stream):
        """Yields the lines; only the beginning of one that is longer than any can be."""
        most = LONGEST_DISCLOSED + 16
        while True:
            line = stream.readline(most)
            if not line:
                return
            yield line
            while len(line) == most and not line.endswith(b"\n"):
                line = stream.readline(most)


class Before:
    """What the disclosed blocks after a record are compared with."""

    def __init__(self, sequence, record):
        self.sequence = sequence
        self.commitments = {}
        for part in PARTS:
            _, commitment = block_of(record, part)
            if commitment is not None:
                self.commitments[part] = commitment
        self.disclosed = set()
        self.is_kept = False        # it is counted as a record of the history


class Check:
    def __init__(self, first, previous, head, contained):
        self.expected, self.previous = first, previous
        self.first_expected = first
        self.wanted_head = head
        self.wanted = {wanted: None for wanted in contained}
        self.faults = []            # the printed ones
        self.kinds = collections.Counter()
        self.records = 0
        self.tenant = self.first = self.last = None
        self.time = ""
        self.actors, self.types = collections.Counter(), collections.Counter()
        self.other_tenants = collections.Counter()
        self.openings = {}
        self.before = None          # the record line before, to which disclosed blocks belong
        self.blocks = self.checked = 0   # sealed ones of the records, and disclosed ones among them
        self.unended_at = None      # the place of a last line without an end
        self.doubt = None           # two records that do not fit, until the next one comes
        self.record = None          # the last one read
        self.head_at = None

    def fault(self, kind, at, message):
        self.kinds[kind] += 1
        if self.kinds[kind] <= SHOWN_PER_KIND:
            self.faults.append({"kind": kind, "file": at and at[0], "line": at and at[1],
                                "message": message})

    def read(self, names):
        for name, number, line in Lines(names, self.fault):
            at = (name, number)
            if self.unended_at:
                self.fault("cut", self.unended_at, "the file ends within a line, and another follows")
                self.unended_at = None
            ended = line.endswith(b"\n")
            line = line[:-1] if ended else line
            self.take(self.bare(line, at), at, ended)
            if not ended:
                self.unended_at = at
        self.end()

    def bare(self, line, at):
        """The line without white space and marks around the record."""
        bare = line
        if bare.startswith(b"\xef\xbb\xbf"):
            self.fault("mark", at, "the line begins with a byte order mark (U+FEFF)")
            bare = bare[3:]
        if bare.endswith(b"\r"):
            self.fault("line-end", at, "the line ends with CRLF, not LF")
            bare = bare[:-1]
        if not bare.strip(WHITE):
            self.fault("blank", at, "the line is blank")
            return b""
        if bare[:1] in (b" ", b"\t", b"\r") or bare[-1:] in (b" ", b"\t", b"\r"):
            self.fault("space", at, "there is white space before or after the record")
            bare = bare.strip(WHITE)
        return bare

    def take(self, bare, at, ended):
        if not bare:
            return
        before, self.before = self.before, None
        try:
            record = parse(bare)
            if "tenant" not in record and "disclosed" in record:
                self.before = before
                return self.take_disclosed(*disclosure_of(record), at)
            if "tenant" not in record and record.get("type") == "LogOpened":
                return self.take_opening(record, at)
            tenant, sequence, previous = place_of(record)
        except BadRecord as wrong:
            if not ended and str(wrong).startswith(("it is not JSON:", "it is not UTF-8")):
                return self.fault("cut", at, "the file ends within a record")
            return self.fault("disclosure" if isinstance(wrong, BadDisclosure) else "json", at, str(wrong))
        except RecursionError:
            return self.fault("json", at, "it is nested too deeply")
        if self.tenant is None:
            self.tenant = tenant
        if tenant != self.tenant:
            self.other_tenants[tenant] += 1
            return self.fault("tenant", at, f"the record is of tenant {tenant}, not {self.tenant}")
        own = hashlib.sha256(bare).hexdigest()
        self.before = Before(sequence, record)
        if not self.follows(at, sequence, previous, own):
            return
        if not is_plain(bare, tenant, sequence, previous):
            self.fault("form", at, "'tenant', 'sequence' or 'previous' is written with escapes")
        self.keep(record, sequence, own, at)

    def take_disclosed(self, sequence, part, plain, opening, at):
        """A disclosed block: judged by the record before it, and no part of the chain."""
        before = self.before
        what = f"the disclosed {part} block of record {sequence}"
        if before is None:
            return self.fault("disclosed-place", at, f"{what} does not follow its record")
        if before.sequence != sequence:
            return self.fault("disclosed-place", at, f"{what} follows record {before.sequence}")
        if part not in before.commitments:
            return self.fault("disclosed-place", at, f"record {sequence} has no sealed {part} block")
        if part in before.disclosed:
            return self.fault("disclosed-twice", at, f"{what} is there a second time")
        before.disclosed.add(part)
        wrong = fault_of_padding(plain)
        if wrong:
            return self.fault("padding", at, f"{what}: {wrong}")
        commitment = commitment_of(opening, plain)
        if commitment != before.commitments[part]:
            others = [p for p in before.commitments if before.commitments[p] == commitment]
            return self.fault("commitment", at, f"{what} is not what the record is committed to"
                              + (f"; it is that of its {others[0]} block" if others else ""))
        self.checked += before.is_kept

    def take_opening(self, record, at):
        data = record.get("data")
        log_id = data.get("logId") if isinstance(data, dict) else None
        self.openings[str(log_id)] = at
        self.fault("opening", at, f"the line is an opening record of log {shown(log_id)}")
        if len(self.openings) > 1:
            self.fault("opening", at, "it is another log than before")
        elif isinstance(data, dict) and data.get("format") != 2:
            self.fault("opening", at, f"the log has format {data.get('format')}, which is not known here")

    def follows(self, at, sequence, previous, own):
        """Whether the record counts as the next of the chain, with or without a fault."""
        if self.records == 0:
            return self.begins(at, sequence, previous)
        if sequence < self.expected:
            if own == self.last["hash"]:
                self.fault("repeated", at, f"record {sequence} is there a second time, with the same bytes")
            else:
                self.fault("repeated", at, f"record {sequence} comes after record {self.expected - 1}")
            return False
        self.settle_doubt(sequence == self.expected and previous == self.last["hash"])
        if sequence > self.expected:
            self.fault("missing", at, span(self.expected, sequence - 1) + " missing before this line")
        elif previous != self.last["hash"] and not self.was_written_anew(previous):
            self.doubt = (at, self.last["at"], sequence)
        return True

    def was_written_anew(self, previous):
        compact = json.dumps(self.record, ensure_ascii=False, separators=(",", ":"))
        if hashlib.sha256(compact.encode("utf-8", "surrogatepass")).hexdigest() != previous:
            return False
        self.fault("rewritten", self.last["at"],
                   f"record {self.last['sequence']} says the same in other bytes")
        return True

    def begins(self, at, sequence, previous):
        if sequence != self.expected:
            if self.first_expected == 1:
                self.fault("begin", at, f"the first record is {sequence}, not 1")
            else:
                self.fault("begin", at, f"the first record is {sequence}, not {self.expected} as --from says")
        elif self.previous is not None and previous != self.previous:
            self.fault("changed", at,
                       f"record {sequence} is chained on {previous}, not on "
                       + ("64 zeros as the first of a history" if sequence == 1 else "what --previous says"))
        return True

    def settle_doubt(self, next_is_chained):
        """Two records did not fit. The one after them tells which of the two was changed."""
        if self.doubt is None:
            return
        at, before, sequence = self.doubt
        self.doubt = None
        if next_is_chained:
            self.fault("changed", before, f"record {sequence - 1} is not what record {sequence} is chained on")
        else:
            self.fault("changed", at, f"record {sequence} is not chained on the record before it, and "
                                      "the one after it is not chained on this one")

    def keep(self, record, sequence, own, at):
        wrong = fault_of_form(record)
        if wrong:
            self.fault("form", at, f"record {sequence}: {wrong}")
        time = record.get("time")
        if is_text(time, TIME):
            if time < self.time:
                self.fault("time", at, f"record {sequence} is of {time}, before {self.time} of an earlier one")
            self.time = max(self.time, time)
        name = record.get("actorname")
        actor = (shown(record.get("actor")), None if name is None else shown(name))
        if actor not in self.actors and len(self.actors) >= MOST_ACTORS:
            actor = ("", "others")
        self.actors[actor] += 1
        kind = record.get("type")
        self.types[shown(kind) if len(self.types) < 1000 else "others"] += 1
        self.records += 1
        self.blocks += len(self.before.commitments)
        self.before.is_kept = True
        self.record = record
        self.last = {"sequence": sequence, "time": time, "hash": own, "at": at}
        if self.first is None:
            self.first = {**self.last, "previous": record["previous"]}
        self.expected = sequence + 1
        if own in self.wanted:
            self.wanted[own] = sequence
        if own == self.wanted_head:
            self.head_at = sequence

    def end(self):
        if self.doubt is not None:
            at, before, sequence = self.doubt
            self.fault("changed", at, f"record {sequence} is not chained on record {sequence - 1}: one of the "
                                      "two was changed")
        if self.records and self.wanted_head not in (None, self.last["hash"]):
            self.fault("head", self.last["at"],
                       f"the last record, {self.last['sequence']}, has another hash than --head says"
                       + (f", which is that of record {self.head_at}" if self.head_at else ""))
        for wanted, found in self.wanted.items():
            if found is None:
                self.fault("contains", None, f"no record has the hash {wanted}")

    @property
    def intact(self):
        return self.records > 0 and not self.kinds

    def report(self):
        place = ("sequence", "time", "hash")
        return {
            "intact": self.intact, "tenant": self.tenant, "records": self.records,
            "first": self.first and {n: self.first[n] for n in place + ("previous",)},
            "last": self.last and {n: self.last[n] for n in place},
            "logIds": list(self.openings),
            "actors": [{"actor": a, "name": n, "records": c} for (a, n), c in self.actors.most_common()],
            "types": dict(self.types.most_common()),
            "blocks": {"sealed": self.blocks, "disclosed": self.checked,
                       "notDisclosed": self.blocks - self.checked},
            "beginIsBound": self.begin_is_bound(), "endIsBound": self.end_is_bound(),
            "lastLineHasNoEnd": bool(self.unended_at),
            "faults": self.faults, "faultCounts": dict(self.kinds),
        }

    def begin_is_bound(self):
        return (bool(self.first) and self.first["sequence"] == self.first_expected
                and self.first["previous"] == self.previous)

    def end_is_bound(self):
        return bool(self.last) and self.wanted_head == self.last["hash"]


def print_faults(check, out):
    for kind, count in check.kinds.items():
        shown_faults = [f for f in check.faults if f["kind"] == kind]
        for fault in shown_faults:
            place = f"{shown(fault['file'])}, line {fault['line']}: " if fault["file"] else ""
            print(f"{place}{fault['message']}", file=out)
        if count > len(shown_faults):
            print(f"  and {count - len(shown_faults):,} more of this kind", file=out)
        print(f"  {LIKELY[kind]}", file=out)


def print_summary(check, out):
    def row(name, text):
        print(f"  {name:<9} {text}", file=out)

    first, last = check.first, check.last
    row("tenant", check.tenant)
    row("records", f"{check.records:,}, from sequence {first['sequence']} to {last['sequence']}")
    row("time", f"{shown(first['time'])} to {shown(last['time'])}")
    row("first", f"{first['hash']}")
    row("last", f"{last['hash']}")
    row("log id", ", ".join(map(shown, check.openings)) or "an export does not hold it; see contacts status --json")
    row("actors", most(check.actors, lambda key: f"{key[1]} ({key[0]})" if all(key) else key[0] or key[1]))
    row("events", most(check.types, str))
    left = check.blocks - check.checked
    row("sealed", f"{counted(check.blocks, 'block')}, {check.checked:,} disclosed and checked; "
        f"{counted(left, 'block')} not disclosed" + (": erased, or left out" if left else ""))


def most(counter, name, limit=8):
    listed = ", ".join(f"{name(key)} {count:,}" for key, count in counter.most_common(limit))
    left = len(counter) - limit
    return f"{len(counter):,}: {listed}" + (f", and {left:,} more" if left > 0 else "")


def print_bounds(check, out):
    first, last = check.first, check.last
    print("\nWhat is bound, and what is not:", file=out)
    if check.begin_is_bound() and first["sequence"] == 1:
        print("  Begin: it is the tenant's first record, so nothing came before it.", file=out)
    elif check.begin_is_bound():
        print("  Begin: it is chained on the hash that --previous gave. Trust it as far as that hash.",
              file=out)
    else:
        print(f"  Begin: NOT bound. Nothing here shows what came before record {first['sequence']}. Give the "
              f"hash of record {first['sequence'] - 1}\n    by --from and --previous; this one is chained on "
              f"{first['previous']}.", file=out)
    if check.end_is_bound():
        print("  End: the last hash is the one that --head gave. Trust it as far as that hash.", file=out)
    else:
        print(f"  End: NOT bound. Nothing that comes later is here, so record {last['sequence']} may have been "
              "changed,\n    and records after it may be missing. Compare the last hash with \"headHash\" in "
              "contacts status --json\n    (or with one that you noted before), or give it by --head.", file=out)
    if check.unended_at:
        print("  The last line has no line end. An export ends with one: was it cut, or pasted?", file=out)


def read_arguments(words):
    def a_hash(text):
        if not HASH.fullmatch(text):
            raise argparse.ArgumentTypeError("a hash has 64 digits 0-9 a-f")
        return text

    def a_sequence(text):
        if not re.fullmatch("[1-9][0-9]{0,14}", text):
            raise argparse.ArgumentTypeError("a sequence is a whole number, 1 or more")
        return int(text)

    reader = argparse.ArgumentParser(
        prog="verify_export.py", description="Checks an export of Contacts: that no record was changed, "
        "removed, inserted or moved, and says what the export cannot show.",
        epilog="Exit codes: 0 intact, 1 not intact or nothing read, 2 wrong usage.")
    reader.add_argument("files", nargs="*", default=["-"], metavar="FILE",
                        help="exports of one tenant, in order, also .gz; - is stdin (the default)")
    reader.add_argument("--from", dest="first", type=a_sequence, metavar="N",
                        help="the export is a part that begins with record N")
    reader.add_argument("--previous", type=a_hash, metavar="HASH", help="the hash of record N - 1; with --from")
    reader.add_argument("--head", type=a_hash, metavar="HASH",
                        help="the last record has this hash (\"headHash\" of contacts status --json)")
    reader.add_argument("--contains", type=a_hash, metavar="HASH", action="append", default=[],
                        help="a record has this hash, as an earlier export said; may be repeated")
    output = reader.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print the result as one line of JSON")
    output.add_argument("--quiet", action="store_true", help="print faults only")
    given = reader.parse_args(words)
    if given.previous and given.first is None:
        reader.error("--previous needs --from")
    if given.files.count("-") > 1:
        reader.error("- can be given once")
    return given


def main(words):
    given = read_arguments(words)
    first = given.first or 1
    check = Check(first, ZEROS if first == 1 and not given.previous else given.previous, given.head,
                  given.contains)
    name = ", ".join("stdin" if name == "-" else shown(name) for name in given.files)
    try:
        check.read(given.files)
    except OSError as wrong:
        print(f"{shown(wrong.filename or name)}: {wrong.strerror or wrong}", file=sys.stderr)
        return 1
    if given.json:
        print(json.dumps(check.report()))
        return 0 if check.intact else 1
    print_faults(check, sys.stderr)
    if check.records == 0:
        print(f"{name}: NOTHING WAS READ, so nothing is shown to be intact.", file=sys.stderr)
        return 1
    if not check.intact:
        total = sum(check.kinds.values())
        print(f"{name}: NOT INTACT, {counted(total, 'fault')} in {counted(check.records, 'record')}.",
              file=sys.stderr)
    if given.quiet:
        return 0 if check.intact else 1
    sys.stderr.flush()
    if check.intact:
        print(f"{name}: intact, {counted(check.records, 'record')}, head {check.last['hash']}.")
    print_summary(check, sys.stdout)
    print_bounds(check, sys.stdout)
    return 0 if check.intact else 1


if __name__ == "__main__":
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
    except OSError as wrong:  # the reader of the result is gone, or the disk is full
        if not isinstance(wrong, BrokenPipeError):
            print(f"the result cannot be written: {wrong.strerror}", file=sys.stderr)
        os._exit(1)  # the interpreter would try to write the rest
    sys.exit(code)
