"""A full disk: the program says which one, commands that only read work, and nothing is lost."""
import http.client
import json
import os
import re
import shutil
import threading
import time
import unittest

from tests.e2e.service import PASSWORD, Service
from tests.e2e.small_disk import SmallDisk

READING = [["export", "--tenant", "acme"], ["status"], ["user", "list", "--tenant", "acme"],
           ["token", "list", "--tenant", "acme"], ["tenant", "list"]]
SECONDS_TO_SAY_SO = 10
BLOCK = 4096


class Writers:
    """Clients that create contacts until the server is gone."""

    def __init__(self, client, count=4):
        self.made = set()
        self.refused = []   # the answers, each with the key that was sent: the e-mail
        self.open = set()   # no answer came
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.write, args=(client.again(), number))
                        for number in range(count)]
        for thread in self.threads:
            thread.start()

    def write(self, client, name):
        number = 0
        while True:
            number += 1
            email = f"{name}-{number}@x.org"
            try:
                answer = client.create(email, {"Idempotency-Key": email},
                                       metadata={"note": "x" * 2000})
            except (http.client.HTTPException, OSError):
                self.open.add(email)
                return
            with self.lock:
                if answer.status == 200:
                    self.made.add(email)
                else:
                    self.refused.append((answer, email))

    def join(self):
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


def emails(client):
    return {contact["email"] for contact in client.get("/api/contacts").json()}


