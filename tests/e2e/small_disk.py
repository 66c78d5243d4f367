"""A disk that a test can fill."""
import os
import resource
import shutil
import signal
import subprocess
import tempfile

BYTES = 48 << 20


class SmallDisk:
    """A small file system of its own. Where none may be mounted, the files of a process are limited
    instead (`mounted` is False): that looks the same to it but for the cause."""

    def __init__(self, size=BYTES):
        self.path = tempfile.mkdtemp(prefix="contacts-disk-")
        self.ballast = os.path.join(self.path, "ballast")
        self.mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", self.path],
            capture_output=True, check=False).returncode == 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.mounted:
            subprocess.run(["umount", "--lazy", self.path], check=True)
        shutil.rmtree(self.path)

    def limit(self, files):
        """The `largest_file` of a process that starts now."""
        return None if self.mounted else files

    def free(self):
        space = os.statvfs(self.path)
        return space.f_bavail * space.f_frsize

    def fill(self, process=None, leave=0):
        """Takes all but `leave` bytes, also from a server that is running."""
        if not self.mounted:
            if process:
                self.limit_of(process, leave)
            return
        with open(self.ballast, "ab", buffering=0) as ballast:
            while (room := self.free() - leave) > 0:
                ballast.write(bytes(min(room, 1 << 16)))

    def empty(self, process=None):
        if self.mounted:
            os.unlink(self.ballast)
        elif process:
            self.limit_of(process, resource.RLIM_INFINITY)

    def limit_of(self, process, largest):
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
