"""/live/: the one socket of a tab. A plain ASGI application: no channel, no queue, no thread of its own.

Who may come from where is decided around it (origin), who it is just before it (session).
"""

import asyncio
import logging
import time

from django.contrib.auth import SESSION_KEY

from live import codes, frames, process, registry
from live.allowance import BURST, Allowance, refusals
from live.hub import hub
from live.sockets import Socket
from live.transport import close_frame, innermost, unread_frames

logger = logging.getLogger(__name__)

BEAT = 15  # seconds between a browser's beats


async def live_socket(scope, receive, send):
    """Accepts, then tells: a refusal before would look like a broken line, tried again for ever."""
    process.start()
    send = innermost(send)
    await receive()
    await send({"type": "websocket.accept"})
    person_id, login = await registry.ask(_whose, scope["session"])
    if person_id is not None:
        await _stay(Socket(send, person_id, login), receive)
    else:
        await close_frame(send, codes.LOGGED_OUT)


def _whose(session):
    """Who is logged in by this session; whether that still counts is asked once the socket is in the hub."""
    return session.get(SESSION_KEY), session.session_key


async def _stay(socket, receive):
    hub.enter(socket)
    try:
        await _admit(socket)
        await _listen(socket, receive)
    except asyncio.CancelledError:
        # By `close`, which left its code, or by a server that is about to stop.
        socket.close(codes.RESTART)
    except Exception:
        logger.exception("A socket failed")
        socket.close(codes.RESTART)
    finally:
        hub.leave(socket)
        if socket.code is not None:
            await socket.say_goodbye()
        await _handle(socket, {"type": "closed"})


async def _admit(socket):
    """Already entered, so that whatever happens to this login meanwhile is not missed."""
    if socket.login not in await registry.ask(registry.still_in, [socket.login]):
        socket.close(codes.LOGGED_OUT)
    elif tuning := hub.retune(socket.person_id):
        await asyncio.shield(tuning)


async def _listen(socket, receive):
    allowance = Allowance()
    while socket.code is None and (event := await receive())["type"] != "websocket.disconnect":
        socket.heard = time.monotonic()
        if not allowance.spend() or unread_frames(receive) > BURST:
            _refuse(socket, codes.TOO_MUCH, "too many frames")
        elif event.get("text") is None:
            _refuse(socket, codes.BINARY, "binary")
        else:
            await _hear(socket, event["text"])


async def _hear(socket, text):
    try:
        frame = frames.decode(text)
    except frames.Unheard as reason:
        _refuse(socket, codes.BAD_FRAME, reason)
    else:
        await _handle(socket, frame)


def _refuse(socket, code, reason):
    refusals.note(reason, socket.person_id)
    socket.close(code)


async def _handle(socket, frame):
    for handler in registry.handlers.get(frame["type"], ()):
        try:
            await registry.call(handler, socket, frame)
        except Exception:
            logger.exception("A %s frame could not be handled", frame["type"])


async def _hello(socket, frame):
    socket.tab = frame.get("tab", "")
    await socket.send({"type": "welcome", "beat": BEAT, "build": registry.build()})
    await _catch_up(socket, frame)


async def _catch_up(socket, frame):
    """What this page lacks and where everything is, in one: whoever has the heads has all before them."""
    lacking = await registry.ask(
        registry.catch_up, socket.person_id, frame.get("cursors", {}), frame.get("versions", {})
    )
    await socket.send(*lacking)


registry.on("hello", _hello)
registry.on("beat", _catch_up)
registry.on("resume", _catch_up)
