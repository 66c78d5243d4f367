"""`contacts check` names each fault alone, within five seconds, and changes nothing.

To add a fault: a row of its table (a name, a function that seeds it and returns how to ask, what must be
said, and whether it is a fault or a warning)."""
import contextlib
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest

from tests.e2e.kafka import NO_SUCH_NAME, KafkaService, Renaming, shared_broker, why_unresolved
from tests.e2e.redis import Redis, free_port
from tests.e2e.service import CONTACTS, Service, program_for_all, run
from tests.e2e.small_disk import SmallDisk

SECONDS = 5
NOBODY = 65534
SOON = ["--redis-timeout-ms", "200"]
FREE_PORTS = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]


def everything_in(folder):
    return {path: [(name, os.lstat(os.path.join(path, name)).st_mtime_ns)
                   for name in sorted([*folders, *names])]
            for path, folders, names in os.walk(folder)}


class Asked:
    """How `contacts check` is asked: its flags, variables and limits."""

    def __init__(self, *flags, **how):
        self.flags = list(flags)
        self.how = how


def check(data, asked):
    """Its exit code and findings; the summary is the last of them."""
    how = dict(asked.how)
    environment = {**os.environ, **how.pop("environment", {})}
    program = program_for_all() if "user" in how else CONTACTS
    command = [program, "check", "--json", *([] if "--data" in asked.flags else ["--data", data]),
               *how.pop("ports", FREE_PORTS), *asked.flags]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, **how)
    took = time.monotonic() - begun
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], took


