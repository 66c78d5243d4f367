"""Commands as operators type and mistype them, and the output that they read."""
import json
import os
import pty
import select
import signal
import subprocess
import termios
import unittest

from tests.e2e.service import CONTACTS, PASSWORD, Client, Service, run, wait_until


def in_order(records):
    return [(r["type"], r["actor"], r["actorname"], r.get("reason")) for r in records]


class Words(unittest.TestCase):
    def test_the_version_and_help_in_each_way_they_are_asked_for(self):
        for words in (["--version"], ["-V"]):
            self.assertEqual(run(*words), run("version"))
        shown = run("user", "add", "--help")
        self.assertIn("Usage: contacts user add", shown[1])
        for words in (["help", "user", "add"], ["user", "help", "add"]):
            self.assertEqual(run(*words), shown, words)
        self.assertEqual(run("user", "help"), run("user", "--help"))
        self.assertEqual(run("help"), run("--help"))
        code, out, err = run()
        self.assertEqual((code, out), (2, ""))
        self.assertIn("contacts serve --demo", err)

    def test_a_mistyped_word_is_answered_with_near_ones(self):
        for words, said in ((["uesr", "list"], "there is no verb 'uesr'; did you mean 'user'?"),
                            (["help", "exprot"], "did you mean 'export'?"),
                            (["user", "lst"], "there is no verb 'user lst'; did you mean 'user list'?"),
                            (["user"], "needs one more word: add, list"),
                            (["xyzzy"], "there is no verb 'xyzzy'.\n"),
                            (["user", "list", "--tennant", "t"], "'--tennant'; did you mean '--tenant'?"),
                            (["serve", "--lisen=a:1"], "'--lisen'; did you mean '--listen'?"),
                            (["--data", "d", "status"], "flags come after the verb"),
                            (["export", "--tenant", "t", "--from", "0"], "a whole number, 1 or more")):
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(said, err)
        code, _, err = run("user", "add", "--tenant", "acme")
        self.assertEqual(code, 2)
        self.assertIn("username and --role TEXT are missing", err)
        self.assertIn("Usage: contacts user add USERNAME --tenant TENANT --role TEXT", err)


