"""Lines that are slow, cut or half open."""

import asyncio
import time

import pytest

from tests.delivery.runs import held, report
from tests.delivery.wires import Net, held_open

pytestmark = pytest.mark.full

MANY = {"room": 40, "stage": 4, "pairs": 10}
RATE = 12  # things a second
TOO_SLOW, CUT_OFF = 4408, 1006
CLOSED_WITHIN = 30  # seconds until a reader who does not read is closed
STEP = 0.2  # seconds between two readers who stop
REAPED_WITHIN = 60  # seconds until a line that nobody is at is closed, and nobody is seen there any more
COMPLETE_WITHIN = 30  # seconds: ten for the line to come back, some to catch up, and some for a busy machine
LONG = "a longer message, as people write when they have something to say " * 30


async def test_f9_slow_readers_are_closed_and_complete_later(house, people):
    """Some read next to nothing, the others nothing at all, and of these some read on just when they are closed.

    Whoever takes nothing for one second more does not even hear why: he is cut off, with all that lies before that word
    on his line. To a browser both mean the same, that it may come back.
    """
    world = await people(house, **MANY)
    readers = world.chance.sample([tab for tab in world.tabs if tab.meant == world.chat], 18)
    for tab in readers:
        await world.narrow(tab)
    slow, stopped, waking = readers[:4], readers[4:8], readers[8:]
    others = [tab for tab in world.tabs if tab not in readers and tab.screen.log]
    ports = {tab: tab.line.local_address[1] for tab in readers}

    def closed(tabs):
        open_now = held_open(house.port)
        return [tab for tab in tabs if ports[tab] not in open_now]

    async def starved():
        began, flood = time.monotonic(), asyncio.create_task(_flood(world, others))
        for tab in slow:
            tab.pace = 1024
        for tab in [*stopped, *waking]:
            tab.reads.clear()
            await asyncio.sleep(STEP)
        while len(closed([*slow, *stopped])) < 8:
            assert time.monotonic() - began < CLOSED_WITHIN
            if closed(stopped):
                _read_on(waking)
            await asyncio.sleep(0.05)
        print(f"all closed after {time.monotonic() - began:.1f} s")
        flood.cancel()
        _read_on(readers)

    await held("F9", world, starved(), RATE, of=others)
    assert all(tab.codes for tab in [*slow, *stopped])
    assert {code for tab in others for code in tab.codes} == set()
    print("codes:", sorted(int(code) for tab in readers for code in tab.codes))
    assert {code for tab in readers for code in tab.codes} <= {TOO_SLOW, CUT_OFF}


async def _flood(world, tabs):
    while True:
        world.post(world.chance.choice(tabs), LONG + world.word())
        await asyncio.sleep(0.2)


def _read_on(tabs):
    for tab in tabs:
        tab.pace = 0
        tab.reads.set()


@pytest.mark.parametrize("seconds", [5, 30, 120])
async def test_f10_half_of_all_lines_are_cut_for_a_while(house, people, seconds):
    """And when that lasts, the house notices: it holds no line with nobody at it, and nobody is seen who is not there."""
    async with Net(house.port) as net:
        world = await people(house, net=net, **MANY)
        behind = net.connections()
        assert behind and behind <= held_open(house.port)

        async def cut():
            net.cut()
            await asyncio.sleep(min(seconds, REAPED_WITHIN))
            if seconds > REAPED_WITHIN:
                assert not behind & held_open(house.port)
                _see_only_who_is_there(world, net)
                await asyncio.sleep(seconds - REAPED_WITHIN)
            net.mend()

        verdict = await held(f"F10 {seconds} s", world, cut(), RATE, after=0)
        assert verdict.figures["settled"] < COMPLETE_WITHIN


def _see_only_who_is_there(world, net):
    reached = {tab.person.name for tab in world.tabs if tab.port != net.port}
    cut_off = {f"seat-{seat}" for name, seat in world.made["seats"].items() if name not in reached}
    lists = [tab.screen.lists.all.get(f"room:{world.room}") for tab in world.tabs if tab.port != net.port]
    seen = set().union(*(shown.items for shown in lists if shown))
    assert cut_off and len(seen) >= len(reached & world.made["seats"].keys())
    assert not seen & cut_off


async def test_f10_who_fell_silent_while_a_line_was_cut_is_not_seen_after_it(house, people):
    """Though nothing else happened in the room."""
    async with Net(house.port) as net:
        world = await people(house, net=net, room=8, stage=2, pairs=1)
        here = [tab for tab in world.tabs if tab.meant == world.chat and tab.port != net.port]
        net.cut()
        await world.gone(here[-1])
        await asyncio.sleep(REAPED_WITHIN + 5)
        net.mend()
        report("F10 silent meanwhile", world, await world.settle(COMPLETE_WITHIN))
