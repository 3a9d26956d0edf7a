"""The data folder: private, with room to write, and used by one running house at a time."""

import contextlib
import errno
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

ROOM_NEEDED = 1024 * 1024  # bytes; below that the database could not even keep its log
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Unusable(Exception):
    """The house cannot live in this folder. Its text is the sentence to show."""


@contextlib.contextmanager
def held(folder: Path) -> Iterator[None]:
    """Make the folder ready and keep every other house out of it meanwhile; raises Unusable."""
    try:
        _make_private(folder)
        lock = (folder / "serve.lock").open("w")
    except OSError as problem:
        raise Unusable(_sentence(folder, problem)) from problem
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise Unusable(_("Another Backchannel is already running on %s.") % folder) from problem
        check_room(folder)
        yield


def check_room(folder: Path) -> None:
    """Try to write as much as a start needs; raises Unusable."""
    trial = folder / f"room-to-write.{os.getpid()}"
    try:
        with trial.open("wb") as file:
            file.write(b"\0" * ROOM_NEEDED)
            file.flush()
            os.fsync(file.fileno())
    except OSError as problem:
        raise Unusable(_sentence(folder, problem)) from problem
    finally:
        with contextlib.suppress(OSError):
            trial.unlink()


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)


def _sentence(folder: Path, problem: OSError) -> str:
    if problem.errno in FULL:
        return _("The data folder %s is full: make room, or set DATA_DIR to another one.") % folder
    return _("The data folder %(folder)s cannot be written (%(why)s): set DATA_DIR to one that can.") % {
        "folder": folder,
        "why": problem.strerror,
    }
