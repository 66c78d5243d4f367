"""A cluster loses the broker that leads the log, under load."""
import json
import os
import threading
import time
import unittest

from tests.e2e.kafka import Cluster, KafkaService
from tests.e2e.service import wait_as_told

ROUNDS = 3 * int(os.environ.get("SOAK_ROUNDS", "0")) or 1
WRITERS = 8            # on each instance
BEFORE_AND_AFTER = 150  # answers of 200


class Load:
    """Writers that go on until they are told to stop; a 503 is asked again with its key."""

    def __init__(self, instances, name):
        self.done = {}  # e-mail → position
        self.unclear = []
        self.changed = threading.Condition()
        self.stopped = False
        self.threads = []
        for number, instance in enumerate(instances):
            client = instance.client("jane")
            self.threads += [threading.Thread(target=self.write,
                                              args=(client.again(), f"{name}-{number}-{n}"))
                             for n in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def write(self, client, name):
        number = 0
        while not self.stopped:
            number += 1
            email = f"{name}-{number}@x.org"
            answer = client.create(email)
            while answer.status == 503 and "Retry-After" in answer.headers:
                key = answer.headers.get("Idempotency-Key")
                wait_as_told(answer)
                answer = client.create(email, {"Idempotency-Key": key} if key else None)
            with self.changed:
                if answer.status == 200:
                    self.done[email] = int(answer.headers["Contacts-Position"])
                else:
                    self.unclear.append(answer)
                self.changed.notify_all()

    def wait_for_more(self, count):
        with self.changed:
            wanted = len(self.done) + count
            assert self.changed.wait_for(lambda: len(self.done) >= wanted, timeout=120), \
                f"{len(self.done)} of {wanted}, {self.unclear}"

    def end(self):
        self.stopped = True
        for thread in self.threads:
            thread.join(60)


class ThreeBrokers(unittest.TestCase):
    def test_the_leader_dies_under_load_and_nothing_that_was_reported_done_is_lost(self):
        cluster = Cluster()
        self.addCleanup(cluster.remove)
        flags = [*cluster.flags("events", partitions=1),
                 "--kafka-replication-factor", str(cluster.BROKERS)]
        instances = [KafkaService(*flags) for _ in range(2)]
        for one in instances:
            self.addCleanup(one.__exit__)
            one.start()
        instances[0].add_user("jane", "admin")
        with cluster.client() as admin:
            for number in range(ROUNDS):
                self.lose_the_leader(cluster, admin, instances, f"round-{number}")

    def lose_the_leader(self, cluster, admin, instances, name):
        load = Load(instances, name)
        load.wait_for_more(BEFORE_AND_AFTER)
        leader, in_sync = admin.leader("events", 0)
        self.assertGreaterEqual(len(in_sync), 2)
        cluster.kill_node(leader)
        load.wait_for_more(BEFORE_AND_AFTER)
        self.assertNotEqual(admin.leader("events", 0)[0], leader)
        load.end()
        self.assertEqual(load.unclear, [])
        records = instances[1].opened_records()
        held = {r["data"]["email"]: r["sequence"] for r in records
                if r["type"] == "ContactCreated" and r["data"]["email"].startswith(name)}
        self.assertEqual(held, load.done)
        self.assertEqual(instances[1].end(), 0)  # though a leader is gone
        # Views that are made anew from the brokers that are left.
        code, out, err = instances[1].contacts("rebuild", "--json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["digest"], instances[0].status("--digest")["digest"])
        instances[1].start()
        cluster.start_node(leader)
        self.wait_until_all_are_in_sync(admin)

    @staticmethod
    def wait_until_all_are_in_sync(admin):
        deadline = time.monotonic() + 60
        while len(admin.leader("events", 0)[1]) < Cluster.BROKERS:
            assert time.monotonic() < deadline
            threading.Event().wait(0.1)  # then it is asked again


if __name__ == "__main__":
    unittest.main()
