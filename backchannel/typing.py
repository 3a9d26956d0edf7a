"""Who is writing just now: told to those who read there, kept nowhere, gone by itself after some seconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Count

import live
from accounts import limits
from accounts.models import Block, Person
from backchannel import broadcasts, writers
from backchannel.models import Conversation, Membership
from rooms.models import Seat
from rooms.querysets import SeatQuerySet

MANY = 50  # people in a conversation above whom nobody is told who types


class Typing(NamedTuple):
    person_id: str
    conversation_id: str


async def typing(socket, frame: dict) -> None:
    """A browser says that its person types in a conversation. Whoever may not write there tells nobody."""
    await _told.ask(Typing(socket.person_id, frame.get("conversation", "")))


def tell_all(said: list[Typing]) -> list[None]:
    """All who typed since the last time, however many: a handful of questions."""
    distinct = list(dict.fromkeys(said))
    spent = limits.spend_all("typing", [one.person_id for one in distinct])
    wanted = {one for one, refused in zip(distinct, spent, strict=True) if refused is None}
    _tell(_with_place(wanted))
    return [None] * len(said)


_told = live.Gathered(tell_all)


def _with_place(wanted: set[Typing]) -> list[writers.Pair]:
    """Those of them who may write there now."""
    people, places = {one.person_id for one in wanted}, {one.conversation_id for one in wanted}
    open_to = Conversation.objects.open_pairs(people, places)
    inside = wanted & {Typing(*pair) for pair in open_to}
    persons = Person.objects.in_bulk(people)
    # Where one has asked the other, neither is heard until that is accepted.
    conversations = Conversation.objects.filter(request_to=None).select_related("room").in_bulk(places)
    told = [one for one in inside if one.conversation_id in conversations]
    pairs = [(persons[one.person_id], conversations[one.conversation_id]) for one in told]
    refused = writers.without_place(pairs)
    return [(person, where) for person, where in pairs if (person.pk, where.pk) not in refused]


def _tell(pairs: list[writers.Pair]) -> None:
    readers = _readers({where for _person, where in pairs})
    apart = Block.objects.among({one for few in readers.values() for one in few})
    for person, where in pairs:
        others = {one for one in readers.get(where.pk, ()) if (person.pk, one) not in apart} - {person.pk}
        if others:
            broadcasts.types(person, where, others)


def _readers(conversations: set[Conversation]) -> dict[str, set[str]]:
    """Who reads each of these now, where they are few: its members, or who sits beside that stage."""
    chats = {one.room_id: one.pk for one in conversations if one.room_id and one.kind == Conversation.Kind.ROOM}
    found = defaultdict(set)
    for room, person in _seats(chats).values_list("room_id", "person_id") if chats else ():
        found[chats[room]].add(person)
    others = {one.pk for one in conversations} - set(chats.values())
    members = Membership.objects.filter(conversation__in=others) if others else Membership.objects.none()
    for conversation, person in members.values_list("conversation_id", "person_id"):
        found[conversation].add(person)
    return found


def _seats(rooms: Iterable[str]) -> SeatQuerySet:
    taken = Seat.objects.taken().filter(room__in=rooms)
    small = taken.order_by().values("room").annotate(people=Count("pk")).filter(people__lte=MANY)
    return taken.filter(room__in=small.values("room"))
