"""Whether what a page shows of its person's scheduled messages, and of his export, is still so."""

from __future__ import annotations

from collections.abc import Collection

from backchannel.models import Export, Scheduled
from live.registry import Asking

SCHEDULED, EXPORT, WAITING = "scheduled", "export", "waiting:"


def own_lists(askings: list[Asking]) -> list[list[dict]]:
    """Where these lists of each of these people are; a page that is elsewhere draws them anew. The list of a
    conversation is but a count, and where it is, is that number."""
    asked = {(one.person_id, name) for one in askings for name in one.versions}
    scheduled, exports = (_people(name, asked) for name in (SCHEDULED, EXPORT))
    waiting = {(person, name.removeprefix(WAITING)) for person, name in asked if name.startswith(WAITING)}
    now: dict[tuple[str, str], int] = {
        **_named(SCHEDULED, scheduled, Scheduled.objects.versions_of(scheduled) if scheduled else {}),
        **_named(EXPORT, exports, Export.objects.versions_of(exports) if exports else {}),
        **_counted(waiting),
    }
    answers = [
        {name: now[one.person_id, name] for name in one.versions if (one.person_id, name) in now} for one in askings
    ]
    return [[{"type": "heads", "own": own}] if own else [] for own in answers]


def _people(name: str, asked: set[tuple[str, str]]) -> set[str]:
    return {person for person, one in asked if one == name}


def _named(name: str, people: Collection[str], versions: dict[str, int]) -> dict[tuple[str, str], int]:
    return {(person, name): versions.get(person, 0) for person in people}


def _counted(waiting: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    counts = Scheduled.objects.counts(waiting) if waiting else {}
    return {(person, f"{WAITING}{pk}"): counts.get((person, pk), 0) for person, pk in waiting}
