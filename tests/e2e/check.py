"""Asks `contacts check`, for tests of it."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
import unittest

from tests.e2e.service import CONTACTS, program_for_all

SECONDS = 5
FREE_PORTS = ["--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]


class Asked:
    """Flags, variables and limits for a run of `contacts check`."""

    def __init__(self, *flags, **how):
        self.flags = list(flags)
        self.how = how


def check(data, asked):
    """Returns the exit code, the findings with the summary as the last one, and the seconds."""
    how = dict(asked.how)
    environment = {**os.environ, **how.pop("environment", {})}
    program = program_for_all() if "user" in how else CONTACTS
    command = [program, "check", "--json", *([] if "--data" in asked.flags else ["--data", data]),
               *how.pop("ports", FREE_PORTS), *asked.flags]
    begun = time.monotonic()
    done = subprocess.run(command, capture_output=True, timeout=60, env=environment, **how)
    took = time.monotonic() - begun
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], took


class Seeded(unittest.TestCase):
    """A test with a folder, in which it seeds faults."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="contacts-check-")
        self.addCleanup(shutil.rmtree, self.folder)
        os.chmod(self.folder, 0o755)
        self.data = os.path.join(self.folder, "data")

    def file(self, content, mode=0o600):
        with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
            file.write(content if isinstance(content, bytes) else content.encode())
        os.chmod(file.name, mode)
        return file.name

    def names(self, weight, said, asked):
        code, findings, took = check(self.data, asked)
        self.assertLess(took, SECONDS)
        self.assertEqual(code, 1 if weight == "fault" else 0, findings)
        found = [f["what"] + " " + f["do"] for f in findings[:-1] if f["weight"] == weight]
        self.assertTrue(any(said in one for one in found), f"{said}: {findings}")

    def starts_with_a_pipe_as(self, setting, text, *flags):
        source, sink = os.pipe()
        os.write(sink, text.encode())
        os.close(sink)
        with subprocess.Popen([CONTACTS, "serve", "--data", self.data, *FREE_PORTS, *flags, setting,
                               f"/dev/fd/{source}"], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, pass_fds=[source]) as server:
            os.close(source)
            said = b""
            while b"serves http://" not in said and (line := server.stdout.readline()):
                said += line
            self.assertIn(b"serves http://", said)
            server.send_signal(signal.SIGTERM)
            server.stdout.read()
            self.assertEqual(server.wait(60), 0)

    def names_all(self, table):
        for name, seed, said, weight in table:
            with self.subTest(name), contextlib.ExitStack() as self.stack:
                asked = seed(self)
                self.names(weight, said.format(folder=self.folder, seeded=self), asked)
