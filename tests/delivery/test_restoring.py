"""A house that was restored from an older backup, under browsers that know more than it does."""

import asyncio
import contextlib
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.delivery.faults import all_open
from tests.delivery.runs import report

pytestmark = pytest.mark.full

MANY = {"room": 20, "stage": 3, "pairs": 6}
RATE = 10  # things a second


async def test_f22_browsers_ahead_of_a_restored_house_show_what_it_has(house, people):
    world = await restored(house, people)
    await all_open(world, 30)
    report("F22 restored", world, await world.settle())
    assert any(tab.screen.redrawn for tab in world.tabs)
    await world.pour(6, RATE)
    report("F22 after", world, await world.settle())


async def test_f22_browsers_that_come_back_to_a_restored_house_which_has_caught_up_show_what_it_has(house, people):
    """Every number they know is there again, and stands for something else."""
    world = await restored(house, people, asleep=True)
    sleepers = list(world.tabs)
    for tab, path in world.places:
        if tab.meant:
            await world.tab(tab.person.name, tab.meant).open(path)
    awake = world.tabs[len(sleepers) :]
    while not all(_beyond(tab, awake) for tab in sleepers):
        await world.pour(1, 2 * RATE, awake)
    for tab in sleepers:
        tab.connect()
    await all_open(world, 30)
    report("F22 caught up", world, await world.settle(20))
    await world.pour(6, RATE)
    report("F22 caught up, after", world, await world.settle())


def _beyond(sleeper, awake):
    """Whether what this tab knows is all below the numbers of now."""
    heads = [tab.screen.log.head for tab in awake if tab.meant == sleeper.meant]
    return not heads or max(heads) > sleeper.screen.log.head + 1


async def restored(house, people, asleep=False):
    """A World whose house was restored from a backup, and knows less than its tabs; `asleep`: which do not notice."""
    world = await people(house, **MANY)
    await world.pour(6, RATE)
    report("F22 before", world, await world.settle())
    with backup(house) as restore:
        house.start("--no-demo")
        await all_open(world, 30)
        known = {tab: list(tab.outbox.all) for tab in world.tabs}
        for tab in [tab for tab in world.writers() for _ in range(3)]:
            world.post(tab)
        report("F22 ahead", world, await world.settle())
        if asleep:
            await asyncio.gather(*(tab.sleep() for tab in world.tabs))
        house.stop()
        restore()
    for tab in world.tabs:
        tab.outbox.all, tab.heard = known[tab], []
    house.start("--no-demo")
    return world


@contextlib.contextmanager
def backup(house):
    """Stops the house and copies its database → what puts that copy in its place."""
    house.stop()
    if house.database:
        with _copied(urlsplit(house.database).path[1:], house.database) as restore:
            yield restore
    else:
        files = list(house.folder.glob("backchannel.sqlite3*"))
        copies = {path: path.read_bytes() for path in files}
        yield lambda: _put_back(house.folder, copies)


def _put_back(folder, copies):
    for path in folder.glob("backchannel.sqlite3*"):
        path.unlink()
    for path, content in copies.items():
        path.write_bytes(content)


@contextlib.contextmanager
def _copied(name, url):
    with psycopg.connect(urlsplit(url)._replace(path="/template1").geturl(), autocommit=True) as server:

        def put(old, new):
            server.execute(f'DROP DATABASE IF EXISTS "{new}" WITH (FORCE)')
            server.execute(f'CREATE DATABASE "{new}" TEMPLATE "{old}"')

        put(name, f"{name}_copy")
        try:
            yield lambda: put(f"{name}_copy", name)
        finally:
            server.execute(f'DROP DATABASE "{name}_copy" WITH (FORCE)')
