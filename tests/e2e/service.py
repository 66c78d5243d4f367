"""Starts the real `contacts` and talks to it as users do."""
import atexit
import functools
import http.client
import json
import os
import re
import resource
import selectors
import shutil
import signal
import subprocess
import tempfile
import threading
import time

CONTACTS = os.environ.get("CONTACTS", "build/release/contacts")
PASSWORD = "correct horse"
START_SECONDS = 60


def limit_files(largest):
    """For a process about to start: a write beyond it fails, as on a full disk."""
    def limit():
        if largest is not None:
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))

    return limit


def run(*arguments, stdin="", environment=None, largest_file=None):
    """One `contacts` command to its end: exit code, stdout, stderr."""
    done = subprocess.run([CONTACTS, *arguments], input=stdin.encode(errors="surrogateescape"),
                          capture_output=True, timeout=120, preexec_fn=limit_files(largest_file),
                          env={**os.environ, **(environment or {})})
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@functools.cache
def program_for_all():
    """A copy of the program that each user of the machine may run: the checkout may be private."""
    folder = tempfile.mkdtemp(prefix="contacts-program-")
    atexit.register(shutil.rmtree, folder)
    os.chmod(folder, 0o755)
    os.chmod(shutil.copy(CONTACTS, folder), 0o755)
    return os.path.join(folder, os.path.basename(CONTACTS))


def open_block(record, block):
    """Puts the disclosed members where they stand in a record in memory."""
    members = json.loads(block["plain"])
    record.pop("actorsealed" if block["part"] == "actor" else None, None)
    for name, value in members.items():
        of_envelope = block["part"] == "actor" or name == "reason"
        place = record if of_envelope else record["data"]
        if isinstance(value, dict) and isinstance(place.get(name), dict):
            place[name].update(value)  # before and after
        else:
            place[name] = value


class Service:
    """A data directory, with a server on it while it is started."""

    def __init__(self, *flags, disk=None, access_log=False):
        """The directory is made in `disk`; the file of the server's log is not."""
        self.access_log = access_log
        self.data = tempfile.mkdtemp(prefix="contacts-test-", dir=disk)
        self.flags = list(flags)
        self.process = None
        self.printed = ""
        self.log = tempfile.NamedTemporaryFile(prefix="contacts-test-", suffix=".stderr")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.kill()
        self.log.close()
        shutil.rmtree(self.data)

    def launch(self, largest_file=None):
        self.process = subprocess.Popen(
            [CONTACTS, "serve", "--data", self.data, "--listen", "127.0.0.1:0",
             "--admin-listen", "127.0.0.1:0", *([] if self.access_log else ["--no-access-log"]),
             *self.flags],
            stdout=subprocess.PIPE, stderr=self.log, preexec_fn=limit_files(largest_file))
        self.printed = ""

    def start(self, largest_file=None):
        self.launch(largest_file)
        self.base = self.wait_for(r"serves http://(\S+)/api")
        self.admin = self.wait_for(r"operations at http://(\S+)\n")
        return self

    def wait_for(self, pattern):
        """Reads what the server prints until the pattern is there; its first group."""
        deadline = time.monotonic() + START_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self.process.stdout, selectors.EVENT_READ)
            while not (found := re.search(pattern, self.printed)):
                if not selector.select(deadline - time.monotonic()):
                    raise TimeoutError(f"the server did not print {pattern}: {self.printed}")
                piece = os.read(self.process.stdout.fileno(), 65536).decode()
                if not piece:
                    raise RuntimeError(f"the server ended: {self.errors()}")
                self.printed += piece
        return found.group(1)

    def errors(self):
        with open(self.log.name, encoding="utf-8") as log:
            return log.read()

    def end(self, how=signal.SIGTERM):
        """Its exit code, after the signal."""
        self.process.send_signal(how)
        return self.ended()

    def ended(self):
        code = self.process.wait(60)
        self.process.stdout.close()
        self.process = None
        return code

    def kill(self):
        return self.end(signal.SIGKILL)

    def contacts(self, *arguments, stdin="", largest_file=None):
        return run(*arguments, "--data", self.data, stdin=stdin, largest_file=largest_file)

    def add_user(self, name, role, tenant="acme", password=PASSWORD):
        code, out, err = self.contacts("user", "add", name, "--tenant", tenant, "--role", role,
                                       "--create", "--json", stdin=password + "\n")
        assert code == 0, err
        return json.loads(out)

    def export_open(self, *flags, tenant="acme", recipient="a test"):
        code, out, err = self.contacts("export", "--open", "--tenant", tenant, "--recipient", recipient, *flags)
        assert code == 0, err
        return out

    def opened_records(self, tenant="acme"):
        """The tenant's records with the members that can be opened, without those of these disclosures."""
        records = []
        for line in map(json.loads, self.export_open(tenant=tenant).splitlines()):
            if "disclosed" not in line:
                records.append(line)
            else:
                open_block(records[-1], line["disclosed"])
        return [r for r in records if (r["type"], r["data"].get("recipient")) != ("Disclosed", "a test")]

    def status(self, *flags):
        code, out, err = self.contacts("status", "--json", *flags)
        assert code == 0, err
        return json.loads(out)

    def ready(self):
        return Client(self.admin).get("/health/ready")

    def metrics(self):
        return Client(self.admin).get("/metrics").body.decode()

    def client(self, name=None, tenant="acme", password=PASSWORD):
        client = Client(self.base)
        if name:
            answer = client.post("/api/login",
                                 {"username": name, "password": password, "tenant": tenant})
            assert answer.status == 200, answer
            client.cookie = answer.headers["Set-Cookie"].split(";")[0]
        return client


def wait_as_told(answer):
    """Waits like a client between a 503 and its next try."""
    threading.Event().wait(int(answer.headers["Retry-After"]))


def wait_until(is_so, seconds=20):
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise TimeoutError("it did not come")
        threading.Event().wait(0.01)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class Client:
    """One user's connection; opened again when the server closed it. For one thread."""

    def __init__(self, base, cookie=None):
        self.base = base
        self.cookie = cookie
        self.connection = None

    def __del__(self):
        self.close()

    def again(self):
        return Client(self.base, self.cookie)

    def send(self, method, path, body=None, headers=None):
        fresh = self.connection is None
        if fresh:
            self.connection = http.client.HTTPConnection(self.base, timeout=60)
        all_headers = {**({"Cookie": self.cookie} if self.cookie else {}), **(headers or {})}
        try:
            self.connection.request(method, path, body, all_headers)
            answer = Answer(self.connection.getresponse())
        except (http.client.HTTPException, OSError):
            self.close()
            raise
        if answer.headers.get("Connection", "").lower() == "close":
            self.close()
        return answer

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def get(self, path, **headers):
        return self.send("GET", path, headers=headers)

    def post(self, path, value, headers=None):
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        return self.send("POST", path, body, {"Content-Type": "application/json", **(headers or {})})

    def create(self, email, headers=None, **fields):
        contact = {"fullName": "Jo Doe", "email": email, "type": "external", **fields}
        return self.post("/api/contacts", contact, headers)
