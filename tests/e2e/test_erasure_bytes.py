"""After `contacts erase --wait`, no file of the data directory holds a byte of the erased people.

The words of each person are random, so that one found word is a finding. The same search before the
erasure finds all of them: it can find what is there.
"""
import json
import os
import re
import secrets
import unittest

from tests.e2e import rocksdb_files
from tests.e2e.kafka import shared_broker, start_instances
from tests.e2e.service import Service, wait_until

# `make soak-erasure` sets these to 100,000 and 1,000.
PEOPLE = int(os.environ.get("ERASURE_PEOPLE", "40"))
ERASED = int(os.environ.get("ERASURE_ERASED", "8"))
WORD = re.compile(rb"w[0-9a-f]{16}|\+49[0-9]{12}")  # all words of people: one pass finds a million
FIELDS = ("fullName", "mentionName", "phone", "company", "title", "department")


def word():
    return "w" + secrets.token_hex(8)


class Person:
    def __init__(self, at):
        self.fields = {field: word() for field in FIELDS}
        self.fields["phone"] = "+49" + str(secrets.randbelow(10 ** 12)).zfill(12)
        self.mail = word()
        self.meta = {word(): word()}
        self.password = "my " + word()
        self.has_account = at % 2 == 0
        self.id = None

    def body(self):
        return {**self.fields, "email": f"{self.mail}@example.com", "type": "external",
                "metadata": self.meta, **({"canLogin": True} if self.has_account else {})}

    def words(self):
        """What no file may hold afterwards."""
        return [*self.fields.values(), self.mail, *self.meta, *self.meta.values()]


