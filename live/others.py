"""What this web process hears of the others, and whether it heard all of it.

A push is a nudge, and one may be lost: while Redis is away, when it starts anew, when it throws a reader out. So
every process says something every BEACON seconds, itself included. Whoever misses a number, or his own voice for
DEAF seconds, has every open page ask for what it lacks. A line on which he does not hear himself for GIVEN_UP seconds
is dead, whatever it says of itself: he takes another one.
"""

import asyncio
import logging
import time

from live.hub import hub
from live.layer import GROUP, make, publisher
from live.lines import passed

logger = logging.getLogger(__name__)

BEACON = 2  # seconds
HURRY = 0.5  # seconds between beacons while we do not hear ourselves
DEAF = 5  # seconds
GIVEN_UP = 10  # seconds
MOST = 1000  # publishers whose numbers are remembered


class Others:
    def __init__(self):
        self._empty()

    def _empty(self):
        self.whole = False  # whether we hear everything, as far as we know
        self._failing = False
        self._began = self._heard = time.monotonic()  # ourselves
        self._numbers = {}  # publisher → the number of its last parcel
        self._beacons = {}  # web process → (when, the lines that it holds)

    # What the rest of the house may ask -------------------------------------------------------------------

    def is_whole(self):
        """Whether this web process hears everything that others publish, as far as it knows."""
        return self.whole

    def linked(self, name):
        """Whether the program called `name` is connected to any of the other web processes."""
        since = time.monotonic() - DEAF
        return any(when >= since and name in lines for when, lines in list(self._beacons.values()))

    # The life of a web process ----------------------------------------------------------------------------

    async def listen(self):
        """Joins the group and obeys what is said there, for ever."""
        self._empty()
        errors = Errors(self.failed)
        log = logging.getLogger("channels_redis.pubsub")
        log.addFilter(errors)
        try:
            while True:
                await self._hear_a_line()
        finally:
            log.removeFilter(errors)
            self.whole = False

    async def _hear_a_line(self):
        """Until it is given up. A host that goes, or a gateway that forgets, ends no line: nothing comes any more."""
        layer = make()
        try:
            async with asyncio.timeout(GIVEN_UP) as patience:
                channel = await self._join(layer)
                joined = time.monotonic()
                while True:
                    patience.reschedule(max(joined, self._heard) + GIVEN_UP)
                    await self._hear_next(layer, channel)
        except TimeoutError:
            self.failed("silence")
        finally:
            await _let_go(layer)

    async def _hear_next(self, layer, channel):
        try:
            self.hear(await layer.receive(channel))
        except Exception:
            logger.exception("A parcel was not understood")

    async def _join(self, layer):
        while True:
            try:
                channel = await layer.new_channel()
                await layer.group_add(GROUP, channel)
            except Exception as error:  # noqa: BLE001  whatever redis-py makes of it
                self.failed(error)
                await _let_go(layer)
                await asyncio.sleep(HURRY)
            else:
                return channel

    async def shine(self):
        """Tells the others that we are here, for ever, and looks whether they and we are heard."""
        while True:
            publisher.soon({"do": "beacon", "lines": hub.lines.names()})
            await asyncio.sleep(BEACON if self.whole else HURRY)
            self._look()

    def leave(self):
        """Tells the others that our silence is no sign of anything lost."""
        publisher.soon({"do": "leave"})

    # Orders -----------------------------------------------------------------------------------------------

    def hear(self, told):
        """Obeys what is in a parcel, once, unless it is our own; one that came too late is covered by what its gap
        started."""
        was_whole = self.whole
        by, orders = told["by"], told["orders"]
        missed = self._count(by, told["number"])
        if missed and was_whole:
            hub.resync()
        if missed is not None and by == publisher.name:
            self._heard_ourselves()
        elif missed is not None:
            for order in orders:
                self._obey(by, order)

    def _count(self, by, number):
        """How many parcels of this publisher were lost before this one; None if it was heard already."""
        # Who was here before us has said things that were never for us.
        new = time.monotonic() - self._began < DEAF and by not in self._numbers
        last = number - 1 if new else self._numbers.pop(by, 0)
        self._numbers[by] = max(last, number)
        if len(self._numbers) > MOST:
            del self._numbers[next(iter(self._numbers))]
        return number - last - 1 if number > last else None

    def _obey(self, by, order):
        match order:
            case {"do": "beacon", "lines": lines}:
                self._beacons[by] = time.monotonic(), lines
            case {"do": "leave"}:
                self._beacons.pop(by, None)
            case {"do": "pass", "name": name, "line": line}:
                hub.aside(passed(name, line))
            case _:
                hub.try_to_obey(order)

    def _heard_ourselves(self):
        self._heard = time.monotonic()
        if not self.whole:
            if self._failing:
                logger.warning("Redis is back")
            self.whole, self._failing = True, False
            hub.resync()

    # When something was lost ------------------------------------------------------------------------------

    def _look(self):
        now = time.monotonic()
        if now - self._heard > DEAF:
            self.failed("silence")
        for name, (when, _lines) in list(self._beacons.items()):
            if now - when > DEAF:
                del self._beacons[name]
                # It may have died between a commit and its publication.
                if self.whole:
                    hub.resync()

    def failed(self, reason):
        """What was said until now may be lost, and what is said from now on: pages ask now, and when we hear again."""
        if not self._failing:
            logger.warning("Redis is away: what other processes say is not heard (%s)", reason)
            hub.resync()
        self.whole, self._failing = False, True


async def _let_go(layer):
    """Closes its lines. Where its own reader had ended by an error, that one is raised, and it is to be forgotten."""
    try:
        await layer.flush()
    except Exception as error:  # noqa: BLE001
        logger.debug("A line to Redis could not be closed (%s)", error)


class Errors(logging.Filter):
    """The channel layer tells nobody of its errors but the log, once a second: here they are heard."""

    def __init__(self, failed):
        super().__init__()
        self._failed = failed

    def filter(self, record):
        self._failed(record.exc_info[1] if record.exc_info else record.getMessage())
        return False


others = Others()
