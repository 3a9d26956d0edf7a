"""How bytes leave. Any ASGI server's `send`, and under daphne straight to the socket, with one face:

line.write(piece)    hands it over, and says whether it takes more
line.is_free()       whether it takes more; raises what broke the line
line.kept()          how many bytes it still keeps for a reader who does not take them
line.overhear(hear)  shows what the browser says to `hear(text)` first, where it can; None ends it. `hear` says whether
                     it has dealt with it
await line.close(code)
"""

import asyncio
import contextlib
import socket
import types

from live.reading import ReadsAtOnce, can_overhear

GOODBYE = 5  # seconds for a close frame to leave
SLACK = 16 * 1024  # bytes daphne may keep before it counts as behind
KERNEL = 64 * 1024  # bytes the kernel keeps for a reader who does not read; it takes about twice as much


def line_of(send):
    """The fastest line there is to the browser behind this ASGI `send`."""
    send = _innermost(send)
    protocol = next(iter(getattr(send, "args", ())), None)
    return DaphneLine(send, protocol) if _is_daphne(protocol) else PlainLine(send)


def _innermost(send):
    """The server's own `send`, without middleware, which has no work on an open socket."""
    return getattr(getattr(send, "__self__", None), "real_send", send)


def unread_frames(receive):
    """How many of the browser's frames daphne keeps for us while we are busy with an earlier one."""
    queue = getattr(receive, "__self__", None)
    return queue.qsize() if isinstance(queue, asyncio.Queue) else 0


class PlainLine:
    """Plain ASGI. Driven inline: only where the server makes us wait does a task wait."""

    def __init__(self, send):
        self._send = send
        self._rest = None
        self._size = 0

    def write(self, piece):
        self._size = piece.size
        self._rest = _begin(self._send({"type": "websocket.send", "text": piece.text}))
        return self.is_free()

    def is_free(self):
        if self._rest is not None and self._rest.done():
            self._rest, done = None, self._rest
            done.result()
        return self._rest is None

    def kept(self):
        return 0 if self._rest is None else self._size

    def overhear(self, hear):
        """Here everything comes by the server's queue."""

    def read_on(self):
        """Here the server decides how much it reads."""

    async def close(self, code):
        with contextlib.suppress(TimeoutError, OSError):
            await asyncio.wait_for(self._send({"type": "websocket.close", "code": code}), GOODBYE)


def _begin(coroutine):
    """Runs it as far as it goes without waiting → None if that was all of it, else a task for the rest."""
    try:
        waited = coroutine.send(None)
    except StopIteration:
        return None
    return asyncio.ensure_future(_finish(coroutine, waited))


async def _finish(coroutine, waited):
    await _go_on(coroutine, waited)


@types.coroutine
def _go_on(coroutine, waited):
    with contextlib.suppress(StopIteration):
        while True:
            try:
                yield waited
            except BaseException as error:  # noqa: BLE001  whatever it is, it belongs to who waited
                waited = coroutine.throw(error)
            else:
                waited = coroutine.send(None)


class DaphneLine:
    """Under daphne, which takes every frame at once however slow the reader, and no close code below 3000.

    direct: the frame goes to the kernel as it is, without passing Autobahn and Twisted's queue. Only while nothing is
    before it, so that order holds; what the kernel does not take goes their way.
    """

    __slots__ = ("_direct", "_give", "_protocol", "_send", "_transport")

    def __init__(self, send, protocol):
        self._send, self._protocol, self._transport = send, protocol, protocol.transport
        self._direct = _is_bare(protocol)
        if self._direct:
            self._give = protocol.transport.socket.send
            protocol.transport.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL)

    def write(self, piece):
        if self._protocol.state == self._protocol.STATE_OPEN:
            if not self._direct:
                self._protocol.sendMessage(piece.text.encode())
            elif self.kept() or self._protocol.send_queue:
                self._transport.write(piece.wire)
            else:
                return self._write_now(piece.wire)
        return self.is_free()

    def _write_now(self, wire):
        try:
            left = self._give(wire)
        except BlockingIOError:
            left = 0
        except OSError:  # the line is broken: the server notices when it reads
            return True
        if left < len(wire):
            self._transport.write(wire[left:])
            return self.is_free()
        return True

    def is_free(self):
        return self.kept() <= SLACK

    def kept(self):
        transport = self._transport
        return len(transport.dataBuffer) - transport.offset + transport._tempDataLen

    def overhear(self, hear):
        if can_overhear(self._protocol):
            self._protocol.overhear = hear

    def read_on(self):
        if isinstance(self._protocol, ReadsAtOnce):
            self._protocol.read_on()

    async def close(self, code):
        self.read_on()  # the browser's goodbye as well
        if code < 3000:
            self._protocol.sendCloseFrame(code=code)
        else:
            await self._send({"type": "websocket.close", "code": code})


def _is_daphne(protocol):
    """Whether this is daphne's protocol on a transport whose buffer can be seen."""
    transport = getattr(protocol, "transport", None)
    return all(hasattr(protocol, name) for name in ("sendCloseFrame", "sendMessage", "STATE_OPEN", "state")) and all(
        hasattr(transport, name) for name in ("dataBuffer", "offset", "_tempDataLen")
    )


def _is_bare(protocol):
    """Whether nothing stands between a frame and the socket: no TLS, no compression."""
    return (
        getattr(protocol, "_perMessageCompress", True) is None
        and hasattr(protocol, "send_queue")
        and hasattr(protocol.transport, "socket")
        and not getattr(protocol.transport, "TLS", True)
    )
