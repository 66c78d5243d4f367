"""Exports with the plain text of what is sealed: what is in them, what is not, and that each one is recorded first."""
import json
import os
import subprocess
import sys
import unittest

from tests.e2e.service import Service, open_block

VERIFY = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "verify_export.py")


def verify(export):
    done = subprocess.run([sys.executable, VERIFY, "--json"], input=export.encode(), capture_output=True, timeout=60)
    return done.returncode, json.loads(done.stdout)


def lines_of(export):
    return [json.loads(line) for line in export.splitlines()]


def blocks_of(export):
    return [line["disclosed"] for line in lines_of(export) if "disclosed" in line]


def records_of(export):
    return [line for line in lines_of(export) if "disclosed" not in line]


def without_blocks(export):
    return "".join(line for line in export.splitlines(True) if not line.startswith('{"disclosed":'))


class Disclosure(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Service())
        self.service.add_user("ada", "admin")
        self.service.start()
        self.ada = self.service.client("ada")
        for name in ("jane", "joe"):  # contacts 1 and 2
            self.assertEqual(self.ada.create(f"{name}@example.com", canLogin=True).status, 200)

    def export(self, *flags):
        code, out, err = self.service.contacts("export", "--tenant", "acme", *flags)
        self.assertEqual(code, 0, err)
        return out

    def refused(self, *flags):
        code, out, err = self.service.contacts("export", "--tenant", "acme", *flags)
        self.assertEqual((code, out), (1, ""), err)
        return err

    def disclosures(self):
        return [r for r in records_of(self.export()) if r["type"] == "Disclosed"]

    def test_an_open_export_is_intact_and_ends_with_the_record_that_says_who_got_it(self):
        before = self.export()
        export = self.service.export_open(recipient="Example Auditors Ltd")
        code, said = verify(export)
        self.assertEqual((code, said["intact"]), (0, True), said)
        records = records_of(export)
        self.assertEqual(said["blocks"]["notDisclosed"], 1, "the operator who disclosed it")
        self.assertEqual(without_blocks(export), self.export())
        self.assertTrue(self.export().startswith(before))
        self.assertEqual(records[-1]["type"], "Disclosed")
        self.assertEqual(records[-1]["data"], {"contactId": None, "recipient": "Example Auditors Ltd", "from": 1,
                                               "to": len(records) - 1})
        self.assertRegex(records[-1]["actor"], "^operator:")
        text = "".join(block["plain"] for block in blocks_of(export))
        for personal in ("jane@example.com", "joe@example.com", '"actorname":"ada"'):
            self.assertIn(personal, text)
            self.assertNotIn(personal, without_blocks(export))

    def test_an_altered_text_opening_or_place_is_found(self):
        export = self.service.export_open()
        lines = export.splitlines(True)
        at = next(i for i, line in enumerate(lines) if "jane@example.com" in line)
        block = json.loads(lines[at])["disclosed"]
        other = ("0" if block["opening"][0] != "0" else "1") + block["opening"][1:]
        for altered in (lines[at].replace("jane@", "jana@"), lines[at].replace(block["opening"], other),
                        lines[at].replace('"part":"data"', '"part":"actor"')):
            self.assertNotEqual(altered, lines[at])
            code, said = verify("".join(lines[:at] + [altered] + lines[at + 1:]))
            self.assertEqual((code, said["intact"]), (1, False), altered)
        self.assertEqual(verify("".join(lines[:at] + lines[at + 1:]))[0], 0, "it may be left out")

    def test_the_open_blocks_of_one_contact(self):
        code, _, err = self.service.contacts("hold", "--tenant", "acme", "--contact", "1")
        self.assertEqual(code, 0, err)
        export = self.service.export_open("--contact", "1")
        self.assertEqual(verify(export)[0], 0)
        records = {r["sequence"]: r for r in records_of(export)}
        blocks = blocks_of(export)
        text = "".join(block["plain"] for block in blocks)
        self.assertIn("jane@example.com", text)
        self.assertNotIn("joe@example.com", text)
        self.assertNotIn('"ada"', text, "ada did not speak for the contact")
        self.assertTrue(all(block["part"] == "data" for block in blocks), blocks)
        last = records[max(records)]
        self.assertEqual((last["type"], last["data"]["contactId"]), ("Disclosed", 1))
        (placed,) = [s for s, r in records.items() if r["type"] == "HoldPlaced"]
        self.assertEqual(last["subjectprevious"], placed, "the disclosure closes the contact's records")

    def test_an_erased_persons_blocks_are_absent_and_the_others_are_there(self):
        self.service.export_open("--contact", "1", recipient="Her Lawyer")
        self.service.export_open(recipient="Example Auditors Ltd")
        code, out, err = self.service.contacts("erase", "--tenant", "acme", "--contact", "1", "--ground", "b", "--json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["recipients"], ["Example Auditors Ltd", "Her Lawyer"])
        export = self.service.export_open()
        self.assertEqual(verify(export)[0], 0)
        text = "".join(block["plain"] for block in blocks_of(export))
        self.assertNotIn("jane@example.com", text)
        self.assertIn("joe@example.com", text)
        made = next(r for r in records_of(export) if r["type"] == "ContactCreated" and r["data"]["id"] == 1)
        parts = [b["part"] for b in blocks_of(export) if b["sequence"] == made["sequence"]]
        self.assertEqual(parts, ["actor"], "who made the contact is not erased")
        before = len(self.disclosures())
        self.assertIn("contact 1 was erased", self.refused("--open", "--contact", "1", "--recipient", "x"))
        self.assertEqual(len(self.disclosures()), before)

    def test_nothing_is_disclosed_without_a_recipient_or_a_record(self):
        self.assertIn("--recipient", self.refused("--open"))
        self.assertIn("--recipient", self.refused("--open", "--recipient", " "))
        self.assertIn("with --open", self.refused("--contact", "1"))
        self.assertIn("with --open", self.refused("--recipient", "x"))
        self.assertIn("there is no contact 9", self.refused("--open", "--contact", "9", "--recipient", "x"))
        self.assertEqual(self.disclosures(), [])
        with open(os.path.join(self.service.data, "ops.json"), encoding="utf-8") as file:
            token = {"Authorization": "Bearer " + json.load(file)["token"]}
        admin = type(self.ada)(self.service.admin)
        asked = {"operation": "export", "tenant": "acme", "open": True, "recipient": "x", "disclosure": 3}
        made_up = admin.post("/ops", asked, token)
        self.assertEqual(made_up.status, 400, made_up)
        self.assertIn("Record 3 is not the record of this disclosure", made_up.json()["message"])

    def test_a_part_and_a_directory_without_a_server(self):
        self.assertEqual(self.service.end(), 0)
        code, out, _ = self.service.contacts("export", "--open", "--tenant", "acme", "--recipient", "x", largest_file=0)
        self.assertEqual((code, out), (1, ""), "no record can be made")
        self.assertEqual(self.disclosures(), [])
        export = self.service.export_open("--from", "2", "--to", "4", "--as", "Olga", "--reason", "an audit")
        self.assertEqual([r["sequence"] for r in records_of(export)], [2, 3, 4])
        (noted,) = self.disclosures()
        self.assertEqual((noted["actor"], noted["data"]["from"], noted["data"]["to"]), ("operator:olga", 2, 4))
        everything = self.service.export_open()
        self.assertEqual(verify(everything)[0], 0)
        opened = {r["sequence"]: r for r in records_of(everything)}
        for block in blocks_of(everything):
            open_block(opened[block["sequence"]], block)
        self.assertEqual(opened[noted["sequence"]]["reason"], "an audit")

    def test_an_export_in_pages_is_one_disclosure(self):
        big = {f"note {number}": "x" * 1000 for number in range(10)}
        for number in range(400):
            self.assertEqual(self.ada.create(f"p{number}@example.com", metadata=big).status, 200)
        export = self.service.export_open()
        self.assertGreater(len(export), 8 << 20)
        self.assertEqual(verify(export)[0], 0)
        self.assertEqual(len(self.disclosures()), 1)
        made = [b for b in blocks_of(export) if b["part"] == "data" and "@example.com" in b["plain"]]
        self.assertEqual(len(made), 402)


if __name__ == "__main__":
    unittest.main()
