"""Something in the database waits for somebody else: it waits alone, and the house listens to everybody all the same."""

import asyncio
import contextlib
import sqlite3

import psycopg
import pytest

from tests.delivery.pulse import Pulse
from tests.delivery.runs import answered, held

pytestmark = pytest.mark.full

MANY = {"room": 30, "stage": 3, "pairs": 10}
RATE = 10  # things a second
LOCKED = 20  # seconds
SLOW = 5  # seconds
STATEMENT = 5  # seconds that a statement may take
SLACK = 2  # seconds for a machine with other things to do
AT_ONCE = 3.0  # seconds: far more than a beat takes on a busy machine, and less than anything here waits


@pytest.fixture
def listened():
    """await listened(name, world, fault): a run during which every beat is answered at once."""

    async def listen(name, world, fault):
        async with Pulse(world) as pulse:
            await held(name, world, fault, RATE)
        print(f"{len(pulse.waits)} beats, of which 99 % were answered within {pulse.most * 1000:.0f} ms")
        assert pulse.slowest < AT_ONCE

    return listen


@pytest.mark.production
async def test_f6_a_locked_conversation_waits_and_no_other(grand_house, postgres, people, listened):
    world = await people(grand_house, **MANY)
    heard = []

    async def locked():
        with psycopg.connect(postgres.url) as database:
            database.execute("SELECT 1 FROM backchannel_conversation WHERE id = %s FOR UPDATE", [world.chat])
            heard.extend(await asyncio.gather(answered(world, world.chat, world.tabs[0]), asyncio.sleep(LOCKED)))

    await listened("F6 a conversation locked", world, locked())
    answer, seconds = heard[0]
    assert (answer.status, answer.wait > 0, seconds < STATEMENT + SLACK) == (503, True, True), seconds
    elsewhere = [sent for tab in world.tabs for sent in tab.outbox.all if sent.conversation != world.chat]
    assert [sent for sent in elsewhere if sent.tries > 1] == []
    assert max(sent.ended - sent.began for sent in elsewhere) < STATEMENT


async def test_f6_what_is_slow_holds_up_nobody_who_needs_nothing_of_it(house, people, listened):
    """For so long nobody gets at the messages, as behind a query that takes its time."""
    world = await people(house, **MANY)

    async def slow():
        with contextlib.closing(await asyncio.to_thread(_alone_with_the_messages, house)):
            await asyncio.sleep(SLOW)

    await listened("F6 slow", world, slow())


def _alone_with_the_messages(house):
    """Somebody else's connection; closed, it lets them go."""
    if house.database:
        database = psycopg.connect(house.database)
        database.execute("LOCK TABLE backchannel_message IN ACCESS EXCLUSIVE MODE")
    else:
        database = sqlite3.connect(house.folder / "backchannel.sqlite3", timeout=20, check_same_thread=False)
        database.execute("BEGIN IMMEDIATE")
    return database


@pytest.mark.production
async def test_f6_no_connection_is_left(grand_house, postgres, people, listened):
    """Others have them all, those of the house as well."""
    world = await people(grand_house, **MANY)
    heard = []

    async def taken():
        with contextlib.ExitStack() as kept:
            await asyncio.to_thread(_take_all, postgres.url, kept)
            heard.extend(await asyncio.gather(answered(world, world.chat, world.tabs[0]), asyncio.sleep(10)))

    await listened("F6 no connection left", world, taken())
    answer, seconds = heard[0]
    assert (answer.status, answer.wait > 0, seconds < STATEMENT + SLACK) == (503, True, True), seconds


def _take_all(url, kept):
    """Whoever lost his is quick to ask for another: until that fails too, this goes on."""
    mine = [_take(url, kept)]
    for _ in range(ROUNDS):
        mine[0].execute(END_OTHERS, [[one.info.backend_pid for one in mine]])
        with contextlib.suppress(psycopg.OperationalError):
            while True:
                mine.append(_take(url, kept))


def _take(url, kept):
    return kept.enter_context(contextlib.closing(psycopg.connect(url, autocommit=True)))


ROUNDS = 20
END_OTHERS = """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
    WHERE backend_type = 'client backend' AND pid <> ALL(%s)"""
