"""Disks that are full: a small one of a test's own, or, where nobody may mount one, files that must not grow."""

import contextlib
import resource
import subprocess
from pathlib import Path


class Disk:
    """A small disk of one's own at `folder`: with Disk(…) as disk, then disk.fill() and disk.empty()."""

    def __init__(self, folder, megabytes):
        self.folder, self.size = Path(folder), megabytes * 1024 * 1024

    def __enter__(self):
        self.folder.mkdir(exist_ok=True)
        subprocess.check_call(["mount", "-t", "tmpfs", "-o", f"size={self.size}", "none", self.folder])
        self.folder.chmod(0o755)
        return self

    def __exit__(self, *error):
        subprocess.check_call(["umount", "-l", self.folder])
        self.folder.rmdir()

    def fill(self):
        """Not a byte is left."""
        with contextlib.suppress(OSError), self._filler.open("wb", buffering=0) as filler:
            while True:
                filler.write(b"x" * 4096)

    def empty(self):
        self._filler.unlink()

    @property
    def _filler(self):
        return self.folder / "filler"


class Ceiling:
    """The same for all that a process (`parent()`: its pid) and its children write. To them a file that must not grow is
    about what a full disk is."""

    LOW = 64 * 1024  # bytes; less than any database has

    def __init__(self, parent):
        self.parent = parent

    def fill(self):
        self._limit(self.LOW)

    def empty(self):
        self._limit(resource.RLIM_INFINITY)

    def _limit(self, size):
        """Of the parent first, so that none is born without."""
        parent = self.parent()
        for pid in [parent, *map(int, Path(f"/proc/{parent}/task/{parent}/children").read_text().split())]:
            with contextlib.suppress(ProcessLookupError):
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
