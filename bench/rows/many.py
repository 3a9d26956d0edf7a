"""Five thousand browsers: what each costs, what a delivery costs, and how they come back."""

import contextlib
import random
from collections.abc import Iterator

from bench import processes, servers
from bench.driver.crowd import Circle, TooFew
from bench.driver.loop import now
from bench.driver.tally import Tally
from bench.driver.visitors import House, takes_posts
from bench.figures import Row, Target, judged, percentile
from bench.rows.room import paced_beside_nchan, per_delivery
from bench.workshop import Workshop

NAMES = ("memory", "nchan-5000", "storm", "storm-attempts", "storm-posts")
STORM = NAMES[2:]
STEPS = 5  # in which they come in, each a measurement of memory
FIRST = 200  # who come before, so that what a process needs once is not counted
RATE = 3  # messages a second
PAIRS, POSTS_A_SECOND = 25, 5  # conversations elsewhere in the house, in which people write meanwhile
ROOM_A_SECOND = 0.2  # what the room itself says
BACK, LONGEST_WAIT = 20, 60  # seconds
SILENCE = 30  # seconds without a frame, as in live.js


def measure(shop: Workshop) -> Iterator[Row]:
    with servers.house(shop.postgres) as house:
        scene = house.seed(rooms=(shop.many,), pairs=PAIRS)
        room = scene["rooms"][0]
        crowd = House(shop.loop, Tally(), house.port, takes_posts(shop.loop, house.port, scene["pairs"][0]))
        with contextlib.closing(crowd):
            yield from shop.attempt(["memory"], lambda: _memory(shop, house, crowd, room))
            _everybody(crowd, room)
            yield from shop.attempt(["nchan-5000"], lambda: _beside_nchan(shop, house, crowd))
            yield from shop.attempt(STORM, lambda: _storms(shop, house, crowd, scene["pairs"]))


def _memory(shop: Workshop, house, crowd: House, room: dict) -> Iterator[Row]:
    step = (shop.many - FIRST) // STEPS
    _come_in(shop, crowd, room, 0, FIRST)
    before, runs = processes.memory(house.web), []
    for start in range(FIRST, FIRST + STEPS * step, step):
        _come_in(shop, crowd, room, start, start + step)
        after = processes.memory(house.web)
        runs.append((after - before) / step / 1024)
        before = after
    note = f"{STEPS} times {step:,} more pages of one room"
    yield judged("memory", runs, Target(at_most=40, unit="KiB each"), note=note)


def _come_in(shop: Workshop, crowd: House, room: dict, start: int, end: int) -> None:
    crowd.add_room(room, slice(start, end))
    crowd.open()
    shop.loop.run(1)


def _everybody(crowd: House, room: dict) -> None:
    """One circle of all: those who came in steps, or now."""
    if not crowd.circles:
        crowd.add_room(room)
        crowd.open()
    together: Circle = crowd.circles[0]
    for other in crowd.circles[1:]:
        together.lines += other.lines
    together.people = room["people"]
    crowd.circles = [together]


def _beside_nchan(shop: Workshop, house, crowd: House) -> Iterator[Row]:
    crowd.say()
    shop.loop.run(1)
    ours, theirs = paced_beside_nchan(shop, house, crowd, RATE)
    yield per_delivery("nchan-5000", ours, theirs, crowd)


# After kill -9 --------------------------------------------------------------------------------------------


def _storms(shop: Workshop, house, crowd: House, pairs: list[dict]) -> Iterator[Row]:
    storms = []
    for _ in range(shop.runs):
        storms.append(Storm(shop, house, crowd, pairs))
        storms[-1].run()
    note = f"{len(crowd.lines):,} sockets; {storms[0].told()}"
    yield judged("storm", [one.seconds for one in storms], Target(at_most=BACK, unit="s until all are back"), note=note)
    yield judged("storm-attempts", [one.attempts for one in storms], Target(at_most=1.6, unit="tries each"))
    yield judged(
        "storm-posts",
        [percentile(sorted(one.posts), 0.95) for one in storms],
        Target(at_most=1, unit="s"),
        note=f"p95 of forms posted meanwhile, {POSTS_A_SECOND}/s, asked again until they are taken; "
        f"{sum(len(one.posts) for one in storms)} posts",
    )


class Storm:
    """The web process is killed; every browser tries again as live.js does."""

    def __init__(self, shop: Workshop, house, crowd: House, pairs: list[dict]) -> None:
        self.shop, self.house, self.crowd = shop, house, crowd
        self.tries = 0
        self.elsewhere = [crowd.circle_of(pair["id"], pair["people"]) for pair in pairs]
        self.posts: list[float] = []
        self.back: list[float] = []  # seconds until each was back

    def run(self) -> None:
        crowd, loop = self.crowd, self.shop.loop
        wanted, crowd.ready = len(crowd.lines), 0
        for line in crowd.lines:
            line.gone = lambda line, code: self._again(line, 0)
        self.began = now()
        self.house.kill(_name_of(self.house))
        self._posting = True
        self._post(self.elsewhere, POSTS_A_SECOND, now())
        self._post(crowd.circles[:1], ROOM_A_SECOND, now())
        if not loop.until(lambda: self._back() >= wanted, LONGEST_WAIT):
            raise TooFew(f"{crowd.ready:,} of {wanted:,} were back after {LONGEST_WAIT} s; {self.told()}")
        self.seconds, self.attempts = now() - self.began, self.tries / wanted
        self._posting = False
        loop.run(2)

    def _back(self) -> int:
        new = self.crowd.ready - len(self.back)
        self.back += [now() - self.began] * new
        return self.crowd.ready

    def told(self) -> str:
        parts = [(0, "the first"), (0.5, "half"), (0.99, "99 %")]
        return ", ".join(f"{name} after {percentile(self.back, share):.1f} s" for share, name in parts)

    def _again(self, line, attempt: int) -> None:
        wait = random.random() * min(10.0, line.spread * 2**attempt)
        self.shop.loop.after(wait, lambda: self._try(line, attempt + 1))

    def _try(self, line, attempt: int) -> None:
        self.tries += 1
        line.gone = lambda line, code: self._again(line, attempt)
        line.attempt = attempt
        self.crowd.come_back(line)
        self.shop.loop.after(SILENCE, lambda: self._doubt(line, attempt))

    def _doubt(self, line, attempt: int) -> None:
        """A line that says nothing for so long is taken for dead."""
        if line.attempt == attempt and line.code is None and not line.greeted:
            line.close()
            self._again(line, attempt)

    def _post(self, circles: list[Circle], rate: float, due: float) -> None:
        """A form every so often; one that is not taken is asked again with the same id, as the composer does."""
        if not self._posting:
            return
        circle = circles[random.randrange(len(circles))]
        client_id = f"{random.getrandbits(32):08x}-0000-4000-8000-{random.getrandbits(48):012x}"

        def done(status: int, _body: bytes) -> None:
            if 200 <= status < 300:
                self.posts.append(now() - due)
            else:
                self.shop.loop.after(0.1, ask)

        def ask() -> None:
            self.crowd.post_form(circle, client_id, "We are still here.", done)

        ask()
        self.shop.loop.at(due + 1 / rate, lambda: self._post(circles, rate, due + 1 / rate))


def _name_of(house) -> str:
    return next(name for name in house.pids() if name.startswith("web"))
