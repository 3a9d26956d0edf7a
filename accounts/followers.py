"""Being told of new followers."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from accounts import notifying
from accounts.ids import among
from accounts.models import Person
from accounts.notifying import Shown

FOLLOW = "follow"


def register() -> None:
    notifying.register(FOLLOW, look)


def look(person: Person, subjects: Collection[str]) -> dict[str, Shown]:
    """Those of these (ids) who still follow `person`."""
    followers = Person.objects.visible_to(person).filter(follows__followed=person, pk__in=among(subjects))
    return {one.pk: Shown(_("follows you."), one.get_absolute_url()) for one in followers}


def followed(person: Person, by: Person) -> None:
    notifying.notify([person], FOLLOW, by.pk, by)


def unfollowed(person_id: str, by_id: str) -> None:
    notifying.forget(FOLLOW, [by_id], [person_id])
