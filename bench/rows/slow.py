"""Readers that stop reading: what the others notice, what they cost, and whether they miss anything."""

import contextlib
import re
from collections.abc import Iterator

from bench import processes, servers
from bench.driver import load
from bench.driver.loop import now
from bench.driver.tally import Tally, numbers
from bench.driver.visitors import House, takes_posts
from bench.figures import Row, Target, judged, percentile
from bench.workshop import Workshop

NAMES = ("slow-lost", "slow-p95", "slow-memory", "slow-closed", "slow-complete")
READERS, RATE = 300, 15
LETTER = "All of it in one breath, because nobody else was going to say it and the kettle was on. " * 44
GOES, QUICKLY = 30, 8  # seconds within which one who does not read is closed, and how long a quick run looks at that
TOO_SLOW, CUT = 4408, 1006  # told why, or cut where not even that could be said
PATIENCE = 15
SEQ = re.compile(rb'data-seq="(\d+)"')


def measure(shop: Workshop) -> Iterator[Row]:
    runs = []
    with servers.house(shop.postgres) as house:
        # A room for each run: those who were stopped once have other buffers.
        scene = house.seed(rooms=(READERS,) * shop.runs, pairs=1)
        by_socket = takes_posts(shop.loop, house.port, scene["pairs"][0])
        for room in scene["rooms"]:
            crowd = House(shop.loop, Tally(), house.port, by_socket)
            with contextlib.closing(crowd):
                runs.append(Stopped(shop, house, crowd, room))
                runs[-1].run()
    count = READERS // 10
    note = f"{READERS} readers, {count} stopped, {RATE} long messages/s; {load.told(one.with_them for one in runs)}"
    yield judged("slow-lost", [one.lost for one in runs], Target(at_most=0, unit="lost elsewhere"), note=note)
    yield judged(
        "slow-p95",
        [one.p95(one.with_them) for one in runs],
        Target(times_at_most=1.2, unit="ms"),
        [one.p95(one.without) for one in runs],
        note="p95 of the others, beside the same room before anybody stopped",
    )
    yield judged("slow-memory", [one.kept for one in runs], Target(at_most=1024, unit="KiB each"))
    yield judged(
        "slow-closed",
        [one.seconds for one in runs],
        Target(at_most=GOES, unit="s"),
        note="; ".join(f"codes {dict(one.codes)}" for one in runs[:1]),
        ok=all(set(one.codes) <= {TOO_SLOW, CUT} and not one.held for one in runs),
    )
    yield judged("slow-complete", [one.missed for one in runs], Target(at_most=0, unit="missed after resuming"))


class Stopped:
    """One room: it talks, a tenth stops reading while it goes on talking, they read again and come back."""

    def __init__(self, shop: Workshop, house, crowd: House, room: dict) -> None:
        self.shop, self.house, self.crowd = shop, house, crowd
        self.stopped = crowd.add_room(room, slice(0, READERS // 10), narrow=True)
        self.circle = crowd.add_room(room, slice(READERS // 10, None))
        crowd.filler = LETTER

    def run(self) -> None:
        self.crowd.open()
        crowd, pids, rates = self.crowd, self.house.web, {self.circle: RATE}
        self.circle.also = len(self.stopped.lines)
        self.without = load.paced(crowd, pids, rates, self.shop.seconds)
        self.codes = crowd.codes
        before = processes.memory(pids)
        self.tenth, self.left = list(self.stopped.lines), []
        self.ports = [line.own_port for line in self.tenth]
        for line in self.tenth:
            line.gone = self._left
            line.stop_reading()
        self.circle.also = 0
        first = len(crowd.tally.sent)
        self.seconds = self.peak = 0.0
        began = now()
        self._look(began, before)
        self.with_them = load.paced(crowd, pids, rates, QUICKLY if self.shop.quick else GOES)
        self.kept = self.peak / len(self.tenth) / 1024
        self.lost = self.with_them.lost
        self._resume(range(first, len(crowd.tally.sent)))

    def p95(self, outcome: load.Outcome) -> float:
        return percentile(outcome.delays, 0.95) * 1000

    def _look(self, began: float, before: int) -> None:
        """Twice a second: which of them does the house still hold, and how much memory has it taken?"""
        self.held = processes.held_open(self.house.port, self.ports)
        self.peak = max(self.peak, processes.memory(self.house.web) - before)
        if self.held:
            self.seconds = now() - began
            if self.seconds < GOES:
                self.shop.loop.after(0.5, lambda: self._look(began, before))

    def _resume(self, wanted: range) -> None:
        """They read what is left, notice that they were closed, come back, and look at what they are told to."""
        lines, loop = self.tenth, self.shop.loop
        for line in self.left:
            self.crowd.come_back(line)
        for line in set(lines) - set(self.left):
            line.gone = self._back
            line.read_on()
        loop.until(lambda: all(line.reload or _has(line, wanted) for line in lines), PATIENCE)
        for line in lines:
            if line.reload:
                self._look_up(line, wanted, None)
        loop.until(lambda: all(_has(line, wanted) for line in lines), PATIENCE)
        self.missed = sum(len(set(wanted) - line.known) for line in lines)

    def _left(self, line, code: int) -> None:
        """Closed so that even one who does not read notices."""
        self.codes[code] += 1
        self.left.append(line)

    def _back(self, line, code: int) -> None:
        self.codes[code] += 1
        line.gone = lambda line, code: None
        self.crowd.come_back(line)

    def _look_up(self, line, wanted: range, before: int | None) -> None:
        """The list as it is drawn anew, then what stands above it, as somebody reads who was away."""

        def done(status: int, body: bytes) -> None:
            line.known.update(numbers(body))
            above = [int(seq) for seq in SEQ.findall(body)]
            if above and not _has(line, wanted):
                self._look_up(line, wanted, min(above))

        page = f"?before={before}" if before else ""
        path = f"/backchannel/{self.stopped.chat}/{page}"
        self.crowd.wires.get(path, f"session={line.person['session']}", done, piece=True)


def _has(line, wanted: range) -> bool:
    return line.known.issuperset(wanted)