class Seeded(unittest.TestCase):
    """The folder of a test, and what its faults need."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="contacts-check-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
        self.data = os.path.join(self.folder, "data")

    def file(self, content, mode=0o600):
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(file.name, mode)
        return file.name

    def names(self, weight, said, asked):
        code, findings, took = check(self.data, asked)
        self.assertLess(took, SECONDS)
        self.assertEqual(code, 1 if weight == "fault" else 0, findings)
        found = [f["what"] + " " + f["do"] for f in findings[:-1] if f["weight"] == weight]
        self.assertTrue(any(said in one for one in found), f"{said}: {findings}")

    def starts_with_a_pipe_as(self, setting, text, *flags):
        source, sink = os.pipe()
        os.write(sink, text.encode())
        os.close(sink)
        with subprocess.Popen([CONTACTS, "serve", "--data", self.data, *FREE_PORTS, *flags, setting,
                               f"/dev/fd/{source}"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, pass_fds=[source]) as server:
            os.close(source)
            said = b""
            while b"serves http://" not in said and (line := server.stdout.readline()):
                said += line
            self.assertIn(b"serves http://", said)
            server.send_signal(signal.SIGTERM)
            server.stdout.read()
            self.assertEqual(server.wait(60), 0)

    def names_all(self, table):
        for name, seed, said, weight in table:
            with self.subTest(name), contextlib.ExitStack() as self.stack:
                asked = seed(self)
                self.names(weight, said.format(folder=self.folder, seeded=self), asked)


def configured(content):
    return lambda test: Asked("--config", test.file(content))


def with_variable(**variables):
    return lambda test: Asked(environment=variables)


def with_secrets(content, mode=0o600):
    return lambda test: Asked("--session-secret-file", test.file(content, mode))


def of_another_user(test):
    if os.geteuid() != 0:
        return Asked("--data", "/")
    os.mkdir(os.path.join(test.folder, "roots"))
    return Asked("--data", os.path.join(test.folder, "roots"), user=NOBODY, group=NOBODY,
                 extra_groups=[])


def settings_of_root(test):
    data = os.path.join(test.folder, "nobodys")
    os.mkdir(data)
    os.chown(data, NOBODY, NOBODY)
    return Asked("--data", data, "--config", test.file(""))


def port_taken(test):
    taken = test.stack.enter_context(socket.create_server(("127.0.0.1", 0)))
    return Asked("--listen", f"127.0.0.1:{taken.getsockname()[1]}")


def disk_full(test):
    disk = test.stack.enter_context(SmallDisk(1 << 20))
    disk.fill()
    test.full = "is full" if disk.mounted else "bytes at most"
    return Asked("--data", os.path.join(disk.path, "data"),
                 preexec_fn=None if disk.mounted else lambda: limit(resource.RLIMIT_FSIZE, 4096))


def limit(what, most):
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(what, (most, most))


def few_descriptors(_):
    return Asked(preexec_fn=lambda: limit(resource.RLIMIT_NOFILE, 100))


def descriptors_of_fewer_clients(_):
    return Asked("--http-connections", "9000",
                 preexec_fn=lambda: limit(resource.RLIMIT_NOFILE, 5000))


def redis(url, *flags):
    return lambda test: Asked("--sessions", url(test.stack.enter_context(Redis())), *flags)


def redis_that_hangs(test):
    server = test.stack.enter_context(Redis())
    server.pause()
    return Asked("--sessions", server.url, *SOON)


HERE = [
    ("a key that is no setting", configured("\nlisen = 'x'\n"), ":2: there is no setting 'lisen'",
     "fault"),
    ("its suggestion", configured("lisen = 'x'\n"), "Did you mean 'listen'?", "fault"),
    ("a key given twice", configured("data = 'a'\nlisten = 'b:1'\ndata = 'c'\n"),
     ":3: data is given a second time, after line 1", "fault"),
    ("a section", configured("[serve]\n"), ":1: [serve] begins a section", "fault"),
    ("a value of the file", configured("threads = 0\n"), ":1: threads: ", "fault"),
    ("a value of a variable", with_variable(CONTACTS_THREADS="many"), "CONTACTS_THREADS: ", "fault"),
    ("a value of a flag", lambda _: Asked("--log", "paper"), "--log: must be embedded or kafka",
     "fault"),
    ("a directory as the file", lambda test: Asked("--config", test.folder),
     "{folder} is a directory", "fault"),
    ("a file of UTF-16", configured("listen = 'x:1'".encode("utf-16")), "is UTF-16", "fault"),
    ("no such file", lambda _: Asked("--config", "/no/such/file"),
     "/no/such/file cannot be read: No such file", "fault"),
    ("an unknown variable", with_variable(CONTACTS_LISTNE="x"), "Did you mean CONTACTS_LISTEN?",
     "warning"),
    ("variables of Kubernetes", with_variable(CONTACTS_PORT_8080_TCP_ADDR="10.0.0.1"),
     "enableServiceLinks: false", "warning"),
    ("a proxy that is none", lambda _: Asked("--trusted-proxies", "10.0.0"), "trusted proxy \"10.0.0\"",
     "fault"),
    ("a proxy of the file", configured("\ntrusted-proxies = '10.0.0'\n"), ":2: trusted-proxies: ",
     "fault"),
    ("a short secret", with_secrets("s" * 64 + "\nshort\n"), ":2: the secret has 5 bytes", "warning"),
    ("a comment among secrets", with_secrets("# the secrets\n"), ":1: the line looks like a comment",
     "warning"),
    ("a key among secrets", with_secrets("SECRET=" + "s" * 64), ":1: the line looks like key=value",
     "warning"),
    ("secrets that others may read", with_secrets("s" * 64, 0o644), "Use mode 0600", "warning"),
    ("secrets that others may write", with_secrets("s" * 64, 0o602), "can be written by all users",
     "fault"),
    ("secrets in UTF-16", with_secrets("secret".encode("utf-16")), "is UTF-16", "fault"),
    ("a directory of secrets", lambda test: Asked("--session-secret-file", test.folder),
     "{folder} is a directory", "fault"),
    ("a file as --data", lambda test: Asked("--data", test.file("")), "Not a directory", "fault"),
    ("a place where nothing can be made", lambda _: Asked("--data", "/dev/null/data"),
     "Cannot make the directory /dev/null/data: Not a directory", "fault"),
    ("a directory of another user", of_another_user, "belongs to ", "fault"),
    *([("settings that SIGHUP cannot read", settings_of_root, "cannot read it again at SIGHUP",
        "warning")] if os.geteuid() == 0 else []),
    ("a port that is taken", port_taken, "Address already in use by python", "fault"),
    ("an address of another machine", lambda _: Asked("--admin-listen", "192.0.2.1:0"),
     "--admin-listen: cannot listen on 192.0.2.1:0: Cannot assign requested address", "fault"),
    ("one address for both", lambda _: Asked("--listen", "127.0.0.1:18999", "--admin-listen",
                                             "127.0.0.1:18999"), "are both 127.0.0.1:18999", "fault"),
    ("an address of a variable", lambda _: Asked(environment={"CONTACTS_LISTEN": "x"}, ports=[]),
     "the variable CONTACTS_LISTEN: listen address \"x\"", "fault"),
    ("an address without a port", lambda _: Asked("--listen", "127.0.0.1"), "expected HOST:PORT",
     "fault"),
    ("too few descriptors", few_descriptors, "at least 150 descriptors", "fault"),
    ("descriptors of fewer clients", descriptors_of_fewer_clients, "too few for 9000 connections",
     "warning"),
    ("a full disk", disk_full, "{seeded.full}", "fault"),
    ("no Redis", lambda _: Asked("--sessions", f"redis://127.0.0.1:{free_port()}"),
     "Connection refused", "fault"),
    ("Redis: another password", redis(lambda r: f"redis://app:wrong@127.0.0.1:{r.port}"),
     "AUTH is answered with WRONGPASS", "fault"),
    ("Redis: no right", redis(lambda r: r.users_url, "--session-prefix", "s:"),
     "SET is answered with NOPERM", "fault"),
    ("Redis: no TLS", redis(lambda r: r.url.replace("redis:", "rediss:"), *SOON), "Redis at 127.0.0.1",
     "fault"),
    ("Redis that hangs", redis_that_hangs, "it does not answer", "fault"),
]


class Here(Seeded):
    def test_each_fault_of_this_machine_is_named(self):
        self.names_all(HERE)

    def test_all_faults_are_said_at_once_for_people_and_machines(self):
        config = self.file("lisen = 'x'\nthreads = 0\n")
        flags = ["--data", "/dev/null/data", "--config", config, "--admin-listen", "192.0.2.1:0"]
        code, out, err = run("check", *flags)
        self.assertEqual((code, err), (1, ""))
        for said in ("lisen", ":2: threads", "/dev/null/data", "192.0.2.1"):
            self.assertIn(said, out)
        self.assertRegex(out.splitlines()[-1], r"^4 faults, \d warnings?: ")

    def test_a_start_says_all_faults_at_once(self):
        code, out, err = run("serve", "--data", "/dev/null/data", "--listen", "192.0.2.1:0",
                             "--session-secret-file", "/no/such/file", "--trusted-proxies", "10.0.0")
        self.assertEqual((code, out), (1, ""))
        for said in ("/dev/null/data", "192.0.2.1", "/no/such/file", "10.0.0"):
            self.assertIn(said, err)

    # The look before the start read it, and the start found it empty.
    def test_a_start_may_have_its_secrets_from_a_pipe(self):
        self.starts_with_a_pipe_as("--session-secret-file", "s" * 64 + "\n")

    # It aborted with std::system_error, and said nothing of the cause.
    def test_a_start_without_threads_says_what_it_lacks(self):
        folder, who = self.folder, {}
        if os.geteuid() == 0:  # whose threads are not counted
            os.chmod(folder, 0o777)
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for threads, said in ((1, b"error No thread can be made. Raise the limit"), (2, b" error ")):
            done = subprocess.run(
                [program_for_all(), "serve", "--data", os.path.join(folder, "data"), *FREE_PORTS],
                capture_output=True, timeout=60, check=False, **who,
                preexec_fn=lambda most=threads: limit(resource.RLIMIT_NPROC, most))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(said, done.stderr)

    def test_it_disturbs_no_server_and_changes_nothing(self):
        with Service() as service:
            service.add_user("jane", "admin")
            before = everything_in(service.data)
            self.assertEqual(check(self.data, Asked("--data", service.data))[0], 0)
            self.assertEqual(before, everything_in(service.data))
            service.start()
            asked = Asked("--data", service.data, "--listen", service.base, "--admin-listen",
                          service.admin)
            for _ in range(3):
                code, findings, _ = check(self.data, asked)
                self.assertEqual(code, 0, findings)
            notes = [f["what"] for f in findings if f.get("weight") == "note"]
            self.assertEqual(len(notes), 3, notes)
            self.assertIn(f"(pid {service.process.pid}) is using {service.data}", notes[0])
            self.assertIn(f"listens on {service.base}", notes[1])
            self.assertEqual(service.client("jane").create("a@x.org").status, 200)
            self.assertFalse(os.path.exists(self.data))


def on_broker(topic, **settings):
    return lambda test: Asked(*shared_broker().flags(
        topic, config=shared_broker().config(**settings)))


def unresolved(test):
    test.why = why_unresolved("a.invalid")
    return on_broker("x", bootstrap_servers="a.invalid:9092")(test)


def renamed(test):
    proxy = test.stack.enter_context(Renaming(shared_broker().address))
    return on_broker("unnamed", bootstrap_servers=proxy.address)(test)


def set_otherwise(topic, **settings):
    """A topic that a start made, with other settings since then."""
    def seed(test):
        with shared_broker().client() as admin:
            admin.configure(topic, {k.replace("_", "."): v for k, v in settings.items()})
        return on_broker("checked")(test)
    return seed


KAFKA = [
    ("no broker", lambda test: on_broker("x", bootstrap_servers=f"127.0.0.1:{free_port()}")(test),
     "of bootstrap.servers cannot be reached: Connection refused", "fault"),
    ("a broker's name", unresolved,
     "a.invalid:9092 of bootstrap.servers cannot be reached: {seeded.why}", "fault"),
    ("an advertised name", renamed, "advertise a.invalid:", "fault"),
    ("TLS to a listener without", on_broker("x", security_protocol="ssl"), "no TLS connection",
     "fault"),
    ("an unknown key", on_broker("x", no_such_key="1"), ":2: No such configuration property",
     "fault"),
    ("a key that is forced", on_broker("x", acks="1"), ":2: acks cannot be chosen", "fault"),
    ("no brokers", on_broker("x", bootstrap_servers=None), "bootstrap.servers is missing", "fault"),
    ("a directory", lambda test: Asked(*shared_broker().flags("x", config=test.folder)),
     "{folder} is a directory", "fault"),
    ("a topic that deletes", set_otherwise("checked", retention_ms="1000", cleanup_policy="delete"),
     "has retention.ms=1000: old history would be deleted", "fault"),
    ("hashes that are deleted", set_otherwise("checked.secrets", cleanup_policy="delete"),
     "the topic checked.secrets has cleanup.policy=delete", "fault"),
]


class Kafka(Seeded):
    @classmethod
    def setUpClass(cls):
        with KafkaService(*shared_broker().flags("checked")) as service:
            service.start()
            cls.fine = check(service.data, Asked(*service.flags))

    def test_each_fault_of_a_cluster_is_named(self):
        code, findings, _ = self.fine
        self.assertEqual((code, [f for f in findings if f.get("part") == "kafka"]), (0, []))
        self.names_all(KAFKA)

    def test_a_start_may_have_its_keys_from_a_pipe(self):
        self.starts_with_a_pipe_as("--kafka-config", f"bootstrap.servers={shared_broker().address}\n",
                                   "--log", "kafka", "--kafka-topic", "piped",
                                   "--kafka-partitions", "1")

    def test_a_name_that_does_not_resolve_ends_a_start_at_once(self):
        """It cost 30 s, and the message was of a partition that did not answer."""
        with contextlib.ExitStack() as self.stack:
            begun = time.monotonic()
            code, _, err = run("serve", "--data", self.data, *FREE_PORTS, *renamed(self).flags)
            self.assertEqual(code, 1)
            self.assertIn("advertise a.invalid:", err)
            # What may be known a little later is waited for.
            at_once = why_unresolved("a.invalid") == NO_SUCH_NAME
            self.assertLess(time.monotonic() - begun, SECONDS if at_once else 3 * SECONDS)


if __name__ == "__main__":
    unittest.main()
