"""Two instances on one topic and one store of sessions: a user is logged in at both, and out at both."""
import time
import unittest

from tests.e2e.kafka import shared_broker
from tests.e2e.redis import Redis
from tests.e2e.service import Client, Service, wait_as_told

TOPIC = "shared.sessions"


class Instance(Service):
    """Its commands need the settings of the log, but not those of the sessions."""

    def __init__(self, log, redis):
        super().__init__(*log, "--sessions", redis.url)
        self.log_flags = log
        with open(self.data + "/session-secret", "w", encoding="utf-8") as secret:
            secret.write("keyboard cat\n")

    def contacts(self, *arguments, stdin=""):
        return super().contacts(*arguments, *self.log_flags, stdin=stdin)


class SharedSessions(unittest.TestCase):
    def setUp(self):
        redis = self.enterContext(Redis())
        log = shared_broker().flags(TOPIC)
        self.a, self.b = (self.enterContext(Instance(log, redis)).start() for _ in range(2))

    def test_a_user_is_logged_in_and_out_everywhere(self):
        self.a.add_user("jane", "admin")
        self.a.add_user("joe", "member")
        jane, joe = self.a.client("jane"), self.a.client("joe")
        for client in (jane, joe):
            self.assertEqual(self.settled(client, self.b), 200)
        self.assertEqual(self.a.contacts("user", "logout", "jane", "--tenant", "acme")[0], 0)
        self.assertEqual(jane.get("/api/user").status, 401)  # at once where it was done
        self.comes_to(401, jane, self.b)
        self.assertEqual(self.settled(joe, self.b), 200)
        again = self.b.client("jane")
        self.assertEqual(self.settled(again, self.a), 200)
        self.assertEqual(again.send("POST", "/api/logout").status, 204)
        self.comes_to(401, again, self.a)
        self.assertNotIn("sessions stay with the instance", self.a.errors())

    def settled(self, client, instance):
        """The status there, once the instance has come to where the session began."""
        there = Client(instance.base, client.cookie)
        while (answer := there.get("/api/user")).status == 503:
            wait_as_told(answer)
        return answer.status

    def comes_to(self, status, client, instance):
        deadline = time.monotonic() + 20
        while self.settled(client, instance) != status:
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    unittest.main()
