"""Where every list stands that a page of this process shows, so that a beat costs the database nothing.

Numbers come from the pieces that pass, from what browsers were told when they caught up, and now and then from one
question about all of them: a piece that was committed and never published shows by its number.
"""

from live import registry
from live.piece import Piece


class Heads:
    def __init__(self):
        self._numbers = {}

    def note(self, name, number):
        if number > self._numbers.get(name, -1):
            self._numbers[name] = number

    def learn(self, numbers):
        """The numbers a browser is told are the truth, also where they went back."""
        self._numbers.update(numbers)

    def are(self, numbers, socket):
        """Whether all these lists are this page's, and stand just where it says."""
        return socket.names.issuperset(numbers) and all(
            self._numbers.get(name, socket.agreed.get(name)) == number for name, number in numbers.items()
        )

    async def look(self, sockets):
        """Asks where all lists stand, and tells the pages that show one of which something was never published."""
        shown = set().union(*(socket.names for socket in sockets))
        self._numbers = {name: number for name, number in self._numbers.items() if name in shown}
        before = dict(self._numbers)
        now = await registry.ask(registry.heads, before) if before else {}
        ahead = {name for name, number in now.items() if number > max(before[name], self._numbers.get(name, -1))}
        for name in ahead:
            self._numbers[name] = now[name]
        if ahead:
            word = Piece('{"type":"resync"}')
            for socket in sockets:
                if not ahead.isdisjoint(socket.names):
                    socket.push(word)
