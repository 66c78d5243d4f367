"""All comparisons, side by side on this machine, in one table.

    CONTACTS=build/release/contacts python3 -m tests.bench.table [--peers DIR] [--rounds 5]
        [--seconds 2] [--sizes 100,1000,10000,100000] [--only WORDS] [--kafka-raw PROGRAM]

All systems run at once and rest while they are not measured. In each round each system does each
row once, right after the others; what is printed are medians over the rounds.
"""
import argparse
import collections
import datetime
import os
import platform
import statistics
import subprocess
import time

from tests.bench import load
from tests.bench.systems import Nginx, Target, make_topic, ours, peers, read, running, tenant_of
from tests.e2e.kafka import Broker

FORMS = {"plain": {}, "gzip": {"Accept-Encoding": "gzip"}, "304": {}}
CLIENTS = (1, 32, 256)
WRITES_EVERY = 20  # in the mix: 5 %


class Table:
    """Rows of figures by system; the first system of a row is what the others are compared to."""

    def __init__(self):
        self.rows = collections.defaultdict(lambda: collections.defaultdict(list))

    def add(self, row, system, figures):
        self.rows[row][system].append(figures)

    def print(self):
        for row, systems in self.rows.items():
            first = next(iter(systems.values()))
            for system, figures in systems.items():
                one = load.median(figures)
                ratios = [one_of.rate / first_of.rate for one_of, first_of in zip(figures, first)]
                failed = f" {one.failed:.0f} failed" if one.failed else ""
                print(f"| {row} | {system} | {one.rate:,.0f} | {statistics.median(ratios):.2f} | "
                      f"{one.p50:.2f} | {one.p99:.2f} |{failed}")


class Bench:
    def __init__(self, arguments):
        self.arguments = arguments
        self.sizes = [int(size) for size in arguments.sizes.split(",")]
        self.peer_sizes = [size for size in self.sizes if size <= 10_000]
        self.table = Table()
        self.names = 0

    def wants(self, row):
        return not self.arguments.only or any(word in row for word in self.arguments.only.split(","))

    def load(self, target, clients=32, *script):
        return load.wrk(target.url, target.headers, self.arguments.seconds, clients, *script)

    def reads(self, systems, kind, size, form):
        row = f"{kind} of {size:,}, {form}"
        if not self.wants(row):
            return
        for system in systems:
            target = system.target(kind, tenant_of(size))
            headers = {**target.headers, **FORMS[form]}
            if form == "304":
                headers["If-None-Match"] = read(target)[1]["ETag"]
            self.table.add(row, system.name, self.load(Target(target.url, headers)))

    def posts(self, systems, clients):
        row = f"POST, {clients} clients"
        if not self.wants(row):
            return
        for system in systems:
            self.names += 1
            self.table.add(row, system.name, self.load(
                system.json_target("post"), clients, "create.lua", f"p{self.names}"))

    def mix(self, system, size):
        """The list before, under writes to its tenant, and after: it has grown by then. A list costs
        what it is long, so that the mean cost is that of the mean of both."""
        row = f"list of {size:,}, 5 % writes"
        if not self.wants(row):
            return
        self.names += 1
        tenant = f"mix{self.names}"
        system.fill(tenant, size)
        target = system.json_target(tenant)
        before = self.load(target)
        mixed = self.load(target, 32, "create.lua", f"m{self.names}", str(WRITES_EVERY))
        after = self.load(target)
        unchanged = before._replace(rate=statistics.harmonic_mean([before.rate, after.rate]))
        self.table.add(row, f"{system.name}, unchanged", unchanged)
        self.table.add(row, f"{system.name}, reads under writes",
                       mixed._replace(rate=mixed.rate * (1 - 1 / WRITES_EVERY)))

    def round(self, own, nginx, others):
        for kind in ("list", "mentions"):
            for size in self.sizes:
                more = others if size in self.peer_sizes else []
                self.reads([nginx, *own, *more], kind, size, "plain")
                self.reads([nginx, own[0]], kind, size, "gzip")
                self.reads([nginx, own[0]], kind, size, "304")
        for size in self.peer_sizes:
            self.mix(own[0], size)
        for clients in CLIENTS:
            self.raw(clients)
            self.posts([*own, *others], clients)

    def raw(self, clients):
        row = f"POST, {clients} clients"
        if not self.wants(row) or not self.arguments.kafka_raw:
            return
        out = subprocess.run([self.arguments.kafka_raw, self.broker.address, "raw", str(clients),
                              str(self.record_bytes), str(self.arguments.seconds)],
                             check=True, capture_output=True, text=True).stdout
        rate, p50, p99 = map(float, out.split())
        self.table.add(row, "raw Kafka", load.Figures(rate, p50 / 1000, p99 / 1000, 0))

    def run(self):
        self.broker = Broker()
        own = ours(self.broker)
        nginx = Nginx(own[0])
        others = peers(self.arguments.peers, self.broker) if self.arguments.peers else []
        def start(system):
            system.start(self.peer_sizes if system in others else self.sizes)

        with running(self.broker, (*own, nginx, *others), start):  # nginx captures what the first serves
            make_topic(self.broker, "raw")
            self.record_bytes = own[1].record_bytes(tenant_of(self.sizes[0]))
            for number in range(self.arguments.rounds):
                say(f"round {number + 1} of {self.arguments.rounds}")
                self.round(own, nginx, others)


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", default="")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--sizes", default="100,1000,10000,100000")
    parser.add_argument("--only", default="")
    parser.add_argument("--kafka-raw", default="")
    bench = Bench(parser.parse_args())
    bench.run()
    print(f"\n{datetime.date.today()}, {os.cpu_count()} processors, {platform.release()}, "
          f"{bench.arguments.rounds} rounds of {bench.arguments.seconds} s, load "
          f"{os.getloadavg()[0]:.1f}\n")
    print("| row | system | a second | to the first | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
    bench.table.print()


if __name__ == "__main__":
    main()
