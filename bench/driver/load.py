"""Who says how much for how long, and what came of it."""

import gc
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from statistics import median

from bench import processes
from bench.driver.crowd import Crowd
from bench.driver.loop import Loop, now
from bench.driver.tally import Tally

WARM = 1.0  # seconds before anything is counted
PATIENCE = 8.0  # seconds for what is under way to arrive
LOST = 10.0  # seconds after which a message counts as one that will not arrive any more


@dataclass
class Outcome:
    """What one run gave."""

    seconds: float = 0.0
    pieces: int = 0
    messages: int = 0  # that everybody has
    answers: int = 0
    delays: list[float] = field(default_factory=list)  # from post to each socket, sorted
    acks: list[float] = field(default_factory=list)  # from post to the server's answer, sorted
    server: float = 0.0  # seconds of work
    driver: float = 0.0
    lost: int = 0
    repeated: int = 0  # heard twice because a beat was on its way: no fault
    refused: int = 0

    @property
    def per_second(self) -> float:
        return self.pieces / self.seconds

    @property
    def per_piece(self) -> float:
        """Microseconds of the server's work for each delivery."""
        return self.server / max(1, self.pieces) * 1e6

    @property
    def driver_share(self) -> float:
        return self.driver / self.seconds

    @property
    def trouble(self) -> str:
        """What a run must not have, in words; nothing if all went well."""
        parts = {"lost": self.lost, "refused": self.refused}
        return ", ".join(f"{count} {name}" for name, count in parts.items() if count)


def told(runs: Iterable[Outcome]) -> str:
    """What one wants to know about runs besides their figure: was the driver the limit, was anything wrong?"""
    runs = list(runs)
    server = _middle(run.server / run.seconds for run in runs)
    shares = f"cores: server {server}, driver {_middle(run.driver_share for run in runs)}"
    return "; ".join([shares, *{run.trouble for run in runs if run.trouble}])


def _middle(values: Iterable[float]) -> str:
    return f"{median(values):.2f}"


def closed(crowd: Crowd, pids: Iterable[int], window: int, seconds: float) -> Outcome:
    """So many messages under way at any time: the next is said when everybody has one."""
    run = _Run(crowd.loop, crowd.tally, list(pids))
    under_way: dict[int, float] = {}
    running = True

    def say() -> None:
        under_way[crowd.say()] = now()

    def whole(number: int) -> None:
        if under_way.pop(number, None) and running:
            say()

    def look() -> None:
        for number in [number for number, since in under_way.items() if now() - since > LOST]:
            del under_way[number]
            say()
        if running:
            crowd.loop.after(0.5, look)

    crowd.tally.everybody_has = whole
    for _ in range(window):
        say()
    look()
    outcome = run.count(seconds)
    running = False
    return run.settle(outcome)


def paced(crowd: Crowd, pids: Iterable[int], rates: dict, seconds: float, warm: float = WARM) -> Outcome:
    """So many messages a second in each circle, however long the answers take: {circle: rate}. A delay counts from
    when the message was due."""
    run = _Run(crowd.loop, crowd.tally, list(pids))
    ticking = [_tick(crowd, circle, 1 / rate) for circle, rate in rates.items()]
    outcome = run.count(seconds, warm)
    for stop in ticking:
        stop()
    return run.settle(outcome)


def _tick(crowd: Crowd, circle, pause: float) -> Callable[[], None]:
    """Says something every so often → how to stop it."""
    state = {"due": now() + pause, "on": True}

    def tick() -> None:
        if state["on"]:
            crowd.say_in(circle, state["due"])
            state["due"] += pause
            crowd.loop.at(state["due"], tick)

    crowd.loop.at(state["due"], tick)

    def stop() -> None:
        state["on"] = False

    return stop


class _Run:
    """Counts in the middle of a load, then waits for what is still under way."""

    def __init__(self, loop: Loop, tally: Tally, pids: list[int]) -> None:
        self.loop, self.tally, self.pids = loop, tally, pids
        gc.collect()
        gc.freeze()
        gc.disable()

    def count(self, seconds: float, warm: float = WARM) -> Outcome:
        tally = self.tally
        self.loop.run(warm)
        tally.since, self.refused, self.repeated = len(tally.sent), tally.refused, tally.repeated
        del tally.delays[:], tally.acks[:]
        began, before = now(), self._marks()
        self.loop.run(seconds)
        after = self._marks()
        server, driver, pieces, whole, answers = (b - a for a, b in zip(before, after, strict=True))
        return Outcome(now() - began, pieces, whole, answers, server=server, driver=driver)

    def _marks(self) -> tuple:
        tally = self.tally
        return processes.work(self.pids), time.process_time(), tally.pieces, tally.whole, len(tally.acks)

    def settle(self, outcome: Outcome) -> Outcome:
        tally = self.tally
        self.loop.until(lambda: not tally.lost(), PATIENCE)
        tally.everybody_has = lambda number: None
        outcome.delays, outcome.acks = sorted(tally.delays), sorted(tally.acks)
        outcome.lost, outcome.refused = tally.lost(), tally.refused - self.refused
        outcome.repeated = tally.repeated - self.repeated
        gc.enable()
        return outcome
