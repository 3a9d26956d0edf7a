"""Where every list stands that a page of this process shows, so that a beat costs the database nothing.

Numbers come from the pieces that pass, from what browsers were told when they caught up, and now and then from one
question about all of them: a piece that was committed and never published shows by its number.
"""

import time
from collections import defaultdict, deque

from live import registry
from live.piece import Piece

UNDER_WAY = 5  # seconds for a piece to reach a page; less than between two beats, so that none is excused twice
MOST = 256  # pieces of one list that are remembered as being under way


class Heads:
    def __init__(self):
        self._numbers = {}
        self._lately = defaultdict(lambda: deque(maxlen=MOST))  # name → (number, topic, when) of what went out

    def note(self, name, number, topic=None):
        """A piece brings its list to this number. topic: where it goes, if it leaves nobody out."""
        if number > self._numbers.get(name, -1):
            self._numbers[name] = number
        if topic is not None:
            self._lately[name].append((number, topic, time.monotonic()))

    def learn(self, numbers):
        """The numbers a browser is told are the truth, also where they went back."""
        self._numbers.update(numbers)

    def are(self, numbers, socket):
        """Whether all these lists are this page's, and it has, or is just being given, all that there is of them."""
        return socket.names.issuperset(numbers) and all(
            self._numbers.get(name, socket.agreed.get(name)) == number or self._is_under_way(name, number, socket)
            for name, number in numbers.items()
        )

    def _is_under_way(self, name, number, socket):
        """Whether each piece that this page lacks has just left for this very socket."""
        since = max(time.monotonic() - UNDER_WAY, socket.tuned)
        given = {at for at, topic, when in self._lately.get(name, ()) if topic in socket.topics and when > since}
        lacking = self._numbers.get(name, 0) - number
        return 0 < lacking <= len(given) and given.issuperset(range(number + 1, number + 1 + lacking))

    async def look(self, sockets):
        """Asks where all lists stand, and tells the pages that show one of which something was never published."""
        shown = set().union(*(socket.names for socket in sockets))
        self._numbers = {name: number for name, number in self._numbers.items() if name in shown}
        for name in self._lately.keys() - shown:
            del self._lately[name]
        before = dict(self._numbers)
        now = await registry.ask(registry.heads, before) if before else {}
        elsewhere = {name for name, number in now.items() if self._is_news(number, name, before[name])}
        for name in elsewhere:
            self._numbers[name] = now[name]
        if elsewhere:
            word = Piece('{"type":"resync"}')
            for socket in sockets:
                if not elsewhere.isdisjoint(socket.names):
                    socket.push(word)

    def _is_news(self, number, name, before):
        """Whether it was never published, or is less than what was: then a backup was restored."""
        return number > max(before, self._numbers.get(name, -1)) or number < before
