"""A directory in use: a client copies it page by page while others write, and then only follows the changes."""
import http.client
import json
import os
import random
import re
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.event_stream import open_stream, read_event
from tests.e2e.kafka import shared_broker, start_instances
from tests.e2e.service import Service, wait_until

KILLS = 4 * int(os.environ.get("SOAK_ROUNDS", "1"))
WRITERS = 3


def position(text):
    """To be compared: (epoch, sequence)."""
    return tuple(map(int, text.split("."))) if "." in text else (1, int(text))


class Copy:
    """Of the contacts that one user sees; what it holds is what a program would have stored."""

    def __init__(self, client):
        self.client = client
        self.contacts = {}
        self.since = self.view = None
        self.next = "/api/contacts?limit=7"
        self.restarts = 0

    def step(self):
        """Reads a page, or the changes when there is no further page. True: there is more."""
        if self.next:
            return self.read_page()
        return self.follow()

    def read_page(self):
        answer = self.client.get(self.next)
        assert answer.status == 200, answer
        for contact in answer.json():
            self.contacts[contact["id"]] = contact
        self.since = self.since or answer.headers["Contacts-Position"]
        assert answer.headers["Contacts-Position"] == self.since  # each page is of one list
        self.view = answer.headers["Contacts-View"]
        link = re.fullmatch(r'<(.*)>; rel="next"', answer.headers.get("Link", ""))
        self.next = link and link[1]
        return True

    def follow(self, wait=0):
        waiting = f"&wait={wait}" if wait else ""  # else 2 s for a position that comes from another instance
        answer = self.client.get(f"/api/contacts/changes?since={self.since}&view={self.view}{waiting}")
        if answer.status == 410:
            self.restarts += 1
        assert answer.status == 200, answer
        delta = answer.json()
        for change in delta["changes"]:
            self.apply(change)
        assert position(delta["next"]) >= position(self.since)
        self.since = delta["next"]
        return delta["more"]

    def apply(self, change):
        if "removed" in change:
            self.contacts.pop(change["removed"], None)
        else:
            self.contacts[change["contact"]["id"]] = change["contact"]

    def finish(self):
        while self.step():
            pass
        return [self.contacts[number] for number in sorted(self.contacts)]


