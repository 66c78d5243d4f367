"""POST /contacts on the embedded log and on Kafka, beside what the broker and librdkafka give alone.

    CONTACTS=build/release/contacts python3 -m tests.bench.kafka_writes KAFKA_RAW [SECONDS] [ROUNDS]

All on one broker and one machine, in turns; the medians of ROUNDS are printed.
"""
import collections
import os
import re
import statistics
import subprocess
import sys

from tests.e2e.kafka import Broker, KafkaService, ROOT
from tests.e2e.service import Service

CLIENTS = (1, 32, 256)
TENANT = "acme"
Result = collections.namedtuple("Result", "rate p50 p99 longest")


class Bench:
    def __init__(self, raw, seconds, rounds):
        self.raw, self.seconds, self.rounds = raw, seconds, rounds
        self.names = 0

    def cookie(self, service):
        return service.client("jane").cookie

    def start_wrk(self, service, cookie, clients):
        self.names += 1
        return subprocess.Popen(
            ["wrk", "-t", str(min(2, clients)), "-c", str(clients), "-d", str(self.seconds),
             "--timeout", "30", "-H", f"Cookie: {cookie}",
             "-s", os.path.join(ROOT, "tests/bench/create.lua"),
             f"http://{service.base}/api/contacts", "--", f"b{self.names}"],
            stdout=subprocess.PIPE, text=True)

    @staticmethod
    def result_of(wrk):
        out = wrk.communicate()[0]
        found = re.search(r"result: (\S+) a second, p50 (\d+) us, p99 (\d+) us, longest (\d+) us, "
                          r"(\d+) failed", out)
        assert found and found[5] == "0", out
        return Result(*map(float, found.groups()[:4]))

    def posts(self, service, cookie, clients):
        return self.result_of(self.start_wrk(service, cookie, clients))

    def raw_loop(self, broker, record_bytes, in_flight):
        out = subprocess.run([self.raw, broker.address, "raw", str(in_flight), str(record_bytes),
                              str(self.seconds)], check=True, capture_output=True, text=True).stdout
        return Result(*map(float, out.split()), 0)

    def side_by_side(self, embedded, kafka, broker):
        """(what, clients) → results of the rounds."""
        results = collections.defaultdict(list)
        cookies = self.cookie(embedded), self.cookie(kafka)
        record_bytes = size_of_a_record(kafka)
        for _ in range(self.rounds):
            for clients in CLIENTS:
                results["raw", clients].append(self.raw_loop(broker, record_bytes, clients))
                results["kafka", clients].append(self.posts(kafka, cookies[1], clients))
                results["embedded", clients].append(self.posts(embedded, cookies[0], clients))
        print(f"\nPOST /contacts, records of {record_bytes} bytes; raw: produced and consumed, "
              f"without us\n{'clients':>8} {'':>9} {'a second':>9} {'of raw':>7} {'p50 ms':>7} "
              f"{'p99 ms':>7}")
        for clients in CLIENTS:
            whole = median(results["raw", clients]).rate
            for what in ("raw", "kafka", "embedded"):
                one = median(results[what, clients])
                print(f"{clients:>8} {what:>9} {one.rate:>9.0f} {one.rate / whole:>7.2f} "
                      f"{one.p50 / 1000:>7.2f} {one.p99 / 1000:>7.2f}")

    def two_on_one_tenant(self, one, other):
        """The goodput of two instances that write to the same tenant at once."""
        cookies = self.cookie(one), self.cookie(other)
        alone, shared = [], []
        for _ in range(self.rounds):
            alone.append(self.posts(one, cookies[0], 32))
            both = [self.start_wrk(service, cookie, 16)
                    for service, cookie in zip((one, other), cookies)]
            shared.append([self.result_of(wrk) for wrk in both])
        goodput = statistics.median(sum(r.rate for r in both) for both in shared)
        shares = [min(r.rate for r in both) / max(r.rate for r in both) for both in shared]
        print(f"\nOne tenant, 32 clients on one instance: {median(alone).rate:.0f} a second; "
              f"16 on each of two: {goodput:.0f} ({goodput / median(alone).rate:.2f}), "
              f"the smaller share {min(shares):.2f} of the larger at worst, p99 "
              f"{max(r.p99 for both in shared for r in both) / 1000:.0f} ms, longest "
              f"{max(r.longest for both in shared for r in both) / 1000:.0f} ms")


def median(results):
    return Result(*map(statistics.median, zip(*results)))


def size_of_a_record(service):
    made = service.client("jane").create("size@example.com")
    assert made.status == 200, made
    code, out, err = service.contacts("export", "--tenant", TENANT)
    assert code == 0, err
    return len(out.splitlines()[-1])


def main(raw, seconds="5", rounds="3"):
    bench = Bench(raw, int(seconds), int(rounds))
    broker = Broker()
    try:
        with Service() as embedded, KafkaService(*broker.flags("bench")) as kafka, \
                KafkaService(*broker.flags("bench")) as second, \
                KafkaService(*broker.flags("raw", partitions=1)) as made:
            made.contacts("status")  # makes the topic of the raw loop
            for service in (embedded, kafka, second):
                service.start()
            for service in (embedded, kafka):
                service.add_user("jane", "admin", TENANT)
            bench.side_by_side(embedded, kafka, broker)
            bench.two_on_one_tenant(kafka, second)
    finally:
        broker.remove()


if __name__ == "__main__":
    main(*sys.argv[1:])
