"""SIGHUP while requests are answered: settings that change, that need a restart, and that are refused."""
import base64
import hashlib
import hmac
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from tests.e2e.redis import free_port
from tests.e2e.service import CONTACTS, Client, Service, wait_until


LAST_LINE = re.compile(r"SIGHUP: (the settings were read again|nothing was changed).*\n")


def write(path, text, mode=0o600):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def with_secrets(test, service, text):
    """The file of secrets for the service."""
    path = service.data + ".secrets"
    test.addCleanup(os.remove, path)
    write(path, text)
    service.flags += ["--session-secret-file", path]
    return path


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


def hang_up(service):
    """The log lines that one SIGHUP makes, once its last one is there."""
    seen = len(service.errors())
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: LAST_LINE.search(service.errors()[seen:]))
    return service.errors()[seen:]


def holds_hangups(process):
    """The process runs `contacts` already, which has come to its first lines."""
    with open(f"/proc/{process}/status", encoding="ascii") as status:
        return int(re.search(r"SigBlk:\t(\w+)", status.read()).group(1), 16) & 1


class Reload(unittest.TestCase):
    def preflight(self, service, origin):
        answer = Client(service.base).get("/contacts", Origin=origin)
        return answer.headers.get("Access-Control-Allow-Origin")

    def me(self, service, cookie):
        return Client(service.base, cookie).get("/contacts").status

    def test_settings_that_count_at_once_and_those_that_need_a_restart_are_named(self):
        with Service() as service:
            config = os.path.join(service.data, "..", os.path.basename(service.data) + ".toml")
            config = os.path.normpath(config)
            self.addCleanup(os.remove, config)
            write(config, 'log-level = "warn"\n')
            service.flags += ["--config", config, "--login-failures", "7"]
            service.add_user("ada", "admin")
            service.start()
            head = f"GET /openapi.json HTTP/1.1\r\nHost: a\r\nX: {'x' * 20000}\r\n\r\n".encode()
            self.assertIn(" 431 ", raw(service, head)[:20])
            self.assertIsNone(self.preflight(service, "https://shop.example"))
            write(config, 'log-level = "info"\nallowed-origins = ["https://shop.example"]\n'
                          'trusted-proxies = "127.0.0.1"\nhttp-head-bytes = 40000\n'
                          'http-idle-seconds = 5\nlame-duck-seconds = 1\nthreads = 3\nlogin-failures = 9\n'
                          'session-idle = 3600\n')
            lines = hang_up(service)
            for said in ('log-level is now \\"info\\"', "trusted-proxies is now", "allowed-origins is",
                         'http-head-bytes is now \\"40000\\"', "lame-duck-seconds is now",
                         'http-idle-seconds is now \\"5\\"',
                         "threads changed; it counts after a restart",
                         "session-idle changed; it counts after a restart"):
                self.assertEqual(lines.count("SIGHUP: " + said), 1, lines)
            self.assertNotIn("login-failures", lines)  # a flag counts before the file
            self.assertEqual(self.preflight(service, "https://shop.example"), "https://shop.example")
            self.assertNotIn(" 431 ", raw(service, head.replace(b"Host", b"Connection: close\r\nHost"))[:20])
            lines = hang_up(service)
            self.assertIn("changed=0 waiting_for_a_restart=2\n", lines)
            self.assertEqual(lines.count("SIGHUP: "), 3, lines)
            write(config, 'log-level = "error"\nlame-duck-seconds = 1\n')
            self.assertIn('SIGHUP: log-level is now \\"error\\"', hang_up(service))
            begin = time.monotonic()
            self.assertEqual(service.end(), 0)
            self.assertGreaterEqual(time.monotonic() - begin, 1)
            self.assertNotIn("going down", service.errors())

    def test_the_new_first_secret_signs_and_running_sessions_go_on(self):
        with Service() as service:
            secrets = with_secrets(self, service, "first-secret\n")
            service.add_user("ada", "admin")
            service.start()
            old = service.client("ada").cookie
            self.assertTrue(signed_by(old, "first-secret"))
            self.assertEqual(self.me(service, old), 200)
            write(secrets, "second-secret\nfirst-secret\n")
            self.assertIn("another one signs, 2 verify, 0 no longer do", hang_up(service))
            new = service.client("ada").cookie
            self.assertTrue(signed_by(new, "second-secret"))
            self.assertEqual([self.me(service, old), self.me(service, new)], [200, 200])
            # A session that was verified, and is remembered, must not outlive its secret.
            write(secrets, "second-secret\n")
            self.assertIn("the same one signs, 1 verify, 1 no longer does", hang_up(service))
            self.assertEqual([self.me(service, old), self.me(service, new)], [401, 200])
            self.assertIn("changed=0 ", hang_up(service))

    def test_a_fault_leaves_all_as_it_was(self):
        with Service() as service:
            secrets = with_secrets(self, service, "first-secret\n")
            config = service.data + ".toml"
            self.addCleanup(os.remove, config)
            write(config, "")
            service.flags += ["--config", config]
            service.add_user("ada", "admin")
            service.start()
            for text, cause in (
                    ('allowed-origins = "https://a.example"\ntrusted-proxies = "nonsense"\n', "nonsense"),
                    ('allowed-origins = "https://a.example"\nno-such-setting = 1\n', "no-such-setting"),
                    ('allowed-origins = "https://a.example"\nhttp-idle-seconds = 0\n', "http-idle-seconds")):
                write(config, text)
                write(secrets, "second-secret\n")
                lines = hang_up(service)
                self.assertIn("SIGHUP: nothing was changed", lines)
                self.assertIn(cause, lines)
                self.assertIsNone(self.preflight(service, "https://a.example"))
            self.assertTrue(signed_by(service.client("ada").cookie, "first-secret"))
            self.assertEqual(service.ready().json()["warnings"][0]["part"], "settings")
            write(config, 'allowed-origins = "https://a.example"\n')
            write(secrets, "")
            self.assertIn("no secret in", hang_up(service))
            self.assertIsNone(self.preflight(service, "https://a.example"))
            os.remove(secrets)
            os.mkfifo(secrets, 0o600)  # it took the server's signals away, until somebody wrote
            self.assertIn("is a pipe without content", hang_up(service))
            os.remove(secrets)
            write(secrets, "second-secret\n")
            lines = hang_up(service)
            self.assertIn("another one signs", lines)
            self.assertIn("so that it may be guessed", lines)
            self.assertEqual(self.preflight(service, "https://a.example"), "https://a.example")
            self.assertTrue(signed_by(service.client("ada").cookie, "second-secret"))
            self.assertNotIn("SIGHUP", service.ready().body.decode())

    # SIGHUP ended the process, as is its default, until the signals had a thread.
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

    def test_requests_are_answered_meanwhile(self):
        with Service() as service:
            secrets = with_secrets(self, service, "a-secret\nb-secret\n")
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
                hang_up(service)
            over.set()
            for asker in askers:
                asker.join()
            self.assertEqual(wrong, [])
            self.assertGreater(service.errors().count("another one signs"), 5)


