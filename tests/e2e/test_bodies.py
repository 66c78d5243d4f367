"""Each kind of bad body gets the 4xx that names every fault, and the process is as before."""
import json
import unittest

from tests.e2e.service import PASSWORD, Service

GOOD = {"fullName": "Jo Doe", "email": "jo@example.com", "type": "external"}


def text(**changes):
    return json.dumps({**GOOD, **changes}).encode()


def without(*names):
    return json.dumps({k: v for k, v in GOOD.items() if k not in names}).encode()


def raw(field, value):
    """The good body with one more or other member, as source text."""
    members = [f'"{k}":{json.dumps(v)}'.encode() for k, v in GOOD.items() if k != field]
    return b"{" + b",".join(members + [b'"' + field.encode() + b'":' + value]) + b"}"


# name, body, status, paths of the faults (None: the answer need not have any)
BODIES = [
    ("empty", b"", 400, None),
    ("malformed", b'{"fullName":', 400, None),
    ("trailing comma", b'{"fullName":"Jo",}', 400, None),
    ("text after it", text() + b"x", 400, None),
    ("array", b"[]", 400, [""]),
    ("null", b"null", 400, [""]),
    ("text", b'"contact"', 400, [""]),
    ("nothing in it", b"{}", 400, ["/email", "/fullName", "/type"]),
    ("no e-mail", without("email"), 400, ["/email"]),
    ("no name, no type", without("fullName", "type"), 400, ["/fullName", "/type"]),
    ("unknown field", text(colour="red"), 400, ["/colour"]),
    ("id given", text(id=7), 400, ["/id"]),
    ("duplicate key", b'{"fullName":"A","fullName":"B","email":"a@b.c","type":"internal"}', 400, None),
    ("duplicate key, escaped", b'{"fullName":"A","full\\u004eame":"B","email":"a@b.c"}', 400, None),
    ("number for a string", text(fullName=7), 400, ["/fullName"]),
    ("string for a boolean", text(isActive="yes"), 400, ["/isActive"]),
    ("null for required", text(fullName=None, type=None), 400, ["/fullName", "/type"]),
    ("array for metadata", text(metadata=[1]), 400, ["/metadata"]),
    ("object for a string", text(phone={}), 400, ["/phone"]),
    ("NUL, escaped", text(fullName="a\0b"), 400, ["/fullName"]),
    ("NUL, raw", raw("fullName", b'"a\0b"'), 400, None),
    ("control character", text(company="a\x1bb"), 400, ["/company"]),
    ("invalid UTF-8", raw("fullName", b'"a\xffb"'), 400, None),
    ("overlong UTF-8", raw("fullName", b'"a\xc0\xafb"'), 400, None),
    ("surrogate in UTF-8", raw("fullName", b'"a\xed\xa0\x80b"'), 400, None),
    ("lone surrogate", raw("fullName", b'"a\\ud800b"'), 400, ["/fullName"]),
    ("lone surrogate in metadata", raw("metadata", b'{"a":"\\udc00"}'), 400, ["/metadata/a"]),
    ("300 deep", raw("metadata", b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"), 400, None),
    ("20 deep metadata", raw("metadata", b'{"a":' * 20 + b"1" + b"}" * 20), 400,
     ["/metadata" + "/a" * 16]),
    ("100,000 deep", b"[" * 100_000, 400, None),
    ("1 MB", text(fullName="x" * 1_000_000), 413, None),
    ("over-long name", text(fullName="x" * 321), 400, ["/fullName"]),
    ("empty name", text(fullName="   "), 400, ["/fullName"]),
    ("name that nobody can see", text(fullName="\u200b\u200b\u200b"), 400, ["/fullName"]),
    ("name of other spaces", text(fullName="\u00a0\u3000"), 400, ["/fullName"]),
    ("name that turns the line", text(fullName="Jo\u202e"), 400, ["/fullName"]),
    ("noncharacter", text(company="a\uffff"), 400, ["/company"]),
    ("byte order mark", b"\xef\xbb\xbf" + text(), 400, None),
    ("unknown field with what cannot be seen", raw("full\u200bName", b'"Jo"'), 400,
     ["/fullU+200BName"]),
    ("long metadata", text(metadata={"a": "x" * 17000}), 400, ["/metadata"]),
    ("no finite number", raw("metadata", b'{"a":1e999}'), 400, ["/metadata/a"]),
    ("NaN", raw("metadata", b'{"a":NaN}'), 400, None),
    ("bad type", text(type="friend"), 400, ["/type"]),
    ("type in other case", text(type="Internal"), 400, ["/type"]),
    ("every fault at once", text(email="x", type="y", phone=1, other=2, fullName=""), 400,
     ["/email", "/fullName", "/other", "/phone", "/type"]),
]
BAD_EMAILS = ["", "jo", "jo@", "@example.com", "jo@@example.com", "jo doe@example.com",
              "jo@exam_ple.com", "jo@-example.com", "jo@example-.com", "jo@example..com",
              "j\u00f6@example.com", "jo@ex\u00e4mple.com", "jo@example.com.", "<jo@example.com>",
              "jo@" + "a" * 64 + ".com", "x" * 250 + "@a.com", "jo@example.com\0"]


class Bodies(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.service.add_user("admin", "admin")
        cls.service.start()
        cls.admin = cls.service.client("admin")
        assert cls.admin.create("first@example.com").status == 200
        cls.pid = cls.service.process.pid

    def setUp(self):
        self.contacts = self.admin.get("/api/contacts").body

    def tearDown(self):
        self.assertIsNone(self.service.process.poll())
        self.assertEqual(self.admin.get("/api/contacts").body, self.contacts)

    def refused(self, name, answer, status, paths):
        with self.subTest(name):
            self.assertEqual(answer.status, status, answer)
            error = answer.json()
            self.assertEqual(error["error"], {400: "Bad Request", 413: "Payload Too Large",
                                              415: "Unsupported Media Type"}[status])
            self.assertTrue(error["message"])
            if paths is not None:
                self.assertEqual(sorted(f["path"] for f in error["fields"]), paths, answer)
                self.assertTrue(all(f["message"] for f in error["fields"]))

    def test_bodies(self):
        for name, body, status, paths in BODIES:
            client = self.admin.again()
            try:
                self.refused(name, client.post("/api/contacts", body), status, paths)
            except OSError as fault:  # the server may close before a body that is too long was sent
                self.assertEqual(status, 413, (name, fault))
            client.close()

    def test_emails(self):
        for email in BAD_EMAILS:
            answer = self.admin.create(email)
            self.refused(email, answer, 400, ["/email"])

    def test_content_types(self):
        for content_type in ("text/plain", "application/x-www-form-urlencoded", "application/xml",
                             "application/json; charset=latin1", "garbage"):
            answer = self.admin.send("POST", "/api/contacts", json.dumps(GOOD).encode(),
                                     {"Content-Type": content_type})
            self.refused(content_type, answer, 415, None)

    def test_what_cannot_be_seen_is_named(self):
        """Each of these messages once showed a text that looked right."""
        tokens = ("Bearer ctk_acme_1_abc\u00a0".encode(), "Bearer\u00a0ctk_acme_1_abc".encode(), b"Bearer a b")
        for method, path, headers, body, status, said in (
                ("POST", "/api/contacts", {"Idempotency-Key": "key\u00a01".encode()}, text(), 400,
                 "it cannot hold U+00A0 at position 4"),
                ("POST", "/api/contacts", {"Idempotency-Key": b"key\xff"}, text(), 400,
                 "it cannot hold byte 0xFF at position 4"),
                ("POST", "/api/contacts", {"Idempotency-Key": "a b"}, text(), 400,
                 "it cannot hold U+0020 at position 2"),
                ("POST", "/api/contacts", {"Idempotency-Key": "k" * 256}, text(), 400, "not 256"),
                ("POST", "/api/contacts", {"Contacts-Reason": "why\u200b".encode()}, text(), 400,
                 "it cannot hold U+200B at position 4"),
                ("GET", "/api/contacts", {"Contacts-Min-Position": "17\u200f".encode()}, None, 400,
                 "it cannot hold U+200F at position 3"),
                ("GET", "/api/user", {"Authorization": tokens[0]}, None, 401, "U+00A0 at position 15"),
                ("GET", "/api/user", {"Authorization": tokens[1]}, None, 401, "U+00A0 at position 1"),
                ("GET", "/api/user", {"Authorization": tokens[2]}, None, 401, "U+0020 at position 2"),
                ("GET", "/api/contacts%20", {}, None, 404, "which holds U+0020 at position 14"),
                ("GET", "/api/contacts?lim%E2%80%8Bit=1", {}, None, 400, "which holds U+200B at position 4"),
                ("POST", "/api/accounts/1%20/invitation", {}, b"", 400,
                 "The path must hold a contact's id, an integer from 1 on; it cannot hold U+0020 at position 2"),
                ("POST", "/api/contacts", {}, raw("email ", b'"a@b.c"'), 400,
                 "it is 'email' but for U+0020 at position 6"),
                ("POST", "/api/contacts", {}, raw("company\u200b", b'"a"'), 400,
                 "it is 'company' but for U+200B at position 8"),
                ("POST", "/api/login", {}, b'{"username":"a","password":"b","tenant":"acme "}', 400,
                 "it cannot hold U+0020 at position 5")):
            with self.subTest(path, said=said):
                headers = {"Content-Type": "application/json", **headers}
                answer = self.admin.again().send(method, path, body, headers)
                self.assertEqual(answer.status, status, answer)
                self.assertIn(said, answer.json()["message"])
        for words in (("user", "add", "eve", "--role", "admin\u200b"), ("user", "role", "admin", "--role",
                      "ad\u00admin"), ("token", "add", "fe\u00a0ed", "--scope", "read")):
            code, _, err = self.service.contacts(*words, "--tenant", "acme", stdin=PASSWORD)
            self.assertEqual(code, 1, words)
            self.assertRegex(err, r"must not hold characters that cannot be seen: U\+00|U\+200B")
        code, _, err = self.service.contacts("user", "passwd", "admin", "--tenant", "acme",
                                             stdin="correct\u200bhorse")
        self.assertEqual(code, 1)
        self.assertIn("U+200B at position 8", err)

    def test_a_key_with_other_bytes_is_told_what_is_compared(self):
        self.assertEqual(self.admin.post("/api/contacts", text(type="friend")).status, 400)
        key = {"Idempotency-Key": "k-bytes"}
        taken = {"fullName": "Jo", "email": "first@example.com", "type": "client"}
        self.assertEqual(self.admin.post("/api/contacts", taken, key).status, 409)
        other = dict(reversed(taken.items()))
        answer = self.admin.post("/api/contacts", other, key)
        self.assertEqual(answer.status, 422)
        for said in ("bytes", "order of members", "white space", "take a new key"):
            self.assertIn(said, answer.json()["message"])

    def test_routes_methods_and_parameters(self):
        for method, path, status in (("GET", "/api/nothing", 404), ("GET", "/nothing", 404),
                                     ("DELETE", "/api/contacts", 405), ("PUT", "/api/contacts", 405),
                                     ("GET", "/api/contacts?colour=red", 400)):
            answer = self.admin.send(method, path)
            self.assertEqual(answer.status, status, (method, path, answer))
            if status == 405:
                self.assertIn("POST", answer.headers["Allow"])


if __name__ == "__main__":
    unittest.main()
