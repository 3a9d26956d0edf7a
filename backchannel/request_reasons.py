"""Why somebody may want to write to a person who does not follow him: what the two have in common here."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from django.db.models import CharField, F, QuerySet, Value

from accounts.models import Follow, Person
from rooms.models import Seat

ROOM, FRIEND, FOLLOWER = "room", "friend", "follower"


class Reason(NamedTuple):
    """Of the first of these that there is: a room where both sat, somebody followed who follows him, or that he
    follows. `name` is the room's title or the name of who follows him, `more` how many others there are."""

    kind: str = ""
    name: str = ""
    pk: str = ""
    more: int = 0


def reasons(person: Person, askers: Collection[str]) -> dict[str, Reason]:
    """For each of these people (ids) what may be said to `person`; all in one question."""
    if not askers:
        return {}
    found: dict[str, dict[str, list[tuple[str, str]]]] = {asker: {} for asker in askers}
    for kind, asker, name, pk in _asked(person, askers):
        found[asker].setdefault(kind, []).append((name, pk))
    return {asker: _first(kinds) for asker, kinds in found.items()}


def _first(kinds: dict[str, list[tuple[str, str]]]) -> Reason:
    for kind in (ROOM, FRIEND, FOLLOWER):
        if kind in kinds:
            name, pk = max(kinds[kind]) if kind == FRIEND else kinds[kind][-1]
            return Reason(kind, name, pk, len(kinds[kind]) - 1)
    return Reason()


def _asked(person: Person, askers: Collection[str]) -> QuerySet:
    """(kind, asker, name, id). Of rooms only those whose chat he may still read."""
    rooms = Seat.objects.reading().filter(person=person, room__seats__person__in=askers)
    friends = Follow.objects.filter(followed__in=askers, follower__followers__follower=person)
    followers = Follow.objects.filter(follower__in=askers, followed=person)
    return _said(rooms, ROOM, "room__seats__person", "room__title", "room").union(
        _said(friends, FRIEND, "followed", "follower__name", "follower__username"),
        _said(followers, FOLLOWER, "follower", "follower__name", "follower__username"),
        all=True,
    )


def _said(found: QuerySet, kind: str, asker: str, name: str, pk: str) -> QuerySet:
    named = {"kind": Value(kind, output_field=CharField()), "asker": F(asker), "name": F(name), "said": F(pk)}
    return found.order_by().annotate(**named).values_list(*named)
