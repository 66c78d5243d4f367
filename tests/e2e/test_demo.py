"""What a newcomer does: start the demonstration, paste the printed lines."""
import json
import subprocess
import unittest

from tests.e2e.service import Client, Service


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
