"""A restore of a copy from before an erasure brings nobody back who was erased since."""
import json
import os
import shutil
import stat
import tempfile
import unittest

from tests.e2e.service import Service, run


class RestoreErased(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="contacts-copy-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.copy = os.path.join(self.folder, "copy")
        self.file = os.path.join(self.folder, "erasures")
        self.service = Service("--erasures", self.file)
        self.addCleanup(self.service.__exit__)
        self.service.add_user("ada", "admin")
        self.service.start()
        self.ada = self.service.client("ada")
        for name in ("jane", "joe"):  # contacts 1 and 2, users 2 and 3
            self.assertEqual(self.ada.create(f"{name}@example.com", canLogin=True).status, 200)
        self.back_up()

    def back_up(self):
        self.assertEqual(self.service.end(), 0)
        shutil.rmtree(self.copy, ignore_errors=True)
        shutil.copytree(self.service.data, self.copy)
        self.start()

    def start(self):
        self.service.start()
        self.ada = self.service.client("ada")

    def erase(self, *words):
        code, out, err = self.service.contacts("erase", "--tenant", "acme", "--json", *words)
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def restore(self, *flags):
        code, out, err = self.service.contacts("restore", *flags, "--json")
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def kept(self):
        with open(self.file, encoding="utf-8") as file:
            return [json.loads(line) for line in file]

    def emails(self):
        return sorted(contact["email"] for contact in self.ada.get("/api/contacts").json())

    def assert_jane_is_gone(self):
        self.assertEqual(self.emails(), ["joe@example.com"])
        gone = self.ada.post("/api/contacts/1/erasure-of-past", {})
        self.assertEqual(gone.status, 410, gone)
        export = self.service.export_open()
        self.assertNotIn("jane@example.com", export)
        self.assertIn("joe@example.com", export)
        self.assertEqual(export.count('"type":"PersonErased"'), 1)

    def test_the_file_holds_each_erasure_once_and_no_values(self):
        self.erase("--contact", "1", "--ground", "b")
        self.erase("--contact", "2", "--past")
        self.erase("--contact", "1", "--ground", "b")
        self.assertEqual(stat.S_IMODE(os.stat(self.file).st_mode), 0o600)
        header, jane, joe = self.kept()
        self.assertEqual(header, {"erasuresOf": self.service.status()["partitions"][0]["logId"]})
        self.assertEqual((jane["tenant"], jane["contact"], jane["ground"], jane["actors"]), ("acme", 1, "b", ["2"]))
        self.assertEqual((joe["contact"], joe["generation"]), (2, 1))
        with open(self.file, encoding="utf-8") as file:
            self.assertNotIn("@", file.read())
        before = self.kept()
        self.assertEqual(self.service.end(), 0)
        self.assertEqual(self.service.contacts("rebuild", "--erasures", self.file)[0], 0)
        self.start()
        self.assertEqual(self.kept(), before)

    def test_a_start_completes_a_file_that_lacks_erasures(self):
        self.erase("--contact", "1", "--ground", "b")
        self.erase("--contact", "2", "--past")
        whole = self.kept()
        self.assertEqual(self.service.end(), 0)
        os.unlink(self.file)
        self.start()
        self.assertEqual(self.kept(), whole)
        self.assertEqual(self.service.end(), 0)
        with open(self.file, "r+", encoding="utf-8") as file:
            file.truncate(os.path.getsize(self.file) - 5)  # a crash cut the last line
        self.start()
        self.assertEqual(self.kept(), whole)

    def test_who_was_erased_after_the_copy_is_erased_again(self):
        self.erase("--contact", "1", "--ground", "b")
        self.assertEqual(self.service.end(), 0)
        done = self.restore(self.copy, "--erasures", self.file)
        self.assertEqual((done["epoch"], done["erasedAgain"], done["doubtful"]), (2, 1, []))
        self.assertFalse(os.path.exists(os.path.join(self.service.data, "erase-again")))
        self.start()
        self.assert_jane_is_gone()
        record = next(r for r in self.service.opened_records() if r["type"] == "PersonErased")
        self.assertEqual((record["actor"], record["data"]["ground"]), ("operator:restore", "b"))
        self.assertEqual(len(self.kept()), 3, "in its new epoch, too")
        self.assertEqual(self.ada.create("jane@example.com").json()["id"], 3)  # the e-mail is free
        # A further restore of the same copy, and one of a copy that has the erasure.
        self.back_up()
        self.assertEqual(self.service.end(), 0)
        self.assertEqual(self.restore(self.copy, "--erasures", self.file)["erasedAgain"], 0)
        self.start()
        self.assertEqual(self.emails(), ["jane@example.com", "joe@example.com"])

    def test_the_keys_are_destroyed_before_a_server_starts(self):
        self.erase("--contact", "1", "--ground", "b")
        self.assertEqual(self.service.end(), 0)
        self.restore(self.copy, "--erasures", self.file)
        # The log of the copy with the keys of now: the person stays unreadable.
        fresh = os.path.join(self.folder, "fresh")
        shutil.copytree(self.copy, fresh)
        for part in ("local", "views"):
            shutil.rmtree(os.path.join(fresh, part))
        shutil.copytree(os.path.join(self.service.data, "local"), os.path.join(fresh, "local"))
        code, out, err = run("export", "--open", "--tenant", "acme", "--recipient", "a test", "--data", fresh)
        self.assertEqual(code, 0, err)
        self.assertNotIn("jane@example.com", out)
        self.assertIn("joe@example.com", out)

    def test_an_id_that_was_given_again_is_not_erased(self):
        self.assertEqual(self.ada.create("lost@example.com").json()["id"], 3)
        self.erase("--contact", "3", "--ground", "a")
        self.assertEqual(self.service.end(), 0)
        self.assertEqual(self.restore(self.copy, "--erasures", self.file)["erasedAgain"], 0)
        self.start()
        self.assertEqual(self.ada.create("new@example.com").json()["id"], 3)
        self.back_up()
        self.assertEqual(self.service.end(), 0)
        self.assertEqual(self.restore(self.copy, "--erasures", self.file)["erasedAgain"], 0)
        self.start()
        self.assertIn("new@example.com", self.emails())

    def test_a_past_and_a_hold_of_the_copy(self):
        self.assertEqual(self.service.contacts("hold", "--tenant", "acme", "--contact", "1")[0], 0)
        self.back_up()
        self.assertEqual(self.service.contacts("unhold", "--tenant", "acme", "--contact", "1")[0], 0)
        self.erase("--contact", "1", "--ground", "b")
        self.erase("--contact", "2", "--past")
        self.assertEqual(self.service.end(), 0)
        done = self.restore(self.copy, "--erasures", self.file)
        self.assertEqual((done["erasedAgain"], done["doubtful"]), (3, ["contact 2 of acme"]))
        self.start()
        self.assert_jane_is_gone()

    def test_a_list_that_a_killed_restore_left_is_obeyed_by_the_next_start(self):
        self.erase("--contact", "1", "--ground", "b")
        self.assertEqual(self.service.end(), 0)
        shutil.copyfile(self.file, self.file + ".list")
        self.restore(self.copy, "--without-erasures")
        shutil.copyfile(self.file + ".list", os.path.join(self.service.data, "erase-again"))
        self.start()
        self.assert_jane_is_gone()

    def test_a_restore_of_a_copy_put_in_place_by_hand(self):
        self.erase("--contact", "1", "--ground", "b")
        self.assertEqual(self.service.end(), 0)
        shutil.rmtree(self.service.data)
        shutil.copytree(self.copy, self.service.data)
        self.assertEqual(self.restore("--here", "--erasures", self.file)["erasedAgain"], 1)
        self.start()
        self.assert_jane_is_gone()

    def test_without_the_file_the_person_is_back(self):
        self.erase("--contact", "1", "--ground", "b")
        self.assertEqual(self.service.end(), 0)
        code, _, err = self.service.contacts("restore", self.copy)
        self.assertEqual(code, 1)
        self.assertIn("--erasures", err)
        self.restore(self.copy, "--without-erasures")
        self.service.flags = []
        self.start()
        self.assertEqual(self.emails(), ["jane@example.com", "joe@example.com"])

    def test_the_file_of_another_log_is_refused(self):
        other = os.path.join(self.folder, "other")
        with open(other, "w", encoding="utf-8") as file:
            file.write('{"erasuresOf":"0190a7c0-0000-7000-8000-000000000000"}\n')
        self.assertEqual(self.service.end(), 0)
        code, _, err = self.service.contacts("restore", self.copy, "--erasures", other)
        self.assertEqual(code, 1)
        self.assertIn("are those of the log", err)
        code, _, err = self.service.contacts("restore", self.copy, "--erasures", other + ".txt")
        self.assertEqual(code, 1)
        self.assertIn("cannot be read", err)
        code, _, err = self.service.contacts("holds", "--tenant", "acme", "--erasures", other)
        self.assertEqual(code, 0, "what only reads does not write it")
        code, _, err = self.service.contacts("hold", "--tenant", "acme", "--contact", "1", "--erasures", other)
        self.assertEqual(code, 1)
        self.assertIn("name another file with --erasures", err)


if __name__ == "__main__":
    unittest.main()
