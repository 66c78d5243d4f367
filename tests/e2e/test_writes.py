"""Many writes at the same time; views thrown away; a third party reads the history."""
import hashlib
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import threading
import unittest

from tests.e2e.service import Service

VERIFY = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "verify_export.py")


def in_threads(count, work):
    """Runs work(number) in `count` threads; fails when one fails."""
    faults = []

    def guarded(number):
        try:
            work(number)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def verify(export, *flags):
    done = subprocess.run([sys.executable, VERIFY, *flags], input=export, capture_output=True, timeout=60)
    return done.returncode, (done.stdout + done.stderr).decode()


class Writes(unittest.TestCase):
    def test_a_list_behind_a_creation_on_one_connection_has_the_contact(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            admin = service.client("admin")
            host, port = service.base.split(":")
            for number in range(10):
                body = json.dumps({"fullName": "Jo", "email": f"p{number}@x.org", "type": "client"})
                common = f"HTTP/1.1\r\nHost: a\r\nCookie: {admin.cookie}\r\n"
                packet = (f"POST /contacts {common}Content-Type: application/json\r\n"
                          f"Content-Length: {len(body)}\r\n\r\n{body}"
                          f"GET /contacts {common}Connection: close\r\n\r\n")
                with socket.create_connection((host, int(port)), timeout=20) as connection:
                    connection.sendall(packet.encode())
                    with connection.makefile("rb") as answers:
                        created, listed = re.split(rb"(?=HTTP/1.1 )", answers.read())[1:]
                self.assertIn(f"p{number}@x.org".encode(), created)
                self.assertIn(f"p{number}@x.org".encode(), listed)

    def test_1000_concurrent_creations_of_100_emails(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.start()
            admin = service.client("admin")
            answers, lock, threads = [], threading.Lock(), 20

            def work(number):
                client = admin.again()
                for i in range(number, 1000, threads):
                    answer = client.create(f"Person{i % 100}@example.com")
                    with lock:
                        answers.append((answer.status, answer.json()))

            in_threads(threads, work)
            made = [contact for status, contact in answers if status == 200]
            self.assertEqual(sorted(c["id"] for c in made), list(range(1, 101)))
            self.assertEqual(len({c["email"] for c in made}), 100)
            self.assertEqual(sum(status == 409 for status, _ in answers), 900)
            self.assertEqual(admin.get("/api/contacts").json(), sorted(made, key=lambda c: c["id"]))

    def test_without_its_views_the_service_answers_the_same_bytes(self):
        with Service("--demo") as service:
            service.add_user("reader", "client", tenant="demo")
            service.start()
            service.wait_for(r"(contacts/mentions)\n")
            reader = service.client("reader", tenant="demo")
            admin = Service.client(service, "admin", tenant="demo",
                                   password=service.wait_for(r"the password (\S+)\n"))
            metadata = {"b": [1.50, {"x": None}], "a": "\u00fc\u2028"}
            admin.create("late@example.com", metadata=metadata, mentionName="late")
            paths = ("/api/contacts", "/api/contacts/mentions", "/api/user")

            def everything():
                return [(answer.status, answer.body, answer.headers["ETag"],
                         answer.headers["Contacts-Position"])
                        for client in (admin, reader) for path in paths
                        for answer in [client.get(path)]]

            before, digest = everything(), service.status("--digest")["digest"]
            self.assertEqual(service.end(), 0)
            shutil.rmtree(os.path.join(service.data, "views"))
            service.start()
            admin.base = reader.base = service.base
            admin.close(), reader.close()
            self.assertEqual(everything(), before)
            self.assertEqual(service.status("--digest")["digest"], digest)
            self.assertEqual(service.end(), 0)
            code, out, err = service.contacts("rebuild", "--json")
            self.assertEqual(code, 0, err)
            self.assertEqual(json.loads(out)["digest"], digest)

    def test_a_third_party_checks_the_history(self):
        with Service() as service:
            service.add_user("admin", "admin")
            service.add_user("admin", "admin", tenant="umbrella")
            service.start()
            admin = service.client("admin")
            for number in range(20):
                self.assertEqual(admin.create(f"p{number}@example.com").status, 200)
            code, export, err = service.contacts("export", "--tenant", "acme")
            self.assertEqual(code, 0, err)
            records = [json.loads(line) for line in export.splitlines()]
            self.assertEqual([r["type"] for r in records],
                             ["UserAdded", "PasswordSet"] + 20 * ["ContactCreated"])
            code, said = verify(export.encode())
            self.assertEqual(code, 0, said)
            self.assertIn("22 records", said)
            # The head's hash in the status binds the end.
            head = service.status()["tenants"][0]["headHash"]
            self.assertEqual(verify(export.encode(), "--head", head)[0], 0)
            self.assertEqual(verify("".join(export.splitlines(True)[:-1]).encode(), "--head", head)[0], 1)
            # The same bytes without a server, and in parts.
            self.assertEqual(service.end(), 0)
            self.assertEqual(service.contacts("export", "--tenant", "acme")[1], export)
            part = service.contacts("export", "--tenant", "acme", "--from", "3", "--to", "5")[1]
            self.assertEqual(part, "".join(export.splitlines(True)[2:5]))
            before = hashlib.sha256(export.splitlines()[1].encode()).hexdigest()
            code, said = verify(part.encode(), "--from", "3", "--previous", before)
            self.assertEqual(code, 0, said)
            # The check sees records that were changed, taken out, put in or moved.
            lines = export.encode().splitlines(True)
            for broken in (lines[:3] + [lines[3].replace(b"\"isActive\":true", b"\"isActive\":false")] + lines[4:],
                           lines[:3] + lines[4:], lines[:4] + lines[3:],
                           lines[:3] + [lines[4], lines[3]] + lines[5:]):
                self.assertEqual(verify(b"".join(broken))[0], 1)


if __name__ == "__main__":
    unittest.main()
