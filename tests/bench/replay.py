"""The time that an instance without read models takes to make them from the log, and its memory and disk.

    CONTACTS=build/release/contacts python3 -m tests.bench.replay [--records 1000000]
        [--tenants 100] [--rounds 3] [--some-views build/release/tests/bench/replay_views]
        [--peers DIR] [--before PROGRAM]

Starts of an empty topic come first: what a start costs without any history. Then each round reads
the same number of records: into all views, with --some-views also into those that the peer has, and
with --peers that peer (Kafka Streams) reads its own. --before writes the topic with another build, and
then starts both in turns.
"""
import argparse
import os
import re
import shutil
import statistics
import subprocess
import tempfile
import time

from tests.bench import contacts
from tests.bench.systems import Ours, make_topic, open_url, pause, program, read
from tests.e2e import service as e2e
from tests.e2e.kafka import Broker, KafkaService

BEFORE = "the build before"


def memory(process):
    """Resident megabytes: now, and at most so far."""
    with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
        kilobytes = dict(re.findall(r"(VmRSS|VmHWM):\s+(\d+) kB", status.read()))
    return int(kilobytes["VmRSS"]) / 1024, int(kilobytes["VmHWM"]) / 1024


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat", encoding="ascii") as stat:
        user, system = stat.read().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def disk(directory):
    out = subprocess.run(["du", "-sm", directory], check=True, capture_output=True, text=True).stdout
    return int(out.split()[0])


def start(broker, topic):
    """Seconds until it serves everything in the log, and the processor time that it took."""
    with KafkaService(*broker.flags(topic, partitions=1)) as service:
        began = time.monotonic()
        service.start()
        while True:
            try:
                with open_url(f"http://{service.admin}/health/ready", {}):
                    break
            except OSError:  # an HTTPError is one
                pause.wait(0.01)
        took = time.monotonic() - began
        return took, processor_seconds(service.process), *memory(service.process), disk(service.data)


class Before:
    """Another build, which wrote the topic; into all the views that it has."""

    def __init__(self, build, broker):
        self.build, self.broker = build, broker
        self.starts = []

    def replay(self):
        with program(self.build):
            self.starts.append(start(self.broker, "replay"))
        return self.starts[-1][0]

    def print_processors(self, starts):
        """Which other load on the machine disturbs less than the time."""
        ratio = statistics.median(now[1] / before[1] for now, before in zip(starts, self.starts))
        print(f"processor time: {ratio:.2f} of that of the build before", flush=True)


class SomeViews:
    """The same topic through the same projector, into the views that the peer also has."""

    VIEWS = ["contacts", "mentions", "emails"]

    def __init__(self, program, broker):
        self.program, self.broker = program, broker

    def replay(self):
        directory = tempfile.mkdtemp(prefix="contacts-views-")
        out = subprocess.run([self.program, self.broker.address, "replay", directory, *self.VIEWS],
                             check=True, capture_output=True, text=True).stdout
        shutil.rmtree(directory)
        return float(out.split()[1])


class Streams:
    """Kafka Streams without changelogs, from the start of its JVM; its state is new each time."""

    def __init__(self, peers, broker, records, tenants):
        self.folder = os.path.join(peers, "kafka-streams")
        self.directory = broker.directory
        self.environment = {**os.environ, "BOOTSTRAP": broker.address, "TOPIC": "peers-replay",
                            "EXIT_WHEN_READY": "1", "CHANGELOG": "0"}
        self.runs = 0
        self.script("seed.sh", "tenant", str(tenants), stdin=contacts.rows(records))

    def script(self, name, *arguments, stdin="", **environment):
        return subprocess.run(["bash", os.path.join(self.folder, name), *arguments], check=True,
                              input=stdin, capture_output=True, text=True,
                              env={**self.environment, **environment}).stdout

    def replay(self):
        self.runs += 1
        name = f"streams{self.runs}"
        out = self.script("run.sh", APP_ID=name, STATE_DIR=os.path.join(self.directory, name))
        return int(re.search(r"ready events=\d+ ms=(\d+)", out)[1]) / 1000


def fill(system, records, tenants):
    for number in range(tenants):
        system.fill(f"t{number}", records // tenants)


def print_starts(what, records, starts):
    took, processor, now, most, megabytes = map(statistics.median, zip(*starts))
    rate = f", {records / took:,.0f} records a second" if records else ""
    print(f"{what}: {took:.2f} s{rate}; {processor:.2f} s of processors, {now:.0f} MB resident "
          f"(at most {most:.0f}), {megabytes:.0f} MB on disk", flush=True)


def print_weight(broker):
    """Memory and disk for 100,000 contacts in ten tenants, after all lists were read, plain and as gzip."""
    with KafkaService(*broker.flags("weight", partitions=1)) as service:
        system = Ours("kafka", service)
        system.start([])
        fill(system, 100_000, 10)
        print(f"100,000 contacts in ten tenants: {memory(service.process)[0]:.0f} MB resident when "
              f"written", end="")
        for number in range(10):
            for kind in ("list", "mentions"):
                for headers in ({}, {"Accept-Encoding": "gzip"}):
                    read(system.target(kind, f"t{number}"), **headers)
        print(f", {memory(service.process)[0]:.0f} MB when all lists were read, "
              f"{disk(service.data)} MB on disk", flush=True)


def print_others(what, records, times, starts):
    """The peer's starts next to ours with all views, round by round."""
    ratios = [ours[0] / time for ours, time in zip(starts, times)]
    print(f"the same number of records, {what}: {statistics.median(times):.2f} s, "
          f"{records / statistics.median(times):,.0f} records a second; all our views take "
          f"{statistics.median(ratios):.2f} times as long", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--some-views", default="")
    parser.add_argument("--peers", default="")
    parser.add_argument("--before", default="")
    arguments = parser.parse_args()
    broker = Broker()
    try:
        make_topic(broker, "empty")
        print_starts("start without history", 0,
                     [start(broker, "empty") for _ in range(arguments.rounds)])
        print_weight(broker)
        with program(arguments.before or e2e.CONTACTS), \
             KafkaService(*broker.flags("replay", partitions=1)) as service:
            system = Ours("kafka", service)
            system.start([])
            fill(system, arguments.records, arguments.tenants)
            size = system.record_bytes("t0")
        others = {}
        if arguments.before:
            others[BEFORE] = Before(arguments.before, broker)
        if arguments.some_views:
            others["contacts, mentions and e-mails only"] = SomeViews(arguments.some_views, broker)
        if arguments.peers:
            others["Kafka Streams"] = Streams(arguments.peers, broker, arguments.records,
                                              arguments.tenants)
        starts = []
        times = {what: [] for what in others}
        for _ in range(arguments.rounds):
            starts.append(start(broker, "replay"))
            for what, other in others.items():
                times[what].append(other.replay())
        print_starts(f"{arguments.records:,} records of about {size} bytes, one partition, into all "
                     "views", arguments.records, starts)
        for what in others:
            print_others(what, arguments.records, times[what], starts)
        if arguments.before:
            others[BEFORE].print_processors(starts)
    finally:
        broker.remove()


if __name__ == "__main__":
    main()