class ErasureBytes(unittest.TestCase):
    def setUp(self):
        self.service = self.enterContext(Service())
        self.service.add_user("ada", "admin")
        self.service.start()
        self.ada = self.service.client("ada")
        self.people = [Person(at) for at in range(PEOPLE)]
        for person in self.people:
            answer = self.ada.create(person.body()["email"], **{
                key: value for key, value in person.body().items() if key != "email"})
            self.assertEqual(answer.status, 200, answer)
            person.id = answer.json()["id"]
        self.erased, self.others = self.people[:ERASED], self.people[ERASED:]

    def operate(self, *words):
        code, out, err = self.service.contacts(*words, "--tenant", "acme", "--json")
        self.assertEqual(code, 0, err)
        return [json.loads(line) for line in out.splitlines()]

    def holders(self, words):
        """Each of the words that a file holds, with the files."""
        words, found = set(words), {}
        for name, text in rocksdb_files.files(self.service.data):
            for one in {one.decode() for one in WORD.findall(text)} & words:
                found.setdefault(one, []).append(name)
        return found

    def holders_of_bytes(self, secrets_):
        return [name for name, text in rocksdb_files.files(self.service.data)
                if any(one in text for one in secrets_)]

    def words_of_all(self, people):
        return [one for person in people for one in person.words()]

    def local_rows(self, begin):
        """The rows of the local store whose keys begin so, also deleted ones that are still in a file."""
        local = os.path.join(self.service.data, "local")
        return {key: value for name in os.listdir(local) if name.endswith(".sst")
                for key, value in rocksdb_files.rows(os.path.join(local, name))
                if key.startswith(begin) and value}

    def begin_sessions(self):
        for person in self.erased:
            if not person.has_account:
                continue
            mail = f"{person.mail}@example.com"
            code, _, err = self.service.contacts("user", "passwd", mail, "--tenant", "acme",
                                                 stdin=person.password + "\n")
            self.assertEqual(code, 0, err)
            self.assertEqual(self.service.client(mail, password=person.password)
                             .get("/api/user").status, 200)

    def restart(self):
        self.service.end()
        self.service.start()
        self.ada = self.service.client("ada")

    def test_no_file_holds_an_erased_person_and_all_others_stay(self):
        self.begin_sessions()
        self.restart()  # what was in write-ahead logs is in tables now, compressed
        self.ada.get("/api/contacts")
        self.ada.get("/api/mentions")
        expected = set(self.words_of_all(self.people))
        self.assertEqual(set(self.holders(expected)), expected, "the control: all words are found")
        seeds, hashes = self.local_rows(b"k"), self.local_rows(b"sha256-")
        self.assertTrue(seeds)
        self.assertGreater(len(hashes), sum(person.has_account for person in self.erased))

        self.ada = self.ada.again()  # a long search outlasts an idle connection
        for person in self.erased:
            answer = self.ada.post(f"/api/contacts/{person.id}/erasure", {"ground": "b"})
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.operate("erase", "--wait")[-1]["cleaned"], True)

        gone = self.words_of_all(self.erased)
        self.assertEqual(self.holders(gone), {})
        kept = set(self.words_of_all(self.others))
        self.assertEqual(set(self.holders(kept)), kept)
        self.check_secrets(seeds, hashes)
        self.check_what_leaves_the_process(gone)
        self.check_the_others()
        self.check_a_rebuild(gone)

    def check_secrets(self, seeds, hashes):
        left = set(self.local_rows(b"k").values())
        destroyed = [seed for seed in seeds.values() if seed not in left]
        self.assertTrue(destroyed, "the root of the tree was split")
        self.assertEqual(self.holders_of_bytes(destroyed), [])
        left = set(self.local_rows(b"sha256-").values())
        erased = [one for one in hashes.values() if one not in left]
        self.assertEqual(len(erased), sum(person.has_account for person in self.erased))
        self.assertEqual(self.holders_of_bytes(erased), [])

    def check_what_leaves_the_process(self, gone):
        code, export, err = self.service.contacts("export", "--tenant", "acme")
        self.assertEqual(code, 0, err)
        said = export + self.service.metrics() + self.service.errors() + \
            json.dumps(self.service.status())
        self.assertEqual({one.decode() for one in WORD.findall(said.encode())} & set(gone), set())
        self.assertIn("contacts_erasure_cleaning_due 0", self.service.metrics())
        instance = self.service.status()["instance"]
        self.assertNotIn("cleaningDueSince", instance)
        self.assertIn("cleanedAt", instance)

    def check_the_others(self):
        shown = {contact["id"]: contact for contact in self.ada.again().get("/api/contacts").json()}
        self.assertEqual(set(shown), {person.id for person in self.others})
        for person in self.others:
            contact = shown[person.id]
            self.assertEqual({key: contact[key] for key in person.fields}, person.fields)
            self.assertEqual(contact["metadata"], person.meta)

    def check_a_rebuild(self, gone):
        digest = self.service.status("--digest")["digest"]
        self.service.end()
        code, out, err = self.service.contacts("rebuild", "--json")
        self.assertEqual(code, 0, err)
        self.assertEqual(json.loads(out)["digest"], digest)
        self.assertEqual(self.holders(gone), {})

    def test_what_a_killed_process_left_is_done_by_the_next(self):
        person = self.erased[0]
        self.ada.post(f"/api/contacts/{person.id}/erasure", {"ground": "a"})
        self.service.kill()
        self.service.start()
        wait_until(lambda: "contacts_erasure_cleaning_due 1" in self.service.metrics() or
                   not self.holders(person.words()))
        self.operate("erase", "--wait")
        self.assertEqual(self.holders(person.words()), {})
        self.service.end()

    def test_without_a_server_it_is_done_by_the_command(self):
        self.service.end()
        person = self.erased[0]
        lines = self.operate("erase", "--contact", str(person.id), "--ground", "b", "--wait")
        self.assertEqual(lines[-1]["cleaned"], True)
        self.assertEqual(self.holders(person.words()), {})
        code, out, err = self.service.contacts("erase", "--wait", "--tenant", "acme")
        self.assertEqual(code, 0, err)
        self.assertIn("backups", out)


# A node of a key tree as a segment holds it: the length of its seed in the form of Kafka's records.
NODE = re.compile(rb"kacme\0.{25}\x40(.{32})", re.DOTALL)
HASH = re.compile(rb"\$argon2id\$[!-~]{60,}")
QUICKLY_COMPACTED = {
    "cleanup.policy": "compact", "segment.ms": "500", "max.compaction.lag.ms": "1000",
    "min.compaction.lag.ms": "0", "file.delete.delay.ms": "100", "delete.retention.ms": "604800000",
    "retention.ms": "-1", "retention.bytes": "-1", "max.message.bytes": "1110000",
    "message.timestamp.type": "LogAppendTime", "unclean.leader.election.enable": "false"}


