"""Two instances of the real program on one topic."""
import threading
import unittest

from tests.e2e.kafka import shared_broker, start_instances
from tests.e2e.service import Client


class TwoInstances(unittest.TestCase):
    def setUp(self):
        self.broker = shared_broker()

    def instances(self, topic, count=2):
        return start_instances(self, self.broker, topic, count)

    def test_users_and_positions_are_the_same_on_both(self):
        a, b = self.instances("positions")
        a.add_user("jane", "admin")
        on_a = a.client("jane")
        on_b = b.client("jane")
        for i in range(200):
            made = on_a.create(f"p{i}@x.org")
            self.assertEqual(made.status, 200, made)
            position = made.headers["Contacts-Position"]
            read = on_b.get("/api/contacts", **{"Contacts-Min-Position": position})
            self.assertEqual(read.status, 200, read)
            self.assertIn(f"p{i}@x.org", [contact["email"] for contact in read.json()])

    def test_each_email_is_given_once_although_one_instance_is_killed(self):
        a, b = self.instances("race")
        a.add_user("jane", "admin")
        done, lock = [], threading.Lock()

        def create_all(client):
            for i in range(100):
                try:
                    answer = client.create(f"r{i}@x.org")
                except OSError:
                    return  # its instance was killed
                with lock:
                    if answer.status == 200:
                        done.append(f"r{i}@x.org")
                    elif answer.status != 409:
                        self.failures.append(answer)
                    if len(done) == 40 and a.process and not self.killed:
                        self.killed = True
                        a.kill()

        self.failures, self.killed = [], False
        clients = [a.client("jane"), a.client("jane"), b.client("jane"), b.client("jane")]
        threads = [threading.Thread(target=create_all, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertTrue(self.killed)
        self.assertIsNone(b.process.poll(), b.errors())
        self.assertEqual(self.failures, [])
        self.assertEqual(len(done), len(set(done)))
        emails = [contact["email"] for contact in b.client("jane").get("/api/contacts").json()]
        self.assertEqual(sorted(emails), sorted(f"r{i}@x.org" for i in range(100)))
        self.assertLessEqual(set(done), set(emails))
        a.start()
        first, second = a.status("--digest"), b.status("--digest")
        self.assertEqual(first["digest"], second["digest"])

    def test_without_a_broker_reads_go_on_and_writes_say_try_again(self):
        a, = self.instances("down", 1)
        a.add_user("jane", "admin")
        jane = a.client("jane")
        self.assertEqual(jane.create("up@x.org").status, 200)
        self.broker.kill()
        self.assertEqual(len(jane.get("/api/contacts").json()), 1)
        answer = jane.create("down@x.org")
        self.assertEqual(answer.status, 503, answer)
        self.assertIn("Retry-After", answer.headers)
        self.assertEqual(Client(a.admin).get("/health/ready").status, 503)
        self.broker.start()
        # What was answered 503 comes to be: the e-mail is taken in the end.
        for _ in range(10):
            again = jane.create("down@x.org")
            if again.status != 503:
                break
        self.assertIn(again.status, (200, 409), again)
        self.assertEqual(len(jane.get("/api/contacts").json()), 2)


if __name__ == "__main__":
    unittest.main()
