"""Lines that are slow, cut or half open."""

import asyncio
import time

import pytest

from tests.delivery.runs import held, report
from tests.delivery.wires import Net, held_open

pytestmark = pytest.mark.full

MANY = {"room": 40, "stage": 4, "pairs": 10}
RATE = 12  # things a second
TOO_SLOW = 4408
CLOSED_WITHIN = 30  # seconds until a reader who does not read is closed
REAPED_WITHIN = 60  # seconds until a line that nobody is at is closed
LONG = "a longer message, as people write when they have something to say " * 30


async def test_f9_slow_readers_are_closed_and_complete_later(house, people):
    world = await people(house, **MANY)
    slow = world.chance.sample([tab for tab in world.tabs if tab.meant == world.chat], 8)
    for tab in slow:
        await world.narrow(tab)
    others = [tab for tab in world.tabs if tab not in slow and tab.screen.log]
    ports = {tab: tab.line.transport.get_extra_info("sockname")[1] for tab in slow}

    async def starved():
        for tab in slow[:4]:
            tab.reads.clear()
        for tab in slow[4:]:
            tab.pace = 1024
        began = time.monotonic()
        while left := {tab for tab in slow if ports[tab] in held_open(house.port)}:
            assert time.monotonic() - began < CLOSED_WITHIN, f"SEED={world.number}: {len(left)} are still open"
            world.post(world.chance.choice(others), LONG + world.word())
            await asyncio.sleep(0.2)
        print(f"all closed after {time.monotonic() - began:.1f} s")
        for tab in slow:
            tab.pace = 0
            tab.reads.set()

    await held("F9", world, starved(), RATE, of=others)
    assert all(tab.codes for tab in slow)
    assert {code for tab in others for code in tab.codes} == set()
    print("codes of the slow:", sorted(code for tab in slow for code in tab.codes))


@pytest.mark.parametrize("seconds", [5, 30])
async def test_f10_half_of_all_lines_are_cut_for_a_while(house, people, seconds):
    async with Net(house.port) as net:
        world = await people(house, net=net, **MANY)
        await held(f"F10 {seconds} s", world, net.held(seconds), RATE)


async def test_f10_a_line_with_nobody_at_it_is_closed(house, people):
    async with Net(house.port) as net:
        world = await people(house, net=net, room=6, stage=2, pairs=2)
        behind = net.connections()
        assert behind and behind <= held_open(house.port)
        cut = asyncio.create_task(net.held(REAPED_WITHIN + 2))
        began = time.monotonic()
        while behind & held_open(house.port):
            assert time.monotonic() - began < REAPED_WITHIN
            await asyncio.sleep(0.5)
        print(f"closed after {time.monotonic() - began:.1f} s")
        await cut
        report("F10 half open", world, await world.settle())
