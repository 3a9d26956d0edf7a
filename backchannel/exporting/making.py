"""Making an export: a zip written to the disk as it is read, a few messages at a time, in the language and time zone of
who asked for it."""

from __future__ import annotations

import logging
import shutil
import time
import zipfile
from collections.abc import Callable

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from backchannel.exporting.conversation import write_conversation
from backchannel.exporting.keeping import remove, unfinished
from backchannel.exporting.mine import write_mine
from backchannel.models import Export
from backchannel.zones import zone_named

logger = logging.getLogger(__name__)

PAUSE = 1.0  # seconds
RESERVE = 512 * 1024 * 1024  # bytes of the disk that are left to the rest of the house


class Unwanted(Exception):
    """Nobody can fetch it any more: it need not be finished."""


def make(pk: str) -> None:
    """Make an export that waits for it. Others are left as they are."""
    export = Export.objects.select_related("person", "conversation__room", "conversation__group").filter(pk=pk).first()
    if not export or not export.take():
        return
    language = export.person.language or settings.LANGUAGE_CODE
    with translation.override(language), timezone.override(zone_named(export.zone or export.person.time_zone)):
        try:
            size = _written(export)
        except OSError as problem:
            logger.warning("An export could not be written: %s", problem)
            export.fail(_("There is no room for it just now. Please try again later."))
        except Unwanted:
            pass
        else:
            if export.finish(size):
                return
    remove(export)


def _written(export: Export) -> int:
    """How many bytes it has."""
    part = unfinished(export)
    part.parent.mkdir(mode=0o700, exist_ok=True)
    step = _step(export)
    with zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
        if export.conversation:
            write_conversation(export.person, export.conversation, archive, step)
        else:
            write_mine(export.person, archive, step)
    part.replace(export.place)
    return export.place.stat().st_size


def _step(export: Export) -> Callable[[int], None]:
    """Called again and again, with how many messages are in it by then; told at most once a second."""
    last = time.monotonic() - PAUSE

    def step(messages: int) -> None:
        nonlocal last
        if time.monotonic() - last < PAUSE:
            return
        last = time.monotonic()
        if shutil.disk_usage(export.place.parent).free < RESERVE:
            raise OSError("the disk is nearly full")
        if not export.note(messages):
            raise Unwanted

    return step
