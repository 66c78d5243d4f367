"""Brokers for tests of the real program, and instances on them."""
import atexit
import contextlib
import functools
import os
import shutil
import socket
import subprocess
import tempfile
import threading

from tests.e2e import rdkafka
from tests.e2e.service import Service

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# The newest line of brokers that lets librdkafka before 2.6.1 in by SCRAM.
OF_OLD_SCRAM = "3.9.1"


def tool(verb, directory, *arguments, **environment):
    return subprocess.run(
        [os.path.join(ROOT, "tools/kafka-broker"), verb, directory, *arguments], check=True,
        stdout=subprocess.PIPE, timeout=180,
        env={**os.environ, "KAFKA_PARENT": str(os.getpid()), **environment}
    ).stdout.decode().strip()


class Broker:
    """A broker that runs until it is removed."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="contacts-broker-")
        self.start()

    def start(self):
        self.address = tool("start", self.directory)

    def kill(self):
        tool("kill", self.directory)

    def remove(self):
        self.kill()
        shutil.rmtree(self.directory)

    def config(self, **settings):
        """A file for --kafka-config; `_` in a key stands for `.`, None for no such key."""
        with tempfile.NamedTemporaryFile("w", dir=self.directory, suffix=".conf",
                                         delete=False) as config:
            for key, value in {"bootstrap_servers": self.address, **settings}.items():
                if value is not None:
                    config.write(f"{key.replace('_', '.')}={value}\n")
        return config.name

    def flags(self, topic, partitions=3, config=None):
        return ["--log", "kafka", "--kafka-config", config or self.config(), "--kafka-topic", topic,
                "--kafka-partitions", str(partitions)]

    def client(self):
        return rdkafka.Client(self.address)


@functools.cache
def shared_broker():
    """One broker for all tests of a process that leave it as it is or heal it."""
    broker = Broker()
    atexit.register(broker.remove)
    return broker


NO_SUCH_NAME = "there is no such name"


@functools.cache
def why_unresolved(name):
    """The program's words for a name that does not exist: they depend on the name servers of this machine."""
    try:
        socket.getaddrinfo(name, 9092)
    except socket.gaierror as fault:
        unknown = fault.errno in (socket.EAI_NONAME, socket.EAI_NODATA)
        return NO_SUCH_NAME if unknown else fault.strerror
    raise AssertionError(f"there is {name}")


class Renaming:
    """Stands before a broker on 127.0.0.1, whose answers then give the broker a name that does not exist."""

    def __init__(self, address):
        host, port = address.split(":")
        self.broker = (host, int(port))
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listening.getsockname()[1]}"
        self.name = b"a.invalid"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listening.close()

    def rename_no_more(self):
        self.name = b"127.0.0.1"

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                client = self.listening.accept()[0]
                broker = socket.create_connection(self.broker)
                for ends in ((client, broker, lambda piece: piece), (broker, client, self.renamed)):
                    threading.Thread(target=self.pump, args=ends, daemon=True).start()

    def renamed(self, piece):
        return piece.replace(b"127.0.0.1", self.name)

    @staticmethod
    def pump(source, target, changed):
        with contextlib.suppress(OSError), source, target:
            while piece := source.recv(65536):
                target.sendall(changed(piece))


class Cluster(Broker):
    """Brokers that replicate, each record on all of them."""

    BROKERS = 3

    def start(self):
        self.address = tool("cluster", self.directory, str(self.BROKERS), KAFKA_HEAP="256m")

    def node(self, number):
        return os.path.join(self.directory, str(number))

    def start_node(self, number):
        tool("start", self.node(number), KAFKA_HEAP="256m")

    def kill_node(self, number):
        tool("kill", self.node(number))

    def kill(self):
        for number in range(1, self.BROKERS + 1):
            self.kill_node(number)


class SecuredBroker(Broker):
    """A broker that demands TLS and a login by SCRAM; `users`: name → password of users without rights."""

    def __init__(self, users):
        self.users = users
        super().__init__()
        with open(os.path.join(self.directory, "secured-address"), encoding="utf-8") as address:
            self.secured = address.read().strip()

    def start(self):
        if not os.path.exists(os.path.join(self.directory, "address")):
            tool("secure", self.directory, *[f"{n}:{p}" for n, p in self.users.items()],
                 KAFKA_VERSION=OF_OLD_SCRAM)
        self.address = tool("start", self.directory, KAFKA_VERSION=OF_OLD_SCRAM)

    def config_of(self, user, **settings):
        return self.config(**{
            "bootstrap_servers": self.secured, "security_protocol": "SASL_SSL",
            "sasl_mechanism": "SCRAM-SHA-256", "sasl_username": user,
            "sasl_password": self.users[user],
            "ssl_ca_location": os.path.join(self.directory, "tls/ca.pem"), **settings})


class KafkaService(Service):
    """Its commands need the log's settings as well."""

    def contacts(self, *arguments, stdin=""):
        return super().contacts(*arguments, *self.flags, stdin=stdin)


def start_instances(test, broker, topic, count):
    """The instances end with the test."""
    made = [KafkaService(*broker.flags(topic)) for _ in range(count)]
    for one in made:
        test.addCleanup(one.__exit__)
        one.start()
    return made
