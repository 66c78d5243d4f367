"""An older copy of the log in the place of the newer one: what names the lost part is refused by name, and what names
the part that was kept stays good."""
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
import unittest

from tests.e2e.service import CONTACTS, Service, run, wait_until

KILLS = 8 * int(os.environ.get("SOAK_ROUNDS", "1"))
HEAD = 40  # records of the lost part and of the one that follows: more than either has without them


class Restore(unittest.TestCase):
    def setUp(self):
        self.service = Service()
        self.addCleanup(self.service.__exit__)
        self.folder = tempfile.mkdtemp(prefix="contacts-copy-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.copy = os.path.join(self.folder, "copy")
        self.service.start()
        self.service.add_user("jane", "admin")
        self.jane = self.service.client("jane")
        self.kept = self.write("kept", 3)

    def write(self, name, count):
        """The position after `count` contacts."""
        for number in range(count):
            answer = self.jane.create(f"{name}-{number}@example.com")
            self.assertEqual(answer.status, 200, answer)
        return answer.headers["Contacts-Position"]

    def back_up(self):
        self.assertEqual(self.service.end(), 0)
        shutil.copytree(self.service.data, self.copy)
        self.service.start()
        self.jane = self.service.client("jane")

    def restore(self, *arguments):
        code, out, err = self.service.contacts("restore", *arguments, "--without-erasures", "--json")
        self.assertEqual(code, 0, err)
        return json.loads(out)

    def read_from(self, position, client=None):
        return (client or self.jane).get("/api/contacts", **{"Contacts-Min-Position": position})

    def assert_unknown(self, answer):
        self.assertEqual(answer.status, 410, answer)
        self.assertEqual(answer.json()["code"], "unknownPosition")
        self.assertIn("older copy", answer.json()["message"])

    def lose(self):
        """Backs up, writes what will be lost, and restores; the position and tag of the lost part."""
        self.back_up()
        lost = self.write("lost", HEAD)
        tag = self.jane.get("/api/contacts").headers["ETag"]
        self.assertEqual(self.service.end(), 0)
        self.assertEqual(self.restore(self.copy)["epoch"], 2)
        self.service.start()
        return lost, tag

    def test_positions_of_the_lost_part_are_refused_and_those_of_the_kept_part_stay_good(self):
        lost, tag = self.lose()
        self.jane = self.service.client("jane")
        self.assert_unknown(self.read_from(lost))
        kept = self.read_from(self.kept)
        self.assertEqual(kept.status, 200)
        self.assertEqual(len(kept.json()), 3)
        self.assertNotIn(".", kept.headers["Contacts-Position"])
        new = self.write("new", HEAD + 10)
        self.assertRegex(new, r"^2\.[0-9]+$")
        self.assertGreater(int(new.split(".")[1]), int(lost))
        self.assert_unknown(self.read_from(lost))  # the record of that number is another one
        self.assertEqual(self.read_from(new).status, 200)
        self.assertEqual(self.read_from(self.kept).status, 200)
        again = self.jane.get("/api/contacts", **{"If-None-Match": tag})
        self.assertEqual((again.status, len(again.json())), (200, 3 + HEAD + 10))

    def test_an_etag_of_the_lost_part_never_names_the_list_of_another_history(self):
        self.back_up()
        self.write("lost", 2)
        tag = self.jane.get("/api/contacts").headers["ETag"]
        self.service.end()
        self.restore(self.copy)
        self.service.start()
        self.jane = self.service.client("jane")
        self.write("new", 2)  # as many records as were lost
        self.assertEqual(self.jane.get("/api/contacts", **{"If-None-Match": tag}).status, 200)

    def test_sessions_and_tokens_of_the_lost_part_are_refused(self):
        self.back_up()
        early = self.jane
        self.write("lost", 2)
        self.service.add_user("lost", "admin")
        users = self.service.client("jane"), self.service.client("lost")
        token = json.loads(self.service.contacts("token", "add", "robot", "--tenant", "acme", "--scope", "read",
                                                 "--json")[1])["token"]
        robot = {"Authorization": f"Bearer {token}"}
        self.assertEqual(early.again().send("GET", "/api/contacts", headers=robot).status, 200)
        self.service.end()
        self.restore(self.copy)
        self.service.start()
        for client in users:
            client = type(client)(self.service.base, client.cookie)
            answer = client.get("/api/user")
            self.assertEqual(answer.status, 401, answer)
            self.assertIn("began in a part of the history that was lost", answer.json()["message"])
        stayed = type(early)(self.service.base, early.cookie)
        self.assertEqual(stayed.get("/api/user").status, 200)
        anybody = type(early)(self.service.base)
        self.assertEqual(anybody.send("GET", "/api/contacts", headers=robot).status, 401)

    def test_a_key_that_names_a_lost_attempt_is_refused_and_changes_nothing(self):
        lost, _ = self.lose()
        self.jane = self.service.client("jane")
        key = f"attempt.{lost}.019ab0c1-0000-7000-8000-000000000001"
        before = len(self.jane.get("/api/contacts").json())
        self.assert_unknown(self.jane.create("again@example.com", {"Idempotency-Key": key}))
        self.write("new", HEAD + 10)
        self.assert_unknown(self.jane.create("again@example.com", {"Idempotency-Key": key}))
        self.assertEqual(len(self.jane.get("/api/contacts").json()), before + HEAD + 10)

    def test_a_second_restore_begins_a_third_epoch(self):
        self.lose()
        self.jane = self.service.client("jane")
        second = self.write("second", 2)
        self.service.end()
        self.assertEqual(self.restore(self.copy)["epoch"], 3)
        self.service.start()
        self.jane = self.service.client("jane")
        third = self.write("third", 2)
        self.assertEqual(third.replace("3.", "2.", 1), second)
        self.assert_unknown(self.read_from(second))
        self.assertEqual(self.read_from(third).status, 200)

    def test_a_copy_put_in_place_by_hand_is_doubted_and_here_mends_it(self):
        self.back_up()
        lost = self.write("lost", HEAD)
        self.service.end()
        for name in os.listdir(self.service.data):
            path = os.path.join(self.service.data, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)
        shutil.copytree(self.copy, self.service.data, dirs_exist_ok=True)
        self.service.start()
        self.jane = self.service.client("jane")
        self.assertIn("contacts_positions_beyond_head_total 0\n", self.service.metrics())
        for _ in range(3):
            self.assert_unknown(self.read_from(lost))
        self.assertIn("contacts_positions_beyond_head_total 3\n", self.service.metrics())
        self.assertIn('contacts_health{part="positions"} 0\n', self.service.metrics())
        ready = self.service.ready()
        self.assertEqual(ready.status, 200)
        self.assertIn("older copy", ready.body.decode())
        self.assertIn("contacts restore --here", self.service.contacts("status")[1])
        wait_until(lambda: "put in place by hand" in self.service.errors())
        self.service.end()
        self.assertEqual(self.service.errors().count("put in place by hand"), 1)
        self.assertEqual(self.restore("--here")["epoch"], 2)
        self.service.start()
        self.jane = self.service.client("jane")
        self.assert_unknown(self.read_from(lost))
        self.write("new", HEAD + 10)
        self.assert_unknown(self.read_from(lost))
        self.assertIn("contacts_positions_beyond_head_total 0\n", self.service.metrics())

    def test_a_restore_says_what_is_in_its_way(self):
        code, _, err = self.service.contacts("restore", self.copy)
        self.assertEqual(code, 1)
        self.assertIn("stop it first: a restore replaces its log", err)
        self.service.end()
        for arguments, said in (([], "Name a copy"), ([self.copy, "--here"], "Name a copy"),
                                ([self.folder, "--without-erasures"], "no log/CURRENT"),
                                ([self.service.data, "--without-erasures"], "restore --here"),
                                ([self.copy], "--without-erasures instead"),
                                ([self.copy, "--without-erasures", "--erasures", "f"], "name one of the two"),
                                ([self.copy, "--log", "kafka", "--kafka-config", os.devnull], "On Kafka")):
            with self.subTest(said):
                code, _, err = self.service.contacts("restore", *arguments)
                self.assertEqual(code, 1)
                self.assertIn(said, err)
        self.service.start()
        self.assertEqual(self.service.client("jane").get("/api/contacts").status, 200)

    def test_a_restore_that_is_killed_leaves_a_log_that_starts(self):
        self.back_up()
        lost = self.write("lost", HEAD)
        self.service.end()
        began = time.monotonic()
        self.restore(self.copy)
        whole = time.monotonic() - began
        for part in range(KILLS):
            process = subprocess.Popen([CONTACTS, "restore", self.copy, "--without-erasures", "--data", self.service.data],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            threading.Event().wait(whole * part / KILLS)
            process.kill()
            process.wait(60)
            self.service.start()
            self.jane = self.service.client("jane")
            self.assertEqual(len(self.read_from(self.kept).json()), 3)
            self.assert_unknown(self.read_from(lost))
            self.assertEqual(self.service.end(), 0)
            self.assertFalse(os.path.exists(os.path.join(self.service.data, "restore.ready")))

    def test_a_log_alone_that_was_put_back_by_hand(self):
        """Its views are ahead of it, so the start refuses them; --here mends that, too."""
        self.back_up()
        lost = self.write("lost", HEAD)
        self.service.end()
        log = os.path.join(self.service.data, "log")
        shutil.rmtree(log)
        shutil.copytree(os.path.join(self.copy, "log"), log)
        code, _, err = self.service.contacts("tenant", "limit", "acme", "--contacts", "none")
        self.assertEqual(code, 1)
        self.assertIn("not the one that the read models were made from", err)
        self.restore("--here")
        self.service.start()
        self.jane = self.service.client("jane")
        self.assert_unknown(self.read_from(lost))
        self.assertEqual(self.read_from(self.kept).status, 200)

    def test_a_restore_into_a_new_directory(self):
        self.back_up()
        self.service.end()
        fresh = os.path.join(self.folder, "fresh")
        code, out, err = run("restore", self.copy, "--without-erasures", "--data", fresh)
        self.assertEqual(code, 0, err)
        self.assertIn("begins epoch 2", out)
        code, out, err = run("status", "--json", "--data", fresh)
        self.assertEqual(code, 0, err)

    def test_nobody_without_a_session_learns_of_positions(self):
        lost, _ = self.lose()
        anybody = type(self.jane)(self.service.base)
        self.assertEqual(self.read_from(lost, anybody).status, 401)
        answer = anybody.send("POST", "/api/login", json.dumps(
            {"username": "jane", "password": "wrong", "tenant": "acme"}).encode(),
            {"Content-Type": "application/json", "Contacts-Min-Position": lost})
        self.assertEqual(answer.status, 401)


if __name__ == "__main__":
    unittest.main()
