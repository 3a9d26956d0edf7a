"""Web processes that end: without a word, when told to, or only for a while."""

import asyncio

import pytest

from tests.delivery.faults import all_open, killed, rolled, stopped
from tests.delivery.runs import held

pytestmark = pytest.mark.full

MANY = {"room": 40, "stage": 4, "pairs": 12}
A_THOUSAND = {"room": 200, "stage": 4, "pairs": 400}
RATE = 12  # things a second


async def test_f1_f24_five_kills_lose_nothing(house, people):
    world = await people(house, **MANY)
    await held("F1", world, killed(world, times=5, pause=6), RATE)
    assert await all_open(world, 20) < 20


async def test_f2_a_rolling_restart_loses_nothing(house, people):
    world = await people(house, **MANY)
    await held("F2", world, rolled(world), RATE)
    codes = {code for tab in world.tabs for code in tab.codes}
    assert codes == {1012}


async def test_f18_a_process_that_stands_still_loses_nothing(house, people):
    world = await people(house, **MANY)
    await held("F18", world, stopped(world, 15), RATE, after=10)


async def test_f11_a_thousand_come_back_at_once(house, people):
    """Without the jitter that spreads them."""
    world = await people(house, **A_THOUSAND)
    assert len(world.tabs) > 1000
    for tab in world.tabs:
        tab.all_at_once()
    tries = sum(tab.tries for tab in world.tabs)

    async def torn():
        for tab in world.tabs:
            tab.tear()
        await asyncio.sleep(0.5)
        print(f"all back after {await all_open(world, 30):.1f} s")

    await held("F11", world, torn(), RATE)
    assert sum(tab.tries for tab in world.tabs) - tries <= 1.6 * len(world.tabs)
