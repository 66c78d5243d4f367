"""What a directory in use is asked for: one contact, changes, histories, deltas, pages and whole copies.

    CONTACTS=build/release/contacts python3 -m tests.bench.life [--contacts 1000000]
        [--copied 100000] [--rounds 3] [--seconds 2] [--deltas 200]

The first table is as that of table.py: reads of one contact next to nginx, changes next to as many
POSTs, histories. The second one is of a tenant of `--contacts`, on the embedded log; there a request
is alone, and what counts is how long it takes.
"""
import argparse
import datetime
import http.client
import itertools
import json
import os
import platform
import re
import select
import statistics
import time

from tests.bench import load
from tests.bench.systems import Nginx, Target, ours, read, running, tenant_of
from tests.bench.table import CLIENTS, Table, say
from tests.e2e.kafka import Broker
from tests.e2e.service import Client, wait_until

CHANGES = 1000  # of the contact whose history is read
SMALL = 1000    # contacts of the tenant whose contacts are read and changed
PAGE = 1000     # contacts of a page of a copy


def at(target, path, **headers):
    """Another path of the same service."""
    base = "/".join(target.url.split("/")[:3])
    return Target(base + path, {**target.headers, **headers})


def client_of(system, tenant):
    return Client(system.service.base, system.cookie(tenant))


def change_all(system, tenant, ids, title):
    body = json.dumps({"title": title}).encode()
    load.send(system.service.base,
              {"Cookie": system.cookie(tenant), "Content-Type": "application/json"},
              (("PATCH", f"/api/contacts/{number}", body) for number in ids))


class Rows:
    """The rows that wrk measures, with many clients."""

    def __init__(self, arguments, nginx, own):
        self.arguments, self.nginx, self.own = arguments, nginx, own
        self.table = Table()
        self.names = itertools.count(1)

    def load(self, target, clients=32, *script):
        return load.wrk(target.url, target.headers, self.arguments.seconds, clients, *script)

    def one_contact(self):
        for system in (self.nginx, *self.own):
            target = system.target("contact", tenant_of(SMALL))
            self.table.add("one contact, plain", system.name, self.load(target))
            known = {**target.headers, "If-None-Match": read(target)[1]["ETag"]}
            self.table.add("one contact, 304", system.name, self.load(Target(target.url, known)))

    def writes(self, clients):
        for system in self.own:
            row = f"a change, {clients} clients, {system.name}"
            name = f"w{next(self.names)}"
            self.table.add(row, "POST", self.load(
                system.json_target("post"), clients, "create.lua", name))
            self.table.add(row, "PATCH", self.load(
                system.target("list", tenant_of(SMALL)), clients, "patch.lua", name, str(SMALL)))

    def make_history(self):
        for system in self.own:
            system.fill("history", 1)
            client = client_of(system, "history")
            for number in range(CHANGES):
                answer = client.send("PATCH", "/api/contacts/1", json.dumps({"title": f"T{number}"}),
                                     {"Content-Type": "application/json"})
                assert answer.status == 200, answer

    def histories(self, clients):
        for system in self.own:
            for limit in (100, CHANGES):
                path = f"/api/contacts/1/history?limit={limit}"
                self.table.add(f"history of {CHANGES:,} changes, {limit:,} of them, {clients} clients",
                               system.name,
                               self.load(at(system.target("list", "history"), path), clients))

    def measure(self):
        self.make_history()
        for number in range(self.arguments.rounds):
            say(f"round {number + 1} of {self.arguments.rounds}")
            self.one_contact()
            for clients in CLIENTS:
                self.writes(clients)
            for clients in (1, 32):
                self.histories(clients)


class Delta:
    """A client that waits for the next change, and another one that makes it."""

    def __init__(self, system, tenant):
        self.service = system.service
        self.headers = {"Cookie": system.cookie(tenant), "Content-Type": "application/json"}
        self.waiting, self.posting = (http.client.HTTPConnection(self.service.base, timeout=60)
                                      for _ in range(2))
        page = client_of(system, tenant).get("/api/contacts?limit=1").headers
        self.since, self.view = page["Contacts-Position"], page["Contacts-View"]

    def one(self, name):
        """Milliseconds of the POST, and from its answer to the delta's; each when it can be read."""
        self.waiting.request("GET", f"/api/contacts/changes?since={self.since}&view={self.view}"
                             "&wait=30", headers=self.headers)
        wait_until(lambda: "contacts_change_waits 1" in self.service.metrics())
        began = time.monotonic()
        self.posting.request("POST", "/api/contacts", json.dumps(
            {"fullName": "Ada Lovelace", "email": f"{name}@delta.example", "type": "client"}),
            self.headers)
        left, came = {self.waiting.sock, self.posting.sock}, {}
        while left:
            for sock in select.select(left, [], [], 60)[0]:
                came[sock] = time.monotonic()
                left.remove(sock)
        posted, changed = came[self.posting.sock], came[self.waiting.sock]
        created, delta = (json.loads(one.getresponse().read()) for one in (self.posting, self.waiting))
        assert [change["contact"] for change in delta["changes"]] == [created], delta
        self.since = delta["next"]
        return (posted - began) * 1000, (changed - posted) * 1000

    def measure(self, count, name):
        posts, beyond = zip(*(self.one(f"{name}{number}") for number in range(count)))
        return figures_of(posts), figures_of(beyond)


