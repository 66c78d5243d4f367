"""Files, secrets and memory that the program keeps from other users of the machine."""
import http.server
import json
import os
import shutil
import signal
import stat
import subprocess
import tempfile
import threading
import unittest

from tests.e2e.service import CONTACTS, PASSWORD, Client, Service, run

AS_ROOT = os.geteuid() == 0
NOBODY = 65534


def open_files(folder):
    """All entries that users other than the owner could open, by their path in the folder."""
    found = []
    for path, folders, names in os.walk(folder):
        for name in [".", *folders, *names]:
            mode = os.lstat(os.path.join(path, name)).st_mode
            if mode & 0o077 and not stat.S_ISLNK(mode):
                found.append((os.path.relpath(os.path.join(path, name), folder), oct(mode)))
    return found


def owners(folder):
    return {os.lstat(os.path.join(path, name)).st_uid
            for path, folders, names in os.walk(folder) for name in [".", *folders, *names]}


def as_nobody(*arguments, stdin=""):
    done = subprocess.run([CONTACTS, *arguments], input=stdin.encode(), capture_output=True,
                          timeout=60, user=NOBODY, group=NOBODY, extra_groups=[])
    return done.returncode, done.stdout.decode(), done.stderr.decode()


class Files(unittest.TestCase):
    def setUp(self):
        self.parent = tempfile.mkdtemp(prefix="contacts-private-")
        os.chmod(self.parent, 0o755)
        self.data = os.path.join(self.parent, "data")
        self.before = os.umask(0o022)  # the umask of most shells

    def tearDown(self):
        os.umask(self.before)
        shutil.rmtree(self.parent)

    def add(self, name, by=run):
        return by("user", "add", name, "--tenant", "acme", "--role", "admin", "--create", "--data",
                  self.data,
                  stdin=PASSWORD + "\n")

    def list(self, by=run):
        return by("user", "list", "--tenant", "acme", "--json", "--data", self.data)

    def test_a_directory_that_others_could_open_is_closed_to_them(self):
        """Packages and volumes make the directory 0755: all users could read hashes and contacts."""
        os.mkdir(self.data, 0o755)
        code, _, err = self.add("jane")
        self.assertEqual(code, 0, err)
        self.assertIn(self.data, err)
        self.assertIn("only its owner can now", err)
        self.assertEqual(open_files(self.data), [])
        self.assertNotIn("only its owner", self.list()[2])

    def test_files_that_an_earlier_start_left_open_are_closed(self):
        self.assertEqual(self.add("jane")[0], 0)
        for path, folders, names in os.walk(self.data):
            for name in [".", *folders]:
                os.chmod(os.path.join(path, name), 0o755)
            for name in names:
                os.chmod(os.path.join(path, name), 0o644)
        outside = os.path.join(self.parent, "outside")
        with open(outside, "w", encoding="utf-8"):
            pass
        os.symlink(outside, os.path.join(self.data, "log", "link"))
        mine = os.path.join(self.data, "notes")  # not a file of ours
        with open(mine, "w", encoding="utf-8"):
            pass
        self.assertEqual(self.list()[0], 0)
        self.assertEqual([name for name, _ in open_files(self.data)], ["notes"])
        self.assertEqual(os.stat(outside).st_mode & 0o777, 0o644)

    def test_a_server_keeps_its_files_private(self):
        with Service("--demo") as service:
            service.start()
            cookies = service.wait_for(r"curl -c '([^']+)'")
            self.assertEqual(open_files(service.data), [])
            line = service.wait_for(r"(curl -c .*)\n")
            subprocess.run(["bash", "-c", line], check=True, capture_output=True, timeout=60)
            self.assertEqual(os.stat(cookies).st_mode & 0o777, 0o600)

    def test_a_directory_of_another_user_is_refused(self):
        if not AS_ROOT:
            code, _, err = run("user", "list", "--tenant", "acme", "--data", "/")
            self.assertEqual(code, 1)
            self.assertIn("belongs to", err)
            return
        self.assertEqual(self.add("jane")[0], 0)
        os.chmod(self.data, 0o777)
        code, out, err = self.list(as_nobody)
        self.assertEqual((code, out), (1, ""))
        self.assertIn(f"{self.data} belongs to root", err)
        self.assertIn("nobody", err)

    def test_root_leaves_the_directory_to_its_owner(self):
        """Root's `user add` left files that the service could not open."""
        if not AS_ROOT:
            return
        os.mkdir(self.data, 0o755)
        os.chown(self.data, NOBODY, NOBODY)
        self.assertEqual(self.add("early", as_nobody)[0], 0)
        code, _, err = self.add("jane")
        self.assertEqual(code, 0, err)
        self.assertIn("nobody", err)
        self.assertEqual(owners(self.data), {NOBODY})
        code, out, err = self.list(as_nobody)
        self.assertEqual(code, 0, err)
        self.assertEqual(len(out.splitlines()), 2)

    def test_files_that_root_left_are_named_and_given_back(self):
        if not AS_ROOT:
            return
        self.assertEqual(self.add("jane")[0], 0)
        os.chown(self.data, NOBODY, NOBODY)
        linked = os.path.join(self.parent, "linked")
        with open(linked, "w", encoding="utf-8"):
            pass
        os.link(linked, os.path.join(self.data, "log", "hard"))
        os.symlink(linked, os.path.join(self.data, "log", "soft"))
        code, _, err = self.list(as_nobody)
        self.assertEqual(code, 1)
        self.assertIn("belongs to root", err)
        self.assertIn("chown", err)
        self.list()
        self.assertEqual(os.stat(linked).st_uid, 0)  # no file from elsewhere is given away
        os.unlink(os.path.join(self.data, "log", "hard"))
        code, _, err = self.list(as_nobody)
        self.assertEqual(code, 0, err)

    def test_a_parent_that_all_can_write_makes_a_warning(self):
        self.assertNotIn("replace", self.add("jane")[2])
        os.chmod(self.parent, 0o777)
        code, _, err = self.list()
        self.assertEqual(code, 0)
        self.assertIn("replace the directory", err)
        os.chmod(self.parent, 0o1777)
        self.assertNotIn("replace", self.list()[2])

    def test_secrets_that_others_can_write_are_refused(self):
        secrets = os.path.join(self.parent, "secrets")
        with open(secrets, "w", encoding="utf-8") as file:
            file.write("x" * 64 + "\n")
        serve = ("serve", "--data", self.data, "--session-secret-file", secrets, "--listen", "none")
        self.assertIn("users other than its owner can open", run(*serve)[2])
        os.chmod(secrets, 0o602)
        code, _, err = run(*serve)
        self.assertEqual(code, 1)
        self.assertIn("can be written by all users", err)
        os.chmod(secrets, 0o600)
        if AS_ROOT:
            os.chown(secrets, NOBODY, NOBODY)
            code, _, err = run(*serve)
            self.assertEqual(code, 1)
            self.assertIn("belongs to nobody", err)


