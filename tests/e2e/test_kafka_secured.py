"""Brokers that demand TLS, a login and rights."""
import re
import time
import unittest

from tests.e2e.kafka import KafkaService, SecuredBroker

RIGHTS = ("READ", "WRITE", "CREATE", "DESCRIBE", "DESCRIBE_CONFIGS")
SECONDS = 20  # a start that cannot succeed ends by then, also on a busy machine
# Each user has a topic of its own name.
LACKING = {
    "nowrite": ("WRITE",), "noread": ("READ",), "noconfigs": ("DESCRIBE_CONFIGS",),
    "nocreate": ("CREATE",), "nothing": RIGHTS}


class Secured(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.broker = SecuredBroker({name: f"password of {name}" for name in ("jo", *LACKING)})
        cls.addClassCleanup(cls.broker.remove)
        with cls.broker.client() as admin:
            for name, lacking in {"jo": (), **LACKING}.items():
                admin.allow(name, f"{name}.secrets", *RIGHTS)
                granted = [right for right in RIGHTS if right not in lacking]
                if granted:
                    admin.allow(name, name, *granted)

    def test_with_the_right_login_and_rights_it_works_from_end_to_end(self):
        flags = self.broker.flags("jo", config=self.broker.config_of("jo"))
        with KafkaService(*flags) as a, KafkaService(*flags) as b:
            a.start()
            b.start()
            a.add_user("jane", "admin")
            made = a.client("jane").create("jo@x.org")
            self.assertEqual(made.status, 200, made)
            read = b.client("jane").get("/api/contacts", **{
                "Contacts-Min-Position": made.headers["Contacts-Position"]})
            self.assertEqual([contact["email"] for contact in read.json()], ["jo@x.org"])

    def refused(self, topic, config):
        """The message of a server that does not start."""
        with KafkaService(*self.broker.flags(topic, config=config)) as service:
            started = time.monotonic()
            code, _, err = service.contacts("status", "--json")
            self.assertLess(time.monotonic() - started, SECONDS)
            self.assertEqual(code, 1)
            return err.splitlines()[-1]

    def test_a_wrong_password(self):
        said = self.refused("jo", self.broker.config_of("jo", sasl_password="wrong"))
        self.assertIn("do not accept the login", said)
        self.assertIn("sasl.username and sasl.password", said)

    def test_an_authority_that_is_not_known(self):
        said = self.refused("jo", self.broker.config_of("jo", ssl_ca_location=None))
        self.assertIn("certificate verify failed", said)
        self.assertIn("ssl.ca.location", said)

    def test_each_right_that_is_missing_is_named(self):
        for name, what in {"nowrite": "grant WRITE", "noread": "grant READ",
                           "noconfigs": "grant DESCRIBE_CONFIGS", "nocreate": "grant CREATE",
                           "nothing": "grant DESCRIBE, DESCRIBE_CONFIGS, READ and WRITE"}.items():
            with self.subTest(name):
                config = self.broker.config_of(name)
                said = self.refused(name, config)
                self.assertIn(what, said)
                self.assertRegex(said, rf"\b{name}\b")
                if name == "nocreate":  # nobody can tell without making the topic
                    continue
                with KafkaService(*self.broker.flags(name, config=config)) as service:
                    code, out, _ = service.contacts("check")
                self.assertEqual(code, 1, out)
                fault = re.search(r"fault  kafka: .*\n.*", out).group()
                self.assertRegex(fault, rf"\b{name}\b")
                self.assertIn(what.lower(), fault.lower())


if __name__ == "__main__":
    unittest.main()
