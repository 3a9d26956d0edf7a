"""What happens while a page is on its way, and what reaches a page at which nothing else happens."""

import asyncio

import pytest

from tests.delivery.faults import web_names
from tests.delivery.runs import held, report
from tests.delivery.tab import Tab

LOOPS = 1000
LANES = 20  # at once, each with two people of its own
SHOWN = 10  # seconds until what was written must stand in the page
IDLE = 60  # seconds: longer than any silence that somebody on the way might take for an end
AT_ONCE = 3  # seconds in which news reach an open page
FEW = {"room": 6, "stage": 3, "pairs": 1}


@pytest.mark.full
async def test_a_message_between_the_page_and_its_socket_is_never_missed(house, people):
    world = await people(house, room=1, stage=1, pairs=LANES)
    shown = await asyncio.gather(*(_lane(world, *pair) for pair in world.made["pairs"]))
    print(f"\n{LOOPS} loops, {sum(map(sum, shown))} shown")
    report("loops", world, await world.settle())
    assert sum(map(sum, shown)) == LOOPS


async def _lane(world, reader, writer, conversation):
    """What the writer says while the reader's page is opened anew, again and again → whether each was shown."""
    [tab] = [tab for tab in world.tabs if tab.person.name == writer]
    return [await _once(world, world.people[reader], tab, conversation) for _ in range(LOOPS // LANES)]


async def _once(world, reader, writer, conversation):
    page = Tab(reader, world.house.port, world.chance)
    await page.visit(f"/backchannel/{conversation}/")
    sent = world.post(writer)
    await asyncio.sleep(world.chance.uniform(0, 0.05))
    page.connect()
    try:
        return await _shows(page, sent, lambda row: True, SHOWN)
    finally:
        await page.close()


async def _shows(tab, sent, how, within):
    """Whether the tab shows this message like that in time."""
    end = asyncio.get_running_loop().time() + within
    while asyncio.get_running_loop().time() < end:
        rows = tab.screen.log.rows if tab.screen.log else []
        if any(row.client_id == sent.client_id and row.seq and how(row) for row in rows):
            return True
        await asyncio.sleep(0.02)
    return False


@pytest.mark.parametrize("idle", [0, pytest.param(IDLE, marks=pytest.mark.full)])
async def test_an_idle_page_hears_each_kind_of_news_of_each_kind_of_conversation(shared_house, people, idle):
    """Nothing follows that could show a hole, and nothing but the first line is needed."""
    world = await people(shared_house, **FEW)
    await asyncio.sleep(idle)
    for conversation in (world.chat, world.line, *world.directs):
        tabs = [tab for tab in world.tabs if tab.screen.log and tab.screen.log.conversation == conversation]
        sent = world.post(tabs[0])
        await _all_show(world, tabs, sent, lambda row: row.changed == row.seq)
        await tabs[0].outbox.change(sent, "better")
        await _all_show(world, tabs, sent, lambda row: row.body == "better")
        await tabs[0].outbox.change(sent, None)
        await _all_show(world, tabs, sent, lambda row: row.deleted)
    report(f"idle {idle} s", world, await world.settle(5))
    assert [tab.codes for tab in world.tabs if tab.codes] == []


async def _all_show(world, tabs, sent, how):
    shown = await asyncio.gather(*(_shows(tab, sent, how, AT_ONCE) for tab in tabs))
    assert all(shown), f"{sent}"


@pytest.mark.full
async def test_everybody_in_one_room_sees_the_same_whichever_process_has_his_line(house, people):
    world = await people(house, room=60, stage=4, pairs=4)
    await held("one room", world, asyncio.sleep(20), 15, warm=0, after=0)
    chats = [tab.screen.log for tab in world.tabs if tab.screen.log and tab.screen.log.conversation == world.chat]
    assert len({tuple(log.rows) for log in chats}) == 1 and len(chats[0].rows) > 100
    assert len(web_names(house)) == (2 if house.database else 1)
