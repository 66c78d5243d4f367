"""No log line, metric or refusal holds a value of a person: nobody could erase it there."""
import json
import unittest

from tests.e2e.service import Client, Service, wait_until

# Words that stand nowhere else. Each comes in on its own way.
USER, LOCKED, UNKNOWN, OPERATOR = "zebedee", "quillon", "nobodyathome", "wilhelmina"
EMAIL, NAME, COMPANY, PHONE = "magnolia", "Featherstonehaugh", "Marzipanwerke", "5550173942"
METADATA, REASON, MENTION, TITLE, KEY = "rutabaga", "hollyhock", "pimpernel", "Obergärtner", "snapdragon"
WORDS = (USER, LOCKED, UNKNOWN, OPERATOR, EMAIL, NAME, COMPANY, PHONE, METADATA, REASON, MENTION,
         TITLE, KEY)


def found_in(text):
    return [word for word in WORDS if word.lower() in text.lower()]


class LogLines(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service(
            "--log-level", "debug", "--log-format", "json", "--login-failures", "2", access_log=True))
        cls.service.add_user(USER, "admin")
        cls.service.add_user(LOCKED, "member")
        cls.service.start()
        cls.admin = cls.service.client(USER)

    def contact(self, **changed):
        return {"fullName": NAME, "mentionName": MENTION, "email": f"{EMAIL}@example.com",
                "type": "external", "phone": PHONE, "company": COMPANY, "title": TITLE,
                "metadata": {METADATA: METADATA}, **changed}

    def change(self):
        headers = {"Contacts-Reason": REASON, "Idempotency-Key": KEY}
        made = self.admin.post("/api/contacts", self.contact(canLogin=True), headers)
        self.assertEqual(made.status, 200, made)
        member = self.service.client(LOCKED)
        self.assertEqual(member.post("/api/contacts", self.contact()).status, 403)
        invited = self.admin.post(f"/api/accounts/{made.json()['id']}/invitation", b"")
        link = {"token": invited.json()["token"], "password": REASON + REASON}
        self.assertEqual(Client(self.service.base).post("/api/activate", link).status, 204)
        self.assertEqual(Client(self.service.base).post("/api/activate", link).status, 404)

    def conflict(self):
        for headers in ({}, {"Idempotency-Key": KEY + "2"}, {"Idempotency-Key": KEY + "2"}):
            taken = self.admin.post("/api/contacts", self.contact(), headers)
            self.assertEqual((taken.status, taken.json()["code"]), (409, "emailTaken"))
            self.assertEqual(found_in(taken.body.decode()), [])
        reused = self.admin.post("/api/contacts", self.contact(), {"Idempotency-Key": KEY})
        self.assertEqual(reused.status, 422)
        self.assertEqual(found_in(reused.body.decode()), [])

    def send_nonsense(self):
        for body in (self.contact(email=EMAIL), self.contact(type=NAME), {METADATA: PHONE},
                     self.contact(phone=7), json.dumps(self.contact())[:-9].encode()):
            self.assertEqual(self.admin.post("/api/contacts", body).status, 400)
        for path in (f"/api/contacts/{NAME}", f"/{EMAIL}@example.com", f"/api/contacts?q={NAME}",
                     f"/api/contacts?{NAME}=1"):
            self.assertIn(self.admin.get(path).status, (400, 404))
        path = f"/api/accounts/{EMAIL}@example.com/invitation"
        self.assertEqual(self.admin.post(path, b"").status, 400)

    def fail_to_log_in(self):
        for name in (LOCKED, LOCKED, LOCKED, UNKNOWN, UNKNOWN, UNKNOWN):
            login = {"username": name, "password": PHONE, "tenant": "acme"}
            self.assertIn(Client(self.service.base).post("/api/login", login).status, (401, 429))
        wait_until(lambda: "too many failures" in self.service.errors())

    def operate(self):
        for words, code in ((("user", "add", USER, "--role", "admin"), 1),
                            (("user", "disable", UNKNOWN), 1), (("user", "logout", LOCKED), 0),
                            (("user", "role", LOCKED, "--role", "client"), 0)):
            done = self.service.contacts(*words, "--tenant", "acme", "--as", OPERATOR,
                                         "--reason", REASON, stdin=PHONE + PHONE + "\n")
            self.assertEqual(done[0], code, done)

    # A bug once: the log had the paths of requests as they came, and the name of a locked user.
    def test_no_value_of_a_person_is_in_log_lines_metrics_and_refusals(self):
        self.change()
        self.conflict()
        self.send_nonsense()
        self.operate()
        self.fail_to_log_in()
        said = self.service.errors() + self.service.metrics() + self.service.ready().body.decode()
        self.assertGreater(said.count('"message":"request"'), 15)
        for line in said.splitlines():
            self.assertEqual(found_in(line), [], line)
        for word in WORDS:  # else the search would find nothing at all
            self.assertEqual(found_in(said + word.upper()), [word])
        records = self.service.contacts("export", "--tenant", "acme")[1].splitlines()
        refused = [json.loads(r)["data"] for r in records if '"type":"CommandRefused"' in r]
        self.assertGreaterEqual({r["code"] for r in refused}, {"emailTaken", "forbidden"})
        for data in refused:
            self.assertEqual(found_in(json.dumps(data)), [])


if __name__ == "__main__":
    unittest.main()
