"""The embedded engine: our own mixing process, reached over the line called "mixer"."""

import asyncio
import secrets

import live
from live.registry import call
from rooms.sound import engine

PATIENCE = 5.0

REFUSALS = {"room_full": engine.RoomFull, "full": engine.Full, "bad_offer": engine.BadOffer}

waiting: dict[str, asyncio.Future] = {}  # questions of this web process, by names that no other process uses


def open():
    live.link("mixer", on_line=_on_line, on_close=_on_close, on_passed=_settle)


async def join(session, room, publish, muted, version, offer):
    if not live.linked("mixer"):
        raise engine.Away
    place = {"session": session, "room": room, "publish": publish, "muted": muted, "version": version}
    reply = await _asked(do="join", **place, offer=offer)
    if "answer" in reply:
        return reply["answer"]
    raise REFUSALS.get(reply.get("refused"), engine.Away)


def mute(session, muted, version):
    _say(do="mute", session=session, muted=muted, version=version)


def promote(session, version):
    _say(do="role", session=session, publish=True, version=version)


def demote(session, version):
    _say(do="role", session=session, publish=False, version=version)


def cut(session):
    _say(do="cut", session=session)


def reconcile(wanted):
    # From another web process it would arrive later than it was read, and cut who has joined meanwhile.
    if live.holds("mixer"):
        _say(do="reconcile", sessions=wanted)


def _say(**line):
    live.say("mixer", line)


async def _asked(**line):
    """The mixer's reply."""
    name = secrets.token_hex(8)
    waiting[name] = reply = asyncio.get_running_loop().create_future()
    try:
        live.say("mixer", {"id": name, **line})
        return await asyncio.wait_for(reply, PATIENCE)
    except TimeoutError:
        raise engine.Away from None
    finally:
        del waiting[name]


async def _on_line(line):
    """A reply to a question, or news."""
    if line.get("id") in waiting:
        await _settle(line)
    elif "event" not in line:
        live.pass_on("mixer", line)
    elif line["event"] == "talking":
        await _tell("talking", line["room"], line["sessions"])
    elif line["event"] == "gone":
        await _tell("gone", line["session"])
    elif line["event"] in ("ready", "missing"):
        await _tell(line["event"], line["sessions"])


async def _on_close():
    for reply in waiting.values():
        if not reply.done():
            reply.set_exception(engine.Away())
    await _tell("lost")


async def _settle(line):
    reply = waiting.get(line.get("id"))
    if reply and not reply.done():
        reply.set_result(line)


async def _tell(event, *args):
    for function in engine.callbacks[event]:
        await call(function, *args)
