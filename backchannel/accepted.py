"""Who asked to write is told that he may. Where he is answered at once, the answer says so itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts import notifying
from accounts.notifying import Shown

if TYPE_CHECKING:
    from accounts.models import Person
    from backchannel.models import Conversation

ACCEPTED = "accepted"


def tell(conversation: Conversation, by: Person) -> None:
    """`by` took in what the other one asked of him there."""
    asked = conversation.memberships.exclude(person=by).values_list("person_id", flat=True)
    notifying.notify(asked, ACCEPTED, conversation.pk, by)


def look(person: Person, subjects: Collection[str]) -> dict[str, Shown]:
    from backchannel.models import Conversation

    words = _("accepted your request. You can write to each other now.")
    found = Conversation.objects.open_to(person).filter(pk__in=subjects, request_to=None)
    return {one.pk: Shown(words, one.get_absolute_url()) for one in found}
