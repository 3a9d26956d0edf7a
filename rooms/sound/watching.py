"""What the engine tells, and what it is told again and again: the whole truth, so that no ghost stays."""

from __future__ import annotations

import live
from live.registry import ask
from rooms.models import Seat
from rooms.sound import engine, steering

# The engine's name for a room in which somebody talks → the room.
_talked: dict[str, str] = {}


def reconcile() -> None:
    """Tell the engine everything that may sound now: seats of people who are here. Whatever else it has, it cuts.

    Who comes while we read is told at once, and what we read before would cut him: so it is read again.
    """
    told = None
    while (wanted := _wanted()).keys() != told:
        engine.reconcile(wanted)
        told = wanted.keys()


def _wanted() -> dict[str, dict]:
    wanted, known = {}, {}
    for seat in _sounding():
        may = {"publish": seat.on_stage, "muted": seat.silent, "version": seat.room.version}
        wanted[seat.sound_session] = {"room": seat.room.sound_name, **may}
        known[seat.sound_session] = steering.Known(seat.room_id, seat.pk)
    for session in steering.known.keys() - known.keys():
        del steering.known[session]
    steering.known.update(known)
    return wanted


def _sounding():
    return Seat.objects.here().filter(room__ended_at=None).exclude(sound_session="").select_related("room")


async def talking(name: str, sessions: list[str]) -> None:
    """Who talks now, to everybody in the room."""
    if new := [session for session in sessions if session not in steering.known]:
        await ask(_learn, new)
    places = [steering.known[session] for session in sessions if session in steering.known]
    room = places[0].room if places else _talked.get(name)
    if room:
        _talked[name] = room
        frame = {"type": "talking", "room": room, "seats": [place.seat for place in places]}
        live.send(f"room:{room}", frame, latest="talking")
    if not places:
        _talked.pop(name, None)


def _learn(sessions: list[str]) -> None:
    """They joined by way of another web process."""
    for seat in _sounding().filter(sound_session__in=sessions):
        steering.known[seat.sound_session] = steering.Known(seat.room_id, seat.pk)


def gone(session: str) -> None:
    """Its browser fell silent: another tab may have the sound now. One that is coming back keeps it."""
    if session not in steering.joining:
        steering.give_back(session)


def ready(sessions: list[str]) -> None:
    """The engine is (again) there: everybody it does not have connects anew, by himself."""
    reconcile()
    missing([session for session in steering.known if session not in sessions])


def missing(sessions: list[str]) -> None:
    for seat in _sounding().filter(sound_session__in=set(sessions) - steering.joining):
        live.tell([seat.person_id], {"type": "sound", "do": "rejoin", "tab": seat.sound_tab})