class LameDuck(unittest.TestCase):
    # A balancer that had not yet seen the 503 of readiness got its connections refused.
    def test_clients_are_sent_away_before_anybody_is_refused_and_a_second_signal_ends_it(self):
        with Service("--lame-duck-seconds", "600") as service:
            service.start()
            kept = Client(service.base)
            self.assertEqual(kept.get("/openapi.json").headers.get("Connection", "keep-alive"),
                             "keep-alive")
            service.process.send_signal(signal.SIGTERM)
            wait_until(lambda: "sent away" in service.errors())
            self.assertEqual(service.ready().status, 503)
            answer = kept.get("/openapi.json")
            self.assertEqual((answer.status, answer.headers["Connection"]), (200, "close"))
            answer = Client(service.base).get("/openapi.json")  # a new connection
            self.assertEqual((answer.status, answer.headers["Connection"]), (200, "close"))
            begin = time.monotonic()
            self.assertEqual(service.end(signal.SIGTERM), 1)
            self.assertLess(time.monotonic() - begin, 3)


class Authorities(unittest.TestCase):
    """Redis by TLS, whose authority is replaced while the server runs."""

    def certificate(self, directory, name):
        files = [os.path.join(directory, name + end) for end in (".key", ".pem")]
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
             "-nodes", "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1",
             "-keyout", files[0], "-out", files[1]], check=True, capture_output=True)
        return files

    def test_the_file_is_read_again_for_the_next_connection(self):
        with tempfile.TemporaryDirectory() as directory:
            key, certificate = self.certificate(directory, "redis")
            other = self.certificate(directory, "other")[1]
            trusted = os.path.join(directory, "trusted.pem")
            shutil.copy(other, trusted)
            port = free_port()
            redis = subprocess.Popen(
                ["redis-server", "--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1",
                 "--tls-cert-file", certificate, "--tls-key-file", key, "--tls-auth-clients", "no",
                 "--save", "", "--dir", directory], stdout=subprocess.DEVNULL)
            self.addCleanup(redis.wait)
            self.addCleanup(redis.kill)
            with Service("--sessions", f"rediss://127.0.0.1:{port}", "--redis-ca-file", trusted) as service:
                service.start()
                wait_until(lambda: b"certificate is not accepted" in service.ready().body)
                write(trusted, "no certificate")
                self.assertIn("SIGHUP: a setting is wrong", hang_up(service))
                shutil.copy(certificate, trusted)
                self.assertIn("SIGHUP: the CA certificates for Redis were read", hang_up(service))
                wait_until(lambda: service.ready().status == 200)
                self.assertIn("changed=0 ", hang_up(service))  # each kept another SSL_CTX


class Limits(unittest.TestCase):
    def setUp(self):
        self.service = Service("--http-idle-seconds", "3", "--http-connections-per-address", "3",
                               "--log-level", "error")
        self.addCleanup(self.service.__exit__)
        self.service.start()

    def test_they_are_those_that_are_set(self):
        clients = [Client(self.service.base) for _ in range(4)]
        statuses = [client.get("/openapi.json").status for client in clients]
        self.assertEqual(statuses, [200, 200, 200, 503])
        for client in clients[:3]:
            client.connection.sock.settimeout(20)
            self.assertEqual(client.connection.sock.recv(1), b"")  # closed by the server: idle
        self.assertEqual(self.service.end(), 0)
        self.assertEqual(self.service.errors(), "")  # no line below the level


if __name__ == "__main__":
    unittest.main()
