"""Erasing people as operators and their users meet it."""
import json
import unittest

from tests.e2e.service import PASSWORD, Service


class Erasure(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Service())
        self.service.add_user("ada", "admin")
        self.service.add_user("max", "member")
        self.service.start()
        self.ada = self.service.client("ada")
        self.assertEqual(self.ada.create("jane@example.com", canLogin=True).status, 200)

    def operate(self, *words, said=0):
        code, out, err = self.service.contacts(*words, "--tenant", "acme", "--json")
        self.assertEqual(code, said, err)
        return [json.loads(line) for line in out.splitlines()] if said == 0 else err

    def emails(self):
        return [contact["email"] for contact in self.ada.get("/api/contacts").json()]

    def test_a_contact_is_erased_for_good_and_a_hold_forbids_it(self):
        self.assertEqual(self.operate("hold", "--contact", "1", "--reason", "a claim"),
                         [{"contact": 1, "held": True}])
        held = self.operate("holds")
        self.assertEqual([hold["contact"] for hold in held], [1])
        erase = ["erase", "--contact", "1", "--ground", "b"]
        self.assertIn("contact 1 is under legal hold", self.operate(*erase, said=1))
        self.assertEqual(self.operate("unhold", "--contact", "1"), [{"contact": 1, "held": False}])
        self.assertEqual(self.operate("holds"), [])
        self.assertEqual(self.emails(), ["jane@example.com"])

        (erased,) = self.operate(*erase)
        self.assertEqual(erased["recipients"], [])
        self.assertEqual(self.emails(), [])
        self.assertEqual(self.operate(*erase), [erased], "a second erasure gets the first answer")
        self.assertIn("was erased at position", self.operate("hold", "--contact", "1", said=1))

        self.service.end()
        self.service.start()
        self.ada = self.service.client("ada")
        self.assertEqual(self.emails(), [])
        self.assertEqual(self.ada.create("jane@example.com").json()["id"], 2)
        self.assertEqual(self.service.contacts("holds", "--tenant", "acme")[1],
                         "no contact of acme is under legal hold\n")

    def test_an_actor_is_erased_and_its_session_is_over(self):
        max_ = self.service.client("max")
        self.assertEqual(max_.get("/api/user").status, 200)
        self.operate("erase", "--actor", str(max_.get("/api/user").json()["id"]), "--ground", "a")
        self.assertEqual(max_.get("/api/user").status, 401)
        self.assertEqual(self.ada.get("/api/user").status, 200)
        answer = max_.post("/api/login",
                           {"username": "max", "password": PASSWORD, "tenant": "acme"})
        self.assertEqual(answer.status, 401)

    def test_a_past_and_months_are_erased(self):
        self.operate("erase", "--contact", "1", "--past")
        self.assertEqual(self.emails(), ["jane@example.com"])
        # What is recorded about it from now on is sealed with its next key, or not at all.
        for words in (["hold"], ["hold"], ["unhold"], ["erase", "--past"], ["unhold"]):
            self.operate(*words, "--contact", "1")
        months = ["erase", "--months-before", "2020-01"]
        self.assertIn("sequence", self.operate(*months)[0])
        self.assertEqual(self.operate(*months), [{"recipients": []}], "nothing was changed")
        self.assertIn("is in the future", self.operate("erase", "--months-before", "2999-01",
                                                       said=1))

    def test_one_erasure_at_a_time(self):
        for words in ([], ["--past"], ["--contact", "1", "--months-before", "2020-01"],
                      ["--actor", "1", "--past"], ["--contact", "1"]):
            self.assertIn("needs", self.operate("erase", *words, said=1), words)
        for actor in ("token:t", "99"):
            self.operate("erase", "--actor", actor, "--ground", "a", said=1)


if __name__ == "__main__":
    unittest.main()
