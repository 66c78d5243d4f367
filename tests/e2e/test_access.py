"""Which users get in, and what each may do."""
import http.cookiejar
import json
import unittest
import urllib.error
import urllib.request

from tests.e2e.service import PASSWORD, Client, Service


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        for name in ("admin", "consultant", "member", "client", "auditor"):
            cls.service.add_user(name, name)
        cls.service.add_user("admin", "admin", tenant="umbrella")
        cls.service.start()

    def test_401_without_with_a_forged_and_with_a_foreign_cookie(self):
        good = self.service.client("member").cookie
        forged = good[:-3] + ("AAA" if not good.endswith("AAA") else "BBB")
        for cookie in (None, "connect.sid=x", "connect.sid=", forged, "other=" + good.split("=")[1],
                       forged + "; " + good):
            for method, path in (("GET", "/api/contacts"), ("POST", "/api/contacts"),
                                 ("GET", "/api/contacts/mentions"), ("GET", "/api/user")):
                answer = Client(self.service.base, cookie).send(method, path)
                self.assertEqual(answer.status, 401, (cookie, path))
                self.assertEqual(answer.json()["error"], "Unauthorized")
        self.assertEqual(Client(self.service.base, good).get("/api/user").status, 200)

    def test_401_wrong_password_unknown_user_other_tenants_user(self):
        for body in ({"username": "admin", "password": "wrong", "tenant": "acme"},
                     {"username": "nobody", "password": PASSWORD, "tenant": "acme"},
                     {"username": "member", "password": PASSWORD, "tenant": "umbrella"},
                     {"username": "admin", "password": PASSWORD, "tenant": "none"}):
            answer = self.service.client().post("/api/login", body)
            self.assertEqual(answer.status, 401, body)
            self.assertNotIn("Set-Cookie", answer.headers)

    def test_400_when_a_login_names_no_tenant_and_there_is_no_default(self):
        answer = self.service.client().post("/api/login", {"username": "admin", "password": PASSWORD})
        self.assertEqual(answer.status, 400)
        self.assertEqual([f["path"] for f in answer.json()["fields"]], ["/tenant"])

    def test_login_renews_the_session_and_logout_ends_it(self):
        client = self.service.client("member")
        old = client.cookie
        answer = client.post("/api/login", {"username": "member", "password": PASSWORD,
                                            "tenant": "acme"})
        cookie, *attributes = answer.headers["Set-Cookie"].split("; ")
        self.assertNotEqual(cookie, old)
        self.assertEqual(sorted(attributes), ["HttpOnly", "Path=/", "SameSite=Lax"])
        self.assertEqual(Client(self.service.base, old).get("/api/user").status, 401)
        client.cookie = cookie
        self.assertEqual(client.get("/api/user").status, 200)
        ended = client.send("POST", "/api/logout")
        self.assertEqual(ended.status, 204)
        self.assertIn("Expires=Thu, 01 Jan 1970", ended.headers["Set-Cookie"])
        self.assertEqual(client.get("/api/user").status, 401)

    def test_a_client_with_an_old_cookie_before_the_new_one_gets_out(self):
        """A cookie of an earlier path came first, so every request got 401, after each log-in again."""
        jar = http.cookiejar.CookieJar()
        opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))

        def ask(path, body=None):
            request = urllib.request.Request(f"http://{self.service.base}{path}", body)
            request.add_header("Content-Type", "application/json")
            try:
                with opener.open(request, timeout=20) as answer:
                    return answer.status, answer.read().decode(), answer.headers
            except urllib.error.HTTPError as refused:
                with refused:
                    return refused.code, refused.read().decode(), refused.headers

        def put(path):
            jar.set_cookie(http.cookiejar.Cookie(
                0, "connect.sid", "s%3Aold.forged", None, False, self.service.base.split(":")[0], True,
                False, path, True, False, None, False, None, None, {}))

        login = json.dumps({"username": "member", "password": PASSWORD, "tenant": "acme"}).encode()
        for old in ("/api", "/api/", "/api/contacts", "/api/contacts/mentions"):
            jar.clear()
            put(old)
            self.assertEqual(ask("/api/login", login)[0], 200)
            self.assertEqual(len(jar), 2, old)
            code, body, headers = ask("/api/contacts/mentions")
            self.assertEqual(code, 401, old)
            self.assertIn("2 cookies named 'connect.sid'", json.loads(body)["message"])
            self.assertLess(len(str(headers)), 3000)
            self.assertEqual(list(jar), [], old)
            self.assertEqual(ask("/api/login", login)[0], 200)
            self.assertEqual(ask("/api/contacts/mentions")[0], 200, old)
        # A log-in that brings two cookies keeps its own.
        put("/api")
        self.assertEqual(ask("/api/login", login)[0], 200)
        self.assertEqual([c.path for c in jar], ["/"])
        self.assertEqual(ask("/api/user")[0], 200)

    def test_403_for_roles_that_only_read(self):
        for name in ("member", "client", "auditor"):
            answer = self.service.client(name).create(f"{name}@example.com")
            self.assertEqual(answer.status, 403, name)
            self.assertEqual(answer.json()["error"], "Forbidden")
        emails = [c["email"] for c in self.service.client("admin").get("/api/contacts").json()]
        self.assertFalse(set(emails) & {"member@example.com", "client@example.com"})

    def test_409_for_a_taken_email_in_other_case_and_with_spaces_but_not_in_another_tenant(self):
        admin = self.service.client("admin")
        first = admin.create(" Taken@Example.com ")
        self.assertEqual(first.status, 200, first)
        self.assertEqual(first.json()["email"], "Taken@Example.com")
        for email in ("taken@example.com", "\tTAKEN@EXAMPLE.COM\n", "Taken@Example.com"):
            answer = self.service.client("consultant").create(email)
            self.assertEqual(answer.status, 409, email)
            self.assertEqual(answer.json()["error"], "Conflict")
        other = self.service.client("admin", tenant="umbrella")
        self.assertEqual(other.create("taken@example.com").json()["id"], 1)
        self.assertEqual([c["email"] for c in other.get("/api/contacts").json()],
                         ["taken@example.com"])

    def test_a_changed_role_and_a_disabled_user_count_at_once(self):
        self.service.add_user("temp", "consultant")
        temp = self.service.client("temp")
        self.assertEqual(temp.create("temp1@example.com").status, 200)
        self.assertEqual(self.service.contacts("user", "role", "temp", "--tenant", "acme",
                                               "--role", "member")[0], 0)
        self.assertEqual(temp.get("/api/user").json()["role"], "member")
        self.assertEqual(temp.create("temp2@example.com").status, 403)
        self.assertEqual(self.service.contacts("user", "disable", "temp", "--tenant", "acme")[0], 0)
        self.assertEqual(temp.get("/api/contacts").status, 401)
        self.assertEqual(self.service.contacts("user", "enable", "temp", "--tenant", "acme")[0], 0)
        self.assertEqual(temp.get("/api/contacts").status, 401)
        temp = self.service.client("temp")
        self.assertEqual(temp.get("/api/contacts").status, 200)
        self.assertEqual(self.service.contacts("user", "passwd", "temp", "--tenant", "acme",
                                               stdin="another one\n")[0], 0)
        self.assertEqual(temp.get("/api/contacts").status, 401)
        self.assertEqual(self.service.client("temp", password="another one").get("/user").status, 200)

    def test_log_out_everywhere_ends_each_session_of_that_user_alone(self):
        self.service.add_user("twice", "member")
        one, other, member = (self.service.client(n) for n in ("twice", "twice", "member"))
        code, out, err = self.service.contacts("user", "logout", "Twice", "--tenant", "acme",
                                               "--json")
        self.assertEqual((code, err), (0, ""))
        self.assertIn('"username":"twice"', out)
        self.assertEqual(one.get("/api/user").status, 401)
        self.assertEqual(other.get("/api/user").status, 401)
        self.assertEqual(member.get("/api/user").status, 200)
        self.assertEqual(self.service.client("twice").get("/api/user").status, 200)

    def test_can_login_opens_an_account_that_gets_its_password_from_the_operator(self):
        admin = self.service.client("admin")
        contact = admin.create("Login@Example.com", canLogin=True, type="internal").json()
        code, _, err = self.service.contacts("user", "passwd", "login@example.com", "--tenant",
                                             "acme", stdin=PASSWORD + "\n")
        self.assertEqual(code, 0, err)
        user = self.service.client("login@example.com").get("/api/user").json()
        self.assertEqual((user["role"], user["contactId"], user["tenantId"]),
                         ("member", contact["id"], "acme"))


class Expiry(unittest.TestCase):
    def test_a_session_ends_by_its_absolute_life(self):
        with Service("--session-life", "2") as service:
            service.add_user("admin", "admin")
            service.start()
            client = service.client("admin")
            statuses = [client.get("/api/user").status]
            while statuses[-1] == 200 and len(statuses) < 1_000_000:
                statuses.append(client.get("/api/user").status)
            self.assertLessEqual(set(statuses[:-1]), {200})
            self.assertEqual(statuses[-1], 401)
            self.assertEqual(client.create("late@example.com").status, 401)


if __name__ == "__main__":
    unittest.main()
