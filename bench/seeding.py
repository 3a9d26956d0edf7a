"""Fills a house with people who are logged in, rooms they sit in, and conversations of two.

Runs inside the house's own code (`manage.py shell`) and prints what was made as JSON. Rows are written in bulk, in the
shape that logging in, sitting down and writing give them; no password is hashed.
"""

import json
import secrets
import sys
from datetime import timedelta
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from accounts.models import Login, Person
from backchannel.models import Conversation, Membership
from backchannel.querysets import pair_of
from rooms.models import Room, Seat

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
KEPT = timedelta(hours=8)  # seats count as heard from, though nobody is connected yet
WORDS = "Between the second and the third chorus everybody in the kitchen stopped and listened for a moment, too."


@transaction.atomic
def fill(rooms: tuple[int, ...] = (), pairs: int = 0, visitors: int = 0, messages: int = 0, friends: int = 0) -> None:
    """Rooms with so many members each, conversations of two, and people who are nowhere; `messages` are written in
    each room, and each member of a room has a conversation with each of so many friends."""
    made = [_room(size, number, messages) for number, size in enumerate(rooms)]
    twos = _pairs(_people(2 * pairs, "p"))
    known = _friends(made, friends)
    json.dump({"rooms": made, "pairs": twos, "friends": known, "visitors": _told(_people(visitors, "v"))}, sys.stdout)


def _people(count: int, prefix: str) -> list[Person]:
    """People with a session each."""
    people = [
        Person(username=f"{prefix}{number}", email=f"{prefix}{number}@example.org", name=f"Person {prefix}{number}")
        for number in range(count)
    ]
    for person in people:
        person.password = f"!{secrets.token_hex(20)}"  # fits nothing
    Person.objects.bulk_create(people, batch_size=500)
    _log_in(people)
    return people


def _log_in(people: list[Person]) -> None:
    until, sessions = timezone.now() + timedelta(days=1), []
    for person in people:
        person.session = Session(session_key=SessionStore()._get_new_session_key(), expire_date=until)
        person.session.session_data = SessionStore().encode(
            {
                SESSION_KEY: person.pk,
                BACKEND_SESSION_KEY: BACKEND,
                HASH_SESSION_KEY: person.get_session_auth_hash(),
            }
        )
        sessions.append(person.session)
    Session.objects.bulk_create(sessions, batch_size=500)
    Login.objects.bulk_create(
        [Login(person=person, session_key=person.session.session_key) for person in people], batch_size=500
    )


def _room(size: int, number: int, messages: int) -> dict:
    """A live room, its creator on stage, the others in the audience."""
    people = _people(size, f"r{number}x")
    room = Room.open(people[0], title=f"Room {number}")
    later = timezone.now() + KEPT
    Seat.objects.bulk_create(
        [Seat(room=room, person=person, stage_rank=4, seen_at=later) for person in people[1:]], batch_size=500
    )
    room.seats.update(seen_at=later)
    chat = room.conversations.get(kind=Conversation.Kind.ROOM)
    for spoken in range(messages):
        chat.post(people[spoken % size], uuid4(), f"{spoken}. {WORDS}")
    told = _told(people)
    for one, seat in zip(told, _stamped(room, people), strict=True):
        one["stamp"] = seat
    return {"id": room.pk, "chat": chat.pk, "head": chat.head, "version": room.version, "people": told}


def _stamped(room: Room, people: list[Person]) -> list[int]:
    stamps = {seat.person_id: seat.stamp for seat in room.seats.select_related("room")}
    return [stamps[person.pk] for person in people]


def _friends(rooms: list[dict], count: int) -> list[dict]:
    """Conversations of two, in which everybody of these rooms writes with the same few people."""
    friends = _people(count, "f")
    members = Person.objects.in_bulk([one["id"] for room in rooms for one in room["people"]]) if friends else {}
    for member in members.values():
        member.session = member.logins.get()
    return _pairs([one for member in members.values() for friend in friends for one in (member, friend)])


def _pairs(people: list[Person]) -> list[dict]:
    """A conversation for the first and the second, one for the third and the fourth, and so on."""
    twos = list(zip(people[::2], people[1::2], strict=True))
    talks = [Conversation(kind=Conversation.Kind.DIRECT, pair=pair_of(*two)) for two in twos]
    Conversation.objects.bulk_create(talks, batch_size=500)
    Membership.objects.bulk_create(
        [Membership(conversation=talk, person=person) for talk, two in zip(talks, twos, strict=True) for person in two],
        batch_size=500,
    )
    return [{"id": talk.pk, "people": _told(two)} for talk, two in zip(talks, twos, strict=True)]


def _told(people) -> list[dict]:
    return [{"id": person.pk, "session": person.session.session_key} for person in people]
