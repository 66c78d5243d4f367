"""A newcomer starts the demonstration and pastes the printed lines."""
import json
import os
import subprocess
import unittest

from tests.e2e.service import Client, Service, wait_until


def pasted(line):
    done = subprocess.run(["bash", "-c", line], capture_output=True, timeout=60)
    assert done.returncode == 0, done
    decoder, values, rest = json.JSONDecoder(), [], done.stdout.decode()
    while rest.strip():
        value, end = decoder.raw_decode(rest.strip())
        values.append(value)
        rest = rest.strip()[end:]
    return values


class Demo(unittest.TestCase):
    def test_printed_lines_log_in_create_list_and_mention(self):
        with Service("--demo") as service:
            service.start()
            service.wait_for(r"(contacts/mentions)\n")
            login, create, read = [line.strip() for line in service.printed.splitlines()
                                   if line.strip().startswith("curl ")]
            self.assertEqual(pasted(login)[0]["username"], "admin")
            created = pasted(create)[0]
            self.assertEqual(created["fullName"], "Grace Hopper")
            contacts, mentions = pasted(read)
            self.assertEqual(contacts[-1], created)
            self.assertEqual([c["id"] for c in contacts], list(range(1, 32)))
            self.assertEqual(mentions[-1], {key: created[key] for key in
                                            ("id", "fullName", "mentionName", "email")})
            self.assertEqual(pasted(create)[0]["error"], "Conflict")

    # The server was ready before anybody could log in.
    def test_it_is_ready_only_once_it_is_filled(self):
        with Service("--demo") as service:
            service.launch()
            ops = os.path.join(service.data, "ops.json")
            wait_until(lambda: os.path.exists(ops))
            with open(ops, encoding="utf-8") as file:
                service.admin = json.load(file)["address"]
            reasons = []
            while (answer := service.ready()).status == 503:
                reasons += [reason["part"] for reason in answer.json()["reasons"]]
            service.base = service.wait_for(r"serves http://(\S+)/api")
            password = service.wait_for(r"the password (\S+)\n")
            self.assertIn("demonstration", reasons)
            self.assertNotIn("warn", service.errors())  # a newcomer sees these lines, and all is well
            for name in ("admin", "client"):
                answer = Client(service.base).post("/login", {"username": name, "password": password})
                self.assertEqual(answer.status, 200, answer)

    def test_a_restart_adds_nothing_and_the_password_stays(self):
        with Service("--demo") as service:
            service.start()
            password = service.wait_for(r"the password (\S+)\n")
            before = service.status("--digest")
            self.assertEqual(service.end(), 0)
            service.start()
            self.assertEqual(service.wait_for(r"the password (\S+)\n"), password)
            after = service.status("--digest")
            self.assertEqual(after["tenants"], before["tenants"])
            self.assertEqual(after["digest"], before["digest"])
            for name in ("admin", "consultant", "member", "client"):
                answer = Client(service.base).post("/login", {"username": name, "password": password})
                self.assertEqual(answer.status, 200, name)
                self.assertEqual(answer.json()["role"], name)


if __name__ == "__main__":
    unittest.main()
