"""The database dies or is full: what was acknowledged is there, what was not is sent again."""

import asyncio

import psycopg
import pytest

from tests.delivery.runs import answered, held

pytestmark = pytest.mark.full

MANY = {"room": 30, "stage": 3, "pairs": 10}
RATE = 10  # things a second


@pytest.mark.production
@pytest.mark.parametrize("seconds", [1, pytest.param(45, id="long")])
async def test_f5_the_database_is_killed_and_comes_back(grand_house, postgres, people, seconds):
    world = await people(grand_house, **MANY)
    heard = []

    async def dead():
        await asyncio.to_thread(postgres.stop)
        await asyncio.sleep(seconds / 2)
        heard.append((await answered(world, world.chat, world.tabs[0]))[0])
        await asyncio.sleep(seconds / 2)
        await asyncio.to_thread(postgres.start)

    await held(f"F5 {seconds} s", world, dead(), RATE)
    assert (heard[0].status, heard[0].headers.get("retry-after")) == (503, "2")


@pytest.mark.production
async def test_f5_single_connections_of_the_database_are_killed(grand_house, postgres, people):
    world = await people(grand_house, **MANY)

    async def killed():
        with psycopg.connect(postgres.url, autocommit=True) as database:
            for _ in range(20):
                database.execute(KILL_ONE)
                await asyncio.sleep(world.chance.uniform(0.1, 0.5))

    await held("F5 single connections", world, killed(), RATE)


KILL_ONE = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"""


async def test_f13_the_disk_of_the_database_is_full(full_house, people):
    house, disk = full_house
    world = await people(house, **MANY)

    async def full():
        """What is acknowledged meanwhile found room left over; most hear "later"."""
        disk.fill()
        while not _refused(world):
            await asyncio.sleep(0.1)
        await asyncio.sleep(5)
        disk.empty()
        await asyncio.to_thread(disk.mended)

    await held("F13", world, full(), RATE)


def _refused(world):
    """How often somebody heard "later"."""
    return sum(sent.busy for tab in world.tabs for sent in tab.outbox.all)
