"""What becomes of an export when it was made: its person hears of it, and after a day a sweep takes it off the disk."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import datetime
from pathlib import Path

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.notifying import Shown
from backchannel.models import Export
from backchannel.models.export import FOLDER, KEPT

logger = logging.getLogger(__name__)

AT_ONCE = 200


def sweep(now: datetime) -> None:
    """First the file, then its row, which says until then what became of it: whoever is stopped in between begins
    anew."""
    for one in Export.objects.over(now)[:AT_ONCE]:
        try:
            remove(one)
        except OSError as problem:
            logger.warning("An export could not be removed, it goes later: %s", problem)
        else:
            if one.state == Export.State.GONE or one.touched_at <= now - KEPT:
                one.delete()
    _sweep_what_has_no_row()


def _sweep_what_has_no_row() -> None:
    """The person went, or the conversation, or the try. A row is there before its file."""
    files = list(FOLDER.glob("*-*.*"))
    rows = Export.objects.filter(pk__in={file.stem.partition("-")[0] for file in files}) if files else []
    known = {one.place.stem for one in rows}
    for file in files:
        if file.stem not in known:
            file.unlink(missing_ok=True)


def remove(export: Export) -> None:
    """Its file, and what there is of a half one."""
    for place in (export.place, unfinished(export)):
        place.unlink(missing_ok=True)


def unfinished(export: Export) -> Path:
    """Where its file is while it is made."""
    return export.place.with_suffix(".part")


def page_of(export: Export) -> str:
    """Where its person sees how far it is."""
    return reverse("export", args=[export.conversation_id]) if export.conversation_id else reverse("my_data")


def look_of_exports(person: Person, subjects: Collection[str]) -> dict[str, Shown]:
    """How the bell tells of those that can be fetched."""
    ready = Export.objects.of(person).ready(timezone.now()).filter(pk__in=subjects)
    return {one.pk: Shown(_("Your export is ready."), page_of(one)) for one in ready}
