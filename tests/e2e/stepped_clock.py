"""A clock of its own for the programs that a test starts."""
import mmap
import os
import struct
import subprocess
import tempfile
from unittest import mock

# The time is this machine's plus the seconds in a file; NTP does not keep this clock.
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


class SteppedClock:
    """While it is entered, programs that are started have this clock."""

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory()
        shim, ahead = (os.path.join(self.folder.name, name) for name in ("clock.so", "ahead"))
        subprocess.run(["g++", "-shared", "-fPIC", "-O1", "-x", "c++", "-", "-o", shim],
                       input=SHIM.encode(), check=True)
        with open(ahead, "wb") as file:
            file.write(bytes(8))
        with open(ahead, "r+b") as file:
            self.ahead = mmap.mmap(file.fileno(), 8)
        self.environment = mock.patch.dict(os.environ, {"LD_PRELOAD": shim, "CLOCK_AHEAD": ahead})
        self.environment.start()
        return self

    def __exit__(self, *_):
        self.environment.stop()
        self.ahead.close()
        self.folder.cleanup()

    def set_ahead(self, seconds):
        self.ahead[:] = struct.pack("q", seconds)
