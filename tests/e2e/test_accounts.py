"""Logging in under attack; links, tokens and limits as operators and their users meet them."""
import json
import os
import shutil
import threading
import time
import unittest

from tests.e2e.service import PASSWORD, Client, Service

WRONG = 1000
ATTACKERS = 8
LOCK_SECONDS = 4


class LoginUnderAttack(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(
            Service("--trusted-proxies", "127.0.0.1", "--login-lock-seconds", str(LOCK_SECONDS)))
        cls.service.add_user("victim", "member")
        cls.service.add_user("other", "admin")
        cls.service.start()

    def log_in(self, client, name, password, address):
        return client.post("/api/login",
                           {"username": name, "password": password, "tenant": "acme"},
                           {"X-Forwarded-For": address})

    def attack(self, name, count, answers, addresses):
        client = Client(self.service.base)
        for i in range(count):
            answers.append(self.log_in(client, name, f"wrong {i}", addresses(i)))

    def logs_in_after_the_lock(self, name, password, address):
        deadline = time.monotonic() + 10 * LOCK_SECONDS
        client = Client(self.service.base)
        while (answer := self.log_in(client, name, password, address)).status == 429:
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
            self.assertLess(time.monotonic(), deadline)
        return answer.status

    def test_1000_wrong_passwords_lock_and_slow_nobody(self):
        other = self.service.client()
        other.cookie = self.log_in(other, "other", PASSWORD, "192.0.2.1").headers[
            "Set-Cookie"].split(";")[0]
        answers, begun = [], time.monotonic()
        attackers = [threading.Thread(target=self.attack, args=(
            "victim", WRONG // ATTACKERS, answers,
            lambda i, a=a: f"198.51.{a}.{i % 250}")) for a in range(ATTACKERS)]
        for attacker in attackers:
            attacker.start()
        took = []
        while any(attacker.is_alive() for attacker in attackers):
            asked = time.monotonic()
            self.assertEqual(other.get("/api/contacts").status, 200)
            took.append(time.monotonic() - asked)
        # Another user logs in meanwhile, from another address.
        self.assertEqual(self.log_in(Client(self.service.base), "other", PASSWORD,
                                     "192.0.2.2").status, 200)
        for attacker in attackers:
            attacker.join()
        locks = 1 + int((time.monotonic() - begun) / LOCK_SECONDS)
        statuses = [answer.status for answer in answers]
        self.assertEqual(len(statuses), WRONG)
        self.assertEqual(set(statuses), {401, 429})
        self.assertLessEqual(statuses.count(401), 51 * locks)  # and one of the other thread
        took.sort()
        self.assertLess(took[len(took) * 99 // 100], 1.0)
        self.assertEqual(self.logs_in_after_the_lock("victim", PASSWORD, "192.0.2.3"), 200)

    def test_unknown_users_are_locked_with_the_same_answer(self):
        said = []
        for name in ("victim", "nobody"):
            answers = []
            self.attack(name, 20, answers, lambda i, last=len(said): f"203.0.113.{last}")
            self.assertEqual([a.status for a in answers[:5]], [401] * 5, name)
            self.assertEqual(answers[5].status, 429, name)
            said.append(([a.body for a in answers[:6]], sorted(answers[5].headers.keys())))
        self.assertEqual(said[0], said[1])
        self.assertEqual(self.log_in(Client(self.service.base), "victim", PASSWORD,
                                     "192.0.2.4").status, 200, "locked where the guesses were")

    def test_an_operator_sees_a_lock_and_lifts_it(self):
        with Service() as service:
            service.add_user("jane", "member")
            code, _, err = service.contacts("user", "unlock", "jane", "--tenant", "acme")
            self.assertEqual(code, 0)
            self.assertIn("No server is running", err)
            service.start()
            client = Client(service.base)
            log_in = lambda password: client.post(
                "/api/login", {"username": "jane", "password": password, "tenant": "acme"}).status
            shown = lambda: json.loads(
                service.contacts("user", "list", "--tenant", "acme", "--json")[1])
            self.assertNotIn("lockedUntil", shown())
            self.assertEqual([log_in("wrong") for _ in range(6)], [401] * 5 + [429])
            self.assertRegex(shown()["lockedUntil"], "^20")
            metrics = service.metrics()
            self.assertIn("contacts_login_locked_accounts 1", metrics)
            self.assertIn("contacts_login_locks_total 2", metrics)
            self.assertEqual(service.contacts("user", "unlock", "joe", "--tenant", "acme")[0], 1)
            code, out, err = service.contacts("user", "unlock", "Jane", "--tenant", "acme")
            self.assertEqual((code, "lockedUntil" in out), (0, False), err)
            self.assertEqual(log_in(PASSWORD), 200)
            self.assertEqual([log_in("wrong") for _ in range(6)], [401] * 5 + [429])
            self.assertEqual(service.contacts("user", "passwd", "jane", "--tenant", "acme",
                                              stdin="a new password\n")[0], 0)
            self.assertEqual(log_in("a new password"), 200, "a new password unlocks the account")

    def test_an_address_that_tries_many_names_is_locked(self):
        client = Client(self.service.base)
        statuses = [self.log_in(client, f"name{i}", "wrong", "203.0.113.77").status
                    for i in range(8)]
        self.assertEqual(statuses, [401] * 5 + [429] * 3)
        self.assertEqual(self.log_in(client, "other", PASSWORD, "203.0.113.77").status, 429)
        self.assertEqual(self.log_in(client, "other", PASSWORD, "192.0.2.5").status, 200)


class Operators(unittest.TestCase):
    def lines(self, service, *words, said=0, stdin=""):
        code, out, err = service.contacts(*words, "--json", stdin=stdin)
        self.assertEqual(code, said, err)
        return [json.loads(line) for line in out.splitlines()] if code == 0 else err

    def test_tokens(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            add = ["token", "add", "--tenant", "acme"]
            made = {scope: self.lines(service, *add, scope, "--scope", scope)[0]
                    for scope in ("read", "write", "audit")}
            brief = self.lines(service, *add, "brief", "--scope", "read", "--expires", "1m")[0]
            self.assertIsNotNone(brief["expires"])
            self.assertIn("exists already", self.lines(service, *add, "read", "--scope", "read",
                                                       said=1))
            self.lines(service, *add, "x", "--scope", "all", said=2)
            self.assertIn("has passed", self.lines(
                service, *add, "x", "--scope", "read", "--expires", "2020-01-01T00:00:00Z", said=1))
            listed = self.lines(service, "token", "list", "--tenant", "acme")
            self.assertEqual({t["name"] for t in listed}, {"read", "write", "audit", "brief"})
            self.assertFalse(any("token" in t for t in listed))
            self.assertIn("no tenant", self.lines(service, "token", "list", "--tenant", "umbrella", said=1))

            def headers(name):
                return {"Authorization": "Bearer " + made[name]["token"]}
            client = Client(service.base)
            for name, status in (("read", 403), ("audit", 403), ("write", 200)):
                self.assertEqual(client.create(f"{name}@x.org", headers(name)).status, status)
                self.assertEqual(len(client.get("/api/contacts", **headers(name)).json()),
                                 int(name == "write"), name)
            record = json.loads(service.contacts("export", "--tenant", "acme")[1].splitlines()[-1])
            self.assertEqual((record["actor"], record["actorname"]),
                             ("token:" + made["write"]["id"], "write"))
            listed = self.lines(service, "token", "revoke", "read", "--tenant", "acme")
            self.assertEqual([t["name"] for t in listed if t["revoked"]], ["read"])
            self.assertEqual(client.get("/api/contacts", **headers("read")).status, 401)
            self.assertEqual(client.get("/api/contacts", **headers("audit")).status, 200)
            self.assertIn("no token", self.lines(service, "token", "revoke", "read", "--tenant",
                                                 "acme", said=1))
            history = service.contacts("export", "--tenant", "acme")[1]
            self.assertFalse(any(m["token"][-64:] in history for m in made.values()))

    def test_a_limit_of_contacts_and_the_list_of_tenants(self):
        with Service() as service:
            service.add_user("admin", "admin")
            limited = self.lines(service, "tenant", "limit", "acme", "--contacts", "1")[0]
            self.assertEqual((limited["tenant"], limited["contactLimit"]), ("acme", 1))
            service.start()
            admin = service.client("admin")
            self.assertEqual(admin.create("a@x.org").status, 200)
            refused = admin.create("b@x.org", {"Idempotency-Key": "k"})
            self.assertEqual(refused.status, 429, refused)
            self.assertIn("its limit of contacts: 1", refused.json()["message"])
            self.lines(service, "tenant", "limit", "acme", "--contacts", "none")
            self.assertEqual(admin.create("b@x.org", {"Idempotency-Key": "k"}).status, 200)
            self.lines(service, "tenant", "limit", "acme", "--contacts", "-1", said=2)
            self.assertEqual([(t["tenant"], t["contacts"], t["contactLimit"], t["users"])
                              for t in self.lines(service, "tenant", "list")],
                             [("acme", 2, None, 1)])

    def test_requests_a_second(self):
        with Service("--tenant-requests-per-second", "5") as service:
            service.add_user("admin", "admin")
            service.add_user("admin", "admin", tenant="umbrella")
            service.start()
            clients = {t: service.client("admin", tenant=t) for t in ("acme", "umbrella")}
            begun = time.monotonic()
            answers = [clients["acme"].get("/api/user") for _ in range(100)]
            allowed = 5 + 5 * (time.monotonic() - begun)
            statuses = [answer.status for answer in answers]
            self.assertEqual(set(statuses), {200, 429})
            self.assertLessEqual(statuses.count(200), allowed + 1)
            self.assertGreaterEqual(statuses.count(200), 5)
            self.assertEqual({a.headers["Retry-After"] for a in answers if a.status == 429}, {"1"})
            self.assertEqual(clients["umbrella"].get("/api/user").status, 200)

    def test_an_invitation_by_the_operator(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            service.client("admin").create("jane@x.org", canLogin=True)
            self.assertIn("no user", self.lines(service, "user", "invite", "joe@x.org", "--tenant",
                                                "acme", said=1))
            invited = self.lines(service, "user", "invite", "Jane@x.org", "--tenant", "acme")[0]
            client = Client(service.base)
            body = {"token": invited["token"], "password": "my own words"}
            # A mail program breaks the link and a paste brings the break along: it was called a dead link.
            broken = f"\ufeff {body['token'][:40]}\r\n {body['token'][40:]}\u00a0\u200b\n"
            self.assertEqual(client.post("/api/activate", {**body, "token": broken}).status, 204)
            self.assertEqual(client.post("/api/activate", body).status, 404)
            jane = service.client("jane@x.org", password="my own words")
            self.assertEqual(jane.get("/api/user").json()["contactId"], 1)

    def test_hashes_that_are_lost_are_no_wrong_passwords(self):
        with Service() as service:
            service.add_user("jane", "admin")
            shutil.rmtree(os.path.join(service.data, "local"))
            service.start()
            ready = service.ready()
            self.assertEqual(ready.status, 503, ready)
            self.assertIn("--adopt-secrets", ready.json()["message"])
            log_ins = [Client(service.base).post("/api/login", {
                "username": name, "password": PASSWORD, "tenant": tenant})
                       for name, tenant in (("jane", "acme"), ("nobody", "nowhere"))]
            self.assertEqual([answer.status for answer in log_ins], [503, 503])
            self.assertEqual(log_ins[0].json(), log_ins[1].json())
            service.end()
            self.lines(service, "user", "passwd", "jane", "--tenant", "acme", "--adopt-secrets",
                       stdin=PASSWORD + "\n")
            service.start()
            self.assertEqual(service.client("jane").get("/api/user").status, 200)

    def test_a_listed_origin_may_use_the_cookie(self):
        with Service("--allowed-origins", "https://app.example") as service:
            service.add_user("admin", "admin")
            service.start()
            admin = service.client("admin")
            app, evil = {"Origin": "https://app.example"}, {"Origin": "https://evil.example"}
            self.assertEqual(admin.create("a@x.org", app).status, 200)
            self.assertEqual(admin.create("b@x.org", evil).status, 403)
            asked = {"Access-Control-Request-Method": "POST"}
            preflight = admin.send("OPTIONS", "/api/contacts", headers={**app, **asked})
            self.assertEqual(preflight.headers["Access-Control-Allow-Origin"], app["Origin"])
            self.assertIn("POST", preflight.headers["Access-Control-Allow-Methods"])
            refused = admin.send("OPTIONS", "/api/contacts", headers={**evil, **asked})
            self.assertNotIn("Access-Control-Allow-Origin", refused.headers)


if __name__ == "__main__":
    unittest.main()
