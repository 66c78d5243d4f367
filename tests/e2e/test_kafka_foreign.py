"""Foreign records in the topic are stepped over, counted and listed; nothing stops."""
import json
import unittest

from tests.e2e.kafka import shared_broker, start_instances

TENANT = b"acme"
FOREIGN = [
    b"garbage", b'{"a":1}', b"", b'{"tenant":"acme","sequence":0,"previous":""}', b"\x00\xff\xfe",
    b"x" * 1_000_000, b"[" * 100]


def forged(sequence):
    """A record of our form that is chained to nothing."""
    return json.dumps({"tenant": "acme", "sequence": sequence, "previous": "f" * 64}).encode()


class Foreign(unittest.TestCase):
    def test_they_are_stepped_over_counted_and_listed(self):
        topic = "foreign"
        a, b = start_instances(self, shared_broker(), topic, 2)
        a.add_user("jane", "admin")
        on_a, on_b = a.client("jane"), b.client("jane")
        self.assertEqual(on_a.create("before@x.org").status, 200)
        partition = self.partition_of_the_tenant(a)
        before = self.counts(a, partition)
        with shared_broker().client() as stranger:
            for value in FOREIGN:
                stranger.produce(topic, partition, TENANT, value)
            stranger.produce(topic, partition, TENANT, forged(3))
            stranger.produce(topic, partition, b"other", forged(3))  # another's key
        made = on_b.create("after@x.org")
        self.assertEqual(made.status, 200, made)
        for one, client in ((a, on_a), (b, on_b)):
            read = client.get("/api/contacts", **{
                "Contacts-Min-Position": made.headers["Contacts-Position"]})
            self.assertEqual([contact["email"] for contact in read.json()],
                             ["before@x.org", "after@x.org"])
            after = self.counts(one, partition)
            self.assertEqual(after["foreign"] - before["foreign"], len(FOREIGN) + 1)
            self.assertEqual(after["superseded"] - before["superseded"], 1)
            self.assertEqual([entry["bytes"] for entry in after["newestForeign"]],
                             [*map(len, FOREIGN), len(forged(3))])
            self.assertTrue(all(entry["reason"] for entry in after["newestForeign"]))
            status = one.status()
            self.assertEqual(status["fault"], "")
            acme = next(t for t in status["tenants"] if t["tenant"] == "acme")
            self.assertEqual([(chain["parent"], chain["entries"]) for chain in acme["orphans"]],
                             [("f" * 64, 1)])
            self.assertEqual(acme["closed"], "")

    @staticmethod
    def counts(service, partition):
        return service.status()["partitions"][partition]

    @staticmethod
    def partition_of_the_tenant(service):
        """The only partition that holds more than its opening records."""
        partitions = service.status()["partitions"]
        return max(range(len(partitions)), key=lambda p: partitions[p]["next"])


if __name__ == "__main__":
    unittest.main()
