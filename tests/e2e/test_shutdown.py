"""A server that is told to stop while requests of every kind are under way, and their clients gone.

It ends with 0: whatever works for a request is stopped before what its answer uses. `make asan` runs it
on a build that notices a use after free."""
import contextlib
import json
import os
import re
import signal
import socket
import struct
import unittest

from tests.e2e.service import PASSWORD, Client, Service

ROUNDS = int(os.environ.get("SOAK_ROUNDS", 1)) * 2


def request(method, path, value=None, *headers):
    body = b"" if value is None else json.dumps(value).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: a", f"Content-Length: {len(body)}", *headers]
    if value is not None:
        lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Shutdown(unittest.TestCase):
    def requests(self, service, cookie, number):
        """One of each kind, in an order that has the slow ones first."""
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
        """As many as the server has taken over: what was sent on them is being read, or was."""
        text = Client(service.admin).get("/metrics").body.decode()
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
            # A body that never ends and a wait would hold the drain up for as long as they may.
            requests = [one for one in self.requests(service, cookie, 0)
                        if b"99999999" not in one and b"late@x.org" not in one]
            sockets = self.send_all(service, requests)
            self.assertEqual(service.end(signal.SIGTERM), 0, service.errors()[-3000:])
            answered = 0
            for connection in sockets:
                with connection, contextlib.suppress(ConnectionResetError):
                    answered += connection.recv(12).startswith(b"HTTP/1.1 ")
            self.assertGreater(answered, 0)


if __name__ == "__main__":
    unittest.main()
