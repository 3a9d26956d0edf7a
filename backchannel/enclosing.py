"""The files that go with messages: whose they are is asked when the messages are written, as all else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refused
from backchannel.models import Attachment, Message

if TYPE_CHECKING:
    from backchannel.writing import Draft

MISSING = _("A file of this message is not there any more. Send it without, or add the file again.")


class Enclosed:
    """The files that these drafts name. Where none does, nothing is asked."""

    def __init__(self, drafts: Iterable[Draft]) -> None:
        named = {pk for draft in drafts for pk in draft.files}
        found = Attachment.objects.unposted().filter(pk__in=named).select_for_update().order_by("pk") if named else ()
        self._free = {one.pk: one for one in found}

    def refusal(self, draft: Draft) -> Refused | None:
        """Why these files cannot go with this draft: each goes once, and with its own person's words."""
        found = [self._free.get(pk) for pk in draft.files]
        if all(one and one.person_id == draft.author_id for one in found):
            return None
        return Refused(MISSING)

    def take(self, draft: Draft) -> list[Attachment]:
        return [self._free.pop(pk) for pk in dict.fromkeys(draft.files)]


def enclose(messages: Iterable[Message]) -> None:
    """Note which message each file went with."""
    enclosed = []
    for message in messages:
        for place, file in enumerate(message.files):
            file.message, file.place = message, place
            enclosed.append(file)
    if enclosed:
        Attachment.objects.bulk_update(enclosed, ["message", "place"])
