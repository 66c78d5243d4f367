"""schemathesis, with all its checks, against the running service: openapi.json is true.

CONTACTS_SOAK=1: a hundred times as many requests, from another seed each time (the report has it)."""
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import unittest

from tests.e2e.kafka import ROOT
from tests.e2e.service import PASSWORD, Service

SOAK = os.environ.get("CONTACTS_SOAK") == "1"
SEED = random.randrange(1 << 32) if SOAK else 1
HOOKS = os.path.join(os.path.dirname(__file__), "openapi_hooks.py")


LINKS = 5
# 410: the history does not have a position, or the contact was erased, which no schema can say.
ACCEPTED = ("2xx", "3xx", "401", "403", "404", "409", "410", "412", "429",
            "5xx")
# 410: a position or a view is judged before the rest of a request that has another fault, too.
REFUSED = ("400", "401", "403", "404", "405", "406", "409", "410", "415", "422", "428", "429", "5xx")
# The phase "stateful" follows the links of the document and, in the long form, also those that schemathesis infers.
DECLARED_LINKS = "[phases.stateful.inference]\nalgorithms = []\n"


def only(operation):
    """One operation, without the phase that needs links to others."""
    return "--include-operation-id", operation, "--phases", "examples,coverage,fuzzing"


def schemathesis(service, cookie, links, folder, *flags, settings=""):
    """Its exit code, its report, and how often each operation was answered with each status."""
    document = os.path.join(folder, "openapi.json")
    with open(document, "wb") as file:  # from a file, else it leaves the document's own route out
        file.write(service.client().get("/api/openapi.json").body)
    config = os.path.join(folder, "schemathesis.toml")
    with open(config, "w", encoding="ascii") as file:
        file.write(f'hooks = "{HOOKS}"\n[generation]\ndatabase = "none"\n'
                   f'[checks]\npositive_data_acceptance.expected-statuses = {list(ACCEPTED)}\n'
                   f'negative_data_rejection.expected-statuses = {list(REFUSED)}\n'
                   f'[auth.openapi.session]\napi_key = "{cookie.split("=", 1)[1]}"\n{settings}')
    asked = os.path.join(folder, "asked")
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "--config-file", config,
         "run", document, "--url", f"http://{service.base}/api", "--checks", "all",
         "--seed", str(SEED), "--continue-on-failure", "--warnings", "off", *flags],
        cwd=folder, capture_output=True, check=False,
        env={**os.environ, "PYTHONPATH": ROOT, "ASKED": asked, "USER_NAME": "jane",
             "USER_PASSWORD": PASSWORD, "LINKS": " ".join(links)})
    answers = {}
    with open(asked, encoding="ascii") as file:
        for operation, status in map(json.loads, file):
            of_operation = answers.setdefault(operation, {})
            of_operation[status] = of_operation.get(status, 0) + 1
    return done.returncode, done.stdout.decode() + done.stderr.decode(), answers


class OpenApi(unittest.TestCase):
    def printed(self, service, *words):
        code, out, err = service.contacts(*words, "--json")
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def link_for(self, service, maker, number):
        """Of the account of a new contact; openapi_hooks.py invites contact 3."""
        email = f"invited{number}@example.com"
        maker.create(email, canLogin=True)
        return self.printed(service, "user", "invite", email, "--tenant", "acme")["token"]

    def ask(self, role, *flags, settings=""):
        """The answers of each operation, the document, and the report of schemathesis."""
        with Service("--default-tenant", "acme", "--login-failures", "1000000") as service, \
             tempfile.TemporaryDirectory() as folder:
            service.add_user("jane", role)
            service.add_user("maker", "admin")
            service.start()
            client = service.client("jane")
            maker = service.client("maker")
            links = [self.link_for(service, maker, number) for number in range(1 + LINKS)]
            code, report, answers = schemathesis(service, client.cookie, links[1:], folder, *flags,
                                                 settings=settings)
            self.assertEqual(code, 0, report)
            self.assertIsNone(service.process.poll())
            self.assertEqual(client.again().get("/api/user").status, 200)  # good to the end
            print(json.dumps(answers), file=sys.stderr)
            return answers, client.again().get("/api/openapi.json").json(), report

    def test_as_admin(self):
        most = ("-n", "3000" if SOAK else "30")
        answers, document, report = self.ask("admin", *most, settings="" if SOAK else DECLARED_LINKS)
        # Erasures and new invitations of all contacts have ended the links by then.
        activations, _, _ = self.ask("admin", *most, *only("activate"))
        answers["POST /activate"] = activations["POST /activate"]
        refused = 0
        for path, operations in document["paths"].items():
            for method, operation in operations.items():
                seen = answers.get(f"{method.upper()} {path}", {})
                success = min(map(int, operation["responses"]))
                self.assertGreater(seen.get(success, 0), 2, (path, seen))
                if "security" not in operation:  # it has the document's: the cookie or a token
                    refused += seen.get(401, 0)
        self.assertGreater(answers["GET /contacts/changes as events"].get(200, 0), 2)
        self.assertGreater(answers["GET /contacts/changes as events"].get(400, 0), 2)
        self.each_link_was_followed(document, report)
        # schemathesis leaves both out only now and then; tests/infra/api/access_table_test.cc walks each route.
        self.assertGreater(refused, 2)

    def each_link_was_followed(self, document, report):
        declared = sum(len(operation["responses"].get("200", {}).get("links", {}))
                       for operations in document["paths"].values() for operation in operations.values())
        found = re.search(r"API Links: +(\d+) covered / \d+ selected / (\d+) total", report)
        self.assertIsNotNone(found, report)
        covered, total = map(int, found.groups())
        self.assertGreater(declared, 4)
        if SOAK:  # schemathesis adds links that it infers
            self.assertGreaterEqual(covered, declared)
        else:
            self.assertEqual((covered, total), (declared, declared), report)

    def test_what_a_member_may_not_do(self):
        answers, _, _ = self.ask("member", *only("createContact"), "-n", "300" if SOAK else "5")
        self.assertGreater(answers["POST /contacts"].get(403, 0), 10)
        self.assertNotIn(200, answers["POST /contacts"])


if __name__ == "__main__":
    unittest.main()
