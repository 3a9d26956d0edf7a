"""Which message reached whom, and when. Each carries a mark, which is looked for in everything that is heard."""

from array import array
from collections.abc import Callable

from bench.driver.loop import now

MARK = b"=T"
DIGITS = 8


def marked(number: int, text: str) -> str:
    """The text of message `number`."""
    return f"{MARK.decode()}{number:0{DIGITS}d}= {text}"


def numbers(payload: bytes) -> list[int]:
    """The numbers of the messages in what was heard: several may have been joined into one frame."""
    found, at = [], payload.find(MARK)
    while at >= 0:
        number = payload[at + 2 : at + 2 + DIGITS]
        if number.isdigit():  # in a page the mark may also stand by chance
            found.append(int(number))
        at = payload.find(MARK, at + 2)
    return found


class Tally:
    """Every message sent, how many have still to hear it, and how long each of them waited."""

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.left: list[int] = []
        self.pieces = 0
        self.whole = 0  # messages that everybody has
        self.repeated = 0
        self.since = 0  # from which message on delays are kept
        self.delays = array("d")
        self.acks = array("d")
        self.refused = 0
        self.everybody_has: Callable[[int], None] = lambda number: None

    def send(self, listeners: int, at: float | None = None) -> int:
        """Note that a message goes out now (or should have, at that time) → its number."""
        self.sent.append(now() if at is None else at)
        self.left.append(listeners)
        return len(self.sent) - 1

    def hear(self, payload: bytes, known: set[int]) -> None:
        """`known`: what this listener has heard already. A page that asks where it is may be told something twice."""
        at, left = now(), self.left
        for number in numbers(payload):
            if number in known:
                self.repeated += 1
                continue
            known.add(number)
            self.pieces += 1
            if number >= self.since:
                self.delays.append(at - self.sent[number])
            left[number] -= 1
            if left[number] == 0:
                self.whole += 1
                self.everybody_has(number)

    def answer(self, number: int, ok: bool) -> None:
        """The server said that it has the message, or that it does not take it."""
        if not ok:
            self.refused += 1
            self.left[number] = 0
            self.everybody_has(number)  # all that will ever have it
        elif number >= self.since:
            self.acks.append(now() - self.sent[number])

    def lost(self) -> int:
        """Deliveries that are still missing of what was sent since."""
        return sum(left for left in self.left[self.since :] if left > 0)
