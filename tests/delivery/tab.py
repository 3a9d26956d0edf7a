"""A browser's tab without a browser: static/js/live.js and outbox.js, with a Screen for what it shows.

A Person is logged in by a session of the product; his tabs share it. `Tab.open(path)` fetches the page and opens the
socket, which from then on comes back by itself. What the tab is to write goes through its Outbox (outbox.py).
"""

import asyncio
import contextlib
import json
import secrets
import socket
import time
from typing import NamedTuple

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from tests.delivery.asking import Asking
from tests.delivery.outbox import Outbox
from tests.delivery.screen import Screen

FINAL = (4401, 4403, 4404)
TOO_MANY_TABS = 4409
LONGEST = 10.0  # seconds between two tries
STABLE = 10.0  # seconds a line must hold before the next break counts as the first
OPENING = 15.0  # seconds a new line has to come up
SILENCE = 30.0  # seconds without a frame until the line is taken for dead
PAGE_TRIES = 5
SMALL = 4096  # bytes the kernel keeps for a reader who is to be slow


class Heard(NamedTuple):
    """A frame about a conversation. `seq`: the place of the message it brought, 0 for a number alone."""

    at: float
    conversation: str
    number: int
    seq: int


class Person:
    def __init__(self, id, name, session):
        self.id, self.name = id, name
        self.asking = Asking(f"session={session}", secrets.token_hex(16))


class Tab:
    def __init__(self, person, port, chance, way="form"):
        self.person, self.port, self.chance, self.way = person, port, chance, way
        self.screen = Screen(self.say_where, self._fetch)
        self.screen.kept = lambda row: self.outbox.seen(row)
        self.outbox = Outbox(self)
        self.meant = ""  # the conversation its page is about
        self.heard = []  # every frame about a conversation
        self.codes = []  # with which its lines ended
        self.ended_at = None  # a final code
        self.opened = 0  # lines that came up
        self.tries = 0
        self.line = None
        self.is_open = asyncio.Event()
        self.reads = asyncio.Event()  # cleared: the reader stopped
        self.reads.set()
        self.pace = 0  # bytes a second, 0 is all that comes
        self.narrow = False  # on the next line little fits
        self._name = secrets.token_hex(8)
        self._attempts = 0
        self._beat = 20.0
        self._spread = 1.0
        self._said = self._last = 0.0
        self._life = None
        self._jitter = 1.0

    # The page -----------------------------------------------------------------------------------------------

    async def open(self, path):
        """Fetch the page, then open the socket."""
        await self.visit(path)
        self.connect()
        await asyncio.wait_for(self.is_open.wait(), 30)

    async def visit(self, path):
        """Fetch the page, as somebody who tries again where he is asked to."""
        for _ in range(PAGE_TRIES):
            answer = await self.person.asking.ask(self.port, "GET", path, patience=30)
            if answer is None or answer.status != 503:
                break
            await asyncio.sleep(answer.wait)
        assert answer and answer.status == 200, (path, answer)
        self.screen.draw(path, answer.text)

    async def _fetch(self, address, target):
        answer = await self.person.asking.ask(self.port, "GET", address, target=target)
        return answer.text if answer and answer.status == 200 else None

    def connect(self):
        self._life = asyncio.create_task(self._live())

    async def sleep(self):
        """The machine is closed, with what stands on its screen, until connect()."""
        self.screen.close()
        if self._life:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)
        self.is_open.clear()

    async def close(self):
        self.outbox.close()
        await self.sleep()

    # The socket ---------------------------------------------------------------------------------------------

    async def _live(self):
        while self.ended_at is None:
            began = time.monotonic()
            code = await self._one_line()
            self.codes.append(code)
            self.is_open.clear()
            self.line = None
            self.screen.lost()
            self.outbox.lost()
            if code in (*FINAL, TOO_MANY_TABS):
                self.ended_at = time.monotonic()
                return
            if self.opened and time.monotonic() - began > STABLE:
                self._attempts = 0
            await asyncio.sleep(self._jitter * self.chance.random() * min(LONGEST, self._spread * 2**self._attempts))
            self._attempts += 1

    async def _one_line(self):
        """One connection, from its beginning to its end → the code of that."""
        self.tries += 1
        self._last = time.monotonic()
        beating = None
        try:
            async with self._connected() as self.line:
                self.opened += 1
                beating = asyncio.create_task(self._tick(self.line))
                self.say_where("hello", tab=self._name, newest=self.screen.newest())
                self.is_open.set()
                self.outbox.retry_all()
                await self._read(self.line)
                return self.line.close_code or 1006
        except (OSError, EOFError, TimeoutError, WebSocketException):
            return (self.line and self.line.close_code) or 1006
        finally:
            if beating:
                beating.cancel()

    def _connected(self):
        how = {"sock": _narrow(self.port), "max_queue": 1} if self.narrow else {}
        return line_of(self.person, self.port, **how)

    async def _read(self, line):
        async for text in line:
            self._last = time.monotonic()
            self._hear(json.loads(text))
            if self.pace:
                await asyncio.sleep(len(text) / self.pace)
            if not self.reads.is_set():
                await self.reads.wait()

    def _hear(self, told):
        for frame in told if isinstance(told, list) else [told]:
            self.screen.hear(frame)
            self._note(frame)

    def _note(self, frame):
        kind = frame["type"]
        if kind == "message":
            found = frame["html"].partition('data-seq="')[2].partition('"')[0]
            self.heard.append(Heard(self._last, frame["conversation"], frame["number"], int(found or 0)))
        elif kind == "welcome":
            self._beat, self._spread = frame["beat"], frame["spread"]
        elif kind in ("ack", "refused"):
            self.outbox.answered(frame)

    async def _tick(self, line):
        """Once a second, as the page does."""
        while True:
            await asyncio.sleep(1)
            now = time.monotonic()
            if now - self._last > SILENCE and self.reads.is_set() and not self.pace:
                line.transport.abort()
            elif now - self._said >= self._beat:
                self.say_where("beat")

    def say_where(self, kind="resume", **more):
        """Tell where this page is, so that the server sends what it lacks."""
        where = self.screen.where()
        if self.send({"type": kind, **where, **more}):
            self._said = time.monotonic()
            self.screen.asked(where)

    def send(self, frame):
        """Whether the frame left."""
        if self.line is None or self.line.state != 1:
            return False
        task = asyncio.get_running_loop().create_task(_sent(self.line, json.dumps(frame)))
        task.add_done_callback(lambda task: None)
        return True

    def tear(self):
        """The line breaks, without a word."""
        if self.line:
            self.line.transport.abort()

    def all_at_once(self):
        """Without the jitter: a storm."""
        self._jitter = 0.0


def line_of(person, port, **how):
    """To be awaited, or entered: a socket of somebody to the house at `port`."""
    settings = {
        "origin": f"http://127.0.0.1:{port}",
        "additional_headers": {"Cookie": person.asking.cookies},
        "compression": None,
        "max_size": None,
        "max_queue": 64,
        "open_timeout": OPENING,
        "close_timeout": 0.5,
        "ping_interval": None,
        "proxy": None,
    }
    return connect(f"ws://127.0.0.1:{port}/live/", **settings | how)


async def _sent(line, text):
    with contextlib.suppress(WebSocketException):
        await line.send(text)


def _narrow(port):
    """A connection on which little fits, so that a slow reader is felt soon."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL)
    made.connect(("127.0.0.1", port))
    made.setblocking(False)
    return made
