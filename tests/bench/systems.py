"""The measured systems: this service on both logs, nginx, and the peers if there are any."""
import collections
import contextlib
import json
import os
import shutil
import subprocess
import tempfile
import threading
import urllib.error
import urllib.request

from tests.bench import contacts, load
from tests.e2e import service as e2e
from tests.e2e.kafka import KafkaService
from tests.e2e.service import Service
from tests.e2e.redis import free_port

Target = collections.namedtuple("Target", "url headers")
pause = threading.Event()  # never set: repeated questions wait in between
PATHS = {"list": "/api/contacts", "mentions": "/api/contacts/mentions",
         "contact": "/api/contacts/1"}


def tenant_of(size):
    return f"t{size}"


def open_url(url, headers, data=None):
    return urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=120)


def read(target, **more):
    with open_url(target.url, {**target.headers, **more}) as answer:
        return answer.read(), answer.headers


@contextlib.contextmanager
def running(broker, systems, start=lambda system: system.start()):
    """The systems are started one after the other. In the end those that were begun are stopped, and the broker goes."""
    with contextlib.ExitStack() as stack:
        stack.callback(broker.remove)
        for system in systems:
            stack.callback(system.stop)
            start(system)
        yield


@contextlib.contextmanager
def program(path):
    """Services that are started meanwhile use this build."""
    before, e2e.CONTACTS = e2e.CONTACTS, path
    yield
    e2e.CONTACTS = before


class System:
    def json_target(self, tenant):
        """For a script that creates contacts."""
        target = self.target("list", tenant)
        return Target(target.url, {**target.headers, "Content-Type": "application/json"})


class Ours(System):
    """`service` is not started yet."""

    def __init__(self, name, service):
        self.name, self.service = name, service
        self.cookies = {}

    def start(self, sizes):
        self.service.start()
        for size in sizes:
            self.fill(tenant_of(size), size)

    def user(self, tenant):
        return f"{self.name}-{tenant}"  # another system may serve the same history

    def cookie(self, tenant):
        if tenant not in self.cookies:
            name = self.user(tenant)
            self.service.add_user(name, "admin", tenant)
            self.cookies[tenant] = self.service.client(name, tenant).cookie
        return self.cookies[tenant]

    def fill(self, tenant, size):
        load.fill(self.service.base, PATHS["list"],
                  {"Cookie": self.cookie(tenant), "Content-Type": "application/json"},
                  contacts.bodies(size))

    def target(self, kind, tenant):
        return Target(f"http://{self.service.base}{PATHS[kind]}", {"Cookie": self.cookie(tenant)})

    def record_bytes(self, tenant):
        """Of the newest record."""
        code, out, errors = self.service.contacts("export", "--tenant", tenant)
        assert code == 0, errors
        return len(out.splitlines()[-1])

    def stop(self):
        self.service.__exit__()

    @property
    def pid(self):
        return self.service.process.pid


class Nginx(System):
    """Serves captured answers of another system, as files and without a login."""

    name = "nginx"

    def __init__(self, captured):
        self.captured = captured
        self.directory = tempfile.mkdtemp(prefix="contacts-nginx-")
        self.port = free_port()

    def start(self, sizes):
        for size in sizes:
            for kind in PATHS:
                self.capture(kind, tenant_of(size))
        with open(self.path("nginx.conf"), "w", encoding="utf-8") as conf:
            conf.write(f"""
daemon off; worker_processes 2; pid {self.path('pid')}; error_log {self.path('errors')};
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type application/json; sendfile on; tcp_nopush on;
  keepalive_requests 1000000000; open_file_cache max=100; gzip_static on;
  client_body_temp_path {self.path('a')}; proxy_temp_path {self.path('b')};
  fastcgi_temp_path {self.path('c')}; uwsgi_temp_path {self.path('d')}; scgi_temp_path {self.path('e')};
  server {{ listen 127.0.0.1:{self.port} reuseport; root {self.path('files')}; }}
}}""")
        for folder, _, _ in os.walk(self.directory):
            os.chmod(folder, 0o755)
        self.process = subprocess.Popen(["nginx", "-e", self.path("errors"), "-c",
                                         self.path("nginx.conf")])
        until_answers(f"http://127.0.0.1:{self.port}/", self.process)

    def capture(self, kind, tenant):
        os.makedirs(self.path("files", tenant), exist_ok=True)
        target = self.captured.target(kind, tenant)
        for ending, headers in (("", {}), (".gz", {"Accept-Encoding": "gzip"})):
            with open(self.path("files", tenant, kind + ending), "wb") as file:
                file.write(read(target, **headers)[0])

    def path(self, *parts):
        return os.path.join(self.directory, *parts)

    def target(self, kind, tenant):
        return Target(f"http://127.0.0.1:{self.port}/{tenant}/{kind}", {})

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory)


class Peer(System):
    """A folder with run.sh and seed.sh; `environment` is its configuration."""

    seeded_while_it_runs = True

    def __init__(self, name, folder, **environment):
        self.name, self.folder = name, folder
        self.port = free_port()
        self.environment = {**os.environ, "PORT": str(self.port), **environment}
        self.process = None
        self.log = tempfile.TemporaryFile("wb")

    def script(self, name, *arguments, stdin=""):
        subprocess.run(["bash", os.path.join(self.folder, name), *arguments], check=True,
                       input=stdin.encode(), env=self.environment, stdout=self.log, stderr=self.log)

    def start(self, sizes):
        if not self.seeded_while_it_runs:
            self.seed(sizes)
        self.process = subprocess.Popen(["bash", os.path.join(self.folder, "run.sh")],
                                        env=self.environment, stdout=self.log, stderr=self.log)
        until_answers(f"http://127.0.0.1:{self.port}/", self.process)
        if self.seeded_while_it_runs:
            self.seed(sizes)
        for size in sizes:  # a peer may still be reading
            while len(json.loads(read(self.target("list", tenant_of(size)))[0])) != size:
                pause.wait(0.5)

    def seed(self, sizes):
        for size in sizes:
            self.script("seed.sh", tenant_of(size), stdin=contacts.rows(size))

    def target(self, kind, tenant):
        login = json.dumps({"userId": "1", "role": "admin", "tenantId": tenant}).encode()
        with open_url(f"http://127.0.0.1:{self.port}/api/login",
                      {"Content-Type": "application/json"}, login) as answer:
            cookie = answer.headers["Set-Cookie"].split(";")[0]
        return Target(f"http://127.0.0.1:{self.port}{PATHS[kind]}", {"Cookie": cookie})

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(30)


class StreamsPeer(Peer):
    """Its records are in the log before it starts, as its users' would be."""

    seeded_while_it_runs = False


def until_answers(url, process):
    while True:
        try:
            with open_url(url, {}):
                return
        except urllib.error.HTTPError:
            return
        except OSError:
            assert process.poll() is None, f"what should serve {url} ended"
            pause.wait(0.1)


def make_topic(broker, name):
    """As this service makes it, with one partition."""
    with KafkaService(*broker.flags(name, partitions=1)) as service:
        service.contacts("status", "--json")


def ours(broker):
    return [Ours("embedded", Service()),
            Ours("kafka", KafkaService(*broker.flags("bench", partitions=1)))]


def peers(directory, broker):
    streams = os.path.join(broker.directory, "streams")  # goes with the broker
    return [Peer("express", os.path.join(directory, "express-pg"), WORKERS="2"),
            StreamsPeer("streams", os.path.join(directory, "kafka-streams"),
                        BOOTSTRAP=broker.address, TOPIC="peers", APP_ID="peers", STATE_DIR=streams,
                        WAIT_VISIBLE="1")]
