"""The command line: with a server and without, and its errors."""
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from tests.e2e.service import CONTACTS, PASSWORD, Client, Service, run


class Usage(unittest.TestCase):
    def test_version_and_help(self):
        code, out, _ = run("version")
        self.assertEqual(code, 0)
        self.assertRegex(out, r"^contacts \d+\.\d+\.\d+\n$")
        for words in (["--help"], ["serve", "--help"], ["user", "--help"], ["user", "add", "--help"],
                      ["export", "--help"], ["schemas", "--help"]):
            code, out, err = run(*words)
            self.assertEqual((code, err), (0, ""), words)
            self.assertIn("Usage", out)

    def test_wrong_usage_is_2_and_says_what_is_wrong(self):
        for words, said in (([], "Begin with"), (["frob"], "no verb 'frob'"),
                            (["serve", "--threads", "0"], "--threads"),
                            (["serve", "--colour"], "--colour"),
                            (["serve", "--log", "kafka"], "--kafka-config"),
                            (["serve", "--log", "paper"], "embedded or kafka"),
                            (["serve", "--log-format", "xml"], "--log-format"),
                            (["serve", "--default-tenant", "a/b"], "--default-tenant"),
                            (["user", "list"], "--tenant"),
                            (["user", "add", "--tenant", "t", "--role", "admin"], "username"),
                            (["export", "--tenant", "t", "--from", "0"], "--from"),
                            (["schemas"], "directory"), (["schemas", "a", "b"], "b")):
            code, out, err = run(*words)
            self.assertEqual((code, out), (2, ""), words)
            self.assertIn(said, err)

    def test_arguments_that_are_not_utf8_are_refused_before_anything_is_done(self):
        """A user name with a byte 0xFF became a record that was appended for ever."""
        with tempfile.TemporaryDirectory() as folder:
            data = os.path.join(folder, "data")
            for words, name in (((b"user", b"add", b"jo\xff", b"--role", b"admin"), "username"),
                                ((b"user", b"add", b"jo", b"--role", b"ad\xff"), "--role"),
                                ((b"token", b"add", b"f\xff", b"--scope", b"read"), "name")):
                code, out, err = run(*words, b"--tenant", b"t", b"--data", os.fsencode(data),
                                     stdin=PASSWORD)
                self.assertEqual((code, out), (2, ""), words)
                self.assertIn(name, err)
                self.assertIn("UTF-8", err)
            self.assertFalse(os.path.exists(data))

    def test_a_password_that_is_not_utf8_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            code, out, err = run("user", "add", "jo", "--role", "admin", "--tenant", "t", "--data",
                                 folder, stdin="passw\udcffrd\n")
            self.assertEqual((code, out), (1, ""))
            self.assertIn("UTF-8", err)
            self.assertEqual(os.listdir(folder), [])

    def test_settings_come_from_flag_then_variable_then_file(self):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "contacts.toml")
            with open(path, "w", encoding="utf-8") as file:
                file.write('threads = 1\ndata = "/dev/null/file"\n')
            code, _, err = run("serve", "--config", path)
            self.assertEqual(code, 1)
            self.assertIn("/dev/null/file", err)
            code, _, err = run("serve", "--config", path,
                               environment={"CONTACTS_DATA": "/dev/null/variable"})
            self.assertIn("/dev/null/variable", err)
            code, _, err = run("serve", "--config", path, "--data",
                               "/dev/null/flag", environment={"CONTACTS_DATA": "/dev/null/variable"})
            self.assertIn("/dev/null/flag", err)
            for text, said in (('lisen = "x"\n', "lisen"), ("threads = 0\n", ":1: threads")):
                with open(path, "w", encoding="utf-8") as file:
                    file.write(text)
                code, _, err = run("serve", "--config", path)
                self.assertEqual(code, 2)
                self.assertIn(said, err)
            self.assertEqual(run("serve", "--config", path + ".none")[0], 2)


