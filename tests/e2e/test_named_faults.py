"""Faults of all kinds, one after the other: each is named by `contacts status` within five seconds, and the last
sentence of its page says what to do.

It needs root: it mounts, and stops threads."""
import contextlib
import fcntl
import glob
import hashlib
import json
import os
import pty
import re
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from tests.e2e.held import Held, threads
from tests.e2e.kafka import shared_broker
from tests.e2e.redis import Redis
from tests.e2e.service import CONTACTS, Service, program_for_all
from tests.e2e.small_disk import SmallDisk
from tests.e2e.stepped_clock import SteppedClock

NAMED_SECONDS = 5
WELL_SECONDS = 30
NOBODY = 65534
LIMIT = 300
WELL = "All is well: nothing to do."


def words(text):
    return " ".join(text.split())


class Page:
    """The page of `contacts status`: its last sentence, and the text before it."""

    def __init__(self, service, *flags):
        begun = time.monotonic()
        code, out, err = service.contacts("status", *flags)
        self.took = time.monotonic() - begun
        assert code == 0, err
        body, _, sentence = out.rpartition("\n\n")
        self.body, self.sentence = words(body), words(sentence)

    def __repr__(self):
        return f"{self.body} ==> {self.sentence}"


class Named(unittest.TestCase):
    """Each context manager of its classes seeds one fault while it is entered, and ends it."""

    def expect(self, service, name, said, do):
        until = time.monotonic() + NAMED_SECONDS
        while True:
            page = Page(service)
            if re.search(said, page.body) and re.search(do, page.sentence):
                break
            self.assertLess(time.monotonic(), until, f"{name}: {page!r}")
            threading.Event().wait(0.1)
        took = time.monotonic() - until + NAMED_SECONDS
        self.assertLess(took, NAMED_SECONDS, name)
        print(f"{name}: named after {took:.1f} s", flush=True)

    def becomes_well(self, service, name):
        until = time.monotonic() + WELL_SECONDS
        while (page := Page(service)).sentence != WELL:
            self.assertLess(time.monotonic(), until, f"after {name}: {page!r}")
            threading.Event().wait(0.1)

    def each(self, service, faults):
        for name, fault, said, do in faults:
            with fault():
                self.expect(service, name, said, do)
            self.becomes_well(service, name)


class OfARunningServer(Named):
    def setUp(self):
        self.disk = self.enterContext(SmallDisk(512 << 20))
        self.clock = self.enterContext(SteppedClock())
        self.service = self.enterContext(Service(disk=self.disk.path))
        self.service.add_user("jane", "admin")
        self.service.start()

    @contextlib.contextmanager
    def clock_is_set(self):
        self.clock.set_ahead(1200)
        yield
        self.clock.set_ahead(0)

    def held(self, *names):
        return lambda: Held([threads(self.service.process.pid)[name][0] for name in names])

    @contextlib.contextmanager
    def stopped(self):
        self.service.process.send_signal(signal.SIGSTOP)
        yield
        self.service.process.send_signal(signal.SIGCONT)

    @contextlib.contextmanager
    def no_descriptors(self):
        pid = self.service.process.pid
        had = resource.prlimit(pid, resource.RLIMIT_NOFILE)
        resource.prlimit(pid, resource.RLIMIT_NOFILE, (LIMIT, had[1]))
        with contextlib.ExitStack() as clients:
            host, port = self.service.base.split(":")
            for _ in range(2 * LIMIT):
                client = clients.enter_context(socket.socket())
                client.setblocking(False)
                with contextlib.suppress(BlockingIOError):
                    client.connect((host, int(port)))
            yield
        resource.prlimit(pid, resource.RLIMIT_NOFILE, had)

    @contextlib.contextmanager
    def locked_account(self):
        wrong = {"username": "jane", "password": "wrong", "tenant": "acme"}
        for _ in range(5):
            self.service.client().post("/api/login", wrong)
        yield
        self.assertEqual(self.service.contacts("user", "unlock", "jane", "--tenant", "acme")[0], 0)

    @contextlib.contextmanager
    def little_room(self):
        self.disk.fill(leave=10 << 20)
        yield
        self.disk.empty()

    def log_in(self):
        return self.service.client().post(
            "/api/login", {"username": "jane", "password": "correct horse", "tenant": "acme"}).status

    @contextlib.contextmanager
    def full_disk(self):
        self.disk.fill(self.service.process)
        for _ in range(100):  # the last block of the file may have room for some
            if self.log_in() == 503:
                break
        yield
        self.disk.empty(self.service.process)
        if self.disk.mounted:
            self.assertEqual(self.service.ended(), 1)
        else:
            self.service.end()
        self.service.start()

    def test_each_is_named(self):
        page = Page(self.service)
        self.assertEqual(page.sentence, WELL)
        self.assertIn("ready, serving for", page.body)
        little_room = [("little room", self.little_room, "warning disk: The disk of .* nearly full",
                        f"^Free room on the disk of {self.service.data}\\.$")]
        self.each(self.service, [
            ("clock", self.clock_is_set, "NOT READY clock: .*set ahead by 20 minutes",
             "^Set the clock of this machine right"),
            ("threads, and their watch", self.held("passwords", "health"),
             '(?=.*"passwords" has stood still)(?=.*"health" has stood still)',
             "^Find out what holds the thread"),
            ("busy operations", self.held("operations"), "operations of the server are busy",
             "^Ask again when"),
            ("stopped process", self.stopped, r"does not answer.*\(pid \d+\)",
             "^Find out what holds that process"),
            ("descriptors", self.no_descriptors, "NOT READY descriptors: No client can connect",
             "^Raise the limit of descriptors"),
            ("locked account", self.locked_account, "1 user name is locked", "contacts user unlock"),
            *(little_room if self.disk.mounted else []),
            ("full disk", self.full_disk,
             "NOT READY local: the disk of .* is full" if self.disk.mounted else "NOT READY local",
             "Free room on the disk of|Mend the disk"),
        ])


