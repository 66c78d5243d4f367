"""docs/consumers/ against a real broker: they keep to the rule and to their place, also when killed."""
import collections
import hashlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

from tests.e2e.kafka import ROOT, KafkaService, shared_broker, start_instances
from tests.e2e.service import wait_until
from tests.e2e.test_schemas import SCHEMAS, is_valid, schema_of

CONSUMERS = os.path.join(ROOT, "docs/consumers")
GOLDEN = os.path.join(ROOT, "tests/events/golden/history.ndjson")
PARTITIONS = 4  # of the golden log
ZEROS = "0" * 64
BULK = 600  # records of each tenant: several fetches, and more than a pipe holds


def lines_of(records):
    """Sorted; a record of the golden log may have line feeds in it."""
    return sorted(b"".join(record + b"\n" for record in records).split(b"\n")[:-1])


class Consumer:
    """One of the two programs with its place; its life can end and begin again."""

    def __init__(self, topic):
        self.topic = topic
        self.directory = tempfile.mkdtemp(prefix="contacts-consumer-")
        self.stderr = open(os.path.join(self.directory, "stderr"), "ab")
        self.printed = []  # lines of all lives
        self.process = None

    def start(self):
        """It soon stands still, until its output is read."""
        self.process = subprocess.Popen(
            [*self.program, shared_broker().address, self.topic, self.place()],
            stdout=subprocess.PIPE, stderr=self.stderr)
        self.reader = None
        self.watchdog = threading.Timer(120, self.process.kill)  # rather than wait for a line for ever
        self.watchdog.start()
        return self

    def read_lines(self, count):
        for _ in range(count):
            line = self.process.stdout.readline()
            assert line, self.errors()
            self.printed.append(line[:-1])

    def read_all(self):
        for line in self.process.stdout:
            if line.endswith(b"\n"):  # a kill cuts where it likes
                self.printed.append(line[:-1])

    def run_on(self):
        self.reader = threading.Thread(target=self.read_all)
        self.reader.start()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.ended()

    def ended(self):
        if self.reader:
            self.reader.join()
        else:
            self.read_all()
        self.process.stdout.close()
        self.watchdog.cancel()
        return self.process.wait(60)

    def errors(self):
        with open(self.stderr.name, encoding="utf-8") as file:
            return file.read()

    def remove(self):
        if self.process and not self.process.stdout.closed:
            self.kill()
        self.stderr.close()
        shutil.rmtree(self.directory)


class PythonConsumer(Consumer):
    program = [sys.executable, "-B", os.path.join(CONSUMERS, "history.py")]

    def place(self):
        return os.path.join(self.directory, "history.db")

    def kept(self):
        """The lines of history that it has, sorted."""
        if not os.path.exists(self.place()):
            return []
        db = sqlite3.connect(self.place(), timeout=30)
        try:
            return lines_of(record for record, in db.execute("SELECT record FROM history"))
        except sqlite3.OperationalError:  # it has just begun
            return []
        finally:
            db.close()


class NodeConsumer(Consumer):
    program = ["node", os.path.join(CONSUMERS, "history.js")]

    def place(self):
        return os.path.join(self.directory, "place")

    def kept(self):
        try:
            with open(os.path.join(self.place(), "place.json"), encoding="utf-8") as file:
                length = json.load(file)["bytes"]
            with open(os.path.join(self.place(), "history.ndjson"), "rb") as file:
                return sorted(file.read(length).split(b"\n")[:-1])
        except FileNotFoundError:
            return []


def golden_entries():
    """(partition, key, value, is history) of each."""
    def bytes_of(part):
        if isinstance(part, str):
            return part.encode()
        return bytes.fromhex(part["hex"]) if "hex" in part else part["repeat"].encode() * part["times"]

    with open(GOLDEN, encoding="utf-8") as file:
        for line in file:
            entry = json.loads(line)
            yield (entry["partition"], entry["key"], b"".join(map(bytes_of, entry["value"])),
                   entry["verdict"] == "history")


class Writer:
    """Puts entries into a topic as it likes, and knows which of them are history."""

    def __init__(self, topic, partitions):
        self.topic = topic
        self.heads = collections.defaultdict(lambda: (0, ZEROS))
        self.history = []
        settings = {"bootstrap.servers": shared_broker().address, "enable.idempotence": True,
                    "partitioner": "murmur2", "message.max.bytes": 1_110_000, "linger.ms": 5}
        self.producer = Producer(settings)
        if partitions:
            config = {"max.message.bytes": "1110000", "message.timestamp.type": "LogAppendTime"}
            admin = AdminClient({"bootstrap.servers": shared_broker().address})
            admin.create_topics([NewTopic(topic, partitions, 1, config=config)])[topic].result(30)

    def put(self, key, value, **where):
        self.producer.produce(self.topic, value, key, **where)
        self.producer.poll(0)

    def open(self, partition):
        self.put("$log", json.dumps({"type": "LogOpened", "data": {
            "logId": "of a test", "partition": partition, "partitions": PARTITIONS,
            "format": 2}}).encode(), partition=partition)

    def record(self, tenant, note="", back=0):
        """The record that continues the head, or stands `back` too early."""
        sequence, previous = self.heads[tenant]
        return json.dumps({"tenant": tenant, "sequence": sequence + 1 - back, "previous": previous,
                           "type": "Noted", "data": {"note": note}}, separators=(",", ":")).encode()

    def append(self, tenant, note=""):
        value = self.record(tenant, note)
        self.put(tenant, value)
        self.heads[tenant] = self.heads[tenant][0] + 1, hashlib.sha256(value).hexdigest()
        self.history.append(value)

    def append_with_others_about(self, tenant, i):
        orphan = self.record(tenant, "too early").replace(self.heads[tenant][1].encode(), b"f" * 64)
        self.put(tenant, orphan)
        self.append(tenant, f"{i} é\\\" {{" + "wide " * 100)
        self.put(tenant, self.history[-1])                      # the same bytes: the slot is taken
        self.put(tenant, self.record(tenant, "late", back=1))   # other bytes for it
        self.put(None if i % 2 else "other", self.record(tenant, "under another key"), partition=i % 4)
        self.put(tenant, b"garbage" if i % 2 else None)

    def flush(self):
        assert self.producer.flush(60) == 0


