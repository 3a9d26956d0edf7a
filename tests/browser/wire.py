"""A wire between a browser and the house that loses what it is told to lose: a TCP proxy on loopback.

A browser that opens `wire.url` has the house before it as ever: host, origin and cookies go through unchanged.
What the socket carries is read frame by frame, so that single pieces can be lost and questions be counted.
"""

import asyncio
import json
import threading
from collections import Counter

CHUNK = 64 * 1024
CATCH_UP = ("hello", "resume")  # a beat asks by the clock, these because something may be missing
PIECES = ("message", "piece")
TEXT = 1


class Wire:
    """One wire to the house at `port`, until it is closed."""

    def __init__(self, port):
        self.house = port
        self.lose_every = 0  # every n-th of the server's frames with pieces is lost; 0 is none
        self.seen = 0  # frames with pieces since losing began
        self.lost = 0
        self.asked = Counter()  # conversation → how often a page asked what it lacks of it
        self.whole = True
        self._connections = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._flowing = self._do(self._open())
        self.url = f"http://127.0.0.1:{self.port}"

    # What a test does to it -------------------------------------------------------------------------------

    def lose(self, every):
        """From now on every n-th piece is lost while the socket stays open; 0 ends it."""
        self.seen, self.lose_every = 0, every

    def cut(self):
        """Torn: what is open breaks, what is tried is refused."""
        self.asked.clear()
        self.whole = False
        self._do(self._break_all())

    def hold(self):
        """Dead, but nobody is told: what is sent waits on the way."""
        self.asked.clear()
        self._do(self._set(False))

    def heal(self):
        self.whole = True
        self._do(self._set(True))

    def close(self):
        self.whole = False
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    # On the loop ------------------------------------------------------------------------------------------

    def _do(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _open(self):
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        flowing = asyncio.Event()
        flowing.set()
        return flowing

    async def _set(self, flowing):
        (self._flowing.set if flowing else self._flowing.clear)()

    async def _end(self):
        self._server.close()
        await asyncio.sleep(0)  # who was let in just now is among the connections
        await self._break_all()

    async def _break_all(self):
        for task in list(self._connections):
            task.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader, writer):
        self._connections.add(asyncio.current_task())
        ends = [writer]
        try:
            if self.whole:
                from_house, to_house = await asyncio.open_connection("127.0.0.1", self.house)
                ends.append(to_house)
                await self._join(reader, writer, from_house, to_house)
        except (OSError, EOFError, asyncio.CancelledError):
            pass  # either end has gone, or the wire is cut
        finally:
            self._connections.discard(asyncio.current_task())
            for end in ends:
                # Politely what is over, so that its last words still leave.
                (end.close if self.whole else end.transport.abort)()

    async def _join(self, browser, to_browser, house, to_house):
        head = await browser.readuntil(b"\r\n\r\n")
        ways = (self._heard, self._said) if b"upgrade: websocket" in head.lower() else (_anything, _anything)
        await self._pass(to_house, _uncompressed(head))
        if ways[1] == self._said:
            await self._pass(to_browser, await house.readuntil(b"\r\n\r\n"))
        both = [self._flow(browser, to_house, ways[0]), self._flow(house, to_browser, ways[1])]
        tasks = [asyncio.ensure_future(way) for way in both]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _flow(self, reader, writer, read):
        """One direction, until its end: what `read` gives goes on; empty is lost."""
        while (some := await read(reader)) is not None:
            await self._pass(writer, some)

    async def _pass(self, writer, some):
        await self._flowing.wait()
        writer.write(some)
        await writer.drain()

    # What the socket carries ------------------------------------------------------------------------------

    async def _heard(self, browser):
        raw, frames = await _read_frame(browser)
        for frame in frames:
            if frame["type"] in CATCH_UP:
                self.asked.update(frame["cursors"].keys())
        return raw

    async def _said(self, house):
        raw, frames = await _read_frame(house)
        if not any(frame["type"] in PIECES for frame in frames) or not self.lose_every:
            return raw
        self.seen += 1
        if self.seen % self.lose_every:
            return raw
        self.lost += 1
        return b""


async def _anything(reader):
    return await reader.read(CHUNK) or None


def _uncompressed(head):
    """The request without its offer to compress the socket: frames are to be read."""
    lines = head.split(b"\r\n")
    return b"\r\n".join(line for line in lines if not line.lower().startswith(b"sec-websocket-extensions:"))


async def _read_frame(reader):
    """One frame of a WebSocket → (its bytes, the product's frames in it)."""
    head = await reader.readexactly(2)
    size = head[1] & 0x7F
    extended = await reader.readexactly({126: 2, 127: 8}.get(size, 0))
    mask = await reader.readexactly(4 if head[1] & 0x80 else 0)
    body = await reader.readexactly(int.from_bytes(extended) if extended else size)
    return head + extended + mask + body, _frames(_unmasked(body, mask)) if head[0] & 0x0F == TEXT else []


def _unmasked(body, mask):
    return bytes(byte ^ mask[n % 4] for n, byte in enumerate(body)) if mask else body


def _frames(text):
    found = json.loads(text)
    return found if isinstance(found, list) else [found]
