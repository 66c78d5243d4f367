"""The same contacts for every system: number i is the same each time."""
import hashlib
import json
from datetime import datetime, timedelta, timezone

FIRST = "Ada José Łukasz Mei Omar Priya Zoë Björn Chidi Dana Elif Farid Grace Hana Ivan Jun".split()
LAST = "Lovelace Álvarez Nowak Chen Haddad Sharma Müller Okafor Kim Yılmaz Hopper Sato Costa".split()
COMPANIES = ["Northwind Traders", "Contoso Ltd", "Globex", "Initech", "Acme Construction"]
TITLES = ["Project Manager", "Site Engineer", "Account Executive", "Consultant", None]
DEPARTMENTS = ["Engineering", "Operations", "Finance", "Sales", None]
TYPES = ["internal", "external", "vendor", "client"]
START = datetime(2024, 1, 1, tzinfo=timezone.utc)


def fields(i):
    """The body that a client would send."""
    dice = hashlib.sha256(b"contact %d" % i).digest()

    def pick(at, choices):
        return choices[dice[at] % len(choices)]

    first, last = pick(0, FIRST), pick(1, LAST)
    made = {"fullName": f"{first} {last}", "mentionName": f"{first}.{last}.{i}".lower(),
            "email": f"contact.{i}@{pick(2, COMPANIES).split()[0].lower()}.example",
            "phone": f"+1-555-{dice[6] % 200:03d}-{i % 10000:04d}", "company": pick(2, COMPANIES),
            "title": pick(4, TITLES), "department": pick(5, DEPARTMENTS), "type": pick(7, TYPES),
            "isActive": dice[8] % 10 != 0, "metadata": {"score": dice[9] % 101, "source": "import"}}
    return {key: value for key, value in made.items() if value is not None}


def bodies(count):
    return [json.dumps(fields(i), ensure_ascii=False).encode() for i in range(count)]


def rows(count):
    """The contacts as a peer stores them: lines of JSON, with a growing id and times."""
    lines = []
    for i in range(count):
        x = hashlib.sha256(b"id %d" % i).hexdigest()
        at = (START + timedelta(seconds=i)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        row = {"id": f"{0x018cc251 + (i >> 16):08x}-{i & 0xffff:04x}-7{x[:3]}-8{x[3:6]}-{x[6:18]}",
               "phone": None, "title": None, "department": None, **fields(i), "createdAt": at,
               "updatedAt": at}
        lines.append(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
    return "\n".join(lines) + "\n"
