"""The process that keeps a message ends between any two steps of it: before the commit it is sent again, after it everybody
sees it, though nobody was told and nothing follows."""

import asyncio
import time

import pytest

from tests.delivery.crash_points import MARK
from tests.delivery.faults import all_open
from tests.delivery.runs import report
from tests.product import wait_for

pytestmark = pytest.mark.full

FEW = {"room": 8, "stage": 3, "pairs": 2}
SHOWN = 15  # seconds
# What is published leaves as one, whoever it is for.
POINTS = [
    *(("room", point) for point in ("inserted", "before commit", "after commit", "telling", "told")),
    *(("line", point) for point in ("after commit", "telling", "told")),
    *(("direct", point) for point in ("after commit", "telling", "told")),
]


@pytest.fixture(scope="module")
def crashing_house(tmp_path_factory, a_house):
    with a_house(
        tmp_path_factory.mktemp("crashing") / "data", DJANGO_SETTINGS_MODULE="tests.delivery.crashing"
    ) as house:
        yield house


@pytest.mark.parametrize(("where", "point"), POINTS)
async def test_f19_a_crash_between_two_steps(crashing_house, people, where, point):
    world = await people(crashing_house, **FEW)
    conversation = {"room": world.chat, "line": world.line, "direct": world.directs[0]}[where]
    here = [tab for tab in world.tabs if tab.screen.log and tab.screen.log.conversation == conversation]
    crash = crashing_house.folder / "crash"
    crash.write_text(point)
    sent = world.post(here[0], f"{MARK}, {world.word()}")
    await asyncio.to_thread(wait_for, lambda: not crash.exists(), 15)
    began = time.monotonic()
    kept = point not in ("inserted", "before commit")
    if kept:  # not even its author asks again
        await world.gone(here.pop(0))
    while not all(_shows(tab, sent) for tab in here):
        assert time.monotonic() - began < SHOWN, f"{point}"
        await asyncio.sleep(0.1)
    print(f"\nshown after {time.monotonic() - began:.1f} s")
    await all_open(world, 30)
    report(f"F19 {where}, {point}", world, await world.settle())


def _shows(tab, sent):
    return any(row.client_id == sent.client_id and row.seq for row in tab.screen.log.rows)
