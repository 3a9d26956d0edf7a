"""A small disk of a test's own."""

import contextlib
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
