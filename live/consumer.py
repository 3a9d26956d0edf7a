"""/live/: the one socket of a tab. A plain ASGI application: no channel, no queue, no thread of its own.

Who may come from where is decided around it (origin). A log-in is asked about once the socket is in the hub,
together with all others that wait, so that a storm of browsers does not become one of questions.
"""

import asyncio
import logging
import time
from operator import attrgetter

from django.conf import settings

from live import codes, frames, process, registry
from live.allowance import BURST, Allowance, refusals
from live.gathering import Gathered
from live.hub import hub
from live.piece import Piece
from live.sockets import Socket
from live.transport import line_of, unread_frames

logger = logging.getLogger(__name__)

BEAT = 20  # seconds between a browser's beats
COME_BACK = 500  # pages a second that may come back to one process: half of what it can take in
LONGEST_SPREAD = 10  # seconds
CATCHING_UP = 5  # frames as which one counts that the database has to answer
NOTHING_NEW = Piece(frames.encode({"type": "heads", "conversations": {}, "versions": {}}))

whose = Gathered(registry.whose)
lacking = Gathered(registry.catch_up, asker=attrgetter("person_id"))


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
            await Listener(socket, receive).listen()
    except asyncio.CancelledError:
        # By `close`, which left its code, or by a server that is about to stop.
        socket.close(codes.RESTART)
    except Exception:
        logger.exception("A socket failed")
        socket.close(codes.RESTART)
    finally:
        socket.line.overhear(None)
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


class Listener:
    """Hears what one browser says, one frame after another."""

    __slots__ = ("allowance", "busy", "receive", "socket")

    def __init__(self, socket, receive):
        self.socket, self.receive = socket, receive
        self.allowance = Allowance()
        self.busy = False

    async def listen(self):
        self.socket.line.overhear(self.overhear)
        while self.socket.code is None and (event := await self.receive())["type"] != "websocket.disconnect":
            self.busy = True
            if not unread_frames(self.receive):
                self.socket.line.read_on()
            if self._may_speak():
                await self._hear(event.get("text"))
            self.busy = False

    def overhear(self, text):
        """A beat that is answered from memory needs no task, and never becomes an event. Returns whether it was one.

        Whatever comes while an earlier frame is heard, or waits, has to wait as well.
        """
        if self.busy or self.socket.code is not None or unread_frames(self.receive) or '"beat"' not in text:
            return False
        try:
            known = self._knows(frames.decode(text))
        except frames.Unheard:
            return False
        if known and self._may_speak():
            self.socket.answer(NOTHING_NEW)
        return known

    def _may_speak(self, frames=1):
        self.socket.heard = time.monotonic()
        if self.allowance.spend(frames) and unread_frames(self.receive) <= BURST:
            return True
        _refuse(self.socket, codes.TOO_MUCH, "too many frames")
        return False

    async def _hear(self, text):
        if text is None:
            _refuse(self.socket, codes.BINARY, "binary")
            return
        try:
            frame = frames.decode(text)
        except frames.Unheard as reason:
            _refuse(self.socket, codes.BAD_FRAME, reason)
        else:
            await self._answer(frame)

    async def _answer(self, frame):
        if self._knows(frame):
            self.socket.answer(NOTHING_NEW)
        elif frame["type"] not in CATCH_UP or self._may_speak(CATCHING_UP - 1):
            await _handle(self.socket, frame)

    def _knows(self, frame):
        """Whether this is the beat of a page that is where this process knows everything to be."""
        return frame["type"] == "beat" and all(
            hub.heads.are(frame.get(key, {}), self.socket) for key in ("cursors", "versions")
        )


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
    socket.tab, socket.greeted = frame.get("tab", ""), True
    await socket.send({"type": "welcome", "beat": BEAT, "spread": spread(len(hub.sockets)), "build": registry.build()})
    await _catch_up(socket, frame)


def spread(pages):
    """Seconds within which that many pages come back when they have lost their line together: each chooses its moment.

    A few are back within a second. Thousands at once would stand before whoever posts a message just then.
    """
    return min(max(1, pages // COME_BACK), LONGEST_SPREAD)


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


CATCH_UP = {"hello": _hello, "beat": _catch_up, "resume": _catch_up}
for kind, handler in CATCH_UP.items():
    registry.on(kind, handler)
