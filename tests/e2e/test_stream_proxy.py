"""The stream of changes through nginx as it is installed, with `proxy_pass` and no other setting.

QUIET_SECONDS=300: a change comes within a second after five quiet minutes."""
import contextlib
import http.client
import json
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

from tests.e2e.event_stream import read_block
from tests.e2e.redis import free_port
from tests.e2e.service import Client, Service, wait_until
from tests.e2e.test_life import Writers

QUIET = int(os.environ.get("QUIET_SECONDS", "2"))
COMMENT_SECONDS = 15
# The machine of `make test` is busy; what a proxy holds back would come with the next comment.
AT_ONCE = 1 if QUIET > 60 else COMMENT_SECONDS - 5
KILLS = 3 * int(os.environ.get("SOAK_ROUNDS", "1"))
CHANGES = 20


class Nginx:
    """In front of a service; what is not set here has nginx's defaults."""

    def __init__(self, service):
        self.directory = tempfile.mkdtemp(prefix="contacts-nginx-")
        os.chmod(self.directory, 0o755)
        self.base = f"127.0.0.1:{free_port()}"
        temporary = " ".join(f"{kind}_temp_path {self.directory}/{kind};"
                             for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        with open(self.path("conf"), "w", encoding="ascii") as conf:
            conf.write(f"daemon off; pid {self.path('pid')}; events {{}}\n"
                       f"http {{ access_log off; {temporary} server {{ listen {self.base};\n"
                       f"location / {{ proxy_pass http://{service.base}; }} }} }}\n")
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory)

    def path(self, name):
        return os.path.join(self.directory, name)

    def start(self):
        self.process = subprocess.Popen(["nginx", "-e", self.path("errors"), "-c", self.path("conf")],
                                        start_new_session=True)
        wait_until(self.answers)

    def answers(self):
        assert self.process.poll() is None, "nginx ended"
        try:
            return Client(self.base).get("/api/openapi.json").status == 200
        except OSError:
            return False

    def kill(self):
        """The master and its workers together; nobody gets a last answer."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class EventSource:
    """Reads a stream as browsers do: connects again when it breaks, with the last id that came."""

    def __init__(self, client):
        self.client = client
        self.since = client.get("/api/user").headers["Contacts-Position"]
        self.events = queue.Queue()  # (when it came, the entry)
        self.last = None  # the id of the newest event or comment
        self.comments = self.streams = 0
        self.is_over = False
        self.socket = None
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over = True
        with contextlib.suppress(OSError, AttributeError):  # it is not connected
            self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join(60)
        assert not self.thread.is_alive()

    def run(self):
        while not self.is_over:
            try:
                self.read()
            except (http.client.HTTPException, OSError):
                threading.Event().wait(0.02)

    def read(self):
        headers = {"Cookie": self.client.cookie, "Accept": "text/event-stream"}
        if self.last:
            headers["Last-Event-ID"] = self.last
        with contextlib.closing(http.client.HTTPConnection(self.client.base, timeout=60)) as connection:
            connection.request("GET", f"/api/contacts/changes?since={self.since}", headers=headers)
            self.socket = connection.sock
            with connection.getresponse() as stream:
                assert stream.status == 200, stream.read()
                self.streams += 1
                while not self.is_over and (block := read_block(stream)) is not None:
                    self.take(block)

    def take(self, block):
        self.last = block.get("id", self.last)
        if "data" in block:
            self.events.put((time.monotonic(), json.loads(block["data"])))
        elif "id" in block:
            self.comments += 1

    def next(self, seconds=60):
        return self.events.get(timeout=seconds)


class StreamThroughNginx(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Service())
        self.service.add_user("ada", "admin")
        self.service.start()
        self.ada = self.service.client("ada")
        self.nginx = self.enterContext(Nginx(self.service))
        self.behind = Client(self.nginx.base, self.ada.cookie)

    def test_a_change_comes_at_once_after_quiet_minutes(self):
        with EventSource(self.behind) as source:
            wait_until(lambda: "contacts_change_waits 1" in self.service.metrics())
            with self.assertRaises(queue.Empty):
                source.next(QUIET)
            self.assertGreaterEqual(source.comments, QUIET // COMMENT_SECONDS - 1)
            created = self.ada.again().create("at-last@example.com")
            answered = time.monotonic()
            came, change = source.next()
            self.assertEqual(change["contact"], created.json())
            self.assertLess(came - answered, AT_ONCE)
            self.assertEqual(source.streams, 1)  # it never broke
            print(f"after {QUIET} s and {source.comments} comments: {1000 * (came - answered):.1f} ms",
                  file=sys.stderr)

    def test_nothing_is_missed_and_nothing_comes_twice_when_nginx_dies(self):
        with EventSource(self.behind) as source:
            writers = Writers(self.ada, 1)
            got = []
            for kill in range(KILLS):
                got += [source.next() for _ in range(CHANGES)]
                self.nginx.kill()
                writers.wait_for(writers.count + CHANGES)
                self.nginx.start()
                wait_until(lambda wanted=kill + 2: source.streams == wanted)
            writers.end()
            changes = self.changes_since(source.since)
            got += [source.next() for _ in changes[len(got):]]
            self.assertEqual([change for _, change in got], changes)
            self.assertTrue(source.events.empty())
            self.assertEqual(source.streams, 1 + KILLS)

    def changes_since(self, since):
        changes, more = [], True
        while more:
            delta = self.ada.get(f"/api/contacts/changes?since={since}").json()
            changes += delta["changes"]
            since, more = delta["next"], delta["more"]
        return changes


if __name__ == "__main__":
    unittest.main()
