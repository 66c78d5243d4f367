"""A server gets SIGTERM while requests of every kind are in flight, and their clients are gone.

It ends with 0: whatever works for a request is stopped before what its answer uses. `make asan` runs it
on a build that notices a use after free."""
import contextlib
import json
import os
import shutil
import re
import signal
import socket
import struct
import time
import unittest

from tests.e2e.service import PASSWORD, Client, Service, wait_until

ROUNDS = int(os.environ.get("SOAK_ROUNDS", 1)) * 2


def request(method, path, value=None, *headers):
    body = b"" if value is None else json.dumps(value).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *headers]
    if value is not None:
        lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def everything(connection):
    """Everything that the server sends until it closes."""
    connection.settimeout(60)
    pieces = []
    with contextlib.suppress(ConnectionResetError):
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


class Shutdown(unittest.TestCase):
    def requests(self, service, cookie, number):
        """One request of each kind, the slow ones first."""
        session = f"Cookie: {cookie}"
        far = "Contacts-Min-Position: 99999999"
        login = {"username": "ada", "password": PASSWORD, "tenant": "acme"}
        code, out, err = service.contacts("user", "invite", "bob", "--tenant", "acme")
        self.assertEqual(code, 0, err)
        link = re.search(r"cin_\w+", out).group(0)
        contact = {"fullName": "Jo", "type": "client"}
        made = [request("POST", "/login", login)] * 8
        made += [request("POST", "/activate", {"token": link, "password": "long enough"})]
        made += [request("POST", "/contacts", {**contact, "email": f"s{number}-{i}@x.org"}, session)
                 for i in range(50)]
        made += [request("POST", "/contacts", {**contact, "email": "taken@x.org"}, session)] * 20
        made += [request("POST", "/contacts", {}, session), request("POST", "/logout", None, session)]
        made += [request("GET", "/contacts", None, session, far, "Prefer: wait=30")] * 5
        made += [request("POST", "/login", login, far, "Prefer: wait=30")]
        made += [request("GET", "/contacts", None, session, "Accept-Encoding: gzip")] * 5
        made += [request("POST", "/contacts", {**contact, "email": "late@x.org"}, session)[:-5]]
        return made

    def send_all(self, service, requests):
        host, port = service.base.split(":")
        sockets = []
        for one in requests:
            connection = socket.create_connection((host, int(port)))
            connection.sendall(one)
            sockets.append(connection)
        while self.connections(service) < len(sockets):
            pass
        return sockets

    def connections(self, service):
        """The connections that the server has accepted: it is reading their requests, or has read them."""
        text = service.metrics()
        return int(re.search(r"^contacts_http_connections (\d+)", text, re.M).group(1))

    def reset(self, sockets):
        for connection in sockets:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    # A log-in whose client had gone began a session in a store that was destroyed: SIGSEGV.
    def test_requests_of_every_kind_whose_clients_have_gone(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.add_user("bob", "member")
            service.start()
            service.client("ada").create("taken@x.org")
            for number in range(ROUNDS):
                cookie = service.client("ada").cookie
                sockets = self.send_all(service, self.requests(service, cookie, number))
                self.reset(sockets)
                self.assertEqual(service.end(signal.SIGTERM), 0, service.errors()[-3000:])
                service.start()

    def test_requests_of_every_kind_whose_clients_stay(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.add_user("bob", "member")
            service.start()
            cookie = service.client("ada").cookie
            sockets = self.send_all(service, self.requests(service, cookie, 0))
            self.assertEqual(service.end(signal.SIGTERM), 0, service.errors()[-3000:])
            answered = 0
            for connection in sockets:
                with connection, contextlib.suppress(ConnectionResetError):
                    answered += connection.recv(12).startswith(b"HTTP/1.1 ")
            self.assertGreater(answered, 0)

    def connect(self, service, bytes_sent, receive_buffer=None):
        host, port = service.base.split(":")
        connection = socket.socket()
        if receive_buffer:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        connection.connect((host, int(port)))
        connection.sendall(bytes_sent)
        return connection

    def slow_reader(self, service):
        """Asks for more than the sockets take, and reads none of it."""
        before = self.metric(service, "contacts_http_unsent_bytes")
        connection = self.connect(service, request("GET", "/openapi.json") * 32, 4096)
        wait_until(lambda: self.metric(service, "contacts_http_unsent_bytes") > before)
        return connection

    def metric(self, service, name):
        text = service.metrics()
        return float(re.search(rf"^{name} (\S+)", text, re.M).group(1))

    # The stop took as long as the time for a body.
    def test_parts_of_requests_do_not_hold_it_up(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.start()
            session = f"Cookie: {service.client('ada').cookie}"
            contact = {"fullName": "Jo", "type": "client", "email": "half@x.org"}
            half_head = self.connect(service, b"GET /contacts HTTP/1.1\r\nHo")
            half_body = self.connect(service, request("POST", "/contacts", contact, session)[:-5])
            wait_until(lambda: self.metric(service, "contacts_http_request_bytes") > 0)
            begin = time.monotonic()
            self.assertEqual(service.end(signal.SIGTERM), 0, service.errors()[-3000:])
            self.assertLess(time.monotonic() - begin, 8)
            answer = everything(half_body)
            self.assertTrue(answer.startswith(b"HTTP/1.1 503 "), answer)
            self.assertIn(b"\r\nRetry-After: 1\r\n", answer)
            half_body.close()
            self.assertNotIn(b" 200 ", everything(half_head))
            half_head.close()
            self.assertRegex(service.errors(), r"stopped requests_cut=[12]\n")

    def test_a_second_signal_ends_it_at_once(self):
        with Service() as service:
            service.start()
            with self.slow_reader(service):
                service.process.send_signal(signal.SIGTERM)
                wait_until(lambda: "going down" in service.errors())
                begin = time.monotonic()
                self.assertEqual(service.end(signal.SIGINT), 1)
                self.assertLess(time.monotonic() - begin, 3)
            self.assertFalse(os.path.exists(os.path.join(service.data, "ops.json")))

    # The server went on to answer 200, and none of these writes was kept.
    def test_a_directory_that_is_removed_ends_the_server(self):
        with Service() as service:
            service.add_user("ada", "admin")
            service.start()
            shutil.rmtree(service.data)
            self.assertEqual(service.ended(), 1)
            self.assertIn("was removed or renamed while it was used", service.errors())
            os.mkdir(service.data)
            code, out, _ = service.contacts("status")
            self.assertIn("There is nothing of contacts in the directory", out)
            self.assertEqual((code, os.listdir(service.data)), (0, []))

    # SIGHUP ended the process and all requests in flight.
    def test_a_hang_up_is_noted_and_no_more(self):
        with Service() as service:
            service.start()
            service.process.send_signal(signal.SIGHUP)
            wait_until(lambda: "SIGHUP" in service.errors())
            self.assertEqual(Client(service.base).get("/openapi.json").status, 200)
            self.assertEqual(service.end(signal.SIGTERM), 0, service.errors()[-3000:])


if __name__ == "__main__":
    unittest.main()
