"""What the engine tells, and what it is told again and again: the whole truth, so that no ghost stays."""

from __future__ import annotations

from typing import NamedTuple

import live
from rooms.models import Seat
from rooms.sound import engine, steering


class Known(NamedTuple):
    room: str
    seat: str


# What this process last read, so that who talks can be told without asking the database each time.
_sessions: dict[str, Known] = {}
_rooms: dict[str, str] = {}


def reconcile() -> None:
    """Tell the engine everything that may sound now: seats of people who are here. Whatever else it has, it cuts."""
    wanted = {}
    _sessions.clear()
    for seat in _sounding():
        name = seat.room.sound_name
        wanted[seat.sound_session] = {"room": name, "publish": seat.on_stage, "muted": seat.silent}
        _sessions[seat.sound_session] = Known(seat.room_id, seat.pk)
        _rooms[name] = seat.room_id
    engine.reconcile(wanted)


def _sounding():
    return Seat.objects.here().filter(room__ended_at=None).exclude(sound_session="").select_related("room")


async def talking(room: str, sessions: list[str]) -> None:
    """Who talks now, to everybody in the room."""
    seats = [_sessions[session].seat for session in sessions if session in _sessions]
    if room in _rooms:
        pk = _rooms[room]
        live.send(f"room:{pk}", {"type": "talking", "room": pk, "seats": seats})


def gone(session: str) -> None:
    """Its browser fell silent: another tab may have the sound now."""
    steering.give_back(session)


def ready(sessions: list[str]) -> None:
    """The engine is (again) there: everybody it does not have connects anew, by himself."""
    reconcile()
    missing([session for session in _sessions if session not in sessions])


def missing(sessions: list[str]) -> None:
    for seat in _sounding().filter(sound_session__in=set(sessions) - steering.joining):
        live.tell([seat.person_id], {"type": "sound", "do": "rejoin", "tab": seat.sound_tab})
