"""kill -9 at any moment between a contact with an account and its first log-in: contact and account
exist both or not at all, a link works once, a password is whole or not set."""
import http.client
import json
import os
import random
import threading
import time
import unittest

from tests.e2e.kafka import shared_broker, start_instances
from tests.e2e.service import Client, Service, wait_as_told

SOAK = "SOAK_ROUNDS" in os.environ
EMBEDDED_RUNS = 100 if SOAK else 10
KAFKA_RUNS = 100 if SOAK else 4


STEPS = 3  # create the contact, invite, activate


class Walk(threading.Thread):
    """From the contact to its password, as far as the step `last`, or until the server is gone.
    `clients`: one a step. `at_last` is set just before the last step's request."""

    def __init__(self, clients, email, password, last=STEPS - 1):
        super().__init__()
        self.clients, self.email, self.password, self.last = clients, email, password, last
        self.created = self.token = None
        self.activated = False
        self.at_last = threading.Event()
        self.times = []  # seconds of each step that was done

    def run(self):
        try:
            for step, request in enumerate((self.create, self.invite, self.activate)[:self.last + 1]):
                if step == self.last:
                    self.at_last.set()
                begun = time.monotonic()
                if not request(self.clients[step]):
                    return
                self.times.append(time.monotonic() - begun)
        except (http.client.HTTPException, OSError):
            pass
        finally:
            self.at_last.set()

    def create(self, client):
        answer = client.create(self.email, {"Idempotency-Key": self.email}, canLogin=True)
        if answer.status == 200:
            self.created = answer.json()
            self.position = answer.headers["Contacts-Position"]
        return self.created

    def invite(self, client):
        answer = client.send("POST", f"/api/accounts/{self.created['id']}/invitation",
                             headers={"Contacts-Min-Position": self.position})
        if answer.status == 200:
            self.token = answer.json()["token"]
        return self.token

    def activate(self, client):
        self.activated = client.post(
            "/api/activate", {"token": self.token, "password": self.password}).status == 204
        return self.activated


class AccountCrashes(unittest.TestCase):
    def log_in(self, base, email, password):
        return Client(base).post(
            "/api/login", {"username": email, "password": password, "tenant": "acme"}).status

    def activate(self, base, token, password):
        while (answer := Client(base).post(
                "/api/activate", {"token": token, "password": password})).status == 503:
            wait_as_told(answer)
        return answer.status

    def contact_of(self, admin, email):
        found = [c for c in admin.get("/api/contacts").json() if c["email"] == email]
        self.assertLessEqual(len(found), 1)
        return found[0] if found else None

    def has_account(self, service, email):
        code, out, err = service.contacts("user", "list", "--tenant", "acme", "--json")
        self.assertEqual(code, 0, err)
        return email in [json.loads(line)["username"] for line in out.splitlines()]

    def check(self, service, admin, walk):
        """Must hold on an instance that has come to the log's end, wherever the kill fell."""
        contact = self.contact_of(admin, walk.email)
        self.assertEqual(contact is not None, self.has_account(service, walk.email))
        if walk.created:
            self.assertEqual(contact, walk.created)
        again = admin.create(walk.email, {"Idempotency-Key": walk.email}, canLogin=True)
        self.assertEqual(again.status, 200, again)
        if contact:
            self.assertEqual(again.json(), contact)
        whole = self.log_in(service.base, walk.email, walk.password)
        self.assertIn(whole, (200, 401))
        if walk.activated:
            self.assertEqual(whole, 200)
        if walk.token:
            used = self.activate(service.base, walk.token, "another password")
            self.assertEqual(used, 404 if whole == 200 else 204)
            self.assertEqual(self.log_in(service.base, walk.email, "another password"),
                             401 if whole == 200 else 200)
            self.assertEqual(self.activate(service.base, walk.token, "a third password"), 404)
            self.assertEqual(self.log_in(service.base, walk.email, walk.password), whole)
        return ("contact" if contact else "nothing", walk.token is not None, whole)

    def times_of_a_walk(self, clients):
        walk = Walk(clients, "first@x.org", "password of first")
        walk.start()
        walk.join(60)
        self.assertTrue(walk.activated)
        return walk.times

    def kill_while(self, walk, service, delay):
        """`delay`: seconds from the begin of the walk's last step."""
        walk.start()
        self.assertTrue(walk.at_last.wait(60))
        threading.Event().wait(delay)
        service.kill()
        walk.join(60)
        self.assertFalse(walk.is_alive())

    def test_embedded(self):
        chance = random.Random(8)
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            admin = service.client("admin")
            times = self.times_of_a_walk((admin,) * STEPS)
            seen = set()
            for run in range(EMBEDDED_RUNS):
                step = run % STEPS
                walk = Walk((admin.again(),) * STEPS, f"c{run}@x.org", f"password of c{run}", step)
                # The kill falls anywhere in the step, or a little after its end.
                self.kill_while(walk, service, 1.2 * times[step] * chance.random())
                service.start()
                admin.close()
                admin.base = service.base
                with self.subTest(run=run):
                    seen.add(self.check(service, admin, walk))
            self.assertEqual({invited for _, invited, _ in seen}, {False, True})

    def test_two_instances_on_kafka(self):
        chance = random.Random(9)
        a, b = start_instances(self, shared_broker(), "accounts", 2)
        a.add_user("admin", "admin")
        times = None
        for run in range(KAFKA_RUNS):
            admins = {s: s.client("admin") for s in (a, b)}
            clients = [admins[chance.choice((a, b))].again() for _ in range(STEPS)]
            if times is None:
                times = self.times_of_a_walk(clients)
            step = run % STEPS
            walk = Walk(clients, f"c{run}@x.org", f"password of c{run}", step)
            killed, left = (a, b) if run % 2 else (b, a)
            self.kill_while(walk, killed, 1.2 * times[step] * chance.random())
            killed.start()  # it has come to the log's end when it serves
            with self.subTest(run=run):
                self.check(killed, killed.client("admin"), walk)
                self.assertEqual(self.contact_of(admins[left], walk.email),
                                 self.contact_of(killed.client("admin"), walk.email))


if __name__ == "__main__":
    unittest.main()
