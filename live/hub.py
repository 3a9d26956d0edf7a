"""One per process: which sockets are here, whose they are, and what they are tuned to.

Everything but `post`, `soon`, `present_people` and `linked` runs on the event loop alone, so nothing is locked.
"""

import asyncio
import logging
import os
import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from functools import partial

from live import codes, registry
from live.gathering import Gathered
from live.heads import Heads
from live.latest import Latest
from live.lines import Lines
from live.outgoing import Outgoing
from live.piece import Piece
from live.topics import Topics

logger = logging.getLogger(__name__)

MAX_SOCKETS = 10  # of one person; one that nobody may be at any more goes
MAX_TRIES = 5  # for an answer that is not older than what is known; the last one counts whatever it is
SILENCE = 45  # seconds without a frame until somebody is taken to be gone
DOUBT = 25  # seconds without a frame until his page is asked: in a tab that nobody sees, clocks tick once a minute


class Hub:
    def __init__(self):
        self.loop = None
        self.pid = None
        self._giving = threading.Lock()
        self._held = threading.local()  # calls: what a thread gives later
        self._empty()

    def _empty(self):
        self.sockets = {}  # in the order they came; a dict because it keeps that order
        self.people = defaultdict(dict)
        self.logins = defaultdict(dict)
        self.topics = Topics(self)
        self.lines = Lines()
        self.heads = Heads()
        self.outgoing = Outgoing(self.loop)
        self.latest = Latest(self.loop)
        self._due = []  # what is to be called with the loop's next turn
        self._tuning = {}
        self._again = set()
        self._ask_topics = Gathered(registry.topics)
        self._aside = set()  # tasks that nobody waits for

    def bind(self, loop):
        """Belongs to this event loop from now on; what an older loop had is forgotten."""
        self.loop, self.pid = loop, os.getpid()
        self._empty()

    def unbind(self):
        self.loop = None
        self._empty()

    # From any thread --------------------------------------------------------------------------------------

    def post(self, *orders):
        """Has them obeyed on the loop, in the order one thread posts; False if the hub lives elsewhere."""
        return self.soon(*[partial(self.try_to_obey, order) for order in orders])

    def soon(self, *calls):
        """Has these called on the loop, in turn with orders; False if the hub lives elsewhere."""
        if self.loop is None or self.pid != os.getpid():
            return False
        if (held := getattr(self._held, "calls", None)) is not None:
            held += calls
            return True
        return self._give(calls)

    @contextmanager
    def holding(self):
        """What this thread gives within the block, the loop gets at its end, as one."""
        self._held.calls = calls = []
        try:
            yield
        finally:
            self._held.calls = None
            if calls:
                self._give(calls)

    def _give(self, calls):
        loop = self.loop
        with self._giving:
            first = not self._due
            self._due += calls
        try:
            # Waking the loop is what costs: what is given before it wakes is done together.
            if first and loop:
                loop.call_soon_threadsafe(self._do_all)
        except RuntimeError:  # the loop is closed
            return False
        return True

    def present_people(self, since=0.0):
        """The ids of everybody with a socket that was heard lately, and after `since` (of time.monotonic)."""
        since = max(since, time.monotonic() - SILENCE)
        heard = {socket.person_id for socket in list(self.sockets) if socket.heard >= since}
        return heard - {None}

    def linked(self, name):
        """Whether the program called `name` is connected to this process."""
        return name in self.lines

    # Orders -----------------------------------------------------------------------------------------------

    def _do_all(self):
        with self._giving:
            due, self._due = self._due, []
        for call in due:
            try:
                call()
            except Exception:
                logger.exception("Something that was given to the loop failed; what came after it was done")

    def try_to_obey(self, order):
        """What it is about goes wrong by itself: those after it are obeyed all the same."""
        try:
            self.obey(order)
        except Exception:
            kind = order.get("do") if isinstance(order, dict) else type(order).__name__
            logger.exception("An order could not be obeyed (%s)", kind)

    def obey(self, order):
        if "at" in order:
            self.heads.note(*order["at"], topic=None if order.get("latest") else order.get("topic"))
        match order["do"]:
            case "send":
                self._send(order["topic"], Piece(order["text"], order.get("latest", "")), order.get("exits"))
            case "tell":
                piece = Piece(order["text"], order.get("latest", ""))
                for person_id in order["people"]:
                    self._tell(person_id, piece)
            case "retune":
                for person_id in order["people"]:
                    self.retune(person_id)
            case "cut":
                self._cut(order["code"], order["people"], order.get("login"))
            case "say":
                self.lines.say(order["name"], order["line"])

    def _send(self, topic, piece, exits):
        send = partial(self.topics.send, topic, piece, exits)
        if piece.latest:
            self.latest.deliver((topic, piece.latest), send)
        else:
            send()

    def _tell(self, person_id, piece):
        for socket in self.people.get(person_id, ()):
            socket.push(piece)

    def _cut(self, code, people, login):
        gone = [socket for person_id in people for socket in self.people.get(person_id, ())]
        for socket in [*gone, *self.logins.get(login, ())]:
            socket.close(code)

    # Sockets come and go ----------------------------------------------------------------------------------

    def enter(self, socket):
        """From here on the socket ends with its login."""
        self.sockets[socket] = self.logins[socket.login][socket] = True

    def introduce(self, socket):
        """Known by now whose it is, it gets what its person is told. Returns the task that tunes it."""
        mine = self.people[socket.person_id]
        mine[socket] = True
        others = [other for other in mine if other.code is None and other is not socket]
        if len(others) >= MAX_SOCKETS:
            # Tries that a browser gave up long ago may all arrive when a cut line heals: they never say hello.
            min(others, key=lambda other: (other.greeted, other.heard)).close(codes.TOO_MANY_TABS)
        return self.retune(socket.person_id)

    def leave(self, socket):
        if self.sockets.pop(socket, None):
            self.topics.untune(socket)
            for table, key in ((self.people, socket.person_id), (self.logins, socket.login)):
                table.get(key, {}).pop(socket, None)
                if not table.get(key, True):
                    del table[key]

    def close_all(self, code):
        for socket in list(self.sockets):
            socket.close(code)

    async def emptied(self, seconds):
        """Waits until all sockets are gone, but not longer."""
        tasks = {socket.task for socket in self.sockets}
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    # What they are tuned to -------------------------------------------------------------------------------

    def retune(self, person_id):
        """Asks the apps again; asked while an answer is on its way, once more after it. Returns the task."""
        if person_id in self._tuning:
            self._again.add(person_id)
        elif person_id in self.people:
            self._tuning[person_id] = self.loop.create_task(self._tune(person_id))
        return self._tuning.get(person_id)

    async def _tune(self, person_id):
        again, tries = True, 0
        try:
            while again and person_id in self.people:
                self._again.discard(person_id)
                tries += 1
                fresh = await self._tune_once(person_id, believe=tries >= MAX_TRIES)
                again = person_id in self._again or (not fresh and tries < MAX_TRIES)
        finally:
            del self._tuning[person_id]

    async def _tune_once(self, person_id, believe):
        """False if the answer was older than what the hub knows."""
        try:
            answer = await self._ask_topics.ask(person_id)
        except Exception:
            logger.exception("Could not ask what to tune to")
            for socket in list(self.people.get(person_id, ())):
                socket.close(codes.RESTART)
            return True
        return self.topics.tune(self.people.get(person_id, ()), answer, believe)

    def busy(self):
        """Whether a question that orders wait for is still with the database."""
        return bool(self._tuning) or self.topics.asking()

    def resync(self):
        """Something may have been missed: everybody's access is read anew, and every page asks what it lacks."""
        for person_id in list(self.people):
            self.retune(person_id)
        self.heads = Heads()
        word = Piece('{"type":"resync"}')
        for socket in self.sockets:
            socket.push(word)
        self.aside(self.close_logged_out())

    def aside(self, work):
        """Does this beside everything else; nobody waits for it, so what it raises is logged."""
        task = self.loop.create_task(work)
        self._aside.add(task)
        task.add_done_callback(self._is_done)

    def _is_done(self, task):
        self._aside.discard(task)
        if not task.cancelled() and task.exception():
            logger.error("Something that nobody waited for failed", exc_info=task.exception())

    # Now and then -----------------------------------------------------------------------------------------

    async def look_for_unpublished(self):
        await self.heads.look(self.sockets)

    def close_silent(self):
        """Closes those from whom nothing is heard any more. The others who are silent are asked for a beat first."""
        now, ask = time.monotonic(), Piece('{"type":"beat"}')
        for socket in [socket for socket in self.sockets if socket.heard < now - DOUBT]:
            if socket.heard < now - SILENCE:
                socket.close(codes.SILENT)
            else:
                socket.push(ask)

    async def close_logged_out(self):
        """One question for all sockets: which of these logins still count?"""
        logins = set(self.logins)
        for login in logins - await registry.ask(registry.still_in, logins):
            self._cut(codes.LOGGED_OUT, (), login)


hub = Hub()
