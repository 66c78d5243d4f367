"""A server whose clients take all the descriptors that it has for them."""
import contextlib
import os
import resource
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from tests.e2e.service import CONTACTS, Service, wait_until

LIMIT = 150


class Descriptors(unittest.TestCase):
    def idle(self, service, number, clients):
        host, port = service.base.split(":")
        for _ in range(number):
            client = clients.enter_context(socket.socket())
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect((host, int(port)))

    def processor_seconds(self, service):
        with open(f"/proc/{service.process.pid}/stat", encoding="ascii") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # The server took 38 % of a processor, and said nothing.
    def test_it_says_so_and_goes_on_for_those_who_are_there(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.start()
            ada = service.client("ada")
            resource.prlimit(service.process.pid, resource.RLIMIT_NOFILE, (LIMIT, LIMIT))
            with contextlib.ExitStack() as clients:
                self.idle(service, 250, clients)
                wait_until(lambda: "descriptors" in service.ready().body.decode())
                in_use = len(os.listdir(f"/proc/{service.process.pid}/fd"))
                self.assertLess(in_use, LIMIT - 50, "they are for storage")
                begin, used = time.monotonic(), self.processor_seconds(service)
                while time.monotonic() < begin + 2:
                    self.assertEqual(ada.get("/api/contacts").status, 200)
                    threading.Event().wait(0.1)
                self.assertLess(self.processor_seconds(service) - used, 0.4)
                self.assertEqual(ada.create("written@x.org").status, 200)
                metrics = service.metrics()
                self.assertNotIn("contacts_http_accept_pauses_total 0\n", metrics)
                self.assertEqual(service.errors().count("accepting clients pauses"), 1)
            self.assertEqual(ada.again().get("/api/contacts").status, 200)
            wait_until(lambda: "descriptors" not in service.ready().body.decode())

    def test_a_start_with_few_says_how_many_connections_fit(self):
        with tempfile.TemporaryDirectory(prefix="contacts-test-") as data:
            with subprocess.Popen(
                    [CONTACTS, "serve", "--data", data, "--listen", "127.0.0.1:0",
                     "--admin-listen", "127.0.0.1:0"], stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE, preexec_fn=lambda: resource.setrlimit(
                        resource.RLIMIT_NOFILE, (LIMIT, LIMIT))) as server:
                while b"fewer connections" not in (line := server.stderr.readline()):
                    self.assertTrue(line, "it ended without the line")
                self.assertIn(b"connections=75 configured=10000 limit=150", line)
                server.terminate()

    # The server aborted, or said that it serves and answered no request.
    def test_a_start_with_too_few_says_how_many_it_needs(self):
        for few in (48, 64, 100):
            with tempfile.TemporaryDirectory(prefix="contacts-test-") as data:
                done = subprocess.run(
                    [CONTACTS, "serve", "--data", data, "--listen", "127.0.0.1:0",
                     "--admin-listen", "127.0.0.1:0"], capture_output=True, timeout=60,
                    preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (few, few)))
            self.assertEqual(done.returncode, 1, done.stderr)
            self.assertIn(b"needs at least 150 descriptors", done.stderr)


if __name__ == "__main__":
    unittest.main()
