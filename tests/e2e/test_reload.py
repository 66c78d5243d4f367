"""SIGHUP while requests are answered: what changes, what needs a restart, and what is refused."""
import base64
import hashlib
import hmac
import os
import re
import signal
import socket
import subprocess
import threading
import time
import unittest
import urllib.parse

from tests.e2e.service import CONTACTS, PASSWORD, Client, Service, wait_until


LAST_LINE = re.compile(r"SIGHUP: (the settings were read again|nothing was changed).*\n")


def write(path, text, mode=0o600):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def signed_by(cookie, secret):
    """The cookie signs its session id with this secret."""
    sid, _, signature = urllib.parse.unquote(cookie.split("=", 1)[1])[2:].rpartition(".")
    expected = base64.b64encode(hmac.new(secret.encode(), sid.encode(), hashlib.sha256).digest())
    return signature == expected.decode().rstrip("=")


def raw(service, text):
    """The whole answer to bytes that ask for the end of the connection."""
    host, port = service.base.split(":")
    with socket.create_connection((host, int(port))) as connection:
        connection.sendall(text)
        answer = b""
        while piece := connection.recv(65536):
            answer += piece
    return answer.decode()


def holds_hangups(process):
    """It runs `contacts` already, which has come to its first lines."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        return int(re.search(r"SigBlk:\t(\w+)", status.read()).group(1), 16) & 1


class Reload(unittest.TestCase):
    def hang_up(self, service):
        """The log lines that one SIGHUP makes, once its last one is there."""
        seen = len(service.errors())
        service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: LAST_LINE.search(service.errors()[seen:]))
        return service.errors()[seen:]

    def preflight(self, service, origin):
        answer = Client(service.base).get("/contacts", Origin=origin)
        return answer.headers.get("Access-Control-Allow-Origin")

    def me(self, service, cookie):
        return Client(service.base, cookie).get("/contacts").status

    def test_what_counts_at_once_is_said_and_what_needs_a_restart_is_named(self):
        with Service() as service:
            config = os.path.join(service.data, "..", os.path.basename(service.data) + ".toml")
            config = os.path.normpath(config)
            self.addCleanup(os.remove, config)
            write(config, 'log-level = "warn"\n')
            service.flags += ["--config", config, "--http-idle-seconds", "70"]
            service.add_user("ada", "admin")
            service.start()
            head = f"GET /openapi.json HTTP/1.1\r\nHost: a\r\nX: {'x' * 20000}\r\n\r\n".encode()
            self.assertIn(" 431 ", raw(service, head)[:20])
            self.assertIsNone(self.preflight(service, "https://shop.example"))
            write(config, 'log-level = "info"\nallowed-origins = ["https://shop.example"]\n'
                          'trusted-proxies = "127.0.0.1"\nhttp-head-bytes = 40000\n'
                          'http-idle-seconds = 5\nlame-duck-seconds = 1\nthreads = 3\n'
                          'session-idle = 3600\n')
            lines = self.hang_up(service)
            for said in ('log-level is now \\"info\\"', "trusted-proxies is now", "allowed-origins is",
                         'http-head-bytes is now \\"40000\\"', "lame-duck-seconds is now",
                         "threads changed; it counts after a restart",
                         "session-idle changed; it counts after a restart"):
                self.assertEqual(lines.count("SIGHUP: " + said), 1, lines)
            self.assertNotIn("http-idle-seconds", lines)  # a flag counts before the file
            self.assertEqual(self.preflight(service, "https://shop.example"), "https://shop.example")
            self.assertNotIn(" 431 ", raw(service, head.replace(b"Host", b"Connection: close\r\nHost"))[:20])
            lines = self.hang_up(service)
            self.assertIn("changed=0 waiting_for_a_restart=2\n", lines)
            self.assertEqual(lines.count("SIGHUP: "), 3, lines)
            self.assertEqual(service.end(), 0)
            self.assertIn("clients are sent away", service.errors())

    def test_the_new_first_secret_signs_and_running_sessions_go_on(self):
        with Service() as service:
            secrets = service.data + ".secrets"
            self.addCleanup(os.remove, secrets)
            write(secrets, "first-secret\n")
            service.flags += ["--session-secret-file", secrets]
            service.add_user("ada", "admin")
            service.start()
            old = service.client("ada").cookie
            self.assertTrue(signed_by(old, "first-secret"))
            self.assertEqual(self.me(service, old), 200)
            write(secrets, "second-secret\nfirst-secret\n")
            self.assertIn("another one signs, 2 verify, 0 no longer do", self.hang_up(service))
            new = service.client("ada").cookie
            self.assertTrue(signed_by(new, "second-secret"))
            self.assertEqual([self.me(service, old), self.me(service, new)], [200, 200])
            # One that was verified, and is remembered, must not outlive its secret.
            write(secrets, "second-secret\n")
            self.assertIn("the same one signs, 1 verify, 1 no longer does", self.hang_up(service))
            self.assertEqual([self.me(service, old), self.me(service, new)], [401, 200])
            self.assertIn("changed=0 ", self.hang_up(service))

    def test_a_fault_leaves_all_as_it_was(self):
        with Service() as service:
            secrets, config = service.data + ".secrets", service.data + ".toml"
            self.addCleanup(os.remove, secrets)
            self.addCleanup(os.remove, config)
            write(secrets, "first-secret\n")
            write(config, "")
            service.flags += ["--session-secret-file", secrets, "--config", config]
            service.add_user("ada", "admin")
            service.start()
            for text, cause in (
                    ('allowed-origins = "https://a.example"\ntrusted-proxies = "nonsense"\n', "nonsense"),
                    ('allowed-origins = "https://a.example"\nno-such-setting = 1\n', "no-such-setting"),
                    ('allowed-origins = "https://a.example"\nhttp-idle-seconds = 0\n', "http-idle-seconds")):
                write(config, text)
                write(secrets, "second-secret\n")
                lines = self.hang_up(service)
                self.assertIn("SIGHUP: nothing was changed", lines)
                self.assertIn(cause, lines)
                self.assertIsNone(self.preflight(service, "https://a.example"))
            self.assertTrue(signed_by(service.client("ada").cookie, "first-secret"))
            self.assertEqual(service.ready().json()["warnings"][0]["part"], "settings")
            write(config, 'allowed-origins = "https://a.example"\n')
            write(secrets, "")
            self.assertIn("no secret in", self.hang_up(service))
            self.assertIsNone(self.preflight(service, "https://a.example"))
            write(secrets, "second-secret\n")
            self.assertIn("another one signs", self.hang_up(service))
            self.assertEqual(self.preflight(service, "https://a.example"), "https://a.example")
            self.assertTrue(signed_by(service.client("ada").cookie, "second-secret"))
            self.assertNotIn("SIGHUP", service.ready().body.decode())

    # It ended the process: the default of SIGHUP, until the signals had a thread.
    def test_one_that_comes_while_starting_ends_nothing(self):
        with Service() as service:
            process = subprocess.Popen(
                [CONTACTS, "serve", "--data", service.data, "--listen", "127.0.0.1:0",
                 "--admin-listen", "127.0.0.1:0"], stdout=subprocess.PIPE, stderr=service.log)
            wait_until(lambda: holds_hangups(process.pid))
            for _ in range(200):
                process.send_signal(signal.SIGHUP)
            service.process = process
            service.base = service.wait_for(r"serves http://(\S+)/api")
            wait_until(lambda: "SIGHUP: " in service.errors())
            self.assertEqual(service.end(), 0, service.errors())

    def test_requests_are_answered_through_hundreds_of_them(self):
        with Service() as service:
            secrets = service.data + ".secrets"
            self.addCleanup(os.remove, secrets)
            write(secrets, "a-secret\nb-secret\n")
            service.flags += ["--session-secret-file", secrets]
            service.add_user("ada", "admin")
            service.start()
            cookie = service.client("ada").cookie
            over, wrong = threading.Event(), []

            def ask():
                client = Client(service.base, cookie)
                while not over.is_set():
                    if (status := client.get("/contacts").status) != 200:
                        wrong.append(status)

            askers = [threading.Thread(target=ask) for _ in range(3)]
            for asker in askers:
                asker.start()
            for number in range(10):
                first, second = "ab" if number % 2 else "ba"
                write(secrets + ".new", f"{first}-secret\n{second}-secret\n")
                os.replace(secrets + ".new", secrets)
                self.hang_up(service)
            over.set()
            for asker in askers:
                asker.join()
            self.assertEqual(wrong, [])
            self.assertGreater(service.errors().count("another one signs"), 5)


class LameDuck(unittest.TestCase):
    # A balancer that had not yet seen that it is not ready got its connections refused.
    def test_clients_are_sent_away_before_anybody_is_refused(self):
        with Service("--lame-duck-seconds", "2") as service:
            service.start()
            kept = Client(service.base)
            self.assertEqual(kept.get("/openapi.json").headers.get("Connection", "keep-alive"),
                             "keep-alive")
            begin = time.monotonic()
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "sent away" in service.errors())
            self.assertEqual(service.ready().status, 503)
            answer = kept.get("/openapi.json")
            self.assertEqual((answer.status, answer.headers["Connection"]), (200, "close"))
            answer = Client(service.base).get("/openapi.json")  # a new connection
            self.assertEqual((answer.status, answer.headers["Connection"]), (200, "close"))
            self.assertEqual(service.ended(), 0, service.errors())
            self.assertGreaterEqual(time.monotonic() - begin, 2)

    def test_a_second_signal_ends_it_at_once(self):
        with Service("--lame-duck-seconds", "600") as service:
            service.start()
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "sent away" in service.errors())
            begin = time.monotonic()
            self.assertEqual(service.end(signal.SIGTERM), 1)
            self.assertLess(time.monotonic() - begin, 3)


class Limits(unittest.TestCase):
    def test_an_idle_connection_is_kept_as_long_as_it_is_set(self):
        with Service("--http-idle-seconds", "1") as short, Service("--http-idle-seconds", "620") as long:
            sockets = []
            for service in (short, long):
                service.start()
                host, port = service.base.split(":")
                connection = socket.create_connection((host, int(port)), timeout=20)
                connection.sendall(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
                self.assertIn(b" 404 ", connection.recv(65536))
                sockets.append(connection)
            self.assertEqual(sockets[0].recv(1), b"")  # closed by the server, within its time
            sockets[1].sendall(b"GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(b" 404 ", sockets[1].recv(65536))
            for connection in sockets:
                connection.close()

    def test_more_connections_of_one_address_than_are_set_get_503(self):
        with Service("--http-connections-per-address", "2") as service:
            service.start()
            clients = [Client(service.base) for _ in range(3)]
            statuses = [client.get("/openapi.json").status for client in clients]
            self.assertEqual(statuses, [200, 200, 503])

    def test_the_log_has_lines_from_its_level_on(self):
        with Service("--log-level", "error") as service:
            service.start()
            self.assertEqual(service.end(), 0)
            self.assertEqual(service.errors(), "")


if __name__ == "__main__":
    unittest.main()
