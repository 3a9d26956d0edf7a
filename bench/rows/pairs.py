"""Conversations of two: what becomes durable, and what reaches the other one."""

import contextlib
from collections.abc import Iterator

from bench import servers
from bench.driver import load
from bench.driver.crowd import PlainCrowd
from bench.driver.tally import Tally
from bench.driver.visitors import House, takes_posts
from bench.figures import Row, Target, judged, percentile
from bench.processes import resting
from bench.workshop import Workshop

NAMES = ("durable", "durable-form", "pairs", "pairs-2")
PAIRS = 500
WINDOW = 32  # messages under way
PER_SECOND = 1160  # ten times the mean of Clubhouse's first Backchannel day
SOON = 0.050  # seconds within which 99 of 100 are acknowledged


def measure(shop: Workshop) -> Iterator[Row]:
    if shop.wants("durable", "durable-form", "pairs"):
        with _conversations(shop) as (house, crowd):
            yield from shop.attempt(["durable", "durable-form"], lambda: _durable(shop, house, crowd))
            yield from shop.attempt(["pairs"], lambda: _beside_plain(shop, house, crowd, "pairs", 1, 4))
    yield from shop.attempt(["pairs-2"], lambda: _two_processes(shop))


@contextlib.contextmanager
def _conversations(shop: Workshop, **environment):
    with servers.house(shop.postgres, **environment) as house:
        scene = house.seed(pairs=PAIRS)
        by_socket = takes_posts(shop.loop, house.port, scene["pairs"][0])
        crowd = House(shop.loop, Tally(), house.port, by_socket)
        for pair in scene["pairs"]:
            crowd.add_pair(pair)
        with contextlib.closing(crowd):
            crowd.open()
            yield house, crowd


def _durable(shop: Workshop, house, crowd: House) -> Iterator[Row]:
    fastest = crowd.by_socket
    if fastest:
        yield _acknowledged("durable", shop, house, crowd)
    crowd.by_socket = False
    yield _acknowledged("durable-form", shop, house, crowd)
    if not fastest:
        yield _acknowledged("durable", shop, house, crowd)
    crowd.by_socket = fastest


def _acknowledged(name: str, shop: Workshop, house, crowd: House) -> Row:
    runs = [load.closed(crowd, house.web, WINDOW, shop.seconds) for _ in range(shop.runs)]
    slowest = [percentile(run.acks, 0.99) for run in runs]
    middle = sorted(slowest)[len(slowest) // 2]
    return judged(
        name,
        [run.answers / run.seconds for run in runs],
        Target(at_least=PER_SECOND, unit="messages/s"),
        note=f"{crowd.way}, p99 {middle * 1000:.0f} ms (≤ {SOON * 1000:.0f}); {load.told(runs)}",
        ok=middle <= SOON and not any(run.trouble for run in runs),
    )


def _two_processes(shop: Workshop) -> Iterator[Row]:
    with _conversations(shop, REDIS_URL=shop.redis, WEB_PROCESSES="2") as (house, crowd):
        if len(house.web) < 2:
            raise servers.NotThere("this house runs one web process, whatever WEB_PROCESSES says")
        yield from _beside_plain(shop, house, crowd, "pairs-2", 2, 2)


def _beside_plain(shop: Workshop, house, crowd: House, name: str, processes: int, times: float) -> Iterator[Row]:
    ours, theirs = [], []
    with servers.plain(shop.redis, processes) as plain:
        beside = PlainCrowd(shop.loop, Tally(), plain.ports, [2] * PAIRS, max(crowd.size, 200))
        with contextlib.closing(beside):
            with crowd.resting(house.web):
                beside.open()
            for _ in range(shop.runs):
                with resting(plain.pids):
                    ours.append(load.closed(crowd, house.web, WINDOW, shop.seconds))
                with crowd.resting(house.web):
                    theirs.append(load.closed(beside, plain.pids, WINDOW, shop.seconds))
    yield judged(
        name,
        [run.per_second for run in ours],
        Target(times_at_least=times, unit="deliveries/s"),
        [run.per_second for run in theirs],
        note=f"{PAIRS} conversations, {crowd.way}; {load.told(ours)}",
        ok=not any(run.trouble for run in ours),
    )
