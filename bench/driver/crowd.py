"""Many browsers of one server, in circles: those who hear each other, a room or two people."""

from collections import Counter
from collections.abc import Callable

from bench.driver.line import Line
from bench.driver.loop import Loop
from bench.driver.tally import Tally, marked

AT_ONCE = 64  # connecting at the same time
FILLER = "Between the second and the third chorus everybody in the kitchen stopped and listened for a moment."


class TooFew(Exception):
    """The server did not take everybody in, or did not keep them; the text says how many."""


class Circle:
    """Lines that hear each other, and whose turn it is to speak."""

    def __init__(self) -> None:
        self.lines: list[Line] = []
        self.also = 0  # lines of other circles that hear it, too
        self._turn = -1

    @property
    def listeners(self) -> int:
        return len(self.lines) + self.also

    def next_line(self) -> Line:
        self._turn += 1
        return self.lines[self._turn % len(self.lines)]


class Crowd:
    """Opens its lines, counts what they hear and how they end."""

    def __init__(self, loop: Loop, tally: Tally) -> None:
        self.loop, self.tally = loop, tally
        self.circles: list[Circle] = []
        self.lines: list[Line] = []
        self.codes: Counter = Counter()  # of lines that were closed on us
        self.ready = 0
        self.size = 0  # bytes of the newest piece heard
        self._to_open: list[Callable[[], Line]] = []
        self._turn = -1

    def open(self, within: float = 120) -> None:
        """Connect everybody, some at a time, and wait until all are there; raises TooFew."""
        wanted = len(self._to_open) + len(self.lines)
        self._to_open.reverse()
        for _ in range(AT_ONCE):
            self._open_next()
        if not self.loop.until(lambda: self.ready >= wanted or sum(self.codes.values()) > 0, within):
            raise TooFew(f"{self.ready:,} of {wanted:,} browsers were in after {within} s")
        if self.codes:
            raise TooFew(f"closed while coming in, by code: {dict(self.codes)}")

    def _open_next(self) -> None:
        if self._to_open:
            line = self._to_open.pop()()
            line.gone = self.gone
            self.lines.append(line)

    def is_ready(self, line: Line) -> None:
        self.ready += 1
        line.hear = self.hear
        self._open_next()

    def hear(self, line: Line, payload: bytes) -> None:
        self.tally.hear(payload, line.known)

    def gone(self, line: Line, code: int) -> None:
        self.codes[code] += 1
        for circle in self.circles:
            if line in circle.lines:
                circle.lines.remove(line)

    def say(self, at: float | None = None) -> int:
        """The next circle's next member says something → the message's number."""
        self._turn += 1
        return self.say_in(self.circles[self._turn % len(self.circles)], at)

    def say_in(self, circle: Circle, at: float | None = None) -> int:
        raise NotImplementedError

    def close(self) -> None:
        for line in self.lines:
            line.close()


class PlainCrowd(Crowd):
    """At a baseline: what one says is what all hear. `size`: as many bytes as the product's piece has."""

    def __init__(self, loop: Loop, tally: Tally, ports: list[int], sizes: list[int], size: int) -> None:
        super().__init__(loop, tally)
        self.size = size
        self._filler = "x" * (size - len(marked(0, "")))
        for room, members in enumerate(sizes):
            circle = Circle()
            self.circles.append(circle)
            for member in range(members):
                self._to_open.append(self._opener(circle, ports[member % len(ports)], room))

    def _opener(self, circle: Circle, port: int, room: int) -> Callable[[], Line]:
        def connect() -> Line:
            line = Line(self.loop, port, f"/room/r{room}", {"Origin": f"http://127.0.0.1:{port}"})
            line.opened = self.is_ready
            circle.lines.append(line)
            return line

        return connect

    def say_in(self, circle: Circle, at: float | None = None) -> int:
        number = self.tally.send(circle.listeners, at)
        circle.next_line().say(marked(number, self._filler).encode())
        return number
