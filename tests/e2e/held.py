"""Holds single threads of a process, as a debugger does, so that they stand still while the others run.

ptrace(2): PTRACE_SEIZE does not stop the thread, PTRACE_INTERRUPT does, PTRACE_DETACH lets it go on. All calls
must come from one thread of ours."""
import ctypes
import os

PTRACE_SEIZE, PTRACE_INTERRUPT, PTRACE_DETACH = 0x4206, 0x4207, 17
WALL = 0x40000000  # wait for threads, too

libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
libc.ptrace.restype = ctypes.c_long


def threads(pid):
    """The threads' ids by name."""
    named = {}
    for tid in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{tid}/comm", encoding="utf-8") as comm:
            named.setdefault(comm.read().strip(), []).append(int(tid))
    return named


def ptrace(request, tid):
    if libc.ptrace(request, tid, None, None) != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"ptrace of thread {tid}: {os.strerror(error)}")


class Held:
    """While it is entered, these threads stand still."""

    def __init__(self, tids):
        self.tids = tids

    def __enter__(self):
        for tid in self.tids:
            ptrace(PTRACE_SEIZE, tid)
            ptrace(PTRACE_INTERRUPT, tid)
            os.waitpid(tid, WALL)
        return self

    def __exit__(self, *_):
        for tid in self.tids:
            ptrace(PTRACE_DETACH, tid)
