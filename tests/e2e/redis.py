"""A Redis server, and an Express application that keeps its sessions there, for tests of the real program."""
import os
import re
import signal
import socket
import subprocess
import tempfile
import shutil

from tests.e2e.service import Client

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
START_SECONDS = 60


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


def printed(process, pattern):
    """The first group of the first line that has the pattern."""
    lines = []
    while not (found := re.search(pattern, lines[-1] if lines else "")):
        line = process.stdout.readline().decode()
        if not line:
            raise RuntimeError(f"{process.args[0]} ended: {''.join(lines)}")
        lines.append(line)
    return found.group(1)


class Redis:
    """A server with a user `app` that has the rights that sessions need and no more."""

    def __init__(self):
        self.port = free_port()
        self.directory = tempfile.mkdtemp(prefix="contacts-redis-")
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.directory)

    def start(self):
        self.process = subprocess.Popen(
            ["redis-server", "--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--dir",
             self.directory, "--user", "app", "on", ">p@ss", "~sess:*", "+get", "+set", "+pttl",
             "+expire", "+del"],
            stdout=subprocess.PIPE)
        printed(self.process, "(Ready to accept connections)")

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    @property
    def url(self):
        return f"redis://127.0.0.1:{self.port}"

    @property
    def users_url(self):
        return f"redis://app:p%40ss@127.0.0.1:{self.port}/0"

    def ask(self, *words):
        """One command by hand, for commands whose answer has one line."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            parts = [str(word).encode() for word in words]
            connection.sendall(b"*%d\r\n" % len(parts) +
                               b"".join(b"$%d\r\n%s\r\n" % (len(p), p) for p in parts))
            with connection.makefile("rb") as answer:
                line = answer.readline().strip().decode()
                if line[0] == "$" and line != "$-1":
                    return answer.read(int(line[1:])).decode()
                return line[1:]


class Express:
    def __init__(self, redis, *secrets):
        self.process = subprocess.Popen(
            ["node", os.path.join(ROOT, "tests/support/node/express_app.js"), redis.url,
             ",".join(secrets)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.base = "127.0.0.1:" + printed(self.process, r"port (\d+)")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(START_SECONDS)
        self.process.stdout.close()

    def client(self, cookie=None, **user):
        """A client that is logged in as that user; without a user, with that cookie."""
        client = Client(self.base, cookie)
        if user:
            answer = client.post("/login", user)
            assert answer.status == 200, answer
            client.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return client