class Users(unittest.TestCase):
    def test_users_without_a_server(self):
        with Service() as service:
            self.walk(service)
            service.start()
            self.logs_in(service)

    def test_users_with_a_server(self):
        with Service() as service:
            service.start()
            self.walk(service)
            self.logs_in(service)

    def walk(self, service):
        jane = service.add_user("jane", "consultant")
        self.assertEqual(jane, {"id": "1", "username": "jane", "role": "consultant",
                                "disabled": False, "hasPassword": True, "contactId": None,
                                "state": "active"})
        service.add_user("joe", "member")
        service.add_user("jane", "admin", tenant="umbrella")
        code, out, err = service.contacts("user", "add", "jane", "--tenant", "acme", "--role", "member",
                                          stdin=PASSWORD)
        self.assertEqual((code, out), (1, ""))
        self.assertIn("a user of this name exists already", err)
        for words, stdin, said in ((["passwd", "nobody"], PASSWORD, "nobody"),
                                   (["disable", "nobody"], "", "nobody"),
                                   (["logout", "nobody"], "", "nobody"),
                                   (["passwd", "joe"], "short\n", "8 to 256 characters"),
                                   (["passwd", "joe"], "", "password"),
                                   (["add", "x" * 300, "--role", "r"], PASSWORD, "username")):
            code, out, err = service.contacts("user", *words, "--tenant", "acme", stdin=stdin)
            self.assertEqual((code, out), (1, ""), words)
            self.assertIn(said, err)
        self.assertEqual(service.contacts("user", "disable", "joe", "--tenant", "acme")[0], 0)
        self.assertEqual(service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                          "admin")[0], 0)
        self.assertEqual(service.contacts("user", "passwd", "jane", "--tenant", "acme",
                                          stdin="a new password\n")[0], 0)
        code, out, _ = service.contacts("user", "list", "--tenant", "acme", "--json")
        self.assertEqual([(u["username"], u["role"], u["disabled"])
                          for u in map(json.loads, out.splitlines())],
                         [("jane", "admin", False), ("joe", "member", True)])
        self.assertEqual(service.contacts("user", "list", "--tenant", "none")[:2], (1, ""))
        self.assertEqual(service.contacts("export", "--tenant", "none")[0], 1)
        self.assertEqual([(t["tenant"], t["users"]) for t in service.status()["tenants"]],
                         [("acme", 2), ("umbrella", 1)])

    def logs_in(self, service):
        def status(name, password):
            return Client(service.base).post("/login", {"username": name, "password": password,
                                                        "tenant": "acme"}).status
        self.assertEqual(status("jane", "a new password"), 200)
        self.assertEqual(status("jane", PASSWORD), 401)
        self.assertEqual(status("joe", PASSWORD), 401)

    def test_no_password_is_in_the_history(self):
        with Service() as service:
            service.add_user("jane", "admin", password="hunter2 hunter2")
            export = service.contacts("export", "--tenant", "acme")[1]
            self.assertIn("PasswordSet", export)
            self.assertNotIn("hunter2", export)
            self.assertNotIn("argon2", export)


class Spellings(unittest.TestCase):
    def on_a_terminal(self, service, *words):
        """Returns the output of a command whose stdout is a terminal."""
        ours, its = pty.openpty()
        with subprocess.Popen([CONTACTS, *words, "--data", service.data], stdout=its) as process:
            os.close(its)
            printed = b""
            try:
                while piece := os.read(ours, 65536):
                    printed += piece
            except OSError:  # Linux reports this way that the other end is closed
                pass
            os.close(ours)
            self.assertEqual(process.wait(), 0)
        return printed.decode().replace("\r\n", "\n")

    def test_one_user_and_one_password_however_they_are_typed(self):
        """JÜRGEN was another user than jürgen, and a password in NFD another than in NFC."""
        with Service() as service:
            user = service.add_user(" JU\u0308RGEN\u00a0", "admin", password="gru\u0308\u00dfe 123")
            self.assertEqual(user["username"], "j\u00fcrgen")
            code, _, err = service.contacts("user", "add", "J\u00fcrgen", "--role", "member", "--tenant",
                                            "acme", stdin=PASSWORD)
            self.assertEqual(code, 1)
            self.assertIn("exists already", err)
            code, _, err = service.contacts("user", "add", "jo\u200b", "--role", "member", "--tenant",
                                            "acme", stdin=PASSWORD)
            self.assertEqual(code, 1)
            self.assertIn("U+200B at position 3", err)
            name = "feed \u2067x\u2069"
            code, _, err = service.contacts("token", "add", name, "--scope", "read", "--tenant", "acme")
            self.assertEqual(code, 1)
            self.assertIn("U+2067 at position 6", err)
            service.start()
            for typed in ("j\u00fcrgen", "J\u00dcRGEN", "ju\u0308rgen"):
                answer = Client(service.base).post("/login", {
                    "username": typed, "password": "gr\u00fc\u00dfe\u00a0123", "tenant": "acme"})
                self.assertEqual(answer.status, 200, typed)
            admin = Client(service.base, answer.headers["Set-Cookie"].split(";")[0])
            self.assertEqual(admin.create("feed@x.org", fullName=name).status, 200)
            words = ("export", "--tenant", "acme", "--open", "--recipient", "a test", "--from", "3", "--to", "3")
            piped = service.contacts(*words)[1]
            self.assertIn(name, piped)
            shown = self.on_a_terminal(service, *words)
            self.assertIn("feed \\u2067x\\u2069", shown)
            self.assertEqual(*([json.loads(line) for line in text.splitlines()] for text in (shown, piped)))


