"""Whether what a page shows of its person's notifications is still so."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from django.db.models import Max

from accounts.ids import among
from accounts.models import Notification
from accounts.models.notification import unread_of
from live.registry import Asking

BELL, LIST = "bell", "notifications"
LONGEST = 16  # digits: until the year 2286
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def catch_up(askings: list[Asking]) -> list[list[dict]]:
    """Where the bell and the list of each of these people are; a page that is elsewhere draws them anew."""
    bells = _showing(BELL, askings)
    counts = unread_of(bells) if bells else {}
    stamps = _stamps(_showing(LIST, askings))
    answers = []
    for one in askings:
        now = {BELL: counts.get(one.person_id, 0), LIST: stamps.get(one.person_id, 0)}
        own = {name: number for name, number in now.items() if name in one.versions}
        answers.append([{"type": "heads", "own": own}] if own else [])
    return answers


def _showing(name: str, askings: list[Asking]) -> set[str]:
    return {one.person_id for one in askings if name in one.versions}


def _stamps(people: Collection[str]) -> dict[str, int]:
    if not people:
        return {}
    rows = Notification.objects.standing().filter(person__in=among(people)).order_by().values_list("person_id")
    return {person: stamp(newest) for person, newest in rows.annotate(Max("created_at"))}


def stamp(when: datetime | None) -> int:
    """A moment as a number: microseconds since 1970, or 0 for none."""
    return (when - EPOCH) // timedelta(microseconds=1) if when else 0


def moment(number: str | None) -> datetime | None:
    """The moment of such a number, or None if it is none."""
    if number and number.isascii() and number.isdecimal() and len(number) <= LONGEST:
        return EPOCH + timedelta(microseconds=int(number))
    return None
