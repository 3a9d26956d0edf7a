"""Secrets that the house makes for itself on first use and keeps in its data folder."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def secret(folder: Path, name: str) -> str:
    """The secret called `name`, made on first use: a file only its owner can read.

    Where the folder cannot be used, it lives as long as this process. Then the house refuses to start
    with a sentence (see folder.py), which the settings, reading this, could not say.
    """
    path = folder / name
    with contextlib.suppress(OSError):
        if not path.exists():
            _make(folder, path)
        return path.read_text().strip()
    return secrets.token_urlsafe(48)


def _make(folder: Path, path: Path) -> None:
    """Written aside and linked into place, so that two processes starting together agree on one."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=folder)
    try:
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
        with contextlib.suppress(FileExistsError):
            os.link(aside, path)
    finally:
        Path(aside).unlink()
