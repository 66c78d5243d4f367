"""Two instances of the real program on one topic."""
import contextlib
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.kafka import NO_SUCH_NAME, Renaming, shared_broker, start_instances, why_unresolved
from tests.e2e.service import CONTACTS, run, wait_as_told


SOAK = "SOAK_ROUNDS" in os.environ
WRITES = 10_000 if SOAK else 1_000
WRITES_OF_A_TENANT = 100  # their lists stay short
WRITERS = 8
IN_FLIGHT = 200  # writes while the broker goes away
DEADLINE = 10    # seconds that a write may take


@contextlib.contextmanager
def slowed(process):
    """The process runs a fifth of the time."""
    over = threading.Event()

    def stop_and_go():
        while not over.is_set():
            process.send_signal(signal.SIGSTOP)
            over.wait(0.04)
            process.send_signal(signal.SIGCONT)
            over.wait(0.01)

    thread = threading.Thread(target=stop_and_go)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def wait_until_ready(instance, seconds=30):
    deadline = time.monotonic() + seconds
    while (answer := instance.ready()).status != 200:
        assert time.monotonic() < deadline, answer
        wait_as_told(answer)


class Unreachable(unittest.TestCase):
    # The start took 30 s, and asked whether the brokers of bootstrap.servers were up.
    def test_a_name_that_does_not_resolve_is_named_soon(self):
        broker = shared_broker()
        between = Renaming(broker.address)
        self.addCleanup(between.__exit__)
        config = broker.config(bootstrap_servers=between.address)
        flags = broker.flags("unresolved", config=config)
        serve = ["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]
        add = ["user", "add", "jane", "--tenant", "acme", "--role", "admin", "--create"]
        soon = r"error .*advertise a\.invalid.* reach: " + NO_SUCH_NAME
        later = r"cannot resolve: .*a\.invalid"
        known = why_unresolved("a.invalid") == NO_SUCH_NAME
        for words, said in ((serve, soon if known else later), (add, later)):
            with self.subTest(words[0]), tempfile.TemporaryDirectory() as data:
                begin = time.monotonic()
                done = subprocess.run([CONTACTS, *words, "--data", data, *flags], input=b"pw of jane\n",
                                      capture_output=True, timeout=60, check=False)
                self.assertLess(time.monotonic() - begin, 12)
                errors = done.stderr.decode()
                self.assertEqual(done.returncode, 1, errors)
                self.assertRegex(errors, said)
                self.assertIn("advertised.listeners", errors)

    # The first try to make the topic ended the start. The name of a broker that starts may come late.
    def test_a_name_that_resolves_a_little_later_is_waited_for(self):
        with tempfile.TemporaryDirectory() as data, Renaming(shared_broker().address) as between:
            healed = threading.Timer(4, between.rename_no_more)
            healed.start()
            self.addCleanup(healed.cancel)
            flags = shared_broker().flags(
                "late-name", config=shared_broker().config(bootstrap_servers=between.address))
            code, _, err = run("user", "add", "jane", "--tenant", "acme", "--role", "admin",
                               "--create", "--data", data, *flags, stdin="pw of jane\n")
            self.assertEqual(code, 0, err)


class TwoInstances(unittest.TestCase):
    def setUp(self):
        self.broker = shared_broker()

    def instances(self, topic, count=2):
        return start_instances(self, self.broker, topic, count)

    def write_on_a_read_on_b(self, a, b, tenant):
        """How many writes were read on the other instance; each of them waits for its position."""
        found = 0
        on_a, on_b = a.client("jane", tenant=tenant), b.client("jane", tenant=tenant)
        for i in range(WRITES_OF_A_TENANT):
            made = on_a.create(f"p{i}@x.org")
            self.assertEqual(made.status, 200, made)
            read = on_b.get("/api/contacts", **{
                "Contacts-Min-Position": made.headers["Contacts-Position"],
                "Prefer": "wait=30"})
            self.assertEqual(read.status, 200, read)
            found += f"p{i}@x.org" in [contact["email"] for contact in read.json()]
        return found

    def tenants(self, a):
        tenants = [f"t{i}" for i in range(WRITES // WRITES_OF_A_TENANT)]
        for tenant in tenants:
            a.add_user("jane", "admin", tenant)
        return tenants

    def read_all_elsewhere(self, a, b, tenants):
        with ThreadPoolExecutor(WRITERS) as writers:
            found = writers.map(lambda tenant: self.write_on_a_read_on_b(a, b, tenant), tenants)
            return sum(found)

    def test_a_write_on_one_is_read_on_the_other_with_its_position(self):
        a, b = self.instances("positions")
        self.assertEqual(self.read_all_elsewhere(a, b, self.tenants(a)), WRITES)

    def test_also_when_the_other_is_slow(self):
        a, b = self.instances("positions-slow")
        tenants = self.tenants(a)
        with slowed(b.process):
            self.assertEqual(self.read_all_elsewhere(a, b, tenants), WRITES)


class WithoutABroker(unittest.TestCase):
    def setUp(self):
        self.broker = shared_broker()

    def test_reads_go_on_and_writes_say_try_again(self):
        self.go_without("down", down_seconds=0)

    if SOAK:
        def test_also_when_it_stays_away_longer_than_the_producer_tries(self):
            self.go_without("down-long", down_seconds=45)

    def go_without(self, topic, down_seconds):
        a, = start_instances(self, self.broker, topic, 1)
        a.add_user("jane", "admin")
        jane = a.client("jane")
        self.assertEqual(jane.create("up@x.org").status, 200)
        answers = {}
        with ThreadPoolExecutor(IN_FLIGHT) as writers:
            writes = {f"w{i}@x.org": writers.submit(self.timed_create, jane, f"w{i}@x.org")
                      for i in range(IN_FLIGHT)}
            self.addCleanup(self.broker.start)  # for the tests after a failure
            self.broker.kill()
            killed = time.monotonic()
            self.assertIn("up@x.org",
                          [c["email"] for c in jane.get("/api/contacts").json()])
            down, took = self.timed_create(jane, "down@x.org")
            self.assertEqual(down.status, 503, down)
            self.assertLess(took, DEADLINE + 5)
            self.assertIn("Idempotency-Key", down.headers)
            ready = a.ready()
            self.assertEqual(ready.status, 503, ready)
            self.assertIn("cannot be reached", ready.json()["message"])
            answers = {email: write.result() for email, write in writes.items()}
        for answer, took in answers.values():
            self.assertIn(answer.status, (200, 503), answer)
            self.assertLess(took, DEADLINE + 5)
        threading.Event().wait(killed + down_seconds - time.monotonic())
        self.broker.start()
        answers = {email: answer for email, (answer, _) in answers.items()}
        answers["down@x.org"] = down
        self.check_that_all_come_to_be(jane, answers)
        wait_until_ready(a)

    @staticmethod
    def timed_create(client, email):
        started = time.monotonic()
        with contextlib.closing(client.again()) as own:
            return own.create(email), time.monotonic() - started

    def check_that_all_come_to_be(self, jane, answers):
        """Each write that is repeated with the key of its 503 is done, and done once."""
        for email, answer in answers.items():
            deadline = time.monotonic() + 60
            while answer.status == 503 and time.monotonic() < deadline:
                self.assertIn("Retry-After", answer.headers)
                key = answer.headers.get("Idempotency-Key")
                answer = jane.create(email, {"Idempotency-Key": key} if key else None)
            self.assertEqual(answer.status, 200, answer)
        emails = [contact["email"] for contact in jane.get("/api/contacts").json()]
        self.assertEqual(sorted(emails), sorted(["up@x.org", *answers]))


class Start(unittest.TestCase):
    # The start did not look at signals until it had found the brokers, or given them up after half a minute.
    def test_a_start_that_finds_no_broker_can_be_ended(self):
        with tempfile.TemporaryDirectory(prefix="contacts-test-") as data, socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))  # without listening
            settings = os.path.join(data, "kafka.conf")
            with open(settings, "w", encoding="utf-8") as file:
                file.write(f"bootstrap.servers=127.0.0.1:{nobody.getsockname()[1]}\n")
            for how in (signal.SIGTERM, signal.SIGINT):
                with subprocess.Popen(
                        [CONTACTS, "serve", "--data", data, "--listen", "127.0.0.1:0",
                         "--admin-listen", "127.0.0.1:0", "--log", "kafka", "--kafka-config",
                         settings], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as starting:
                    # The line of the first try to connect.
                    while b"kafka" not in (line := starting.stdout.readline()):
                        self.assertTrue(line, "it ended before the signal")
                    begin = time.monotonic()
                    starting.send_signal(how)
                    self.assertEqual(starting.wait(60), 0)
                    self.assertLess(time.monotonic() - begin, 4)
                    self.assertIn(b"going down", starting.stdout.read())


if __name__ == "__main__":
    unittest.main()
