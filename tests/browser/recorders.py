"""People without a browser: a real log-in each, over HTTP and WebSocket, who keep every byte they are given."""

import asyncio
import http.client
import json
import secrets
import time
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

from websockets.asyncio.client import connect

HTMX = {"HX-Request": "true"}
BEAT = 15  # seconds: who says nothing for long is taken to be gone


class Kept(NamedTuple):
    """A frame (asked when it came), or an answer: when it was asked for, when it was all there."""

    asked: float
    came: float
    where: str
    status: int
    text: str


class Recorder:
    """`await get(path)`, `await post(path, …)`; all that came is in `answers` and `frames`."""

    def __init__(self, house, name, person_id, cookies):
        self.house, self.name, self.id = house, name, person_id
        self.csrf = secrets.token_hex(16)
        self.cookies = "; ".join(f"{key}={value}" for key, value in {**cookies, "csrf": self.csrf}.items())
        self.answers, self.frames = [], []
        self._beats = 0
        self._beaten = asyncio.Condition()
        self._asking = asyncio.Lock()

    # Over HTTP ----------------------------------------------------------------------------------------------

    async def get(self, path, **headers):
        return await asyncio.to_thread(self._ask, "GET", path, None, headers)

    async def post(self, path, headers=HTMX, **fields):
        return await asyncio.to_thread(self._ask, "POST", path, urlencode(fields), headers)

    def _ask(self, method, path, body, headers):
        line = http.client.HTTPConnection(urlsplit(self.house.url).netloc, timeout=30)
        asked = time.monotonic()
        try:
            line.request(method, path, body, {**self._headers(body), **headers})
            answer = line.getresponse()
            text = answer.read().decode()
        finally:
            line.close()
        # What an answer says besides its body counts as well.
        kept = Kept(asked, time.monotonic(), f"{method} {path}", answer.status, f"{answer.headers}{text}")
        self.answers.append(kept)
        return kept

    def _headers(self, body):
        form = {"Content-Type": "application/x-www-form-urlencoded"} if body is not None else {}
        return {"Cookie": self.cookies, "Origin": self.house.url, "X-CSRFToken": self.csrf, **form}

    def note(self, where, text):
        """Something that came another way."""
        now = time.monotonic()
        self.answers.append(Kept(now, now, where, 200, text))

    # Over the socket ----------------------------------------------------------------------------------------

    async def listen(self):
        self.line = await connect(
            f"{self.house.url.replace('http', 'ws')}/live/",
            origin=self.house.url,
            additional_headers={"Cookie": self.cookies},
            compression=None,
            max_size=None,
            max_queue=None,
            proxy=None,
        )
        self._reading = asyncio.create_task(self._read())
        await self.catch_up("hello", tab=self.name)
        self._beating = asyncio.create_task(self._beat())

    async def _beat(self):
        while True:
            await asyncio.sleep(BEAT)
            await self.catch_up("beat")

    async def _read(self):
        async for text in self.line:
            now = time.monotonic()
            self.frames.append(Kept(now, now, "frame", 0, text))
            if '"type":"heads"' in text:
                async with self._beaten:
                    self._beats += 1
                    self._beaten.notify_all()

    async def catch_up(self, kind="resume", cursors=None, **more):
        """Ask for what lacks from these cursors on; all that was on its way before has come when it is answered."""
        async with self._asking, asyncio.timeout(30):
            before = self._beats
            await self.line.send(json.dumps({"type": kind, "cursors": cursors or {}, "versions": {}, **more}))
            async with self._beaten:
                await self._beaten.wait_for(lambda: self._beats > before)

    async def hang_up(self):
        self._beating.cancel()
        await self.line.close()
        await self._reading


def frames_in(text):
    """The frames that travelled as this text: one, or several that belong together."""
    told = json.loads(text)
    return told if isinstance(told, list) else [told]
