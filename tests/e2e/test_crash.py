"""What was answered 200 is there after kill -9, exactly once; SIGTERM answers what is in flight."""
import http.client
import json
import os
import random
import threading
import unittest

from tests.e2e.service import Service

KILLS = 20 * int(os.environ.get("SOAK_ROUNDS", "1"))
WRITERS = 8


class Load:
    """Threads that create contacts, each with a key of its own, until the server is gone."""

    def __init__(self, client, name):
        self.acknowledged = {}  # e-mail → contact
        self.open = {}          # e-mail → key; sent, not answered
        self.statuses = []
        self.changed = threading.Condition()
        self.stopped = False
        self.threads = [threading.Thread(target=self.write, args=(client.again(), f"{name}-{n}"))
                        for n in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def write(self, client, name):
        number = 0
        while not self.stopped:
            number += 1
            email = f"{name}-{number}@example.com"
            with self.changed:
                self.open[email] = f"key-{name}-{number}"
            try:
                answer = client.create(email, {"Idempotency-Key": self.open[email]})
            except (http.client.HTTPException, OSError):
                return
            with self.changed:
                self.statuses.append(answer.status)
                if answer.status == 200:
                    self.acknowledged[email] = answer.json()
                    del self.open[email]
                self.changed.notify_all()

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.acknowledged) >= count, timeout=60)

    def join(self):
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


class Crash(unittest.TestCase):
    def test_kill_9_under_load(self):
        chance = random.Random(4)
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            admin = service.client("admin")
            expected = {}
            for kill in range(KILLS):
                load = Load(admin, f"k{kill}")
                load.wait_for(chance.randrange(1, 150))
                service.kill()
                load.stopped = True
                load.join()
                service.start()
                admin.close()
                admin.base = service.base
                expected.update(load.acknowledged)
                for email, key in load.open.items():  # tried again with its key: once, too
                    answer = admin.create(email, {"Idempotency-Key": key})
                    self.assertEqual(answer.status, 200, answer)
                    expected[email] = answer.json()
                contacts = admin.get("/api/contacts").json()
                self.assertEqual([c["id"] for c in contacts], list(range(1, len(contacts) + 1)))
                self.assertEqual({c["email"]: c for c in contacts}, expected, f"kill {kill}")
                self.assertEqual(len(contacts), len(expected))
            digest = service.status("--digest")["digest"]
            self.assertEqual(service.end(), 0)
            code, out, err = service.contacts("rebuild", "--json")
            self.assertEqual(code, 0, err)
            self.assertEqual(json.loads(out)["digest"], digest)

    def test_a_disk_that_takes_no_more_ends_the_server_and_loses_nothing(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.start(largest_file=1_000_000)
            admin = service.client("admin")
            load = Load(admin, "d")
            self.assertEqual(service.ended(), 1)
            load.stopped = True
            load.join()
            self.assertIn("error going down", service.errors())
            self.assertGreater(len(load.acknowledged), 100)
            self.assertLessEqual(set(load.statuses), {200, 503})
            service.start()
            admin.close()
            admin.base = service.base
            made = {c["email"]: c for c in admin.get("/api/contacts").json()}
            self.assertEqual({e: made.get(e) for e in load.acknowledged}, load.acknowledged)
            self.assertLessEqual(set(made), set(load.acknowledged) | set(load.open))

    def test_sigterm_under_load_answers_all_in_flight(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            admin = service.client("admin")
            load = Load(admin, "t")
            load.wait_for(100)
            self.assertEqual(service.end(), 0)
            load.stopped = True
            load.join()
            # A request that the server did not take any more may be refused; none is half answered.
            self.assertLessEqual(set(load.statuses), {200, 503})
            service.start()
            admin.close()
            admin.base = service.base
            made = {c["email"]: c for c in admin.get("/api/contacts").json()}
            self.assertEqual(made, load.acknowledged)


if __name__ == "__main__":
    unittest.main()