class Serving(unittest.TestCase):
    def failed(self, *flags, said):
        code, out, err = run("serve", "--admin-listen", "127.0.0.1:0", *flags)
        self.assertEqual((code, out), (1, ""), err)
        self.assertIn(said, err)
        self.assertNotIn("terminate", err)

    def test_the_cause_of_a_failed_start_is_named(self):
        with Service() as service, socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            self.failed("--data", service.data, "--listen", f"127.0.0.1:{port}", said=str(port))
            self.failed("--data", "/dev/null/x", said="/dev/null/x")
            self.failed("--data", service.data, "--listen", "nonsense", said="nonsense")
            self.failed("--data", service.data, "--session-secret-file", "/none", said="/none")
            service.start()
            self.failed("--data", service.data, "--listen", "127.0.0.1:0", said="Another")
            code, _, err = service.contacts("rebuild")
            self.assertEqual(code, 1)
            self.assertIn("server", err)
            self.assertIsNone(service.process.poll())

    def test_a_damaged_log_is_refused_and_named(self):
        with Service() as service:
            service.add_user("jane", "admin")
            damaged = 0
            for folder, _, names in os.walk(os.path.join(service.data, "log")):
                for name in names:
                    path = os.path.join(folder, name)
                    if name.endswith((".sst", ".log")) and os.path.getsize(path) > 100:
                        with open(path, "r+b") as file:
                            file.seek(os.path.getsize(path) // 2)
                            file.write(b"\xff" * 16)
                        damaged += 1
            self.assertGreater(damaged, 0)
            shutil.rmtree(os.path.join(service.data, "views"))
            code, out, err = service.contacts("rebuild")
            self.assertEqual((code, out), (1, ""))
            self.assertIn("log", err)

    def test_health_metrics_and_operations(self):
        with Service() as service:
            service.add_user("jane", "admin")
            service.start()
            admin = Client(service.admin)
            self.assertEqual(admin.get("/health/live").json(), {"status": "live"})
            self.assertEqual(admin.get("/health/ready").json(), {
                "status": "ready", "parked": [], "closed": [], "warnings": []})
            service.client("jane").create("a@example.com")
            metrics = admin.get("/metrics").body.decode()
            self.assertIn('contacts_commands_total{command="CreateContact",outcome="done"} 1',
                          metrics)
            self.assertRegex(metrics, r"contacts_log_entries_superseded \d")
            for token in (None, "Bearer x", "Bearer "):
                answer = admin.post("/ops", {"operation": "status"},
                                    {"Authorization": token} if token else None)
                self.assertEqual(answer.status, 401)
                self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer "))
            path = os.path.join(service.data, "ops.json")
            self.assertEqual(os.stat(path).st_mode & 0o777, 0o600)
            self.assertEqual(os.stat(os.path.join(service.data, "session-secret")).st_mode & 0o777,
                             0o600)
            with open(path, encoding="utf-8") as file:
                token = "Bearer " + json.load(file)["token"]
            self.assertEqual(admin.post("/ops", {"operation": "status"},
                                        {"Authorization": token}).status, 200)
            self.assertEqual(admin.post("/ops", {"operation": "x", "tenant": "t"},
                                        {"Authorization": token}).status, 400)
            # Operations are not on the public address.
            self.assertEqual(Client(service.base).post("/ops", {}).status, 404)

    def test_sigint_ends_it_and_the_operations_address_goes(self):
        with Service() as service:
            service.start()
            self.assertTrue(os.path.exists(os.path.join(service.data, "ops.json")))
            self.assertEqual(service.end(signal.SIGINT), 0)
            self.assertFalse(os.path.exists(os.path.join(service.data, "ops.json")))

    def test_after_a_kill_a_stale_operations_address_does_no_harm(self):
        with Service() as service:
            service.add_user("jane", "admin")
            service.start()
            service.kill()
            self.assertTrue(os.path.exists(os.path.join(service.data, "ops.json")))
            self.assertEqual(service.contacts("user", "list", "--tenant", "acme")[0], 0)


if __name__ == "__main__":
    unittest.main()