class Consumers(unittest.TestCase):
    def consumers(self, topic):
        both = [PythonConsumer(topic), NodeConsumer(topic)]
        for one in both:
            self.addCleanup(one.remove)
        return both

    def assert_history(self, consumer, wanted):
        if not consumer.reader:
            consumer.run_on()
        wait_until(lambda: len(consumer.kept()) >= len(wanted) or consumer.process.poll() is not None,
                   seconds=60)
        self.assertIsNone(consumer.process.poll(), consumer.errors())
        self.assertEqual(consumer.kept(), wanted)

    def test_the_golden_log_and_a_long_one_read_by_consumers_that_are_killed(self):
        log = Writer("golden", PARTITIONS)
        for partition, key, value, is_history in golden_entries():
            log.put(key, value, partition=partition)
            if is_history:
                log.history.append(value)
        # Without a key, `null` as text must not be taken for the tenant of that name.
        for partition in range(PARTITIONS):
            log.put(None, log.record("null", "without a key"), partition=partition)
        log.append("null")
        for i in range(BULK):
            for tenant in ("bulk.a", "bulk.b", "bulk.c", "constructor"):
                log.append_with_others_about(tenant, i)
        log.flush()
        wanted = lines_of(log.history)
        both = self.consumers("golden")
        for one in both:
            for lines in (1, 10, 100):
                one.start().read_lines(lines)
                one.kill()
                self.assertLess(len(one.kept()), len(wanted), "it has read all before it was killed")
        # The state after a kill between its rows and its place.
        with open(os.path.join(both[1].place(), "history.ndjson"), "ab") as output:
            output.write(b'{"half":')
        for one in both:
            self.assert_history(one.start(), wanted)
            one.kill()
            # A line is printed after its record was stored: never twice, though a kill may lose lines.
            counted = collections.Counter(one.printed)
            counted.subtract(wanted)
            self.assertLessEqual(max(counted.values()), 0)
        log.append("bulk.a", "one more")
        log.flush()
        for one in both:
            self.assert_history(one.start(), lines_of(log.history))

    def test_what_contacts_writes_is_what_it_exports(self):
        a, b = start_instances(self, shared_broker(), "contacts", 2)
        log = Writer("contacts", None)
        both = [one.start() for one in self.consumers("contacts")]
        tenants = ("acme", "globex")
        clients = []
        for tenant in tenants:
            a.add_user("jane", "admin", tenant=tenant)
            clients += [instance.client("jane", tenant=tenant) for instance in (a, b)]

        def create(client, name):
            for i in range(40):
                answer = client.create(f"{name}{i}@x.org", canLogin=i % 5 == 0, metadata={"n": 1.50})
                self.answers.append(answer.status)

        def disturb(consumer):
            consumer.read_lines(1)
            stranger = json.loads(consumer.printed[-1])
            log.put(stranger["tenant"], consumer.printed[-1])  # once more
            log.put(stranger["tenant"], json.dumps({**stranger, "sequence": 10**6}).encode())
            log.put("acme", b"{")
            log.flush()
            consumer.kill()
            consumer.start()

        self.answers = []
        threads = [threading.Thread(target=create, args=(client, f"c{i}-"))
                   for i, client in enumerate(clients)]
        for thread in threads:
            thread.start()
        for one in both:
            disturb(one)
        for thread in threads:
            thread.join()
        self.assertEqual(self.answers, [200] * 160)
        b.end()
        b.start()  # appends its opening records
        self.assertEqual(a.client("jane").create("last@x.org").status, 200)
        wanted = []
        for tenant in tenants:
            code, out, err = a.contacts("export", "--tenant", tenant)
            self.assertEqual(code, 0, err)
            wanted += out.encode().split(b"\n")[:-1]
        self.assertGreater(len(wanted), 161)
        for line in wanted:
            record = json.loads(line)
            self.assertTrue(is_valid(SCHEMAS["Record"], record), line)
            self.assertTrue(is_valid(schema_of(record), record["data"]), line)
            for personal in ("@x.org", "Jo Doe", '"jane"', "127.0.0.1"):
                self.assertNotIn(personal, line.decode(), "it can be read without a key")
            if record["type"] == "ContactCreated":
                self.assertIn("sealed", record["data"])
        for one in both:
            self.assert_history(one, sorted(wanted))

    def test_a_log_that_was_made_anew_is_not_read_on(self):
        both = self.consumers("anew")
        admin = AdminClient({"bootstrap.servers": shared_broker().address})
        for count in (3, 1, 5):  # at first, then shorter, and longer
            log = Writer("anew", PARTITIONS)
            for partition in range(PARTITIONS):
                log.open(partition)
            for _ in range(count):
                log.append("acme", f"of {count}")
            log.flush()
            for one in both:
                one.start()
                if count == 3:
                    self.assert_history(one, lines_of(log.history))
                    one.kill()
                else:
                    wait_until(lambda one=one: one.process.poll() is not None, seconds=60)
                    self.assertEqual(one.ended(), 1)
                    self.assertIn("anew [", one.errors())
            admin.delete_topics(["anew"])["anew"].result(30)


if __name__ == "__main__":
    unittest.main()
