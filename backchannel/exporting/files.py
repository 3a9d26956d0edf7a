"""The files of an export, under names that are safe wherever it is unpacked."""

from __future__ import annotations

import re
import shutil
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator
from pathlib import PurePath

from django.core.files.storage import default_storage

from backchannel.models import Attachment
from backchannel.models.attachment import AttachmentQuerySet

LARGEST = 2 * 1024**3  # bytes of all files together
MOST = 20_000  # files
TOGETHER = 100
PIECE = 256 * 1024  # bytes read at once
LONGEST = 180  # bytes of a name before its ending: with a number before it, it fits everywhere
FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')  # somewhere

Step = Callable[[int], None]


def pack(archive: zipfile.ZipFile, files: AttachmentQuerySet, step: Step) -> dict[str, str]:
    """Put these in, in their order, as many as there is room for → {id: its name in the archive}."""
    packed: dict[str, str] = {}
    room = LARGEST
    for file in _each(files):
        step(0)
        name = f"files/{len(packed) + 1:05}-{safe_name(file.name)}"
        if file.size <= room and copy(archive, name, file.file):
            packed[file.pk] = name
            room -= file.size
    return packed


def _each(files: AttachmentQuerySet) -> Iterator[Attachment]:
    """Each as it is when its turn has come."""
    pks = list(files.values_list("pk", flat=True)[:MOST])
    for first in range(0, len(pks), TOGETHER):
        some = files.in_bulk(pks[first : first + TOGETHER])
        yield from (some[pk] for pk in pks[first : first + TOGETHER] if pk in some)


def copy(archive: zipfile.ZipFile, name: str, place: str) -> bool:
    """One file of the storage, as it is → whether it was there."""
    try:
        source = default_storage.open(place)
    except FileNotFoundError:
        return False
    with source, archive.open(zipfile.ZipInfo(name, time.localtime()[:6]), "w", force_zip64=True) as target:
        shutil.copyfileobj(source, target, PIECE)
    return True


def safe_name(name: str) -> str:
    """A name without what means something to one system or another, and not too long for any."""
    plain = FORBIDDEN.sub("_", name).strip(". ") or "_"
    ending = PurePath(plain).suffix.encode()[:20].decode(errors="ignore")
    stem = plain[: len(plain) - len(PurePath(plain).suffix)]
    return stem.encode()[:LONGEST].decode(errors="ignore").rstrip(". ") + ending


def texts(archive: zipfile.ZipFile, name: str, parts: Iterable[str]) -> None:
    """A text, written as it is made."""
    with archive.open(name, "w", force_zip64=True) as target:
        for part in parts:
            target.write(part.encode())