def figures_of(milliseconds):
    centiles = statistics.quantiles(milliseconds, n=100, method="inclusive")
    return load.Figures(1000 / statistics.mean(milliseconds), statistics.median(milliseconds),
                        centiles[98], 0)


class Large:
    """A tenant of many contacts, asked by one client at a time."""

    def __init__(self, arguments, system):
        self.arguments, self.system = arguments, system
        self.tenant = tenant_of(arguments.contacts)
        self.rows = {}

    def print_row(self, row, p50, p99=None):
        print(f"| {row} | {p50:,.2f} | {'' if p99 is None else f'{p99:,.2f}'} |", flush=True)

    def alone(self, row, path):
        target = at(self.system.target("list", self.tenant), path)
        one = load.median([load.wrk(target.url, target.headers, self.arguments.seconds, 1)
                           for _ in range(self.arguments.rounds)])
        assert one.failed == 0, one
        self.print_row(row, one.p50, one.p99)

    def pages(self):
        many = f"{self.arguments.contacts:,}"
        middle = int(client_of(self.system, self.tenant).get("/api/user")
                     .headers["Contacts-Position"]) // 2
        then = f"as of the middle of {many} records"
        for limit in (100, PAGE):
            self.alone(f"first page of {limit:,} of {many} contacts", f"/api/contacts?limit={limit}")
            self.alone(f"first page of {limit:,}, {then}", f"/api/contacts?limit={limit}&asOf={middle}")
        change_all(self.system, self.tenant, range(1, PAGE + 1), "changed since")
        for limit in (100, PAGE):
            self.alone(f"first page of {limit:,}, {then}; each contact has changed since",
                       f"/api/contacts?limit={limit}&asOf={middle}")

    def deltas(self):
        delta = Delta(self.system, self.tenant)
        post, beyond = delta.measure(self.arguments.deltas, "d")
        many = f"{self.arguments.contacts:,}"
        self.print_row(f"POST of one contact next to {many}", post.p50, post.p99)
        self.print_row("delta of that change for a client that waits, from the POST's answer on",
                       beyond.p50, beyond.p99)
        before = int(delta.since) - 1
        self.alone(f"delta of one change of {many} contacts, not waited for",
                   f"/api/contacts/changes?since={before}&view={delta.view}")

    def copy(self):
        count = self.arguments.copied
        tenant = f"copied{count}"
        self.system.fill(tenant, count)
        client = client_of(self.system, tenant)
        whole = [self.follow(client, f"/api/contacts?limit={PAGE}") for _ in range(self.arguments.rounds)]
        self.print_row(f"copy of {count:,} contacts by pages of {PAGE:,}", statistics.median(whole))
        first = client.get(f"/api/contacts?limit={PAGE}")
        change_all(self.system, tenant, range(1, count + 1), "changed since")
        rest = [self.follow(client, next_of(first)) for _ in range(self.arguments.rounds)]
        self.print_row("the same; each contact has changed since the first page", statistics.median(rest))

    def follow(self, client, path):
        began = time.monotonic()
        while path:
            answer = client.get(path)
            assert answer.status == 200, answer
            path = next_of(answer)
        return (time.monotonic() - began) * 1000

    def measure(self):
        say(f"{self.arguments.contacts:,} contacts")
        self.system.fill(self.tenant, self.arguments.contacts)
        print("\n| one request at a time | p50 ms | p99 ms |\n|---|---|---|")
        self.pages()
        self.deltas()
        self.copy()


def next_of(page):
    link = re.fullmatch(r'<(.*)>; rel="next"', page.headers.get("Link", ""))
    return link and link[1]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--copied", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--deltas", type=int, default=200)
    arguments = parser.parse_args()
    broker = Broker()
    own = ours(broker)
    nginx = Nginx(own[0])
    with running(broker, (*own, nginx), lambda system: system.start([SMALL])):  # nginx captures what the first serves
        rows = Rows(arguments, nginx, own)
        rows.measure()
        print(f"\n{datetime.date.today()}, {os.cpu_count()} processors, {platform.release()}, "
              f"{arguments.rounds} rounds of {arguments.seconds} s, load {os.getloadavg()[0]:.1f}\n")
        print("| row | system | a second | to the first | p50 ms | p99 ms |\n|---|---|---|---|---|---|")
        rows.table.print()
        print(flush=True)
        Large(arguments, own[0]).measure()


if __name__ == "__main__":
    main()
