"""What one post costs, whoever sits in the room: questions to the database, and work."""

from collections.abc import Iterator
from pathlib import Path

import psycopg

from bench import processes, servers
from bench.driver.tally import Tally
from bench.driver.visitors import House, takes_posts
from bench.figures import Row, Target, judged, median
from bench.workshop import Workshop

NAMES = ("queries", "one-post")
FEW, SOME, THOUSAND, TWO = 100, 1000, 1000, 2  # members
POSTS = 20
ALLOWED = 110  # posts of two people within half a minute: a few less than their house allows them


def measure(shop: Workshop) -> Iterator[Row]:
    with servers.house(shop.postgres) as house:
        scene = house.seed(rooms=(FEW, SOME, shop.many, THOUSAND, TWO), pairs=1)
        by_socket = takes_posts(shop.loop, house.port, scene["pairs"][0])
        crowd = House(shop.loop, Tally(), house.port, by_socket, wires=8)
        # Two of each room have its page open, so that a post is also sent to somebody.
        few, some, many, thousand, two = [crowd.add_room(room, slice(0, 2)) for room in scene["rooms"]]
        crowd.open()
        yield from shop.attempt(["queries"], lambda: _queries(shop, house, crowd, few, some, many))
        yield from shop.attempt(["one-post"], lambda: _work(shop, house, crowd, thousand, two))
        crowd.close()


def _queries(shop: Workshop, house, crowd: House, few, some, many) -> Iterator[Row]:
    with psycopg.connect(_beside(house.database), autocommit=True) as statistics:
        statistics.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        counts = [
            [_queries_of_a_post(shop, house, crowd, circle, statistics) for _ in range(POSTS)]
            for circle in (few, some, many)
        ]
    row = judged(
        "queries",
        [median(counts[2])],
        Target(times_at_most=1.0, unit="queries"),
        [median(counts[0])],
        note=f"a post to {shop.many:,} members beside {FEW}; to {SOME:,}: {median(counts[1]):.0f}; {crowd.way}",
    )
    row.runs = counts[2]
    yield row


def _beside(url: str) -> str:
    """Another database of the same server: what we ask there is not counted."""
    return f"{url.rpartition('/')[0]}/postgres"


def _queries_of_a_post(shop: Workshop, house, crowd: House, circle, statistics) -> int:
    """As PostgreSQL itself counted them. What ticks in the house all the time is left out by the median of many."""
    shop.loop.run(0.05)
    before = _counted(house, statistics)
    said_in_peace(shop, crowd, circle)
    shop.loop.run(0.05)
    return _counted(house, statistics) - before


def _counted(house, statistics) -> int:
    asked = """SELECT coalesce(sum(calls), 0) FROM pg_stat_statements JOIN pg_database ON oid = dbid
               WHERE datname = %s"""
    return int(statistics.execute(asked, [house.database.rpartition("/")[2]]).fetchone()[0])


def said_in_peace(shop: Workshop, crowd: House, circle) -> None:
    """One message, until everybody here has it."""
    tally = crowd.tally
    tally.since = number = crowd.say_in(circle)
    if not shop.loop.until(lambda: tally.left[number] <= 0 and (tally.acks or tally.refused), 10) or tally.refused:
        raise RuntimeError("a message did not arrive")
    del tally.acks[:]


def _work(shop: Workshop, house, crowd: House, thousand, two) -> Iterator[Row]:
    """The house and the database together, in turn for both rooms."""
    pids = [*house.web, *processes.family(_postmaster(house))]
    for circle in (two, thousand):
        said_in_peace(shop, crowd, circle)
    to_many, to_two = [], []
    for _ in range(shop.runs):
        to_two.append(_milliseconds(shop, crowd, two, pids))
        to_many.append(_milliseconds(shop, crowd, thousand, pids))
    yield judged(
        "one-post",
        to_many,
        Target(times_at_most=1.2, unit="ms of work"),
        to_two,
        note=f"{THOUSAND:,} members beside {TWO}, two pages open in each; {crowd.way}; database included",
    )


def _milliseconds(shop: Workshop, crowd: House, circle, pids: list[int]) -> float:
    before, count = processes.work(pids), ALLOWED // shop.runs
    for _ in range(count):
        said_in_peace(shop, crowd, circle)
    return (processes.work(pids) - before) / count * 1000


def _postmaster(house) -> int:
    with psycopg.connect(house.database) as connection:
        folder = connection.execute("SHOW data_directory").fetchone()[0]
    return int(Path(folder, "postmaster.pid").read_text().splitlines()[0])
