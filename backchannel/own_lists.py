"""Whether what a page shows of its person's scheduled messages, and of his export, is still so."""

from __future__ import annotations

from collections.abc import Callable, Collection

from backchannel.models import Export, Scheduled
from live.registry import Asking

LISTS: dict[str, Callable[[Collection[str]], dict[str, int]]] = {
    "scheduled": Scheduled.objects.versions_of,
    "export": Export.objects.versions_of,
}


def own_lists(askings: list[Asking]) -> list[list[dict]]:
    """Where these lists of each of these people are; a page that is elsewhere draws them anew."""
    now = {name: _versions(name, askings) for name in LISTS}
    answers = []
    for one in askings:
        own = {name: versions.get(one.person_id, 0) for name, versions in now.items() if name in one.versions}
        answers.append([{"type": "heads", "own": own}] if own else [])
    return answers


def _versions(name: str, askings: list[Asking]) -> dict[str, int]:
    people = {one.person_id for one in askings if name in one.versions}
    return LISTS[name](people) if people else {}