class OnOneServer(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = cls.enterClassContext(Service())
        cls.service.add_user("user 1", "admin")
        cls.service.start()

    def ask(self, *words, stdin="", code=0):
        """The command's stdout, or its stderr when it must fail."""
        got, out, err = self.service.contacts(*words, stdin=stdin)
        self.assertEqual(got, code, (words, out, err))
        if code != 0:
            self.assertEqual(out, "")
        return err if code else out

    def add(self, name, *flags, tenant="acme", role="member", code=0):
        return self.ask("user", "add", name, "--tenant", tenant, "--role", role, *flags,
                        stdin=PASSWORD + "\n", code=code)

    def records(self, tenant="acme"):
        return self.service.opened_records(tenant)

    def test_a_tenant_or_a_role_is_made_only_on_request(self):
        """A mistyped `--tenant dmeo` was a tenant for ever."""
        for words, near in ((["user", "add", "x", "--role", "admin"], "acme"),
                            (["token", "add", "x", "--scope", "read"], "acme")):
            err = self.ask(*words, "--tenant", "acem", stdin=PASSWORD, code=1)
            self.assertIn("There is no tenant 'acem'; did you mean 'acme'?", err)
            self.assertIn("--create", err)
        self.assertIn("no tenant 'acem'", self.ask("tenant", "limit", "acem", "--contacts", "1",
                                                   code=1))
        err = self.add("x", role="amdin", code=1)
        self.assertIn("There is no role 'amdin'; did you mean 'admin'?", err)
        self.assertIn("There is no role 'guest'.", self.ask(
            "user", "role", "user 1", "--tenant", "acme", "--role", "guest", code=1))
        self.assertNotIn("acem", self.ask("tenant", "list"))
        self.assertEqual(self.add("gus", "--create", role="guest"),
                         "gus may log in to acme as guest.\n")
        self.add("gustav", role="guest")  # there is one
        for role in ("auditor", "client", "token:read"):
            self.add("of " + role.replace(":", " "), role=role)
        self.assertEqual(self.add("jo", "--create", tenant="made"),
                         "jo may log in to made as member.\n")

    def test_ops_has_the_same_rule(self):
        with open(os.path.join(self.service.data, "ops.json"), encoding="utf-8") as file:
            token = {"Authorization": "Bearer " + json.load(file)["token"]}
        admin = Client(self.service.admin)
        asked = {"operation": "tenant-limit", "tenant": "by-ops", "contacts": 3}
        refused = admin.post("/ops", asked, token)
        self.assertEqual(refused.status, 404, refused)
        self.assertEqual([f["path"] for f in refused.json()["fields"]], ["/create"])
        made = admin.post("/ops", {**asked, "create": True, "as": "Olga", "reason": "so"}, token)
        self.assertEqual(made.status, 200, made)
        self.assertEqual(in_order(self.records("by-ops")),
                         [("TenantLimited", "operator:olga", "Olga", "so")])
        bad = admin.post("/ops", {**asked, "as": "O\u202elga"}, token)
        self.assertEqual(bad.status, 400)
        self.assertIn("U+202E", bad.json()["message"])

    def test_tenants_users_and_tokens_that_are_not_there_have_near_ones(self):
        for words in (["user", "list"], ["token", "list"], ["export"], ["user", "disable", "x"],
                      ["user", "role", "x", "--role", "admin"], ["user", "logout", "x"],
                      ["user", "unlock", "x"], ["user", "invite", "x"], ["token", "revoke", "x"]):
            err = self.ask(*words, "--tenant", "amce", code=1)
            self.assertIn("There is no tenant 'amce'; did you mean 'acme'?", err, words)
        for words in (["disable"], ["enable"], ["logout"], ["invite"], ["unlock"],
                      ["role", "--role", "admin"]):
            err = self.ask("user", words[0], "usr 1", *words[1:], "--tenant", "acme", code=1)
            self.assertIn("no user 'usr 1' in tenant acme; did you mean 'user 1'?", err)

    def test_lists_are_tables_in_the_order_in_which_people_look(self):
        self.ask("tenant", "limit", "lists", "--contacts", "3", "--create")
        self.assertEqual(self.ask("user", "list", "--tenant", "lists"), "no users in tenant lists\n")
        self.assertEqual(self.ask("token", "list", "--tenant", "lists"),
                         "no tokens in tenant lists\n")
        for number in (10, 2, 1):
            self.add(f"user {number}", tenant="lists", role="member" if number == 2 else "admin")
        self.ask("user", "disable", "user 2", "--tenant", "lists")
        self.assertEqual(self.ask("user", "list", "--tenant", "lists"),
                         "USER     ROLE    CONTACT  STATE\n"
                         "user 1   admin   -        active\n"
                         "user 2   member  -        disabled\n"
                         "user 10  admin   -        active\n")
        for name in ("Feed 10", "feed 9", "\u00e4"):
            code, out, err = self.service.contacts("token", "add", name, "--scope", "read",
                                                   "--tenant", "lists")
            self.assertEqual(code, 0)
            self.assertRegex(out, r"\Actk_\w+\n\Z")
            self.assertIn("shown this once", err)
        lines = self.ask("token", "list", "--tenant", "lists").splitlines()
        self.assertEqual([line[:8] for line in lines], ["TOKEN   ", "feed 9  ", "Feed 10 ", "\u00e4       "])
        of_lists = next(line for line in self.ask("tenant", "list").splitlines()
                        if line.startswith("lists"))
        self.assertEqual(of_lists.split()[:4] + of_lists.split()[-1:], ["lists", "0", "3", "3", "open"])
        self.assertEqual([json.loads(line)["username"] for line in
                          self.ask("user", "list", "--tenant", "lists", "--json").splitlines()],
                         ["user 1", "user 2", "user 10"])

    def test_who_may_not_log_in_and_why_is_in_the_list(self):
        admin = self.service.client("user 1")
        admin.create("no-password@x.org", canLogin=True)
        admin.create("invited@x.org", canLogin=True)
        code, out, err = self.service.contacts("user", "invite", "invited@x.org", "--tenant", "acme")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"\Acin_\w+\n\Z")
        self.assertIn("sets a password, once, until 20", err)
        self.add("locked")
        client = Client(self.service.base)
        body = {"username": "locked", "password": "wrong", "tenant": "acme"}
        self.assertEqual([client.post("/api/login", body).status for _ in range(6)],
                         [401] * 5 + [429])
        self.assertEqual(client.post("/api/login", {**body, "username": "user 1"}).status, 429)
        listed = self.ask("user", "list", "--tenant", "acme")
        time_shown = r"20\S+Z"
        for line in (r"no-password@x.org +client +\d+ +no password yet",
                     rf"invited@x.org +client +\d+ +invited until {time_shown}",
                     rf"locked +member +- +active; locked until {time_shown} at 127\.0\.0\.1"):
            self.assertRegex(listed, "(?m)^" + line + "$")
        # The whole address is locked; so nobody else can log in there.
        self.assertRegex(self.ask("address", "list"), rf"127\.0\.0\.1 +{time_shown}")
        locks = self.service.status()["locks"]
        self.assertEqual([lock["address"] for lock in locks], ["127.0.0.1"])
        self.assertIn("is not an address", self.ask("address", "unlock", "here", code=1))
        self.assertEqual(self.ask("address", "unlock", "127.0.0.1"),
                         "127.0.0.1 is not locked any more.\n")
        self.assertEqual(self.ask("address", "list"), "no address is locked\n")
        right = {**body, "username": "user 1", "password": PASSWORD}
        self.assertEqual(client.post("/api/login", right).status, 200)
        self.assertEqual(client.post("/api/login", body).status, 429, "the account is locked still")
        self.ask("user", "unlock", "locked", "--tenant", "acme")
        self.assertNotIn("locked until", self.ask("user", "list", "--tenant", "acme"))

    def test_who_changed_something_and_why_is_in_the_record(self):
        self.add("a", "--create", "--as", " Olga Ruiz ", "--reason", "ticket 7", tenant="who")
        run("user", "disable", "a", "--tenant", "who", "--data", self.service.data,
            environment={"SUDO_USER": "sam"})
        whoami = subprocess.run(["id", "-un"], capture_output=True, check=True).stdout.decode().strip()
        environment = {"SUDO_USER": ""}
        run("user", "enable", "a", "--tenant", "who", "--data", self.service.data,
            environment=environment)
        self.assertEqual(in_order(self.records("who")), [
            ("UserAdded", "operator:olga ruiz", "Olga Ruiz", "ticket 7"),
            ("PasswordSet", "operator:olga ruiz", "Olga Ruiz", "ticket 7"),
            ("UserChanged", "operator:sam", "sam", None),
            ("UserChanged", "operator:" + whoami, whoami, None)])
        for flags, said in ((["--as", "\u200b"], "a character that can be seen"),
                            (["--as", "x" * 255], "at most 254"),
                            (["--reason", "a\u202eb"], "U+202E"), (["--reason", "r" * 501], "500")):
            self.assertIn(said, self.ask("user", "logout", "a", "--tenant", "who", *flags, code=1))
        self.assertEqual(len(self.records("who")), 4)
        for words, code in ((["user", "list"], 2), (["token", "list"], 2), (["export"], 1)):
            self.assertIn("--as", self.ask(*words, "--tenant", "who", "--as", "x", code=code))

    def test_an_export_of_nothing_says_why(self):
        self.ask("tenant", "limit", "short", "--contacts", "3", "--create")
        for flags, said in ((["--from", "2"], "no records from record 2 on"),
                            (["--from", "5", "--to", "9"], "from record 5 on up to record 9")):
            code, out, err = self.service.contacts("export", "--tenant", "short", *flags)
            self.assertEqual((code, out), (0, ""))
            self.assertIn(said, err)
        err = self.ask("export", "--tenant", "short", "--from", "3", "--to", "2", code=1)
        self.assertIn("The first record, 3, comes after the last one, 2", err)

    def on_a_terminal(self, *words, data=None):
        """A command whose stdin and stderr are a terminal, in a process group of its own."""
        ours, its = pty.openpty()
        self.addCleanup(os.close, ours)
        self.addCleanup(os.close, its)
        process = subprocess.Popen([CONTACTS, *words, "--data", data or self.service.data],
                                   stdin=its,
                                   stderr=its, stdout=subprocess.PIPE, process_group=0)
        self.addCleanup(process.stdout.close)
        return process, ours, its

    def read_until(self, terminal, text):
        read = b""
        while text not in read:
            ready, _, _ = select.select([terminal], [], [], 20)
            self.assertTrue(ready, read)
            read += os.read(terminal, 4096)
        return read

    def echoes(self, terminal):
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    def test_a_signal_at_a_password_leaves_the_terminal_as_it_was(self):
        """After Ctrl-C the shell did not show the typed characters."""
        for sent in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            process, ours, its = self.on_a_terminal("user", "passwd", "user 1", "--tenant", "acme")
            self.read_until(ours, b"Password: ")
            wait_until(lambda: not self.echoes(its))
            process.send_signal(sent)
            self.assertEqual(process.wait(20), -sent)
            self.assertTrue(self.echoes(its), sent)

    def test_a_password_is_asked_for_only_when_all_else_is_right(self):
        """The password was typed twice, and then the role was unknown."""
        process, ours, _ = self.on_a_terminal("user", "add", "late", "--tenant", "acme", "--role",
                                              "amdin")
        shown = self.read_until(ours, b"Make it? [y/N] ")
        self.assertIn(b"There is no role 'amdin'", shown)
        os.write(ours, b"n\n")
        self.assertEqual(process.wait(20), 1)
        self.assertNotIn(b"Password", shown)
        process, ours, _ = self.on_a_terminal("user", "passwd", "usr 1", "--tenant", "acme")
        shown = self.read_until(ours, b"did you mean 'user 1'?")
        self.assertEqual(process.wait(20), 1)
        self.assertNotIn(b"Password", shown)

    def test_no_directory_is_held_while_a_password_is_typed(self):
        """A prompt that was forgotten kept the server from starting."""
        with Service() as other:
            other.add_user("first", "admin")
            process, ours, its = self.on_a_terminal("user", "add", "second", "--tenant", "acme",
                                                    "--role", "member", data=other.data)
            self.read_until(ours, b"Password: ")
            code, out, err = other.contacts("user", "list", "--tenant", "acme")
            self.assertEqual(code, 0, err)
            self.assertNotIn("second", out)
            for prompt in (None, b"Once more: "):
                if prompt:
                    self.read_until(ours, prompt)
                wait_until(lambda: not self.echoes(its))
                os.write(ours, PASSWORD.encode() + b"\n")
            self.assertEqual(process.wait(20), 0)
            self.assertIn("second", other.contacts("user", "list", "--tenant", "acme")[1])

    def test_a_password_can_be_typed_after_a_stop(self):
        process, ours, its = self.on_a_terminal("user", "add", "stopped", "--tenant", "acme",
                                                "--role", "member")
        self.read_until(ours, b"Password: ")
        wait_until(lambda: not self.echoes(its))
        process.send_signal(signal.SIGTSTP)
        self.assertTrue(os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1]))
        self.assertTrue(self.echoes(its))
        process.send_signal(signal.SIGCONT)
        self.read_until(ours, b"Password: ")
        wait_until(lambda: not self.echoes(its))
        os.write(ours, PASSWORD.encode() + b"\n")
        shown = self.read_until(ours, b"Once more: ")
        wait_until(lambda: not self.echoes(its))
        os.write(ours, PASSWORD.encode() + b"\n")
        self.assertEqual(process.wait(20), 0)
        self.assertNotIn(PASSWORD.encode(), shown)
        self.assertTrue(self.echoes(its))
        self.service.client("stopped")

    def test_the_end_of_the_file_at_a_password(self):
        process, ours, its = self.on_a_terminal("user", "passwd", "user 1", "--tenant", "acme")
        self.read_until(ours, b"Password: ")
        wait_until(lambda: not self.echoes(its))
        os.write(ours, b"\x04")
        self.assertEqual(process.wait(20), 1)
        self.read_until(ours, b"No password was given")
        self.assertTrue(self.echoes(its))

    def test_a_yes_at_the_terminal_makes_a_tenant(self):
        for answer, code in ((b"n\n", 1), (b"y\n", 0)):
            process, ours, _ = self.on_a_terminal("token", "add", "x", "--scope", "read", "--tenant",
                                                  "asked")
            self.read_until(ours, b"Make it? [y/N] ")
            os.write(ours, answer)
            self.assertEqual(process.wait(20), code)
            self.assertEqual("asked" in self.ask("tenant", "list"), code == 0)


if __name__ == "__main__":
    unittest.main()
