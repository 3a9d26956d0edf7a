"""What one page hears: a real session's cookie, the real ASGI application, the real hub.

    async with listening(bob) as ear:          # or as_(bob); room=floor joins it first
        await ear.hears("hello")               # → the first frame that has the text in it
        await ear.hears(type="piece")          # → the first frame of that type
        await ear.hears_nothing()              # all that was published before now has arrived: it was nothing
        await ear.closed()                     # → the code

`listening` can also be awaited; then the test calls `await ear.hang_up()`.
"""

import asyncio
import json

from channels.db import database_sync_to_async
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from live import frames
from live.hub import hub

frames.strict = True

PATIENCE = 3


class listening:
    def __init__(self, who, room=None, *, hello=True, **frame):
        self.who, self.room, self.hello, self.frame = who, room, hello, frame

    def __await__(self):
        return self._open().__await__()

    async def __aenter__(self):
        self.ear = await self._open()
        return self.ear

    async def __aexit__(self, *error):
        await self.ear.hang_up()

    async def _open(self):
        client = await database_sync_to_async(_client)(self.who)
        if self.room is not None:
            await database_sync_to_async(self.room.join)(self.who)
        ear = Ear(cookie_of(client))
        await ear.connect()
        if self.hello:
            await ear.say(type="hello", **{"tab": "tab", "cursors": {}, "versions": {}, **self.frame})
            await ear.hears(type="heads")
        return ear


def _client(who):
    if isinstance(who, Client):
        return who
    client = Client()
    if who is not None:
        client.force_login(who)
    return client


def cookie_of(client):
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


class Ear:
    def __init__(self, cookie="", origin="http://testserver"):
        from backchannel.asgi import application

        headers = [(b"host", b"testserver"), *([(b"origin", origin.encode())] if origin else [])]
        if cookie:
            headers.append((b"cookie", f"{settings.SESSION_COOKIE_NAME}={cookie}".encode()))
        self.line = WebsocketCommunicator(application, "/live/", headers=headers)
        self.frames = []  # all that was heard
        self.code = None
        self._together = []

    async def connect(self):
        """Whether the line was accepted."""
        accepted, _ = await self.line.connect(timeout=PATIENCE)
        return accepted

    async def say(self, **frame):
        await self.say_text(json.dumps(frame))

    async def say_text(self, text):
        await self.line.send_to(text_data=text)

    async def hears(self, text="", *, type=None):
        """The next frame with this text in it, of this type."""
        async with asyncio.timeout(PATIENCE):
            while True:
                frame = await self._next()
                assert frame is not None, f"closed with {self.code} instead"
                if text in json.dumps(frame, ensure_ascii=False) and type in (None, frame["type"]):
                    return frame

    async def hears_nothing(self, text="", *, type=None):
        """Nothing like that is on its way: a marker asked for now arrives without it."""
        heard = await self.everything()
        found = [
            frame for frame in heard if text in json.dumps(frame, ensure_ascii=False) and type in (None, frame["type"])
        ]
        assert not found, f"heard {found}"

    async def everything(self):
        """The frames that were under way until now."""
        await settled()
        await self.say(type="beat", cursors={}, versions={})
        heard = []
        async with asyncio.timeout(PATIENCE):
            while (frame := await self._next()) is not None and frame["type"] != "heads":
                heard.append(frame)
        return heard

    async def closed(self):
        """The code with which the server ended it."""
        async with asyncio.timeout(PATIENCE):
            while await self._next() is not None:
                pass
        return self.code

    async def _next(self):
        """The next frame, None when closed."""
        if self._together:
            self.frames.append(self._together.pop(0))
            return self.frames[-1]
        if self.code is not None:
            return None
        event = await self.line.receive_output(timeout=PATIENCE)
        if event["type"] == "websocket.close":
            self.code = event["code"]
            return None
        told = json.loads(event["text"])
        self._together = told if isinstance(told, list) else [told]
        return await self._next()

    async def hang_up(self):
        if not self.line.future.done():
            await self.line.disconnect(timeout=PATIENCE)


async def settled():
    """Until the hub has obeyed all orders given so far, questions to the database included."""
    await asyncio.sleep(0)
    while hub.busy():
        await asyncio.sleep(0.005)
