"""Topic → sockets, and the one rule that keeps those who lost access from hearing more.

Commits and publications may overtake each other: a removal can be committed before a piece is, and published
after it. Each topic therefore counts its `exits`. Every tuned socket remembers at which count its right to be
there was read; a piece that carries a higher count first asks who may still be there.
"""

import logging
import time
from collections import deque

from live import registry
from live.piece import Piece

logger = logging.getLogger(__name__)


class Topic:
    def __init__(self):
        self.sockets = {}  # socket → the exits at which its access was read
        self.exits = 0
        self.waiting = None  # pieces, while the audience is being asked
        self.task = None  # who asks


class Topics:
    def __init__(self, hub):
        self.hub = hub
        self.by_name = {}

    def send(self, name, piece, exits=None):
        topic = self.by_name.get(name)
        if topic is None:
            return
        if topic.waiting is not None:
            topic.waiting.append((piece, exits))
        elif exits is not None and exits > topic.exits:
            topic.waiting = deque([(piece, exits)])
            topic.task = self.hub.loop.create_task(self._go_on(name, topic))
        else:
            for socket in topic.sockets:
                socket.push(piece)

    def asking(self):
        return any(topic.waiting is not None for topic in self.by_name.values())

    async def _go_on(self, name, topic):
        """Delivers what waits, in order, asking for the audience whenever a piece knows of more exits."""
        while topic.waiting:
            piece, exits = topic.waiting[0]
            if exits is not None and exits > topic.exits:
                await self._ask_audience(name, topic, exits)
            topic.waiting.popleft()
            for socket in topic.sockets:
                socket.push(piece)
        topic.waiting = None
        self._forget_empty(name, topic)

    async def _ask_audience(self, name, topic, exits):
        try:
            read, people = await registry.ask(registry.audience, name)
        except Exception:
            # Nobody hears it rather than somebody who should not; their browsers notice the hole and ask.
            logger.exception("Could not ask who may hear a topic")
            read, people = exits, set()
            self._retune_all(topic)
        topic.exits = max(exits, read)
        for socket, seen in list(topic.sockets.items()):
            if seen < topic.exits:
                if socket.person_id in people:
                    topic.sockets[socket] = topic.exits
                else:
                    self._take_out(name, topic, socket)

    def _retune_all(self, topic):
        for person_id in {socket.person_id for socket in topic.sockets}:
            self.hub.loop.call_later(1, self.hub.retune, person_id)

    def tune(self, sockets, answer, believe=False):
        """Tunes these sockets to exactly [(topic, exits), …]; False if we knew better already.

        believe: it is the answer that is right
        """
        wanted = dict(answer)
        fresh, resync = True, Piece('{"type":"resync"}')
        for socket in list(sockets):
            before = set(socket.topics)
            for name in before - set(wanted):
                self._take_out(name, self.by_name[name], socket)
            for name, exits in wanted.items():
                if believe:
                    self._go_back(name, exits)
                fresh &= self._put_in(name, exits, socket)
            if socket.greeted and not socket.topics <= before:
                # What its page asked may have been answered before, and since then something been said without it.
                socket.push(resync)
        return fresh

    def _go_back(self, name, exits):
        """The database is behind what it said before: a backup was restored. Nobody's right to be there counts."""
        topic = self.by_name.get(name)
        if topic is None or exits >= topic.exits:
            return
        logger.warning("Fewer have lost access to %s than before: who may hear it is read anew", name)
        people = {socket.person_id for socket in topic.sockets}
        topic.exits = exits
        for socket in list(topic.sockets):
            self._take_out(name, topic, socket)
        for person_id in people:
            self.hub.retune(person_id)

    def _put_in(self, name, exits, socket):
        topic = self.by_name.get(name)
        if topic is None:
            topic = self.by_name[name] = Topic()
            topic.exits = exits
        if exits < topic.exits:
            return False
        if socket not in topic.sockets:
            socket.tuned = time.monotonic()
        topic.sockets[socket] = max(exits, topic.sockets.get(socket, 0))
        socket.topics.add(name)
        return True

    def untune(self, socket):
        for name in list(socket.topics):
            self._take_out(name, self.by_name[name], socket)

    def _take_out(self, name, topic, socket):
        topic.sockets.pop(socket, None)
        socket.topics.discard(name)
        self._forget_empty(name, topic)

    def _forget_empty(self, name, topic):
        if not topic.sockets and topic.waiting is None and self.by_name.get(name) is topic:
            del self.by_name[name]