class Writers:
    """Threads that create and change contacts until the server is gone."""

    def __init__(self, client, seed):
        self.answered = {}  # contact id → ETag of the newest change that was answered
        self.count = 0
        self.ended = False
        self.changed = threading.Condition()
        self.threads = [threading.Thread(target=self.write, args=(client.again(), random.Random(seed * 10 + n)))
                        for n in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def write(self, client, chance):
        try:
            while not self.ended:
                if chance.random() < 0.4 or not self.answered:
                    answer = client.create(f"{chance.getrandbits(60):x}@example.com", type="internal")
                else:
                    patch = json.dumps({"title": f"T{chance.randrange(9)}", "isActive": chance.random() < 0.8})
                    number = chance.choice(list(self.answered))
                    answer = client.send("PATCH", f"/api/contacts/{number}", patch,
                                         {"Content-Type": "application/merge-patch+json"})
                assert answer.status == 200, answer
                with self.changed:
                    self.answered[answer.json()["id"]] = answer.headers.get("ETag")
                    self.count += 1
                    self.changed.notify_all()
        except (http.client.HTTPException, OSError):
            return

    def wait_for(self, count):
        with self.changed:
            assert self.changed.wait_for(lambda: self.count >= count, timeout=60)

    def end(self):
        self.ended = True
        self.join()

    def join(self):
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


class Life(unittest.TestCase):
    def test_a_copy_follows_through_kill_9(self):
        with Service() as service:
            for name, role in (("ada", "admin"), ("max", "member"), ("cleo", "client")):
                service.add_user(name, role)
            service.start()
            users = {name: service.client(name) for name in ("ada", "max", "cleo")}
            copies = {name: Copy(client) for name, client in users.items()}
            first = {}
            for kill in range(KILLS):
                writers = Writers(users["ada"], kill)
                writers.wait_for(30)
                for name, copy in copies.items():
                    for _ in range(4):
                        copy.step()
                    first.setdefault(name, copy.since)
                writers.wait_for(60)
                service.kill()
                writers.join()
                self.start_again(service, users)
                for name, copy in copies.items():
                    self.assertEqual(copy.finish(), users[name].get("/api/contacts").json(), (kill, name))
            self.first_tokens_still_work(users, first)
            self.assertEqual(service.end(), 0)
            code, _, errors = service.contacts("rebuild")
            self.assertEqual(code, 0, errors)
            self.start_again(service, users)
            for name, copy in copies.items():
                self.assertEqual(copy.finish(), users[name].get("/api/contacts").json(), name)
            self.first_tokens_still_work(users, first)
            self.assertEqual([copy.restarts for copy in copies.values()], [0, 0, 0])

    def start_again(self, service, users):
        service.start()
        for client in users.values():
            client.close()
            client.base = service.base

    def first_tokens_still_work(self, users, first):
        """From the first token of each user on the delta leads to the list of now."""
        for name, client in users.items():
            copy = Copy(client)
            copy.next = None
            copy.contacts = {c["id"]: c for c in client.get(f"/api/contacts?asOf={first[name]}").json()}
            copy.since, copy.view = first[name], client.get("/api/contacts?limit=1").headers["Contacts-View"]
            self.assertEqual(copy.finish(), client.get("/api/contacts").json(), name)

    def test_a_stream_that_breaks_goes_on_where_it_was(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.start()
            ada = service.client("ada")
            since = ada.get("/api/user").headers["Contacts-Position"]
            connection, stream = open_stream(ada, since)
            seen = []
            for number in range(3):
                ada.create(f"a{number}@example.com")
                seen.append(read_event(stream))
            service.kill()
            connection.close()
            service.start()
            ada.close()
            ada.base = service.base
            ada.create("b@example.com")
            connection, stream = open_stream(ada, since, seen[-1]["id"])
            seen.append(read_event(stream))
            self.assertEqual([json.loads(event["data"])["contact"]["email"] for event in seen],
                             ["a0@example.com", "a1@example.com", "a2@example.com", "b@example.com"])
            self.assertEqual([json.loads(event["data"])["sequence"] for event in seen],
                             sorted(int(event["id"]) for event in seen))
            self.assertEqual(service.end(), 0)  # SIGTERM
            last = read_event(stream)
            self.assertEqual((last["event"], json.loads(last["data"])["error"]), ("end", "Service Unavailable"))
            self.assertIsNone(read_event(stream))
            connection.close()

    def test_a_wait_ends_with_the_change(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.add_user("max", "member")
            service.start()
            ada, waiting = service.client("ada"), service.client("max")
            copy = Copy(waiting)
            copy.finish()
            thread = threading.Thread(target=copy.follow, args=(30,))
            thread.start()
            wait_until(lambda: "contacts_change_waits 1" in service.metrics())
            created = ada.create("now@example.com").json()
            thread.join(20)
            self.assertFalse(thread.is_alive())
            self.assertEqual(copy.contacts[created["id"]], created)


class LifeOnKafka(unittest.TestCase):
    def test_a_copy_follows_on_either_instance(self):
        both = start_instances(self, shared_broker(), "life", 2)
        for name, role in (("ada", "admin"), ("max", "member")):
            both[0].add_user(name, role)
        writing = [instance.client("ada") for instance in both]
        reading = [instance.client("max") for instance in both]
        copy = Copy(reading[0])
        writers = [Writers(client, seed) for seed, client in enumerate(writing)]
        for step in range(60):  # each position came from the other instance
            copy.client = reading[step % 2]
            copy.step()
        for one in writers:
            one.wait_for(100)
            one.end()
        newest = max((client.get("/api/user").headers["Contacts-Position"] for client in writing), key=position)
        for client in reading:
            contacts = client.get("/api/contacts", **{"Contacts-Min-Position": newest, "Prefer": "wait=30"}).json()
            copy.client = client
            self.assertEqual(copy.finish(), contacts)
        self.assertEqual(copy.restarts, 0)
        self.only_one_of_two_instances_changes_it(writing)

    def only_one_of_two_instances_changes_it(self, clients):
        """Many PATCHes with one If-Match, half of them on each instance."""
        made = clients[0].create("fought-over@example.com")
        tag = f'"{made.headers["Contacts-Position"]}"'

        def change(number):
            return clients[number % 2].again().send(
                "PATCH", f"/api/contacts/{made.json()['id']}", json.dumps({"title": f"T{number}"}),
                {"Content-Type": "application/json", "If-Match": tag}).status

        with ThreadPoolExecutor(10) as pool:
            statuses = list(pool.map(change, range(50)))
        self.assertEqual((statuses.count(200), statuses.count(412)), (1, 49), statuses)


if __name__ == "__main__":
    unittest.main()
