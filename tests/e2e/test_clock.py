"""A clock that was years ahead once stamped all later records for ever: it is refused before it stamps one."""
import os
import shutil
import time
import unittest

from tests.e2e.service import Service
from tests.e2e.stepped_clock import SteppedClock

YEARS = 4 * 365 * 24 * 3600


class Clock(unittest.TestCase):
    def setUp(self):
        clock = self.enterContext(SteppedClock())
        self.set_ahead = clock.set_ahead
        self.service = self.enterContext(Service())
        self.service.add_user("jane", "admin")

    def refused(self, jane, email, said):
        answer = jane.create(email)
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "30"), answer)
        self.assertIn(said, answer.json()["message"])
        self.assertEqual(self.service.ready().status, 503)
        self.assertIn(said, self.service.ready().json()["message"])

    def test_no_record_is_stamped_by_a_clock_that_cannot_be_right(self):
        service = self.service
        service.start()
        jane = service.client("jane")
        self.assertEqual(jane.create("a@x.org").status, 200)
        self.set_ahead(630)  # set while it runs; whole minutes are said
        self.refused(jane, "b@x.org", "it was set ahead by 10 minutes")
        self.assertEqual(jane.get("/contacts").status, 200)
        self.set_ahead(0)
        self.assertEqual(jane.create("b@x.org").status, 200)
        self.assertEqual(self.service.ready().status, 200)
        self.assertEqual(service.end(), 0)

        self.set_ahead(YEARS)  # at the start
        code, out, err = service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                          "member")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("long after the newest record", err)
        code, out, _ = service.contacts("check", "--listen", "127.0.0.1:0", "--admin-listen",
                                        "127.0.0.1:0")
        self.assertEqual(code, 1)
        self.assertRegex(out, r"fault  clock: .*, long after the newest record")
        self.set_ahead(-YEARS)
        code, out, err = service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                          "member")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("but the newest record is of 20", err)

        # On fresh read models no record is known when health asks for the first time.
        shutil.rmtree(os.path.join(service.data, "views"))
        self.set_ahead(YEARS)
        service.start()
        deadline = time.monotonic() + 10
        while self.service.ready().status == 200 and time.monotonic() < deadline:
            pass
        self.assertIn("long after the newest record", self.service.ready().json()["message"])
        self.assertEqual(service.end(), 0)

        # A history from the future goes on when the operator says so.
        self.set_ahead(YEARS)
        code, _, err = service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                        "consultant", "--accept-clock")
        self.assertEqual(code, 0, err)
        self.set_ahead(0)
        service.start()
        self.refused(service.client("jane"), "c@x.org", "--accept-clock")
        self.assertEqual(service.end(), 0)
        service.flags.append("--accept-clock")
        service.start()
        self.assertEqual(service.client("jane").create("c@x.org").status, 200)


if __name__ == "__main__":
    unittest.main()
