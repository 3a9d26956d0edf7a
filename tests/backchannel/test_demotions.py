"""The speakers' line while people go up and down and messages flow: compared are numbers, not clocks."""

import asyncio
import random

import pytest
from asgiref.sync import sync_to_async
from django.db import connections

from tests.backchannel.conftest import bring_on_stage, said
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)

MESSAGES = 60
TIMES_DOWN = 12


async def test_p_f17_nothing_numbered_after_a_demotion_is_ever_heard(floor, line, ada, bob, cleo):
    async with listening(ada) as host, listening(bob) as speaker, listening(cleo) as listener:
        starts = await _meanwhile(_go_up_and_down, floor, ada, bob)(_write, line, ada)
        for ear in (host, speaker, listener):
            await ear.everything()
    written = {message.seq for message in await sync_to_async(list)(line.messages.all())}
    heard = {ear: {frame["number"] for frame in ear.frames if _is_message(frame)} for ear in (host, speaker, listener)}
    assert heard[host] == written and len(written) == MESSAGES
    assert heard[listener] == set()
    await sync_to_async(line.refresh_from_db)()
    # Whoever leaves takes a number, and nothing else here does.
    ends = sorted(set(range(1, line.head + 1)) - written)
    assert len(ends) == len(starts) == TIMES_DOWN
    stays = [range(start, end) for start, end in zip(starts, ends, strict=True)]
    assert heard[speaker] == {seq for seq in written if any(seq in stay for stay in stays)}


def _is_message(frame):
    return frame["type"] == "message" and frame["html"]


def _meanwhile(*first):
    """Both at once, each in a thread of its own; the result of the first."""

    async def run(*second):
        results = await asyncio.gather(
            *(sync_to_async(_alone, thread_sensitive=False)(*work) for work in (first, second))
        )
        return results[0]

    return run


def _alone(work, *args):
    try:
        return work(*args)
    finally:
        connections.close_all()


def _go_up_and_down(floor, ada, bob):
    """Where each of his times on stage begins."""
    starts = []
    for _ in range(TIMES_DOWN):
        seat = bring_on_stage(floor, bob)
        starts.append(seat.room.conversations.get(kind="speakers").memberships.get(person=bob).from_seq)
        for _ in range(random.randint(0, 6)):
            floor.conversations.count()
        floor.seat_of(bob).move_to_audience(ada)
    return starts


def _write(line, ada):
    for number in range(MESSAGES):
        said(line, ada, f"word {number}")
