"""Seats and sound: who may hear and be heard is read from the seat's row, here and nowhere else."""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

import live
from accounts import limits
from accounts.ids import random_id
from accounts.refusals import Refused
from live.registry import ask, still_in
from rooms.models import Seat
from rooms.sound import engine

logger = logging.getLogger(__name__)


class Known(NamedTuple):
    room: str
    seat: str


joining: set[str] = set()  # sessions whose offer the engine has not answered yet
known: dict[str, Known] = {}  # sessions as last read, so that who talks is told without asking the database


async def offer(socket, frame: dict) -> None:
    """A browser wants to hear, and to be heard if it is on stage. It gets exactly one answer.

    An empty one says: things have changed meanwhile, ask again.
    """
    try:
        seat = await ask(_take_sound, socket, frame.get("room", ""), frame.get("take", False))
        answer = await _join(seat, frame.get("sdp", ""))
    except Elsewhere as elsewhere:
        await socket.send(_frame("elsewhere", tab=elsewhere.tab))
    except Refused as refused:
        await socket.send(_frame("refused", text=refused.sentence))
    else:
        if socket.code is None and await ask(_settle, seat):
            await socket.send(_frame("answer", sdp=answer, publish=seat.on_stage))
        else:
            engine.cut(seat.sound_session)
            await socket.send(_frame("answer", sdp="", publish=False))


class Elsewhere(Exception):
    """Another tab of this person has the sound."""

    def __init__(self, tab: str) -> None:
        self.tab = tab


def _take_sound(socket, room_id: str, take: bool) -> Seat:
    """His seat, with the sound given to this tab. Raises Refused, or Elsewhere unless he takes it over."""
    limits.spend("sound", socket.person_id)
    with transaction.atomic():
        seat = _seat_of(socket.person_id, room_id)
        if seat is None or not still_in([socket.login]):
            raise Refused(_("You are not in this room."))
        if seat.sound_tab not in ("", socket.tab) and not take:
            raise Elsewhere(seat.sound_tab)
        if not seat.sound_session or (seat.sound_tab, seat.sound_login) != (socket.tab, socket.login):
            _give_to(seat, socket)
    return seat


def _seat_of(person_id: str, room_id: str) -> Seat | None:
    taken = Seat.objects.taken().filter(person=person_id, room=room_id, room__ended_at=None)
    return taken.select_for_update(of=("self",)).select_related("room").first()


def _give_to(seat: Seat, socket) -> None:
    """The sound moves to this tab, under a name nobody has seen yet; the tab that had it falls silent."""
    if seat.sound_session:
        engine.cut(seat.sound_session)
        live.tell([seat.person_id], _frame("elsewhere", tab=socket.tab))
    seat.sound_tab, seat.sound_login, seat.sound_session = socket.tab, socket.login, random_id()
    seat.save(update_fields=["sound_tab", "sound_login", "sound_session"])


async def _join(seat: Seat, sdp: str) -> str:
    joining.add(seat.sound_session)
    try:
        room, may = seat.room, (seat.on_stage, seat.silent, seat.room.version)
        return await engine.join(seat.sound_session, room.sound_name, *may, sdp)
    except asyncio.CancelledError:  # the socket was closed meanwhile
        engine.cut(seat.sound_session)
        raise
    except (engine.RoomFull, engine.Full):
        await ask(give_back, seat.sound_session)
        raise Refused(_("The sound of this room is full. You can read and write along.")) from None
    except engine.BadOffer as bad:
        logger.info("An offer was refused: %s", bad)
        await ask(give_back, seat.sound_session)
        raise Refused(_("This browser’s sound could not be connected.")) from None
    except engine.Refused:
        raise Refused(_("The sound is away for a moment. It comes back by itself.")) from None
    finally:
        joining.discard(seat.sound_session)


def give_back(session: str) -> None:
    """The sound of this session is over; its tab may ask again."""
    Seat.objects.filter(sound_session=session).update(sound_session="", sound_tab="", sound_login="")


def _settle(seat: Seat) -> bool:
    """While the engine answered, things may have changed: whether this session may still be, and as what."""
    sitting = Seat.objects.taken().filter(pk=seat.pk, sound_session=seat.sound_session, room__ended_at=None)
    now = sitting.select_related("room").first()
    if now:
        known[now.sound_session] = Known(now.room_id, now.pk)
        _allow(now, now.room.version)
    return now is not None


def leave(socket, frame: dict) -> None:
    """This tab does not want the sound any more."""
    with transaction.atomic():
        seat = _seat_of(socket.person_id, frame.get("room", ""))
        if seat and seat.sound_session and seat.sound_tab == socket.tab:
            engine.cut(seat.sound_session)
            give_back(seat.sound_session)


def follow(seat: Seat) -> None:
    """The seat is changing: its sound with it, as soon as that is committed."""
    if not seat.sound_session:
        return
    if seat.left_at:
        engine.cut(seat.sound_session)
    else:
        _allow(seat, seat.room.version + 1)  # as which the change under way will be committed


def _allow(seat: Seat, version: int) -> None:
    """All that this seat may, and since when: of two changes at once the later one holds, whichever is told first."""
    role = engine.promote if seat.on_stage else engine.demote
    role(seat.sound_session, version)
    engine.mute(seat.sound_session, seat.silent, version)


def _frame(do: str, **more) -> dict:
    return {"type": "sound", "do": do, **more}
