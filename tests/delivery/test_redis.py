"""A house of two processes whose Redis dies, forgets or hangs: nobody notices, for the database is the truth."""

import asyncio

import pytest

from tests.delivery.runs import held

pytestmark = [pytest.mark.full, pytest.mark.production]

MANY = {"room": 40, "stage": 4, "pairs": 12}
RATE = 12  # things a second
RESYNC = 8  # seconds after healing until every open page is complete, without a later message


async def nobody_notices(name, world, fault):
    """No message had to be sent twice, no line was lost, and what lacked is there soon."""
    verdict = await held(name, world, fault, RATE, after=0)
    again = [sent for tab in world.tabs for sent in tab.outbox.all if sent.tries > 1]
    assert again == [], f"{len(again)} had to be sent again"
    assert {code for tab in world.tabs for code in tab.codes} == set()
    assert verdict.figures["settled"] <= RESYNC


@pytest.mark.parametrize("seconds", [1, 10, 60])
async def test_f3_redis_dies_and_comes_back(grand_house, redis, people, seconds):
    world = await people(grand_house, **MANY)

    async def dead():
        redis.kill()
        await asyncio.sleep(seconds)
        await asyncio.to_thread(redis.start)

    await nobody_notices(f"F3 {seconds} s", world, dead())


async def test_f4_redis_is_flushed(grand_house, redis, people):
    world = await people(grand_house, **MANY)

    async def flushed():
        for _ in range(3):
            assert redis.ask("FLUSHALL")
            await asyncio.sleep(world.chance.uniform(1, 2))

    await nobody_notices("F4 flushed", world, flushed())


async def test_f4_redis_hangs_up_on_its_listeners(grand_house, redis, people):
    world = await people(grand_house, **MANY)

    async def hung_up():
        killed = 0
        for _ in range(4):
            killed += redis.ask("CLIENT", "KILL", "TYPE", "pubsub")
            killed += redis.ask("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            await asyncio.sleep(world.chance.uniform(0.5, 2))
        assert killed

    await nobody_notices("F4 hung up on", world, hung_up())


async def test_f4_redis_sleeps(grand_house, redis, people):
    world = await people(grand_house, **MANY)
    await nobody_notices("F4 asleep", world, asyncio.to_thread(redis.ask, "DEBUG", "SLEEP", "10"))


async def test_f4_redis_is_full(grand_house, redis, people):
    world = await people(grand_house, **MANY)

    async def full():
        redis.ask("CONFIG", "SET", "maxmemory", "1")
        await asyncio.sleep(8)
        redis.ask("CONFIG", "SET", "maxmemory", "0")

    await nobody_notices("F4 full", world, full())
