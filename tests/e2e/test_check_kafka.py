"""`contacts check` names each fault of a Kafka cluster; the table is as in test_check.py."""
import contextlib
import time
import unittest

from tests.e2e.check import FREE_PORTS, SECONDS, Asked, Seeded, check
from tests.e2e.kafka import NO_SUCH_NAME, KafkaService, Renaming, shared_broker, why_unresolved
from tests.e2e.redis import free_port
from tests.e2e.service import run


def on_broker(topic, **settings):
    return lambda test: Asked(*shared_broker().flags(
        topic, config=shared_broker().config(**settings)))


def unresolved(test):
    test.why = why_unresolved("a.invalid")
    return on_broker("x", bootstrap_servers="a.invalid:9092")(test)


def renamed(test):
    proxy = test.stack.enter_context(Renaming(shared_broker().address))
    return on_broker("unnamed", bootstrap_servers=proxy.address)(test)


def set_otherwise(topic, **settings):
    """A topic that a start made, with settings that were changed since."""
    def seed(test):
        with shared_broker().client() as admin:
            admin.configure(topic, {k.replace("_", "."): v for k, v in settings.items()})
        return on_broker("checked")(test)
    return seed


KAFKA = [
    ("no broker", lambda test: on_broker("x", bootstrap_servers=f"127.0.0.1:{free_port()}")(test),
     "of bootstrap.servers cannot be reached: Connection refused", "fault"),
    ("a broker's name", unresolved,
     "a.invalid:9092 of bootstrap.servers cannot be reached: {seeded.why}", "fault"),
    ("an advertised name", renamed, "advertise a.invalid:", "fault"),
    ("TLS to a listener without", on_broker("x", security_protocol="ssl"), "no TLS connection",
     "fault"),
    ("an unknown key", on_broker("x", no_such_key="1"), ":2: No such configuration property",
     "fault"),
    ("a key that is forced", on_broker("x", acks="1"), ":2: acks cannot be chosen", "fault"),
    ("no brokers", on_broker("x", bootstrap_servers=None), "bootstrap.servers is missing", "fault"),
    ("a directory", lambda test: Asked(*shared_broker().flags("x", config=test.folder)),
     "{folder} is a directory", "fault"),
    ("a topic that deletes", set_otherwise("checked", retention_ms="1000", cleanup_policy="delete"),
     "has retention.ms=1000: old history would be deleted", "fault"),
    ("hashes that are deleted", set_otherwise("checked.secrets", cleanup_policy="delete"),
     "the topic checked.secrets has cleanup.policy=delete", "fault"),
]


class Kafka(Seeded):
    @classmethod
    def setUpClass(cls):
        with KafkaService(*shared_broker().flags("checked")) as service:
            service.start()
            cls.fine = check(service.data, Asked(*service.flags))

    def test_each_fault_of_a_cluster_is_named(self):
        code, findings, _ = self.fine
        self.assertEqual((code, [f for f in findings if f.get("part") == "kafka"]), (0, []))
        self.names_all(KAFKA)

    def test_a_start_may_read_its_keys_from_a_pipe(self):
        self.starts_with_a_pipe_as("--kafka-config", f"bootstrap.servers={shared_broker().address}\n",
                                   "--log", "kafka", "--kafka-topic", "piped",
                                   "--kafka-partitions", "1")

    def test_a_name_that_does_not_resolve_ends_a_start_soon(self):
        """The start took 30 s, and its message named a partition that did not answer."""
        with contextlib.ExitStack() as self.stack:
            begun = time.monotonic()
            code, _, err = run("serve", "--data", self.data, *FREE_PORTS, *renamed(self).flags)
            self.assertEqual(code, 1)
            self.assertIn("advertise a.invalid:", err)
            # A name that may resolve later is waited for.
            at_once = why_unresolved("a.invalid") == NO_SUCH_NAME
            self.assertLess(time.monotonic() - begun, SECONDS if at_once else 3 * SECONDS)


if __name__ == "__main__":
    unittest.main()