class OfADirectory(Named):
    """A directory on which no server runs, or none can start."""

    def setUp(self):
        self.service = self.enterContext(Service())
        os.chmod(os.path.dirname(self.service.data), 0o1777)
        for name in ("jane", "joe", "jim", "jo"):  # each opens the stores, and leaves a table in them
            self.service.add_user(name, "admin")

    def files(self, pattern):
        return glob.glob(os.path.join(self.service.data, pattern))

    @contextlib.contextmanager
    def nothing(self):
        yield

    @contextlib.contextmanager
    def held_by_another(self):
        with open(os.path.join(self.service.data, "lock"), "r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    @contextlib.contextmanager
    def away(self, name):
        """The directory without the file or folder of that name."""
        path = os.path.join(self.service.data, name)
        os.rename(path, path + ".away")
        yield
        shutil.rmtree(path, ignore_errors=True)
        os.rename(path + ".away", path)

    @contextlib.contextmanager
    def damaged(self, pattern):
        """A byte in the middle of each of these files is changed."""
        contents = {}
        for path in self.files(pattern):
            with open(path, "rb") as file:
                contents[path] = file.read()
            with open(path, "r+b") as file:
                file.seek(len(contents[path]) // 2)
                file.write(bytes([contents[path][len(contents[path]) // 2] ^ 0x40]))
        self.assertTrue(contents)
        yield
        for path, content in contents.items():
            with open(path, "wb") as file:
                file.write(content)

    @contextlib.contextmanager
    def cut_log(self):
        """As after a power cut on a disk that lies: the newest synced writes are gone."""
        self.service.add_user("jill", "admin")  # a start that failed may have emptied the write-ahead log
        with self.away("log"):
            shutil.copytree(os.path.join(self.service.data, "log.away"),
                            os.path.join(self.service.data, "log"))
            for path in self.files("log/*.log"):
                os.truncate(path, 0)
            yield

    def serve(self):
        """The message of a server that cannot start."""
        code, _, err = self.service.contacts("serve", "--listen", "127.0.0.1:0", "--admin-listen",
                                             "127.0.0.1:0")
        self.assertEqual(code, 1, err)
        return words(err)

    def test_each_is_named(self):
        start = f"^Start the server: contacts serve --data {self.service.data}"
        faults = [
            ("no server", self.nothing, "no server is running", start, None),
            ("another process", self.held_by_another, r"Another contacts process \(pid \d+\) is using",
             "^Wait until that process is done, or stop it", "is using"),
            ("damaged secrets", lambda: self.damaged("local/MANIFEST*"),
             "The store of sessions and passwords in .* is damaged",
             f"^Restore {self.service.data}/local from a backup", "is damaged"),
            ("lost log", lambda: self.away("log"), "the log in .* is gone",
             f"^Restore {self.service.data}/log from a backup", "is gone"),
            ("damaged log", lambda: self.damaged("log/*.sst"), "the log in .* is damaged",
             f"^Restore {self.service.data}/log from a backup", None),
            ("cut log", self.cut_log, "the log in .* is damaged: .* had been acknowledged",
             f"^Restore {self.service.data}/log from a backup", "had been acknowledged"),
        ]
        for name, fault, said, do, served in faults:
            with fault():
                self.expect(self.service, name, said, do)
                if served:
                    self.assertIn(served, self.serve())
            self.expect(self.service, f"after {name}", "no server is running", start)

    def shown_on_a_terminal(self, **environment):
        terminal, side = pty.openpty()
        subprocess.run([CONTACTS, "status", "--data", self.service.data], stdout=side, timeout=60,
                       env={**os.environ, "TERM": "xterm", **environment}, check=True)
        shown = os.read(terminal, 65536).decode()
        os.close(side)
        os.close(terminal)
        return shown

    def test_there_is_colour_on_a_terminal_unless_the_environment_says_no(self):
        self.assertIn("\033[33mcontacts", self.shown_on_a_terminal())
        for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
            self.assertNotIn("\033", self.shown_on_a_terminal(**environment))

    def test_the_directory_of_another_user(self):
        done = subprocess.run([program_for_all(), "status", "--data", self.service.data],
                              capture_output=True, timeout=60, user=NOBODY, group=NOBODY, extra_groups=[], check=False)
        said = words(done.stdout.decode())
        self.assertRegex(said, "NOT READY .*(belongs to root|Permission denied)")
        self.assertRegex(said, f"Run contacts as the user that owns {self.service.data}.$")


class OnKafka(Named):
    TOPIC = f"named-{os.getpid()}"

    def setUp(self):
        broker = shared_broker()
        self.redis = self.enterContext(Redis())
        self.kafka = self.enterContext(broker.client())
        self.service = self.enterContext(
            Service(*broker.flags(self.TOPIC, partitions=1), "--sessions", self.redis.users_url))
        self.service.start()
        self.service.add_user("jane", "admin")
        self.service.client("jane")

    @contextlib.contextmanager
    def redis_refuses(self):
        self.redis.ask("ACL", "SETUSER", "app", "-get")
        yield
        self.redis.ask("ACL", "SETUSER", "app", "+get")

    @contextlib.contextmanager
    def redis_is_dead(self):
        self.redis.kill()
        yield
        self.redis.start()

    @contextlib.contextmanager
    def broker_is_gone(self):
        shared_broker().kill()
        yield
        shared_broker().start()

    def tenant(self, name="acme"):
        return next(t for t in self.service.status()["tenants"] if t["tenant"] == name)

    def record(self, sequence, previous, **members):
        return json.dumps({"tenant": "acme", "sequence": sequence, "previous": previous, **members},
                          separators=(",", ":")).encode()

    def close(self):
        """Entries that are chained on a missing one, and so many that clients may have got answers for them."""
        forged, previous = [], "f" * 64
        for sequence in range(50, 1055):
            forged.append(self.record(sequence, previous))
            previous = hashlib.sha256(forged[-1]).hexdigest()
        self.kafka.produce_all(self.TOPIC, 0, b"acme", forged)

    def park(self):
        """The next record of history, of a kind that only a later build knows."""
        acme = self.tenant()
        self.kafka.produce(self.TOPIC, 0, b"acme", self.record(
            acme["head"] + 1, acme["headHash"], specversion="1.0",
            id="019ab000-0000-7000-8000-000000000001", source="/contacts", type="ThingOfTomorrow",
            subject="1", time="2036-01-01T00:00:00.000Z", datacontenttype="application/json",
            dataschema="urn:contacts:ThingOfTomorrow:1", actor="operator", data={}))

    def lose_secrets(self):
        self.kafka.delete(f"{self.TOPIC}.secrets")

    def lose_log(self):
        self.kafka.delete(self.TOPIC)

    def test_each_is_named(self):
        self.assertIn(f"kafka, the topic {self.TOPIC}", Page(self.service).body)
        self.each(self.service, [
            ("Redis refuses GET", self.redis_refuses, "NOT READY sessions: .*NOPERM",
             "^Give the user that contacts has in Redis its rights back"),
            ("dead Redis", self.redis_is_dead, "NOT READY sessions: .*Redis", "^Start Redis again"),
            ("dead broker", self.broker_is_gone, "NOT READY kafka: the brokers of .* cannot be reached",
             "^Bring the Kafka brokers back"),
        ])
        # These faults stay.
        for name, seed, said, do in [
                ("closed tenant", self.close, "closed acme: the log holds entries",
                 "contacts disown"),
                ("parked tenant", self.park, "parked acme: ", "^Install a newer release"),
                ("lost secrets", self.lose_secrets, "NOT READY secrets: the topic .*secrets is (not there|gone)",
                 "^Bring the store of password hashes back from a backup"),
                ("lost log", self.lose_log, "NOT READY (kafka|partitions): the topic .* is (not there|gone)",
                 "^Bring the topic back from a backup")]:
            seed()
            self.expect(self.service, name, said, do)
        self.without_a_server()

    def without_a_server(self):
        """The command asks the cluster, and makes nothing there."""
        self.service.kill()
        gone = shared_broker().config(bootstrap_servers="127.0.0.1:1")
        for name, config, said, do in [
                ("lost log, no server", shared_broker().config(), "the topic .* is not there",
                 "^Bring the topic back"),
                ("dead broker, no server", gone, "Are the brokers", "^Bring the brokers of")]:
            page = Page(self.service, "--log", "kafka", "--kafka-topic", self.TOPIC, "--kafka-config", config)
            self.assertRegex(page.body, said, name)
            self.assertRegex(page.sentence, do, name)
            self.assertLess(page.took, NAMED_SECONDS, name)


if __name__ == "__main__":
    unittest.main()
