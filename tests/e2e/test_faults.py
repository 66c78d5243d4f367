"""Faults at random under a service that is written to all the time: a full disk, a thread that is held, sessions
and secrets that cannot be read, a clock that is stepped, no descriptors.

Each is told by readiness within five seconds, with its reason, and is over within a minute of its end. Nothing
that was answered is lost, and each 503 of a write names the key to try again with. `make soak-faults` does it
for twenty minutes; `make test` has one round of each. It needs root: it mounts, and stops threads."""
import contextlib
import http.client
import itertools
import os
import random
import resource
import socket
import threading
import time
import unittest

from tests.e2e.held import Held, threads
from tests.e2e.kafka import KafkaService, shared_broker
from tests.e2e.redis import Redis
from tests.e2e.service import Client, Service
from tests.e2e.small_disk import SmallDisk
from tests.e2e.stepped_clock import SteppedClock

SECONDS = float(os.environ.get("FAULT_SECONDS", 0))  # 0: each fault once
SEED = int(os.environ.get("FAULT_SEED", 0)) or random.randrange(1 << 32)
RED_SECONDS = 5
GREEN_SECONDS = 60
WRITERS = 4
PAUSE = 0.05  # of a writer, or the list of all becomes too long
LIMIT = 300


class Writer:
    """Creates contacts one after the other, and repeats each until it knows the outcome."""

    def __init__(self, world, number):
        self.world = world
        self.number = number
        self.acknowledged = {}  # e-mail → id
        self.unknown = set()    # e-mails whose connection was lost before their key was known
        self.unnamed = []       # 503 without a key, or other answers that decide nothing
        self.thread = threading.Thread(target=self.write)
        self.thread.start()

    def write(self):
        for count in itertools.count():
            if self.world.over.is_set():
                return
            email = f"w{self.number}-{count}@x.org"
            self.create(email, f"key-{email}" if count % 2 else None)
            self.world.over.wait(PAUSE)

    def create(self, email, key):
        client = Client(self.world.service.base, self.world.cookie)
        while not self.world.over.is_set():
            try:
                answer = client.create(email, {"Idempotency-Key": key} if key else None)
            except (http.client.HTTPException, OSError):
                if not key:
                    self.unknown.add(email)
                    return
                self.world.over.wait(0.2)
                client = Client(self.world.service.base, self.world.cookie)
                continue
            if answer.status == 200:
                self.acknowledged[email] = answer.json()["id"]
                return
            key = answer.headers.get("Idempotency-Key")
            if answer.status != 503 or not key or "Retry-After" not in answer.headers:
                self.unnamed.append(answer)
                return
            self.world.over.wait(0.2)
        self.unknown.add(email)  # it may have been done


class World:
    """A service on a small disk and with a clock that can be stepped, somebody who writes, and its health."""

    def __init__(self, stack, make):
        self.disk = stack.enter_context(SmallDisk(512 << 20))
        self.clock = stack.enter_context(SteppedClock())
        self.service = stack.enter_context(make(self.disk))
        self.service.start()
        self.service.add_user("jane", "admin")
        self.cookie = self.service.client("jane").cookie
        self.health = Client(self.service.admin)
        self.over = threading.Event()
        self.writers = [Writer(self, number) for number in range(WRITERS)]

    def stop(self):
        self.over.set()
        for writer in self.writers:
            writer.thread.join(120)

    def readiness(self):
        """Status and parts that are in trouble; 0 while nobody answers."""
        try:
            answer = self.health.get("/health/ready")
        except (http.client.HTTPException, OSError):
            return 0, ["ended"] if self.service.process.poll() == 1 else []
        return answer.status, [reason["part"] for reason in answer.json().get("reasons", [])]

    def begin_again(self):
        self.service.start()
        self.health = Client(self.service.admin)


class OnKafka(KafkaService):
    """Its commands need the settings of the log, but not those of the sessions."""

    def __init__(self, disk, topic, redis):
        log = shared_broker().flags(topic)
        super().__init__(*log, "--sessions", redis.users_url, disk=disk)
        self.log_flags = log

    def contacts(self, *arguments, stdin=""):
        return Service.contacts(self, *arguments, *self.log_flags, stdin=stdin)


class DiskFull:
    parts = ("log", "views", "local", "ended")

    def __init__(self, world, _):
        self.world = world

    def begin(self):
        self.world.disk.fill(self.world.service.process)

    def end(self):
        """The process ends where it cannot go on, or when there is room again, for its supervisor."""
        self.world.disk.empty(self.world.service.process)
        assert self.world.service.ended() == 1
        self.world.begin_again()


class ThreadHeld:
    parts = ("threads",)

    def __init__(self, world, chance):
        named = threads(world.service.process.pid)
        self.held = Held([named[chance.choice(world.held)][0]])

    def begin(self):
        self.held.__enter__()

    def end(self):
        self.held.__exit__()


class ClockSet:
    parts = ("clock",)

    def __init__(self, world, chance):
        self.clock = world.clock
        self.seconds = chance.choice((-86400, -1200, 1200))

    def begin(self):
        self.clock.set_ahead(self.seconds)

    def end(self):
        self.clock.set_ahead(0)


