"""Next to a real Express application: each side knows the sessions of the other."""
import base64
import hashlib
import hmac
import time
import unittest
import urllib.parse

from tests.e2e.redis import Express, Redis
from tests.e2e.service import Client, Service

SECRET, OLDER, OTHER = "keyboard cat", "older secret", "somebody else's"
SEEN_SECONDS = 10  # 2 s is the promise, which redis_sessions_test.cc asserts; this machine may be busy


def signed(sid, secret):
    mac = base64.b64encode(hmac.digest(secret.encode(), sid.encode(), hashlib.sha256)).decode()
    return "connect.sid=" + urllib.parse.quote("s:" + sid + "." + mac.rstrip("="), safe="")


def sid_of(cookie):
    return urllib.parse.unquote(cookie.split("=", 1)[1])[2:].rsplit(".", 1)[0]


class BesideExpress(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.redis = cls.enterClassContext(Redis())
        cls.express = cls.enterClassContext(Express(cls.redis, SECRET, OLDER))
        cls.service = cls.enterClassContext(Service("--sessions", cls.redis.users_url))
        with open(cls.service.data + "/session-secret", "w", encoding="utf-8") as secrets:
            secrets.write(f"{SECRET}\n{OLDER}\n")
        cls.service.add_user("jane", "admin")
        cls.service.start()

    def log_in_there(self, role="admin", **more):
        return self.express.client(id=7, username="ann", role=role, tenantId="acme", **more)

    def here(self, cookie):
        return Client(self.service.base, cookie)

    def comes_to_be(self, condition, seconds=SEEN_SECONDS):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertLess(time.monotonic(), deadline)

    def test_a_login_there_is_a_session_here(self):
        there = self.log_in_there(contactId=42, cart=["anything", {"else": 1.5}])
        user = self.here(there.cookie).get("/api/user")
        self.assertEqual(user.json(), {"id": "7", "username": "ann", "role": "admin",
                                       "tenantId": "acme", "contactId": 42})
        made = self.here(there.cookie).create("from.express@example.com")
        self.assertEqual(made.status, 200, made)
        record = self.service.opened_records()[-1]
        self.assertEqual((record["actor"], record["actorname"]), ("ext:7", "ann"))

    # Trap: the application's user 1 is another person than our user 1, whatever it does in our session.
    def test_the_same_id_there_is_another_actor(self):
        here = self.service.client("jane")
        ours = here.create("of.ours@example.com", headers={"Idempotency-Key": "same"})
        self.assertEqual(ours.status, 200, ours)
        there = self.here(self.express.client(id=1, username="ann", role="admin", tenantId="acme").cookie)
        theirs = there.create("of.theirs@example.com", headers={"Idempotency-Key": "same"})
        self.assertEqual(theirs.status, 200, "the key of another actor")
        actors = {r["data"].get("email"): r["actor"] for r in self.service.opened_records()}
        self.assertEqual([actors[f"of.{whose}@example.com"] for whose in ("ours", "theirs")], ["1", "ext:1"])

    def test_an_id_that_is_an_address_is_not_recorded(self):
        there = self.express.client(id="zebedee@example.com", username="ann", role="admin", tenantId="acme")
        here = self.here(there.cookie)
        self.assertEqual(here.create("of.zebedee@example.org").status, 200)
        again = self.here(there.cookie).create("of.zebedee.too@example.org")
        self.assertEqual(again.status, 200)
        records = [r for r in self.service.opened_records() if r["type"] == "ContactCreated"]
        self.assertRegex(records[-1]["actor"], r"^ext:~[0-9a-f]{64}$")
        self.assertEqual(records[-1]["actor"], records[-2]["actor"], "one pseudonym")
        code, out, err = self.service.contacts("export", "--tenant", "acme")
        self.assertEqual(code, 0, err)
        self.assertNotIn("zebedee", out + self.service.errors())

    def test_a_login_here_is_a_session_there(self):
        here = self.service.client("jane")
        there = self.express.client(here.cookie)
        self.assertEqual(there.get("/user").json(), {"id": "1", "username": "jane", "role": "admin",
                                                     "tenantId": "acme", "contactId": None})
        self.assertEqual(here.get("/api/user").status, 200)
        self.assertEqual(here.send("POST", "/api/logout").status, 204)
        self.assertEqual(there.get("/user").status, 401)

    def test_a_logout_there_ends_our_session_here(self):
        here = self.service.client("jane")
        self.assertEqual(here.get("/api/user").status, 200)
        self.assertEqual(self.express.client(here.cookie).send("POST", "/logout").status, 204)
        self.comes_to_be(lambda: here.get("/api/user").status == 401)

    def test_a_logout_there_shows_here(self):
        there = self.log_in_there()
        here = self.here(there.cookie)
        self.assertEqual(here.get("/api/user").status, 200)
        self.assertEqual(there.send("POST", "/logout").status, 204)
        self.comes_to_be(lambda: here.get("/api/user").status == 401)

    def test_another_role_there_shows_here_in_list_and_etag(self):
        admin = self.here(self.log_in_there().cookie)
        self.assertEqual(admin.create("hidden@example.com", type="vendor").status, 200)
        there = self.log_in_there("member")
        here = self.here(there.cookie)
        before = here.get("/api/contacts")
        self.assertIn(b"hidden@example.com", before.body)
        self.assertEqual(here.create("no@example.com").status, 403)
        self.assertEqual(there.post("/change", {"role": "client"}).status, 200)
        self.comes_to_be(lambda: here.get("/api/user").json()["role"] == "client")
        after = here.get("/api/contacts", **{"If-None-Match": before.headers["ETag"]})
        self.assertEqual(after.status, 200)
        self.assertNotEqual(after.headers["ETag"], before.headers["ETag"])
        self.assertNotIn(b"hidden@example.com", after.body)

    def test_tenants_are_apart(self):
        acme = self.here(self.log_in_there().cookie)
        self.assertEqual(acme.create("only.acme@example.com").status, 200)
        other = self.here(self.express.client(id=7, username="ann", role="admin", tenantId=12).cookie)
        self.assertEqual(other.get("/api/user").json()["tenantId"], "12")
        self.assertNotIn(b"only.acme@example.com", other.get("/api/contacts").body)

    def test_a_session_without_a_usable_tenant_is_401_and_said_in_the_log(self):
        there = self.express.client(id=7, username="ann", role="admin", tenantId={"a": 1})
        self.assertEqual(there.get("/user").status, 200)
        self.assertEqual(self.here(there.cookie).get("/api/user").status, 401)
        self.comes_to_be(lambda: "the tenant is missing or not a text" in self.service.errors(), 20)

    def test_cookies_are_judged_as_express_judges_them(self):
        good = self.log_in_there().cookie
        sid, value = sid_of(good), good.split("=", 1)[1]
        gone = self.log_in_there()
        gone.send("POST", "/logout")
        expired = self.log_in_there()
        self.assertEqual(self.redis.ask("PEXPIRE", "sess:" + sid_of(expired.cookie), 1), "1")
        self.comes_to_be(lambda: self.redis.ask("EXISTS", "sess:" + sid_of(expired.cookie)) == "0")
        forged = signed(sid, OTHER)
        cases = {
            "good": good, "signed by the older secret": signed(sid, OLDER),
            "not encoded": "connect.sid=" + urllib.parse.unquote(value),
            "in quotes": f'connect.sid="{value}"', "among others": f"a=b; {good}; c=d",
            "good first, bad second": f"{good}; {forged}",
            "bad first, good second": f"{forged}; {good}", "empty first": f"connect.sid=; {good}",
            "none": "a=b", "logged out": gone.cookie, "expired": expired.cookie,
            "changed id": good.replace(sid[:3], "AAA"), "changed signature": good[:-2] + "AA",
            "truncated": good[:-1], "other secret": forged, "unsigned": "connect.sid=" + sid,
            "no signature": "connect.sid=s%3A" + sid, "unknown but signed": signed("unknown", SECRET),
            "other case of the name": good.replace("connect", "Connect"),
        }
        verdicts = {name: self.express.client(cookie).get("/user").status
                    for name, cookie in cases.items()}
        self.assertEqual({name for name, status in verdicts.items() if status == 200},
                         {"good", "signed by the older secret", "not encoded", "in quotes",
                          "among others", "good first, bad second"})
        for name, cookie in cases.items():
            self.assertEqual(self.here(cookie).get("/api/user").status, verdicts[name], name)

    def test_the_store_is_counted(self):
        self.assertEqual(self.here(self.log_in_there().cookie).get("/api/user").status, 200)
        metrics = self.service.metrics()
        self.assertRegex(metrics, r"\ncontacts_session_lookups_total [1-9]")
        self.assertIn("# TYPE contacts_session_lookups_total counter", metrics)
        self.assertIn("\ncontacts_session_store_up 1", metrics)


class WithoutRedis(unittest.TestCase):
    def test_it_says_so_and_heals_without_a_restart(self):
        with Redis() as redis, Service("--sessions", redis.url, "--redis-timeout-ms", "1000") as service:
            service.add_user("jane", "admin")
            redis.kill()
            service.start()
            self.refused(service, Client(service.base, signed("any", SECRET)), 401)
            redis.start()
            self.becomes_ready(service)
            jane = service.client("jane")
            self.assertEqual(jane.get("/api/user").status, 200)
            redis.pause()
            self.comes_to(jane, 503)
            self.refused(service, jane, 503)
            redis.go_on()
            self.comes_to(jane, 200)
            self.becomes_ready(service)
            redis.kill()
            self.comes_to(jane, 503)
            self.refused(service, jane, 503)
            redis.start()
            self.becomes_ready(service)
            self.assertEqual(jane.get("/api/user").status, 401)  # it kept nothing
            self.assertEqual(service.client("jane").get("/api/user").status, 200)

    def refused(self, service, client, status):
        answer = client.get("/api/user")
        self.assertEqual(answer.status, status, answer)
        ready = service.ready()
        self.assertEqual(ready.status, 503, ready)
        self.assertIn("Redis at", ready.json()["message"])
        if status == 503:
            self.assertGreaterEqual(int(answer.headers["Retry-After"]), 1)
        login = service.client().post("/api/login", {"username": "jane", "password": "correct horse",
                                                     "tenant": "acme"})
        self.assertEqual(login.status, 503, login)
        self.assertNotIn("Set-Cookie", login.headers)

    def comes_to(self, client, status):
        deadline = time.monotonic() + 20
        while client.get("/api/user").status != status:
            self.assertLess(time.monotonic(), deadline)

    def becomes_ready(self, service):
        deadline = time.monotonic() + 20
        while service.ready().status != 200:
            self.assertLess(time.monotonic(), deadline)


if __name__ == "__main__":
    unittest.main()
