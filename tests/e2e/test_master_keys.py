"""--master-key-file: what is in the directory, which keys a start needs, and how they are exchanged."""
import hashlib
import json
import os
import re
import signal
import tempfile
import unittest

from tests.e2e.service import PASSWORD, Service, wait_until

ONE, TWO = "11" * 32, "22" * 32
# A node of acme's key tree as RocksDB writes it: the key, then the size of the value (write-ahead log)
# or 8 bytes of its own (SST file), then the value.
NODE = re.compile(rb"kacme\0.{25}(?=(.{80}))", re.DOTALL)


def key_id(key):
    return hashlib.sha256(bytes.fromhex(key)).hexdigest()[:8]


class MasterKeys(unittest.TestCase):
    def setUp(self):
        self.file = os.path.join(self.enterContext(tempfile.TemporaryDirectory()), "master")
        self.service = self.enterContext(Service("--master-key-file", self.file))
        self.write(ONE)

    def write(self, *keys, mode=0o600):
        with open(self.file, "w", encoding="ascii") as file:
            file.write("".join(key + "\n" for key in keys))
        os.chmod(self.file, mode)

    def contacts(self, *words, stdin=""):
        return self.service.contacts(*words, "--master-key-file", self.file, stdin=stdin)

    def add_user(self):
        code, _, err = self.contacts("user", "add", "ada", "--tenant", "acme", "--role", "admin",
                                     "--create", stdin=PASSWORD + "\n")
        self.assertEqual(code, 0, err)

    def fill(self):
        self.add_user()
        self.service.start()
        self.assertEqual(self.service.client("ada").create("jane@example.com").status, 200)

    def bytes_of_secrets(self, service):
        folder = os.path.join(service.data, "local")
        found = b""
        for name in sorted(os.listdir(folder)):
            with open(os.path.join(folder, name), "rb") as file:
                found += file.read()
        return found

    def has_wrapped_node(self, found):
        """Other files have the ids of nodes alone; wrapped_local_test.cc looks for the very seeds."""
        begins = b"\x01" + bytes.fromhex(key_id(ONE))
        return any(begins in (value[1:6], value[8:13]) for value in NODE.findall(found))

    def refusal(self, *flags):
        """The last line of a start that fails."""
        self.service.flags = list(flags)
        self.service.launch()
        self.assertNotEqual(self.service.ended(), 0)
        return self.service.errors().splitlines()[-1]

    def test_the_directory_holds_no_plain_hash_and_no_plain_key(self):
        self.fill()
        self.service.end()
        wrapped = self.bytes_of_secrets(self.service)
        self.assertIsNone(re.search(rb"\$argon2", wrapped))
        self.assertTrue(self.has_wrapped_node(wrapped))
        # The same look finds both where no file is named.
        with Service() as plain:
            plain.add_user("ada", "admin")
            plain.start()
            plain.client("ada").create("jane@example.com")
            plain.end()
            found = self.bytes_of_secrets(plain)
        self.assertIsNotNone(re.search(rb"\$argon2id\$", found))
        self.assertFalse(self.has_wrapped_node(found))

    def test_a_start_without_the_key_says_which_and_where(self):
        self.fill()
        self.service.end()
        self.write(TWO)
        wrong = self.refusal("--master-key-file", self.file)
        self.assertIn(self.file, wrong)
        self.assertIn(key_id(ONE), wrong)
        self.assertIn("name its file with --master-key-file", self.refusal())
        missing = self.refusal("--master-key-file", self.file + "-none")
        self.assertIn(self.file + "-none", missing)
        self.write("no key " + ONE)
        self.assertIn("64 hexadecimal digits", self.refusal("--master-key-file", self.file))
        for key in (ONE, TWO):
            self.assertNotIn(key[:16], self.service.errors())
        self.write(ONE)
        self.service.flags = ["--master-key-file", self.file]
        self.service.start()
        self.service.client("ada")  # nothing was lost by the refusals
        self.assertEqual(self.service.ready().status, 200)

    def test_plain_secrets_are_wrapped_and_plain_ones_refused_from_then_on(self):
        self.service.flags = []
        self.service.add_user("ada", "admin")
        code, _, err = self.service.contacts("secrets", "wrap")
        self.assertEqual(code, 1)
        self.assertIn("--master-key-file", err)
        self.assertIn(b"$argon2id$", self.bytes_of_secrets(self.service), "the control")
        code, out, err = self.contacts("secrets", "wrap", "--json")
        self.assertEqual(code, 0, err)
        self.assertNotIn(b"$argon2id$", self.bytes_of_secrets(self.service), "in an old file")
        self.assertGreaterEqual(json.loads(out)["wrapped"], 2, "a hash and a node")
        self.assertEqual(json.loads(out)["unreadable"], 0)
        self.assertIn("name its file with --master-key-file", self.refusal())
        self.service.flags = ["--master-key-file", self.file]
        self.service.start()
        self.service.client("ada")

    def test_keys_are_exchanged_while_the_server_runs(self):
        self.fill()
        self.write(TWO)
        self.hang_up()
        self.assertIn(key_id(ONE), self.service.ready().body.decode(), "a key that is needed went")
        self.write(TWO, ONE)
        self.hang_up()
        self.assertIn("the master keys were read: 2", self.service.errors())
        code, out, err = self.service.contacts("secrets", "wrap")
        self.assertEqual(code, 0, err)
        self.assertIn("no longer needed", out)
        self.write(TWO)
        self.hang_up()
        self.assertIn("the master keys were read: 1", self.service.errors())
        self.service.client("ada")
        self.service.end()
        self.service.start()
        self.service.client("ada")
        self.assertEqual(self.service.ready().status, 200)

    def hang_up(self):
        said = re.compile(r"SIGHUP: (the settings were read again|nothing was changed)")
        seen = len(self.service.errors())
        self.service.process.send_signal(signal.SIGHUP)
        wait_until(lambda: said.search(self.service.errors()[seen:]))

    def test_check_names_a_file_that_is_missing_unsafe_or_next_to_the_data(self):
        code, out, _ = self.contacts("check")
        self.assertNotIn(self.file, out)
        self.write(ONE, mode=0o644)
        code, out, _ = self.contacts("check")
        self.assertIn("users other than its owner can open the file of secrets", out)
        os.remove(self.file)
        code, out, _ = self.contacts("check")
        self.assertEqual(code, 1)
        self.assertIn(self.file, out)
        inside = os.path.join(self.service.data, "master")
        self.file = inside
        self.write(ONE)
        self.assertIn("the master keys lie next to what they encrypt", self.contacts("check")[1])


if __name__ == "__main__":
    unittest.main()