class ErasureBytesOnKafka(unittest.TestCase):
    TOPIC = "erasure-bytes"

    def setUp(self):
        self.broker = shared_broker()
        self.first, self.second = start_instances(self, self.broker, self.TOPIC, 2)
        with self.broker.client() as administrator:
            administrator.configure(f"{self.TOPIC}.secrets", QUICKLY_COMPACTED)

    def in_topic(self, pattern):
        """What the segments of the topic of secrets hold; neither they nor their batches are compressed."""
        log = os.path.join(self.broker.directory, "log")
        return {found for name, text in rocksdb_files.files(log)
                if name.startswith(f"{self.TOPIC}.secrets-") for found in pattern.findall(text)}

    def in_files(self, service, words):
        return {one.decode() for _, text in rocksdb_files.files(service.data)
                for one in WORD.findall(text)} & set(words)

    def in_history(self, words):
        """Segments hold the batches as librdkafka sent them, uncompressed."""
        log = os.path.join(self.broker.directory, "log")
        texts = [text for name, text in rocksdb_files.files(log) if name.startswith(f"{self.TOPIC}-")]
        self.assertTrue(any(b'"type":"ContactCreated"' in text for text in texts))
        return {one.decode() for text in texts for one in WORD.findall(text)} & set(words)

    def test_both_instances_and_the_topic_lose_the_bytes(self):
        self.first.add_user("ada", "admin")
        ada = self.first.client("ada")
        people = [Person(at) for at in range(PEOPLE)]
        for one in people:
            body = one.body()
            answer = ada.create(body.pop("email"), **body)
            self.assertEqual(answer.status, 200, answer)
            one.id = answer.json()["id"]
        erased, others = people[:ERASED], people[ERASED:]
        gone, kept = ({word for one in some for word in one.words()} for some in (erased, others))
        mail = f"{erased[0].mail}@example.com"
        self.first.contacts("user", "passwd", mail, "--tenant", "acme", stdin="my own words\n")
        there = self.second.client("ada")
        self.reach(there, answer)
        for service in (self.first, self.second):
            self.assertEqual(self.in_files(service, gone | kept), gone | kept)
        self.assertEqual(self.in_history(gone | kept), set(), "the topic never had them in the clear")
        seeds, hashes = self.in_topic(NODE), self.in_topic(HASH)
        self.assertTrue(seeds)
        self.assertEqual(len(hashes), 2)

        ada, there = ada.again(), there.again()  # a long search outlasts an idle connection
        for number, one in enumerate(erased):  # two instances erase at once
            answer = (ada, there)[number % 2].post(f"/api/contacts/{one.id}/erasure", {"ground": "b"})
            self.assertEqual(answer.status, 200, answer)
        for client in (ada, there):
            self.reach(client, answer)
        for service in (self.first, self.second):
            code, out, err = service.contacts("erase", "--wait", "--tenant", "acme")
            self.assertEqual(code, 0, err)
            self.assertIn("The bytes are gone", out)
            self.assertEqual(self.in_files(service, gone), set())
            self.assertEqual(self.in_files(service, kept), kept)
        # Kafka removes a segment's file a moment after it replaced it.
        wait_until(lambda: not self.in_topic(NODE) & seeds)
        wait_until(lambda: len(self.in_topic(HASH)) == 1)
        for client in (ada.again(), there.again()):
            shown = client.get("/api/contacts").json()
            self.assertEqual([contact["id"] for contact in shown], [other.id for other in others])

    def reach(self, client, answer):
        """The instance has applied what was answered."""
        headers = {"Contacts-Min-Position": answer.headers["Contacts-Position"], "Prefer": "wait=30"}
        self.assertEqual(client.get("/api/user", **headers).status, 200)


if __name__ == "__main__":
    unittest.main()
