"""From a file as it came to what is shown of it: by a program of its own (`work`), which may break or run out of its
limits without harm to anybody."""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage
from django.db.models import F

from backchannel.media import work
from backchannel.media.taking import new_place
from backchannel.models import Attachment

logger = logging.getLogger(__name__)

PATIENCE = 90  # seconds by the clock; the program itself is bound to a number of seconds of work


def prepare(pk: str) -> None:
    """Prepare a file that waits for it, and settle what is shown of it. Others are left as they are."""
    attachment = Attachment.objects.filter(pk=pk, state=Attachment.State.PREPARING).first()
    if attachment is None:
        return
    try:
        _prepare(attachment)
    except ConnectionError as problem:
        logger.warning("A file cannot be reached, it is prepared later: %s", problem)
        Attachment.objects.filter(pk=pk, tries__gt=0).update(tries=F("tries") - 1)  # it was none


def _prepare(attachment: Attachment) -> None:
    with tempfile.TemporaryDirectory(prefix="backchannel-file-") as folder:
        made = _made(attachment, Path(folder))
        places = [made[name] for name in ("file", "small") if name in made] if made else []
        attachment.settle(made)
    _tidy(attachment, places)


def _made(attachment: Attachment, folder: Path) -> dict[str, Any] | None:
    """What `work` says about it, with what it made of it in the storage."""
    with default_storage.open(attachment.file) as source, (folder / "came").open("wb") as target:
        shutil.copyfileobj(source, target)
    found = _worked(attachment, folder)
    if found is None:
        # A picture that cannot be drawn anew is shown to nobody: who knows what is in it.
        is_image = attachment.kind == Attachment.Kind.IMAGE
        return None if is_image else {"kind": Attachment.Kind.FILE, "mime": "application/octet-stream"}
    if attachment.kind == Attachment.Kind.IMAGE:
        found["name"] = f"{Path(attachment.name).stem}.webp"
    parts = [folder / name for name in ("file", "small") if (folder / name).exists()]
    return {**found, "size": sum(part.stat().st_size for part in parts), **_kept(parts)}


def _kept(parts: list[Path]) -> dict[str, str]:
    """Where they are in the storage: all of them, or none."""
    kept: dict[str, str] = {}
    try:
        for part in parts:
            with part.open("rb") as prepared:
                kept[part.name] = default_storage.save(new_place(), File(prepared))
    except OSError:
        for place in kept.values():
            _discard(place)
        raise
    return kept


def _worked(attachment: Attachment, folder: Path) -> dict[str, Any] | None:
    words = [sys.executable, "-m", work.__name__, attachment.kind, attachment.mime, str(folder)]
    environment = {"PATH": os.environ.get("PATH", ""), "LANG": "C.UTF-8", "OMP_NUM_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603  our own program, and no word of what came
            words, cwd=settings.BASE_DIR, env=environment, capture_output=True, timeout=PATIENCE, check=True
        )
        return json.loads(done.stdout)
    except subprocess.CalledProcessError as problem:
        logger.info("A file could not be prepared: %s", problem.stderr.decode(errors="replace")[-300:].strip())
    except (subprocess.TimeoutExpired, ValueError):
        logger.warning("A file took too long to be prepared")
    return None


def _tidy(attachment: Attachment, made: list[str]) -> None:
    """What nothing leads to any more goes: the file as it came, or what was made for nobody."""
    for place in (attachment.file, *made):
        if not is_used(place):
            _discard(place)


def _discard(place: str) -> None:
    """Where that cannot be done now, the next sweep does it."""
    try:
        default_storage.delete(place)
    except OSError as problem:
        logger.warning("A file could not be removed, it goes later: %s", problem)
        Attachment.objects.create(client_id=uuid4(), state=Attachment.State.GONE, size=0, file=place)


def is_used(place: str, but: str = "") -> bool:
    """Whether some row leads to this file; `but` is one that does not count."""
    others = Attachment.objects.exclude(pk=but)
    return others.filter(file=place).exists() or others.filter(small=place).exists()
