"""`contacts check` names each fault alone, within five seconds, and changes nothing.

To add a fault: a row of its table (a name, a function that seeds it and returns how to ask, the text that
must come, and whether it is a fault or a warning)."""
import os
import resource
import signal
import socket
import subprocess
import unittest

from tests.e2e.check import FREE_PORTS, Asked, Seeded, check
from tests.e2e.redis import Redis, free_port
from tests.e2e.service import Service, program_for_all, run
from tests.e2e.small_disk import SmallDisk

NOBODY = 65534
SOON = ["--redis-timeout-ms", "200"]


def everything_in(folder):
    return {path: [(name, os.lstat(os.path.join(path, name)).st_mtime_ns)
                   for name in sorted([*folders, *names])]
            for path, folders, names in os.walk(folder)}


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
    ("a key that is not a setting", configured("\nlisen = 'x'\n"), ":2: there is no setting 'lisen'",
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
    ("a malformed proxy", lambda _: Asked("--trusted-proxies", "10.0.0"), "trusted proxy \"10.0.0\"",
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

    def test_all_faults_are_listed_together_for_people_and_machines(self):
        config = self.file("lisen = 'x'\nthreads = 0\n")
        flags = ["--data", "/dev/null/data", "--config", config, "--admin-listen", "192.0.2.1:0"]
        code, out, err = run("check", *flags)
        self.assertEqual((code, err), (1, ""))
        for said in ("lisen", ":2: threads", "/dev/null/data", "192.0.2.1"):
            self.assertIn(said, out)
        self.assertRegex(out.splitlines()[-1], r"^4 faults, \d warnings?: ")

    def test_a_start_logs_all_faults(self):
        code, out, err = run("serve", "--data", "/dev/null/data", "--listen", "192.0.2.1:0",
                             "--session-secret-file", "/no/such/file", "--trusted-proxies", "10.0.0")
        self.assertEqual((code, out), (1, ""))
        for said in ("/dev/null/data", "192.0.2.1", "/no/such/file", "10.0.0"):
            self.assertIn(said, err)

    def test_a_start_may_read_its_secrets_from_a_pipe(self):
        """The check before the start read the pipe, and the start found it empty."""
        self.starts_with_a_pipe_as("--session-secret-file", "s" * 64 + "\n")

    def test_a_start_without_threads_names_them(self):
        """It aborted with std::system_error and did not name the cause."""
        folder, who = self.folder, {}
        if os.geteuid() == 0:  # root's threads are not counted
            os.chmod(folder, 0o777)
            who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        for threads in (1, 2, 4, 6, 9, 12, 15, 18, 20, 21, 22, 23):
            done = subprocess.run(
                [program_for_all(), "serve", "--data", os.path.join(folder, "data"), "--threads", "4",
                 *FREE_PORTS],
                capture_output=True, timeout=60, check=False, **who,
                preexec_fn=lambda most=threads: limit(resource.RLIMIT_NPROC, most))
            self.assertEqual(done.returncode, 1, (threads, done.stderr))
            self.assertIn(b"error No thread can be made. Raise the limit", done.stderr, threads)

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


if __name__ == "__main__":
    unittest.main()
