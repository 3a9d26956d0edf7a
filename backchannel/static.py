"""Static files, collected only when one of them has changed: the second start is quick."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.core.management import call_command
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = "js/"  # modules, written by hand
COMMENT = re.compile(r"^[ ]*(?://[^\n]*|/\*\*.*?\*/[ ]*)\n", re.MULTILINE | re.DOTALL)


class Served(CompressedManifestStaticFilesStorage):
    """As whitenoise does it. What the modules tell those who read them is not sent to those who only use them."""

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[tuple]:
        bare = {
            name: (_WithoutComments(storage), path) if name.startswith(OURS) else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(bare, *args, **options)


class _WithoutComments:
    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(self, path: str) -> ContentFile:
        with self._storage.open(path) as file:
            return ContentFile(COMMENT.sub("", file.read().decode()).encode())


def collect(folder: Path) -> None:
    """Fill `folder` as collectstatic does. Files of before stay, for pages that are still open."""
    stamp, wanted = folder / ".collected", _fingerprint()
    if not stamp.exists() or stamp.read_text() != wanted:
        call_command("collectstatic", verbosity=0, interactive=False)
        stamp.write_text(wanted)


def _fingerprint() -> str:
    """Names, sizes and times of everything there is to collect, and how it is kept."""
    seen = hashlib.sha256(repr(settings.STORAGES["staticfiles"]).encode())
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            state = Path(storage.path(name)).stat()
            seen.update(f"{name} {state.st_size} {state.st_mtime_ns}\n".encode())
    return seen.hexdigest()