class FullDisk(unittest.TestCase):
    def expect_cause(self, disk, text):
        """A process says which disk is full and how much of it is free."""
        self.assertNotIn("Assertion", text)
        if disk.mounted:
            self.assertRegex(text, rf"the disk of {disk.path}/\S+ is full \(\d+ of \d+ bytes are free\)")
        else:
            self.assertIn("File too large", text)

    # RocksDB's own info log ended the process on a full disk, by an assertion.
    def test_a_disk_that_fills_while_serving_ends_the_server_and_loses_nothing(self):
        with SmallDisk() as disk, Service(disk=disk.path) as service:
            service.add_user("admin", "admin")
            service.start(largest_file=disk.limit(400_000))
            admin = service.client("admin")
            disk.fill(leave=400_000)
            writers = Writers(admin)
            self.assertEqual(service.ended(), 1)
            writers.join()
            self.assertGreater(len(writers.made), 5)
            for answer, key in writers.refused:
                self.assertEqual((answer.status, answer.headers["Idempotency-Key"]), (503, key), answer)
                self.assertNotIn(service.data, answer.body.decode())
            self.expect_cause(disk, service.errors())

            disk.fill()
            self.expect_reading_works(disk, service, writers.made)
            self.expect_changes_fail(disk, service)

            disk.empty()
            service.start()
            admin = service.client("admin")
            there = emails(admin)
            self.assertLessEqual(writers.made, there)
            self.assertLessEqual(there - writers.made,
                                 writers.open | {key for _, key in writers.refused})
            self.assertEqual(admin.create("later@x.org").status, 200)
            self.assertEqual(service.end(), 0)

    def expect_reading_works(self, disk, service, made):
        before = self.files(service)
        for command in READING:
            code, out, err = service.contacts(*command, largest_file=disk.limit(0))
            self.assertEqual((code, err), (0, ""), command)
            if command[0] == "export":
                records = [json.loads(line) for line in out.splitlines()]
                exported = [r for r in records if r["type"] == "ContactCreated"]
                self.assertGreaterEqual(len(exported), len(made))
        self.assertEqual(self.files(service), before)

    def files(self, service):
        """The files of the directory, and when each was changed; but for the lock, which names its holder."""
        found = [os.path.join(place, name) for place, _, names in os.walk(service.data) for name in names
                 if name != "lock"]
        return {path: (os.path.getsize(path), os.stat(path).st_mtime_ns) for path in found}

    def expect_changes_fail(self, disk, service):
        for command in (["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"],
                        ["user", "add", "bob", "--tenant", "acme", "--role", "member"]):
            begun = time.monotonic()
            code, _, err = service.contacts(*command, stdin=PASSWORD + "\n",
                                            largest_file=disk.limit(0))
            self.assertEqual(code, 1, err)
            self.expect_cause(disk, err)
            self.assertLess(time.monotonic() - begun, SECONDS_TO_SAY_SO)

    # The command brought the views up on disk first, for which a full disk has no room.
    def test_reading_needs_no_views_that_are_up_to_the_log(self):
        with Service() as service:
            service.add_user("admin", "admin")
            views, older = os.path.join(service.data, "views"), os.path.join(service.data, "older")
            shutil.copytree(views, older)
            service.add_user("bob", "member")
            shutil.rmtree(views)
            os.rename(older, views)
            before = self.files(service)
            code, out, err = service.contacts("user", "list", "--tenant", "acme", "--json",
                                             largest_file=0)
            self.assertEqual((code, err), (0, ""))
            self.assertEqual([json.loads(line)["username"] for line in out.splitlines()],
                             ["admin", "bob"])
            self.assertEqual(self.history(service), ["UserAdded", "PasswordSet"] * 2)
            self.assertEqual(self.files(service), before)

    # The start knew who holds the lock by the inode alone, and other disks have the same inodes.
    def test_a_server_on_another_disk_is_no_server_here(self):
        with SmallDisk() as one, Service(disk=one.path) as first, \
                SmallDisk() as other, Service(disk=other.path) as second:
            for service in (first, second):
                service.add_user("admin", "admin")
            first.start()
            second.start()
            self.assertIn(f"(pid {second.process.pid}) is using", second.contacts("check")[1])

    def test_a_full_disk_keeps_sessions_from_beginning_and_stops_nothing_else(self):
        with SmallDisk() as disk, Service(disk=disk.path) as service:
            service.add_user("admin", "admin")
            service.add_user("bob", "member")
            service.start(largest_file=disk.limit(1 << 30))
            admin = service.client("admin")
            spare = service.client("admin")
            link = self.invite(service, "bob")
            disk.fill(service.process)
            self.expect_no_sessions(service, spare)
            self.expect_no_passwords(service, link)
            # Earlier sessions go on.
            self.assertEqual(admin.get("/api/contacts").status, 200)
            ready = service.ready()
            self.assertEqual(ready.status, 503)
            self.expect_cause(disk, ready.body.decode())
            metrics = service.metrics()
            free = int(re.search(r"^contacts_disk_free_bytes (\d+)", metrics, re.M).group(1))
            self.assertTrue(free < 1 << 20 or not disk.mounted, free)
            self.assertEqual(self.history(service), ["UserAdded", "PasswordSet"] * 2 +
                             ["InvitationIssued"])

            disk.empty(service.process)
            if disk.mounted:  # the store is opened again by a start, which its supervisor makes
                self.assertEqual(service.ended(), 1)
                self.assertIn("has room again", service.errors())
            else:
                self.assertEqual(service.end(), 0)
            service.start()
            self.assertEqual(service.client("bob").post("/api/logout", {}).status, 204)
            answer = service.client().post("/api/activate", {"token": link, "password": "long enough"})
            self.assertEqual(answer.status, 204, answer)

    def invite(self, service, name):
        code, out, err = service.contacts("user", "invite", name, "--tenant", "acme")
        self.assertEqual(code, 0, err)
        return re.search(r"cin_\w+", out).group(0)

    def history(self, service):
        code, out, err = service.contacts("export", "--tenant", "acme")
        self.assertEqual(code, 0, err)
        return [json.loads(line)["type"] for line in out.splitlines()]

    def expect_no_sessions(self, service, spare):
        login = {"username": "bob", "password": PASSWORD, "tenant": "acme"}
        for _ in range(BLOCK // 100):  # the last block of the file may have room for some
            if service.client().post("/api/login", login).status == 503:
                break
        for answer in (service.client().post("/api/login", login), spare.post("/api/logout", {})):
            self.expect_unavailable(answer)

    def expect_no_passwords(self, service, link):
        answer = service.client().post("/api/activate", {"token": link, "password": "long enough"})
        self.expect_unavailable(answer)
        code, _, err = service.contacts("user", "passwd", "bob", "--tenant", "acme",
                                        stdin="another one\n")
        self.assertEqual(code, 1)
        self.assertIn("the store of password hashes cannot be used", err)

    def expect_unavailable(self, answer):
        """Anybody may get this answer, so it names no path."""
        self.assertEqual(answer.status, 503, answer)
        self.assertIn("Retry-After", answer.headers)
        self.assertRegex(answer.json()["message"],
                         "^The store of sessions and passwords cannot be written(: its disk is full)?.$|"
                         "^Nobody can log in or set a password now: the store of password hashes cannot")


if __name__ == "__main__":
    unittest.main()
