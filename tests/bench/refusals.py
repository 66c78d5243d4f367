"""The cost of refusals and other rare answers next to a contact that is created.

    CONTACTS=build/release/contacts python3 -m tests.bench.refusals [--before PROGRAM] [--rounds 3]
        [--seconds 1] [--pause 60] [--pauses 1]

Embedded, on Kafka alone, and on Kafka with a second instance that nobody asks anything. --before
measures another build next to this one. In each round each system answers each row once, right after
the others. Two more tables follow: clients that race, and the first request after a pause.

The 404 is that of an invitation for a contact without an account, and is answered from the read
models, as 403 and 401 need no history: no route's 404 waits for the log. 409 and a repeated key do.
"""
import argparse
import collections
import json
import statistics
import time
from concurrent.futures import ThreadPoolExecutor

from tests.bench import load
from tests.bench.systems import Ours, Target, pause, program, running
from tests.bench.table import say
from tests.e2e import service as e2e
from tests.e2e.kafka import Broker, KafkaService

TENANT = "acme"
PARTITIONS = 12  # the default of a topic
CLIENTS = (1, 32)
RACERS = 4
EMAILS = 100
NOBODY = 999_999_999  # a contact's id


def contact(email):
    return json.dumps({"fullName": "Ada Lovelace", "email": email, "type": "client"})


class System:
    """One build on one log; `idle`: a second instance on the same log."""

    def __init__(self, name, build, service, idle=None):
        self.name, self.build, self.idle = name, build, idle
        self.ours = Ours(name, service)
        self.names = 0

    def start(self):
        with program(self.build):
            self.ours.start([])
            if self.idle:
                self.idle.start()
            self.admin = self.ours.cookie(TENANT)
            self.cookies = {self.ours.service: self.admin}  # each instance has its own sessions
            if self.idle:
                self.cookies[self.idle] = self.idle.client(self.ours.user(TENANT), TENANT).cookie
            self.ours.service.add_user("reader", "member", TENANT)
            self.reader = self.ours.service.client("reader", TENANT).cookie
        assert self.post(contact("taken@x.org")) == 200

    def stop(self):
        for service in (self.ours.service, self.idle):
            if service:
                service.__exit__()

    def client(self, service=None):
        service = service or self.ours.service
        return e2e.Client(service.base, self.cookies[service])

    def post(self, body):
        return self.client().post("/api/contacts", body.encode()).status

    def unique(self):
        self.names += 1
        return f"n{self.names}"

    def rows(self):
        """Name → wrk's request. All but 200 repeat the same request."""
        url = f"http://{self.ours.service.base}/api"
        contacts, admin = f"{url}/contacts", {"Cookie": self.admin}
        typed = {**admin, "Content-Type": "application/json"}
        return {
            "200": (Target(contacts, typed), "create.lua", self.unique()),
            "409": (Target(contacts, admin), "same.lua", "409", contact("taken@x.org")),
            "404": (Target(f"{url}/accounts/{NOBODY}/invitation", admin), "same.lua", "404"),
            "repeated key": (Target(contacts, admin), "same.lua", "200",
                             contact("repeated@x.org"), "repeated"),
            "403": (Target(contacts, {"Cookie": self.reader}), "same.lua", "403",
                    contact("refused@x.org")),
            "401": (Target(contacts, {}), "same.lua", "401", contact("refused@x.org")),
        }

    def kinds(self):
        """Name → a single request, on a connection that is open."""
        client = self.client()
        client.get("/api/user")
        return {"GET": lambda: client.get("/api/contacts/mentions"),
                "POST": lambda: client.create(f"{self.unique()}@first.org"),
                "409": lambda: client.create("taken@x.org")}

    def race(self):
        """Seconds until one of the clients had each of the e-mails, on both instances."""
        emails = [f"{self.unique()}@race.org" for _ in range(EMAILS)]

        def racer(service):
            client = self.client(service)
            return [client.create(email).status for email in emails]

        services = [self.ours.service, self.idle] * (RACERS // 2)
        began = time.monotonic()
        with ThreadPoolExecutor(RACERS) as pool:
            answers = list(pool.map(racer, services))
        took = time.monotonic() - began
        for statuses in zip(*answers):
            assert sorted(statuses) == [200] + [409] * (RACERS - 1), statuses
        return took


def systems_of(broker, name, build):
    def on_kafka(topic):
        return KafkaService(*broker.flags(f"{topic}-{name or 'now'}", partitions=PARTITIONS))

    label = f", {name}" if name else ""
    return [System(f"embedded{label}", build, e2e.Service()),
            System(f"kafka{label}", build, on_kafka("alone")),
            System(f"kafka and an idle instance{label}", build, on_kafka("two"), on_kafka("two"))]


def measure_rows(systems, rounds, seconds):
    found = collections.defaultdict(list)  # (clients, row, system)
    for number in range(rounds):
        say(f"round {number + 1} of {rounds}")
        for clients in CLIENTS:
            for row in systems[0].rows():
                for system in systems:
                    target, script, *arguments = system.rows()[row]
                    found[clients, row, system.name].append(load.wrk(
                        target.url, target.headers, seconds, clients, script, *arguments))
    print("\n| answer | clients | system | p50 ms | p99 ms | p50 to that of a 200 |\n"
          "|---|---|---|---|---|---|")
    for (clients, row, system), figures in found.items():
        one = load.median(figures)
        ratio = statistics.median(these.p50 / good.p50 for these, good in zip(
            figures, found[clients, "200", system]))
        failed = f" {one.failed:.0f} failed" if one.failed else ""
        print(f"| {row} | {clients} | {system} | {one.p50:.2f} | {one.p99:.2f} | {ratio:.2f} |{failed}")


def milliseconds(request):
    began = time.monotonic()
    answer = request()
    assert answer.status in (200, 409), answer
    return (time.monotonic() - began) * 1000


def measure_firsts(systems, seconds, times):
    """All systems rest at the same time; each kind of request has its own pause before it."""
    found = collections.defaultdict(list)
    for _ in range(times):
        for kind in ("GET", "POST", "409"):
            requests = [(system.name, system.kinds()[kind]) for system in systems]
            say(f"{seconds} s of rest before a {kind}")
            pause.wait(seconds)
            for name, request in requests:
                found[kind, name].append((milliseconds(request), milliseconds(request)))
    print(f"\n| after {seconds} s of rest | system | first ms | second ms |\n|---|---|---|---|")
    for (kind, name), pairs in found.items():
        first, second = map(statistics.median, zip(*pairs))
        print(f"| {kind} | {name} | {first:.1f} | {second:.1f} |")


def measure_races(systems, rounds):
    print(f"\n| {RACERS} clients race for the same {EMAILS} e-mails on two instances | s |\n|---|---|")
    for system in systems:
        if system.idle:
            print(f"| {system.name} | {statistics.median(system.race() for _ in range(rounds)):.2f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--before", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--pause", type=int, default=60)
    parser.add_argument("--pauses", type=int, default=1)
    arguments = parser.parse_args()
    broker = Broker()
    systems = systems_of(broker, "", e2e.CONTACTS)
    if arguments.before:
        systems = [one for pair in zip(systems_of(broker, "before", arguments.before), systems)
                   for one in pair]
    with running(broker, systems):
        measure_rows(systems, arguments.rounds, arguments.seconds)
        measure_races(systems, arguments.rounds)
        if arguments.pauses:
            measure_firsts(systems, arguments.pause, arguments.pauses)


if __name__ == "__main__":
    main()
