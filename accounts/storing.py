"""Files where the house keeps them: a folder, or a bucket elsewhere, which may be away."""

from __future__ import annotations

import logging

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from django.db import transaction
from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from accounts.ids import random_id
from accounts.refusals import Refused

logger = logging.getLogger(__name__)

UNKEPT = _("Files cannot be kept just now. Your text is safe; try again later.")
NO_ROOM = 507  # status


class Unreachable(Refused):
    wait = 5

    def __init__(self) -> None:
        super().__init__(_("This file cannot be reached just now. Try again in a moment."), status=503)


def opened(storage: Storage, place: str) -> File:
    """A file that is to be shown. Raises Http404 where there is none, Unreachable where nobody can say."""
    try:
        return storage.open(place)
    except FileNotFoundError as gone:
        raise Http404 from gone
    except OSError as problem:
        logger.warning("A file cannot be reached: %s", problem)
        raise Unreachable from problem


def show_photo(owner: Model, image: bytes | None) -> None:
    """Take this WebP image as the `photo` of a row, or none; the file before it goes once this is committed. Raises
    Refused where it cannot be kept."""
    photo = owner.photo  # type: ignore[attr-defined]  # it has one
    storage, before = photo.storage, photo.name
    if image is None:
        owner.photo = ""  # type: ignore[attr-defined]
    else:
        try:
            photo.save(f"{random_id()}.webp", ContentFile(image), save=False)
        except OSError as problem:
            logger.warning("A photo could not be kept: %s", problem)
            raise Refused(UNKEPT, NO_ROOM) from problem
    owner.save(update_fields=["photo"])
    if before:
        transaction.on_commit(lambda: _discard(storage, before))


def discard_photo(owner: Model) -> None:
    """Take the photo of a row away that was deleted, once that is committed."""
    if photo := owner.photo:  # type: ignore[attr-defined]  # it has one
        transaction.on_commit(lambda: _discard(photo.storage, photo.name))


def _discard(storage: Storage, place: str) -> None:
    try:
        storage.delete(place)
    except OSError as problem:
        logger.warning("A photo that nobody is shown any more could not be removed: %s", problem)
