"""Checks an export on stdin with the standard library alone: `contacts export --tenant T | python3 verify_export.py`."""
import hashlib
import json
import sys

previous, count = "0" * 64, 0
for line in sys.stdin.buffer:
    record = json.loads(line)
    count += 1
    if record["sequence"] != count:
        sys.exit(f"line {count}: sequence {record['sequence']}")
    if record["previous"] != previous:
        sys.exit(f"line {count}: not chained to the record before it")
    previous = hashlib.sha256(line.rstrip(b"\n")).hexdigest()
print(f"{count} records, head {previous}")
