"""One tab of one browser: what waits for it."""

import asyncio
import time

from live import codes, frames
from live.piece import Piece, join

MAX_PIECES = 256
MAX_BYTES = 256 * 1024
PATIENCE = 15  # seconds a reader may be behind at a stretch
LEAST = 64 * 1024  # bytes he must have taken in that time


class Socket:
    """What handlers get: person_id, login (session key), tab, and `await socket.send(*frames)`."""

    __slots__ = (
        "agreed",
        "behind",
        "code",
        "greeted",
        "heard",
        "line",
        "login",
        "names",
        "outgoing",
        "person_id",
        "tab",
        "task",
        "topics",
        "tuned",
        "waiting",
        "watched",
    )

    def __init__(self, line, outgoing, login):
        self.line = line
        self.outgoing = outgoing
        self.login = login
        self.person_id = None
        self.tab = ""
        self.heard = time.monotonic()
        self.topics = set()
        self.tuned = 0.0  # when the newest of its topics came
        self.greeted = False  # whether its page has said hello
        self.names = frozenset()  # the lists its page shows and may
        self.agreed = {}  # versions of lists that are this person's alone, as last compared
        self.code = None  # set once it is closed
        self.waiting = []
        self.behind = False  # whether the line keeps something that has not left
        self.watched = (0.0, 0)  # since when it is behind, and how much it kept then
        self.task = asyncio.current_task()

    def push(self, piece):
        """Leaves with the next turn of the loop, together with what else comes until then."""
        if self.code is None:
            self.waiting.append(piece)
            self.outgoing.add(self)

    def answer(self, piece):
        """Leaves at once, where nothing is before it."""
        if self.waiting or self.behind:
            self.push(piece)
        elif self.code is None:
            self._write(piece)

    async def send(self, *several):
        """Queues a frame, or several that arrive together or not at all."""
        texts = [text for text in map(frames.encode, several) if text is not None]
        if texts:
            self.push(join([Piece(text) for text in texts]))

    def leave(self, shared):
        """Hands what waits to the line. `shared`: what was joined for others in this turn."""
        waiting = self.waiting
        if self.code is not None or not waiting:
            return
        if self.behind:
            self._keep_within_bounds()
            return
        if len(waiting) == 1:
            piece = waiting[0]
        else:
            key = tuple(waiting)
            piece = shared.get(key) or shared.setdefault(key, join(waiting))
        waiting.clear()
        self._write(piece)

    def _write(self, piece):
        try:
            self.behind = not self.line.write(piece)
        except Exception:  # noqa: BLE001  the line is broken, whatever the server calls it
            self.close(codes.SILENT)
        if self.behind:
            self.watched = time.monotonic(), self.line.kept()
            self.outgoing.watch(self)

    def _keep_within_bounds(self):
        """News that are soon old go first; then the reader, who resumes when he can read again."""
        if self._is_too_much():
            self.waiting = [piece for piece in self.waiting if not piece.latest]
            if self._is_too_much():
                self.close(codes.TOO_SLOW)

    def _is_too_much(self):
        return len(self.waiting) > MAX_PIECES or sum(piece.size for piece in self.waiting) > MAX_BYTES

    def look(self):
        """Whether he has caught up, or will not. Closes a reader who takes next to nothing."""
        try:
            self.behind = not self.line.is_free()
            if self.behind:
                self._lose_patience()
        except Exception:  # noqa: BLE001  see above; the others who are behind are looked at all the same
            self.close(codes.SILENT)
        return not self.behind or self.code is not None

    def _lose_patience(self):
        (since, then), now, kept = self.watched, time.monotonic(), self.line.kept()
        if now - since > PATIENCE:
            self.watched = now, kept
            if then - kept < LEAST:
                self.close(codes.TOO_SLOW)

    def close(self, code):
        """Ends it now: what waits is dropped, whatever it was doing is stopped."""
        if self.code is not None:
            return
        self.code = code
        self.waiting.clear()
        if asyncio.current_task() is not self.task:
            self.task.cancel()

    async def say_goodbye(self):
        """Tells the browser why."""
        await self.line.close(self.code)
