"""A room of a thousand, beside a plain consumer and beside nchan."""

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

NAMES = ("room", "nchan-1000", "p99", "two-rooms")
MEMBERS, OTHERS = 1000, 100
WINDOW = 16  # messages under way
RATE, SMALL_RATE = 15, 5  # messages a second


def measure(shop: Workshop) -> Iterator[Row]:
    with servers.house(shop.postgres) as house:
        scene = house.seed(rooms=(MEMBERS, OTHERS), pairs=1)
        by_socket = takes_posts(shop.loop, house.port, scene["pairs"][0])
        crowd = House(shop.loop, Tally(), house.port, by_socket)
        crowd.add_room(scene["rooms"][0])
        with contextlib.closing(crowd):
            crowd.open()
            load.closed(crowd, house.web, 1, 0.5)
            yield from shop.attempt(["room"], lambda: _beside_plain(shop, house, crowd))
            yield from shop.attempt(["nchan-1000", "p99"], lambda: _beside_nchan(shop, house, crowd))
            yield from shop.attempt(["two-rooms"], lambda: _two_rooms(shop, house, crowd, scene))


def _beside_plain(shop: Workshop, house, crowd: House) -> Iterator[Row]:
    ours, theirs = [], []
    with servers.plain(shop.redis) as plain:
        beside = PlainCrowd(shop.loop, Tally(), plain.ports, [MEMBERS], crowd.size)
        with contextlib.closing(beside):
            with crowd.resting(house.web):
                beside.open()
            for _ in range(shop.runs):
                with resting(plain.pids):
                    ours.append(load.closed(crowd, house.web, WINDOW, shop.seconds))
                with crowd.resting(house.web):
                    theirs.append(load.closed(beside, plain.pids, WINDOW, shop.seconds))
    yield judged(
        "room",
        [run.per_second for run in ours],
        Target(times_at_least=20, unit="deliveries/s"),
        [run.per_second for run in theirs],
        note=f"{crowd.way}, {crowd.size} bytes each; {load.told(ours)}",
        ok=not any(run.trouble for run in ours),
    )


def _beside_nchan(shop: Workshop, house, crowd: House) -> Iterator[Row]:
    ours, theirs = paced_beside_nchan(shop, house, crowd, RATE)
    yield per_delivery("nchan-1000", ours, theirs, crowd)
    yield judged(
        "p99",
        [percentile(run.delays, 0.99) * 1000 for run in ours],
        Target(at_most=25, times_at_most=3, unit="ms"),
        [percentile(run.delays, 0.99) * 1000 for run in theirs],
        note=f"{MEMBERS:,} members × {RATE} messages/s {crowd.way}; {load.told(ours)}",
        ok=not any(run.trouble for run in ours),
    )


def paced_beside_nchan(shop: Workshop, house, crowd: House, rate: float) -> tuple[list, list]:
    """The same pace at the house and at nchan, in turn → the runs of each."""
    ours, theirs = [], []
    with servers.nchan() as nchan:
        beside = PlainCrowd(shop.loop, Tally(), nchan.ports, [len(crowd.circles[0].lines)], crowd.size)
        with contextlib.closing(beside):
            beside.open()
            for _ in range(shop.runs):
                ours.append(load.paced(crowd, house.web, {crowd.circles[0]: rate}, shop.seconds))
                with crowd.resting(house.web):
                    theirs.append(load.paced(beside, nchan.pids, {beside.circles[0]: rate}, shop.seconds))
    return ours, theirs


def per_delivery(name: str, ours: list, theirs: list, crowd: House) -> Row:
    return judged(
        name,
        [run.per_piece for run in ours],
        Target(times_at_most=1.25, unit="µs/delivery"),
        [run.per_piece for run in theirs],
        note=f"{crowd.way}, the work of writing included; {load.told(ours)}",
        ok=not any(run.trouble for run in ours),
    )


def _two_rooms(shop: Workshop, house, crowd: House, scene: dict) -> Iterator[Row]:
    small = crowd.add_room(scene["rooms"][1])
    crowd.open()
    runs = [
        load.paced(crowd, house.web, {crowd.circles[0]: RATE, small: SMALL_RATE}, shop.seconds)
        for _ in range(shop.runs)
    ]
    yield judged(
        "two-rooms",
        [sum(crowd.codes.values())],
        Target(at_most=0, unit="closed"),
        note=f"{MEMBERS:,} at {RATE}/s beside {OTHERS} at {SMALL_RATE}/s; {load.told(runs)}",
        ok=not any(run.trouble for run in runs),
    )
