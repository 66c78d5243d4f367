"""The topic of password hashes is lost: no answer calls a right password wrong."""
import unittest

from tests.e2e.kafka import KafkaService, shared_broker
from tests.e2e.service import PASSWORD, Client


class LostSecrets(unittest.TestCase):
    def setUp(self):
        self.broker = shared_broker()

    def service(self, topic, *flags):
        service = KafkaService(*self.broker.flags(topic, partitions=2), *flags)
        self.addCleanup(service.__exit__)
        return service

    def start(self, topic, *flags):
        service = self.service(topic, *flags)
        service.start()
        return service

    @staticmethod
    def log_in(service, name="jane", tenant="acme", password=PASSWORD):
        return Client(service.base).post(
            "/api/login", {"tenant": tenant, "username": name, "password": password})

    def test_log_ins_are_refused_with_the_cause_until_the_operator_begins_anew(self):
        topic = "lost"
        before = self.start(topic)
        before.add_user("jane", "admin")
        self.assertEqual(self.log_in(before).status, 200)
        before.end()
        with self.broker.client() as administrator:
            administrator.delete(f"{topic}.secrets")

        # On its own read models: whoever makes them anew cannot read records whose keys are lost.
        after = before.start()
        ready = after.ready()
        self.assertEqual(ready.status, 503, ready)
        self.assertIn(f"{topic}.secrets, is not there", ready.json()["message"])
        self.assertIn("--adopt-secrets", ready.json()["message"])
        answers = [self.log_in(after), self.log_in(after, password="wrong"),
                   self.log_in(after, name="nobody", tenant="no-such-tenant")]
        for answer in answers:  # the same for everybody
            self.assertEqual((answer.status, answer.json()), (503, answers[0].json()))
        self.assertNotIn(topic, answers[0].json()["message"])
        after.end()

        after.flags.append("--adopt-secrets")
        anew = after.start()
        self.assertEqual(anew.ready().status, 200)
        self.assertEqual(self.log_in(anew).status, 401)
        code, _, err = anew.contacts("user", "passwd", "jane", "--tenant", "acme",
                                     stdin=PASSWORD + "\n")
        self.assertEqual(code, 0, err)
        self.assertEqual(self.log_in(anew).status, 200)


if __name__ == "__main__":
    unittest.main()
