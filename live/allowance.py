"""How much one socket may say, and how much we say about it."""

import logging
import time

logger = logging.getLogger("live")

RATE = 40  # frames a second
BURST = 100
QUIET = 10  # seconds between two lines in the log


class Allowance:
    """A bucket of frames that fills again at RATE."""

    __slots__ = ("_at", "_left")

    def __init__(self):
        self._left = BURST
        self._at = time.monotonic()

    def spend(self, frames=1):
        now = time.monotonic()
        self._left = min(BURST, self._left + (now - self._at) * RATE) - frames
        self._at = now
        return self._left >= 0


class Refusals:
    """One line for all that was refused in a while, and never what was said."""

    def __init__(self):
        self._count = 0
        self._at = float("-inf")

    def note(self, reason, person_id):
        self._count += 1
        now = time.monotonic()
        if now - self._at >= QUIET:
            logger.warning("Refused %s frame(s), the last one (%s) of %s", self._count, reason, person_id)
            self._count, self._at = 0, now


refusals = Refusals()
