"""A thousand pages that nobody writes on."""

import contextlib
from collections.abc import Iterator

from bench import processes, servers
from bench.driver.loop import now
from bench.driver.tally import Tally
from bench.driver.visitors import House
from bench.figures import Row, Target, judged
from bench.workshop import Workshop

NAMES = ("idle",)
SOCKETS = 1000


def measure(shop: Workshop) -> Iterator[Row]:
    with servers.house(shop.postgres) as house:
        scene = house.seed(rooms=(SOCKETS,))
        crowd = House(shop.loop, Tally(), house.port, by_socket=False)
        crowd.add_room(scene["rooms"][0])
        with contextlib.closing(crowd):
            crowd.open()
            shop.loop.run(2)
            # One beat of everybody is the least that says much; a quick run sees half of them.
            beat = crowd.beat / 2 if shop.quick else crowd.beat
            runs = [_cores(shop, house, beat) for _ in range(shop.runs)]
            yield judged(
                "idle",
                runs,
                Target(at_most=0.01, unit="cores"),
                note=f"{SOCKETS:,} sockets, a beat every {crowd.beat:.0f} s each; {crowd.reloads} told to reload",
                ok=not crowd.codes,
            )


def _cores(shop: Workshop, house, seconds: float) -> float:
    before, began = processes.work(house.web), now()
    shop.loop.run(seconds)
    return (processes.work(house.web) - before) / (now() - began)
