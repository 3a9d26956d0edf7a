"""What nobody wants any more goes from the disk: files that were never posted, and those of messages that are gone."""

from __future__ import annotations

import logging
from datetime import datetime

from django.core.files.storage import default_storage

from backchannel.media.preparing import is_used
from backchannel.models import Attachment

logger = logging.getLogger(__name__)

AT_ONCE = 500


def sweep(now: datetime) -> None:
    """First the files, then their row: whoever is stopped in between begins anew. As often as one likes."""
    for pk in list(Attachment.objects.unwanted(now).values_list("pk", flat=True)[:AT_ONCE]):
        try:
            _remove(pk, now)
        except ConnectionError as problem:
            logger.warning("Files that nobody wants cannot be reached, they go later: %s", problem)
            return
        except OSError as problem:
            logger.warning("A file could not be removed, it goes later: %s", problem)


def _remove(pk: str, now: datetime) -> None:
    """Somebody may just be posting it: then it is wanted. If not, nobody can from now on, and nothing needs to be
    locked while the storage takes its time."""
    if not Attachment.objects.unwanted(now).filter(pk=pk).update(state=Attachment.State.GONE):
        return
    unwanted = Attachment.objects.get(pk=pk)
    for place in (unwanted.file, unwanted.small):
        if place and not is_used(place, but=pk):
            default_storage.delete(place)
    unwanted.delete()
