"""Many clients ask all instances for the same e-mails while instances and the broker fail."""
import collections
import http.client
import itertools
import json
import os
import signal
import subprocess
import sys
import threading
import unittest

from tests.e2e.kafka import ROOT, shared_broker, start_instances
from tests.e2e.service import wait_as_told

ROUNDS = int(os.environ.get("SOAK_ROUNDS", "0"))  # 0: as much as `make test` has time for
EMAILS = 1000 if ROUNDS else 300
STOPPED_SECONDS = 15 if ROUNDS else 3
CLIENTS = 24  # of each instance
PATIENCE = 300


class Race:
    """Each e-mail is requested once at each instance; every attempt goes on until it is decided."""

    def __init__(self, instances):
        self.instances = instances
        self.clients = [one.client("jane") for one in instances]
        self.outcomes = {}  # (instance, e-mail) → the answer that decided
        self.unclear = []   # answers that are neither a decision nor an invitation to retry
        self.retried = collections.Counter()
        self.changed = threading.Condition()
        self.threads = []
        for number in range(len(instances)):
            emails = iter([f"r{i}@x.org" for i in range(EMAILS)])
            lock = threading.Lock()
            for _ in range(CLIENTS):
                self.threads.append(threading.Thread(
                    target=self.ask_all, args=(number, emails, lock), daemon=True))
        for thread in self.threads:
            thread.start()

    def ask_all(self, number, emails, lock):
        clients = [client.again() for client in self.clients]
        while True:
            with lock:
                email = next(emails, None)
            if email is None:
                return
            answer = self.ask(clients, number, email)
            with self.changed:
                self.outcomes[number, email] = answer
                self.changed.notify_all()

    def ask(self, clients, number, email):
        # A client that sends a key may ask any instance after a lost connection; the others get a key by a 503.
        key = f"key-{number}-{email}" if number == len(clients) - 1 else None
        at = itertools.cycle(clients[number:] + clients[:number])
        client = next(at)
        while True:
            try:
                answer = client.create(email, {"Idempotency-Key": key} if key else None)
            except (http.client.HTTPException, OSError):
                assert key, "an instance was lost that nobody ended"
                client = next(at)
                continue
            if answer.status in (200, 409):
                return answer
            if answer.status != 503 or "Retry-After" not in answer.headers:
                with self.changed:
                    self.unclear.append(answer)
                return answer
            key = answer.headers.get("Idempotency-Key") or key
            with self.changed:
                self.retried[json.loads(answer.body)["message"]] += 1
            wait_as_told(answer)

    def wait_for(self, share):
        count = int(share * EMAILS * len(self.instances))
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.outcomes) >= count, PATIENCE), \
                f"{len(self.outcomes)} of {count}"

    def join(self):
        self.wait_for(1)
        for thread in self.threads:
            thread.join(PATIENCE)


class Chaos(unittest.TestCase):
    def test_two_instances(self):
        for round_number in range(max(1, ROUNDS)):
            self.run_race(2, f"chaos-2-{round_number}")

    def test_three_instances(self):
        for round_number in range(max(1, ROUNDS)):
            self.run_race(3, f"chaos-3-{round_number}")

    def run_race(self, count, topic):
        broker = shared_broker()
        instances = start_instances(self, broker, topic, count)
        instances[0].add_user("jane", "admin")
        race = Race(instances)
        first, last = instances[0], instances[-1]
        race.wait_for(0.1)
        first.process.send_signal(signal.SIGSTOP)
        resume = threading.Timer(STOPPED_SECONDS, first.process.send_signal, [signal.SIGCONT])
        resume.start()
        self.addCleanup(resume.join)
        race.wait_for(0.3)
        last.kill()
        race.wait_for(0.4)
        broker.kill()
        broker.start()
        resume.join()
        race.join()
        last.start()
        self.check_promises(race)
        self.check_history(race)
        for one in instances:
            one.end()

    def check_promises(self, race):
        self.assertEqual(race.unclear, [])
        given = collections.Counter(email for (_, email), answer in race.outcomes.items()
                                    if answer.status == 200)
        self.assertEqual(given, {f"r{i}@x.org": 1 for i in range(EMAILS)})

    def check_history(self, race):
        """Every 200 is in history once, and nothing else is; all agree on it, also a rebuild."""
        code, out, err = race.instances[0].contacts("export", "--tenant", "acme")
        self.assertEqual(code, 0, err)
        verified = subprocess.run([sys.executable, os.path.join(ROOT, "tools/verify_export.py")],
                                  input=out.encode(), capture_output=True, check=False)
        self.assertEqual(verified.returncode, 0, verified.stderr)
        records = race.instances[0].opened_records()
        created = {r["sequence"]: r for r in records if r["type"] == "ContactCreated"}
        answered = {int(a.headers["Contacts-Position"]): a.json()
                    for a in race.outcomes.values() if a.status == 200}
        self.assertEqual(len(answered), EMAILS)
        self.assertEqual({r["data"]["email"] for r in created.values()},
                         {contact["email"] for contact in answered.values()})
        self.assertEqual(len(created), EMAILS)
        digests = set()
        for one in race.instances:
            client = one.client("jane")
            read = client.get("/api/user", **{"Contacts-Min-Position": str(len(records))})
            self.assertEqual(read.status, 200, read)
            digests.add(one.status("--digest")["digest"])
        race.instances[-1].end()
        code, out, err = race.instances[-1].contacts("rebuild", "--json")
        self.assertEqual(code, 0, err)
        race.instances[-1].start()
        digests.add(json.loads(out)["digest"])
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main()