class NoDescriptors:
    parts = ("descriptors",)

    def __init__(self, world, _):
        self.world = world
        self.pid = world.service.process.pid

    def begin(self):
        self.had = resource.prlimit(self.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, (LIMIT, self.had[1]))
        self.clients = contextlib.ExitStack()
        host, port = self.world.service.base.split(":")
        for _ in range(2 * LIMIT):
            client = self.clients.enter_context(socket.socket())
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect((host, int(port)))

    def end(self):
        self.clients.close()
        resource.prlimit(self.pid, resource.RLIMIT_NOFILE, self.had)


class RedisRefuses:
    parts = ("sessions",)

    def __init__(self, world, chance):
        self.redis = world.redis
        self.command = chance.choice(("get", "set"))

    def begin(self):
        self.redis.ask("ACL", "SETUSER", "app", "-" + self.command)

    def end(self):
        self.redis.ask("ACL", "SETUSER", "app", "+" + self.command)


class SecretsAltered:
    parts = ("secrets",)

    def __init__(self, world, _):
        self.world = world
        self.topic = world.topic + ".secrets"

    def set_policy(self, policy):
        self.world.kafka.configure(self.topic, {
            "cleanup.policy": policy, "retention.ms": "-1", "retention.bytes": "-1",
            "max.message.bytes": "1110000", "message.timestamp.type": "LogAppendTime",
            "segment.ms": "3600000", "max.compaction.lag.ms": "3600000",
            "delete.retention.ms": "604800000", "unclean.leader.election.enable": "false"})

    def begin(self):
        self.set_policy("delete")

    def end(self):
        """Until a start no instance knows what was lost meanwhile."""
        self.set_policy("compact")
        self.world.service.end()
        self.world.begin_again()


class Faults(unittest.TestCase):
    def run_faults(self, world, kinds):
        self.addCleanup(world.stop)
        chance = random.Random(SEED)
        print(f"FAULT_SEED={SEED}", flush=True)
        until = time.monotonic() + SECONDS
        while True:
            for kind in chance.sample(kinds, len(kinds)):
                self.one_fault(world, kind(world, chance), chance)
            if time.monotonic() >= until:
                break
        world.stop()
        self.check_what_was_answered(world)

    def one_fault(self, world, fault, chance):
        name = type(fault).__name__
        self.green(world, f"before {name}")
        begun = time.monotonic()
        fault.begin()
        try:
            red = self.red(world, fault)
            world.over.wait(chance.uniform(0, 3) if SECONDS else 0)
        finally:
            fault.end()
        ended = time.monotonic()
        self.green(world, f"after {name}")
        self.answers(world)
        print(f"{name}: red after {red - begun:.1f} s, green after {time.monotonic() - ended:.1f} s",
              flush=True)

    def red(self, world, fault):
        until = time.monotonic() + RED_SECONDS
        while True:
            status, parts = world.readiness()
            now = time.monotonic()
            if status != 200 and set(parts) & set(fault.parts):
                return now
            self.assertLess(now, until, f"{type(fault).__name__}: {status} {parts}")
            world.over.wait(0.05)

    def green(self, world, when):
        until = time.monotonic() + GREEN_SECONDS
        while world.readiness() != (200, []):
            self.assertLess(time.monotonic(), until, f"{when}: {world.readiness()}")
            world.over.wait(0.05)

    def answers(self, world):
        """Each writer gets further answers."""
        before = [len(writer.acknowledged) for writer in world.writers]
        until = time.monotonic() + GREEN_SECONDS
        while any(len(writer.acknowledged) <= count for writer, count in zip(world.writers, before)):
            for writer in world.writers:
                self.assertEqual(writer.unnamed, [])
            self.assertLess(time.monotonic(), until)
            world.over.wait(0.05)

    def check_what_was_answered(self, world):
        answer = Client(world.service.base, world.cookie).get("/api/contacts")
        self.assertEqual(answer.status, 200, answer)
        there = {contact["email"]: contact["id"] for contact in answer.json()}
        self.assertEqual(len(there), len(answer.json()))
        acknowledged, unknown = {}, set()
        for writer in world.writers:
            self.assertEqual(writer.unnamed, [])
            acknowledged |= writer.acknowledged
            unknown |= writer.unknown
        self.assertEqual({email: there.get(email) for email in acknowledged}, acknowledged)
        self.assertLessEqual(set(there) - set(acknowledged), unknown)
        print(f"{len(acknowledged)} contacts answered, {len(unknown)} asked for and not known", flush=True)

    def test_embedded(self):
        with contextlib.ExitStack() as stack:
            world = World(stack, lambda disk: Service(disk=disk.path))
            world.held = ("partition 0", "log writer", "session writer", "passwords", "http flusher")
            self.run_faults(world, [DiskFull, ThreadHeld, ClockSet, NoDescriptors])

    def test_kafka_and_redis(self):
        with contextlib.ExitStack() as stack:
            redis = stack.enter_context(Redis())
            topic = f"faults-{os.getpid()}"
            world = World(stack, lambda disk: OnKafka(disk.path, topic, redis))
            world.redis, world.topic = redis, topic
            world.kafka = stack.enter_context(shared_broker().client())
            world.held = ("partition 0", "kafka producer", "kafka watch", "redis")
            self.run_faults(world, [DiskFull, ThreadHeld, ClockSet, NoDescriptors, RedisRefuses,
                                    SecretsAltered])


if __name__ == "__main__":
    unittest.main()
