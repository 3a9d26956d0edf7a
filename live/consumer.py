"""/live/: the one socket of a tab. A plain ASGI application: no channel, no queue, no thread of its own.

Who may come from where is decided around it (origin). A log-in is asked about once the socket is in the hub,
together with all others that wait, so that a storm of browsers does not become one of questions.
"""

import asyncio
import logging
import time

from django.conf import settings

from live import codes, frames, process, registry
from live.allowance import BURST, Allowance, refusals
from live.gathering import Gathered
from live.hub import hub
from live.sockets import Socket
from live.transport import line_of, unread_frames

logger = logging.getLogger(__name__)

BEAT = 20  # seconds between a browser's beats

whose = Gathered(registry.whose)
lacking = Gathered(registry.catch_up)


async def live_socket(scope, receive, send):
    """Accepts, then tells: a refusal before would look like a broken line, tried again for ever."""
    process.start()
    login = scope["cookies"].get(settings.SESSION_COOKIE_NAME, "")
    scope.clear()  # it lives as long as the socket, and nobody asks for it again
    await receive()
    await send({"type": "websocket.accept"})
    await _stay(Socket(line_of(send), hub.outgoing, login), receive)


async def _stay(socket, receive):
    hub.enter(socket)
    try:
        if await _is_let_in(socket):
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
        if socket.person_id is not None:
            await _handle(socket, {"type": "closed"})


async def _is_let_in(socket):
    """Asked once more when the hub knows whose it is, so that whatever happened meanwhile is not missed."""
    socket.person_id = await whose.ask(socket.login)
    if socket.person_id is not None:
        await asyncio.shield(hub.introduce(socket))
    if socket.person_id is None or await whose.ask(socket.login) is None:
        socket.close(codes.LOGGED_OUT)
    return socket.code is None


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


async def _beat(socket, frame):
    """Answered from what this process knows, where the page is there already."""
    asking = _asking(socket, frame)
    if hub.heads.are(asking.cursors, socket) and hub.heads.are(asking.versions, socket):
        await socket.send({"type": "heads", "conversations": {}, "versions": {}})
    else:
        await _catch_up(socket, frame)


async def _catch_up(socket, frame):
    """What this page lacks and where everything is, in one: whoever has the heads has all before them."""
    asking = _asking(socket, frame)
    answer = await lacking.ask(asking)
    hub.heads.learn(answer.shared)
    socket.agreed = _agreed(asking.versions, answer)
    socket.names = frozenset(answer.shared) | frozenset(socket.agreed)
    socket.push(answer.piece)


def _agreed(versions, answer):
    """Those of this person's own lists that the page has as they are."""
    anew = {frame["list"] for frame in answer.frames if frame["type"] == "reload"}
    return {
        name: number for name, number in versions.items() if name not in anew and answer.own.get(name, number) == number
    }


def _asking(socket, frame):
    cursors, versions, newest = (frame.get(key, {}) for key in ("cursors", "versions", "newest"))
    return registry.Asking(socket.person_id, cursors, versions, newest)


registry.on("hello", _hello)
registry.on("beat", _beat)
registry.on("resume", _catch_up)
