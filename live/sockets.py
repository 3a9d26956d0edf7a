"""One tab of one browser: what waits for it, and how that leaves."""

import asyncio
import time
from collections import deque

from live import codes, frames
from live.transport import close_frame, unsent_bytes

MAX_PIECES = 256
MAX_BYTES = 256 * 1024


class Socket:
    """What handlers get: person_id, login (session key), tab, and `await socket.send(*frames)`."""

    def __init__(self, send, person_id, login):
        self.person_id = person_id
        self.login = login
        self.tab = ""
        self.heard = time.monotonic()
        self.topics = set()
        self.code = None  # set once it is closed
        self._send = send
        self._waiting = deque()
        self._bytes = 0
        self._stuck = False  # whether the sender waits for the reader
        self._sender = None
        self.task = asyncio.current_task()

    def push(self, text):
        """Queues an encoded frame. A reader who is too slow is closed, and resumes when it can read again."""
        if self.code is not None:
            return
        self._waiting.append(text)
        self._bytes += len(text)
        if self._stuck and (len(self._waiting) > MAX_PIECES or self._bytes > MAX_BYTES):
            self.close(codes.TOO_SLOW)
        elif self._sender is None:
            self._sender = asyncio.get_running_loop().create_task(self._drain())

    async def _drain(self):
        try:
            while self._waiting:
                text = self._waiting.popleft()
                self._bytes -= len(text)
                await self._leave(text)
        except Exception:  # noqa: BLE001  the line is broken, whatever the server calls it
            self.close(codes.SILENT)
        self._sender = None

    async def _leave(self, text):
        self._stuck = True
        while unsent_bytes(self._send) > MAX_BYTES:
            await asyncio.sleep(0.05)
        await self._send({"type": "websocket.send", "text": text})
        self._stuck = False

    async def send(self, *several):
        """Queues a frame, or several that arrive together or not at all."""
        texts = [text for text in map(frames.encode, several) if text is not None]
        if texts:
            self.push(texts[0] if len(texts) == 1 else f"[{','.join(texts)}]")

    def close(self, code):
        """Ends it now: what waits is dropped, whatever it was doing is stopped."""
        if self.code is not None:
            return
        self.code = code
        self._waiting.clear()
        if self._sender:
            self._sender.cancel()
        if asyncio.current_task() is not self.task:
            self.task.cancel()

    async def say_goodbye(self):
        """Tells the browser why."""
        await close_frame(self._send, self.code)