class Stranger(http.server.BaseHTTPRequestHandler):
    """Listens on the port that a server had, and answers every request."""

    def answer(self):
        size = int(self.headers.get("Content-Length", 0))
        self.server.heard += [self.requestline.encode(), bytes(self.headers), self.rfile.read(size)]
        self.send_response(200)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


class OldPort(unittest.TestCase):
    """After `kill -9`, ops.json stayed, and password and token went to the next program on its port."""

    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.__exit__)
        self.service.add_user("jane", "admin")
        self.service.start()
        self.ops = os.path.join(self.service.data, "ops.json")

    def stranger(self, address):
        host, port = address.split(":")
        server = http.server.ThreadingHTTPServer((host, int(port)), Stranger)
        server.heard = []
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return server

    def passwd(self):
        return self.service.contacts("user", "passwd", "jane", "--tenant", "acme",
                                     stdin="secret of jane\n")

    def test_a_stranger_on_the_old_port_gets_nothing(self):
        with open(self.ops, encoding="utf-8") as file:
            stale = file.read()
        self.service.kill()
        stranger = self.stranger(json.loads(stale)["address"])
        self.assertEqual(self.service.contacts("status")[0], 0)
        self.assertFalse(os.path.exists(self.ops))
        # The stale file of builds that did not remove it, while another server holds the directory.
        again = Service()
        shutil.rmtree(again.data)
        again.data = self.service.data
        again.start()
        self.addCleanup(again.log.close)
        self.addCleanup(again.kill)
        with open(self.ops, "w", encoding="utf-8") as file:
            file.write(stale)
        code, out, err = self.passwd()
        self.assertEqual((code, out), (1, ""))
        self.assertIn(str(again.process.pid), err)
        self.assertEqual(stranger.heard, [])

    def test_a_server_that_cannot_prove_itself_gets_no_token_and_no_password(self):
        with open(self.ops, encoding="utf-8") as file:
            server = json.load(file)
        stranger = self.stranger("127.0.0.1:0")
        host, port = stranger.server_address
        with open(self.ops, "w", encoding="utf-8") as file:
            json.dump({**server, "address": f"{host}:{port}"}, file)
        code, out, err = self.passwd()
        self.assertEqual((code, out), (1, ""))
        self.assertIn("is not the server", err)
        heard = b"".join(stranger.heard)
        self.assertIn(b"GET /ops/proof", heard)
        for secret in (server["token"].encode(), b"secret of jane"):
            self.assertNotIn(secret, heard)
        with open(self.ops, "w", encoding="utf-8") as file:
            json.dump(server, file)
        self.assertEqual(self.passwd()[0], 0)

    def test_a_proof_is_for_a_challenge_of_full_length(self):
        admin = Client(self.service.admin)
        self.assertEqual(admin.get("/ops/proof").status, 400)
        self.assertEqual(admin.get("/ops/proof?challenge=short").status, 400)
        first, second = (admin.get("/ops/proof?challenge=" + digit * 64).body for digit in "ab")
        self.assertEqual(len(first), 64)
        self.assertNotEqual(first, second)


class Memory(unittest.TestCase):
    def test_a_server_leaves_no_core_dump_and_keeps_its_memory_private(self):
        with Service() as service:
            service.start()
            pid = service.process.pid
            with open(f"/proc/{pid}/limits", encoding="ascii") as file:
                core = next(line for line in file if line.startswith("Max core file size"))
            self.assertEqual(core.split()[4:6], ["0", "0"])
            # In /proc, a process that is not dumpable belongs to root, whatever user runs it.
            self.assertEqual(os.stat(f"/proc/{pid}/mem").st_uid, 0)
            service.process.send_signal(signal.SIGABRT)
            self.assertEqual(service.ended(), -signal.SIGABRT)


if __name__ == "__main__":
    unittest.main()
