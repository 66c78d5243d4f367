"""How long an instance with no read models takes to make them from the log, and what it weighs.

    CONTACTS=build/release/contacts python3 -m tests.bench.replay [--records 1000000]
        [--tenants 100] [--rounds 3]

Starts of an empty topic come first: what a start costs without any history.
"""
import argparse
import os
import re
import statistics
import subprocess
import time

from tests.bench.systems import PATHS, Ours, make_topic, open_url, pause, read
from tests.e2e.kafka import Broker, KafkaService


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
    """Seconds until it serves all that the log holds, and what it took."""
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


def fill(system, records, tenants):
    for number in range(tenants):
        system.fill(f"t{number}", records // tenants)


def print_starts(what, records, starts):
    took, processor, now, most, megabytes = map(statistics.median, zip(*starts))
    rate = f", {records / took:,.0f} records a second" if records else ""
    print(f"{what}: {took:.2f} s{rate}; {processor:.2f} s of processors, {now:.0f} MB resident "
          f"(at most {most:.0f}), {megabytes:.0f} MB on disk", flush=True)


def print_weight(broker):
    """Of 100,000 contacts in ten tenants, after all lists were read, plain and as gzip."""
    with KafkaService(*broker.flags("weight", partitions=1)) as service:
        system = Ours("kafka", service)
        system.start([])
        fill(system, 100_000, 10)
        print(f"100,000 contacts in ten tenants: {memory(service.process)[0]:.0f} MB resident when "
              f"written", end="")
        for number in range(10):
            for kind in PATHS:
                for headers in ({}, {"Accept-Encoding": "gzip"}):
                    read(system.target(kind, f"t{number}"), **headers)
        print(f", {memory(service.process)[0]:.0f} MB when all lists were read, "
              f"{disk(service.data)} MB on disk", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--tenants", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    broker = Broker()
    try:
        make_topic(broker, "empty")
        print_starts("start without history", 0,
                     [start(broker, "empty") for _ in range(arguments.rounds)])
        print_weight(broker)
        with KafkaService(*broker.flags("replay", partitions=1)) as service:
            system = Ours("kafka", service)
            system.start([])
            fill(system, arguments.records, arguments.tenants)
            size = system.record_bytes("t0")
        print_starts(f"{arguments.records:,} records of about {size} bytes, one partition, into all "
                     "views", arguments.records,
                     [start(broker, "replay") for _ in range(arguments.rounds)])
    finally:
        broker.remove()


if __name__ == "__main__":
    main()
