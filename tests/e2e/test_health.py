"""Readiness is red within five seconds after a thread stands still, names it, and is green when it goes on."""
import json
import re
import threading
import time
import unittest

from tests.e2e.held import Held, threads
from tests.e2e.service import Client, Service, wait_until

SECONDS = 5
# The threads that requests of the embedded setting depend on, as top -H shows them.
DATA_PATH = ["partition 0", "log writer", "http", "http flusher", "api continue", "api rendering",
             "passwords", "session writer", "deadlines", "position waits"]


class Threads(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.service.add_user("jane", "admin")
        cls.service.start()

    def becomes(self, status):
        """The first answer with the status, or the last one within the time."""
        deadline = time.monotonic() + SECONDS
        while (answer := self.service.ready()).status != status and time.monotonic() < deadline:
            threading.Event().wait(0.05)
        return answer

    def logged(self, line):
        """Readiness tells at once; the watch writes its line when it looks next."""
        wait_until(lambda: re.search(line, self.service.errors()))

    def test_each_that_stands_still_is_named(self):
        named = threads(self.service.process.pid)
        self.assertEqual([name for name in DATA_PATH if name not in named], [])
        ready = self.service.ready()
        self.assertEqual(ready.status, 200, ready)
        with Held([named[name][0] for name in DATA_PATH]):
            deadline = time.monotonic() + SECONDS
            said = set()
            while said != set(DATA_PATH) and time.monotonic() < deadline:
                answer = self.service.ready()
                reasons = {r["part"]: r["why"] for r in answer.json().get("reasons", [])}
                said = set(re.findall('"([^"]+)" has stood still for', reasons.get("threads", "")))
                threading.Event().wait(0.05)
            self.assertEqual(said, set(DATA_PATH), answer)
            self.assertEqual(answer.status, 503)
            self.assertIn("stood still", answer.json()["message"])
            self.assertEqual(Client(self.service.admin).get("/health/live").status, 200)
            metrics = self.service.metrics()
            self.assertIn('contacts_health{part="threads"} 0', metrics)
            self.assertIn('contacts_health{part="partitions"} 1', metrics)
            status = self.service.status()
            self.assertEqual([r["part"] for r in status["reasons"]], ["threads"])
            self.logged(r"a part is troubled.*threads")
        self.assertEqual(self.becomes(200).status, 200)
        self.assertEqual(json.loads(self.service.ready().body)["warnings"], [])
        self.assertEqual(self.service.client("jane").create("a@x.org").status, 200)
        self.logged(r"a part is well again.*threads")


if __name__ == "__main__":
    unittest.main()
