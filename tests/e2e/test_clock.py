"""A clock that was years ahead once stamped all later records for ever: it is refused before."""
import mmap
import os
import struct
import subprocess
import tempfile
import unittest
from unittest import mock

from tests.e2e.service import Client, Service

YEARS = 4 * 365 * 24 * 3600
# The program's clock is this machine's and the seconds in a file; NTP keeps it no longer.
SHIM = r"""
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>
#include <cstdlib>
extern "C" int clock_gettime(clockid_t id, timespec* to) noexcept {
  static const volatile long* ahead = static_cast<const volatile long*>(mmap(nullptr, 8, PROT_READ,
      MAP_SHARED, open(getenv("CLOCK_AHEAD"), O_RDONLY), 0));
  const long done = syscall(SYS_clock_gettime, id, to);
  if (done == 0 && id == CLOCK_REALTIME) to->tv_sec += *ahead;
  return static_cast<int>(done);
}
extern "C" int adjtimex(timex*) noexcept { return TIME_ERROR; }
"""


class Clock(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        shim, ahead = os.path.join(folder.name, "clock.so"), os.path.join(folder.name, "ahead")
        subprocess.run(["g++", "-shared", "-fPIC", "-O1", "-x", "c++", "-", "-o", shim],
                       input=SHIM.encode(), check=True)
        with open(ahead, "wb") as file:
            file.write(bytes(8))
        with open(ahead, "r+b") as file:
            self.ahead = mmap.mmap(file.fileno(), 8)
        self.addCleanup(self.ahead.close)
        environment = mock.patch.dict(os.environ, {"LD_PRELOAD": shim, "CLOCK_AHEAD": ahead})
        environment.start()
        self.addCleanup(environment.stop)
        self.service = Service()
        self.addCleanup(lambda: self.service.__exit__())
        self.service.add_user("jane", "admin")

    def set_ahead(self, seconds):
        self.ahead[:] = struct.pack("q", seconds)

    def ready(self):
        return Client(self.service.admin).get("/health/ready")

    def refused(self, jane, email, said):
        answer = jane.create(email)
        self.assertEqual((answer.status, answer.headers["Retry-After"]), (503, "30"), answer)
        self.assertIn(said, answer.json()["message"])
        self.assertEqual(self.ready().status, 503)
        self.assertIn(said, self.ready().json()["message"])

    def test_no_record_is_stamped_by_a_clock_that_cannot_be_right(self):
        service = self.service
        service.start()
        jane = service.client("jane")
        self.assertEqual(jane.create("a@x.org").status, 200)
        self.set_ahead(600)  # set while it runs
        self.refused(jane, "b@x.org", "it was set ahead by 10 minutes")
        self.assertEqual(jane.get("/contacts").status, 200)
        self.set_ahead(0)
        self.assertEqual(jane.create("b@x.org").status, 200)
        self.assertEqual(self.ready().status, 200)
        self.assertEqual(service.end(), 0)

        self.set_ahead(YEARS)  # at the start
        code, out, err = service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                          "member")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("long after the newest record", err)
        self.set_ahead(-YEARS)
        code, out, err = service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                          "member")
        self.assertEqual((code, out), (1, ""))
        self.assertIn("but the newest record is of 20", err)

        # A history from the future goes on when the operator says so.
        self.set_ahead(YEARS)
        code, _, err = service.contacts("user", "role", "jane", "--tenant", "acme", "--role",
                                        "consultant", "--accept-clock")
        self.assertEqual(code, 0, err)
        self.set_ahead(0)
        service.start()
        self.refused(service.client("jane"), "c@x.org", "--accept-clock")
        self.assertEqual(service.end(), 0)
        service.flags.append("--accept-clock")
        service.start()
        self.assertEqual(service.client("jane").create("c@x.org").status, 200)


if __name__ == "__main__":
    unittest.main()
