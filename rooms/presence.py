"""Who is seen in the rooms: derived from when each person was last heard from, never stored as a flag."""

from __future__ import annotations

import threading
import time
from collections.abc import Set
from contextlib import suppress
from datetime import datetime

from django.db import transaction
from django.utils import timezone

import live
from accounts.ids import among
from accounts.refusals import Refused
from rooms import broadcasts
from rooms.models import Room, Seat
from rooms.querysets import HERE

# Room → the seats that its pages show, as far as this process knows. What it does not know yet, they may all show.
_shown: dict[str, set[str]] = {}
_looking = threading.Lock()  # two looks at once would each take the other's news for shown
_heard_until = 0.0  # time.monotonic: who was heard before that is written down
# Person → when a beat last wrote down that an open page of his was heard in this process.
_beating: dict[str, float] = {}
LASTING = 20  # seconds


def beat() -> None:
    """Whose page was heard since the last beat was heard from now, in one statement; then look who came and went.

    Nobody is kept here for longer than his page was heard: his line may be open for a while with nobody at it.
    """
    global _heard_until
    now = time.monotonic()
    people = live.present_people(_heard_until)
    back = _write_down(people) if people else set()
    _heard_until = now
    _note_beating(people, now)
    look(back)


def _note_beating(people: set[str], now: float) -> None:
    global _beating
    lasting = {person: since for person, since in _beating.items() if now - since < LASTING}
    _beating = lasting | dict.fromkeys(people, now)


def is_beating(person_id: str) -> bool:
    """Whether an open page in this process said for this person just now that he is here."""
    return time.monotonic() - _beating.get(person_id, -LASTING) < LASTING


def _write_down(people: set[str]) -> set[str]:
    """Returns the seats of those who were silent until now."""
    taken = Seat.objects.taken().filter(person__in=among(people))
    silent = taken.filter(seen_at__lte=timezone.now() - HERE)
    with transaction.atomic():
        back = set(silent.values_list("pk", flat=True))
        # A row that is being changed right now is left for the next beat, or the two could wait for each other.
        mine = taken.select_for_update(skip_locked=True).values("pk")
        Seat.objects.filter(pk__in=mine).update(seen_at=timezone.now())
    return back


async def heard(socket, frame) -> None:
    """A page opened its line: if its person was away, he is back at once."""
    await _heard.ask(socket.person_id)


def hear(person_id: str) -> None:
    """Note that somebody was heard from."""
    _hear_all([person_id])


def _hear_all(person_ids: list[str]) -> list[None]:
    if back := _write_down(set(person_ids)):
        look(back)
    return [None] * len(person_ids)


_heard = live.Gathered(_hear_all)


def look(back: Set[str] = frozenset()) -> None:
    """Tell the rooms in which somebody came back or fell silent since the last look.

    `back`: seats of those who were silent until a moment ago. A page that was drawn meanwhile does not show them,
    though no look may have found them silent: nobody looks while the database is away.
    """
    with _looking:
        taken, here = _as_it_is()
        for room in _shown.keys() - taken.keys():
            _shown.pop(room, None)
        for room, seats in taken.items():
            _shown[room] = (_shown.get(room, seats) & seats) - back
            changed = _shown[room] ^ here.get(room, set())
            if not changed or _told(room, changed):
                _shown[room] = here.get(room, set())


def _as_it_is() -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """The taken seats of each room, and those of them whose people are here."""
    since = timezone.now() - HERE
    taken: dict[str, set[str]] = {}
    here: dict[str, set[str]] = {}
    for room, seat, seen_at in Seat.objects.taken().values_list("room", "pk", "seen_at"):
        taken.setdefault(room, set()).add(seat)
        if seen_at > since:
            here.setdefault(room, set()).add(seat)
    return taken, here


def _told(pk: str, seats: set[str]) -> bool:
    """Whether the room was told; one that is being changed right now hears of it at the next look.

    It takes a version, or a page whose line is cut just now would go on showing who is silent meanwhile.
    """
    with transaction.atomic():
        room = Room.objects.live().select_for_update(skip_locked=True).filter(pk=pk).first()
        if room:
            room.version += 1
            room.save(update_fields=["version"])
            broadcasts.presence_changed(room, list(room.seats.taken().filter(pk__in=seats).select_related("person")))
    return room is not None


def tend(now: datetime | None = None) -> None:
    """Do in every room what is due there."""
    now = now or timezone.now()
    for room in Room.objects.due(now):
        with suppress(Refused):  # it ended meanwhile
            room.tend(now)
