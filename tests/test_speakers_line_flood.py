"""The speakers' line under load: messages flow while somebody comes on stage and is taken off it again and again. By
number, nothing of after his removal ever reaches him; those who stay on stage miss nothing; others hear nothing.

In this process and without a browser: the house as people meet it is in browser/test_speakers_line.py."""

import asyncio
import os
import random
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from channels.db import database_sync_to_async

from backchannel.models import Message
from live import process
from rooms.models import Room
from tests.ears import listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.alike]

DEMOTIONS = 40
AT_ONCE = 4  # messages of each writer around a demotion
LONGEST_PAUSE = 0.02  # seconds between two of them


@pytest.fixture
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


@pytest.fixture
def threads():
    with ThreadPoolExecutor(max_workers=4) as threads:
        yield threads


async def test_i20_nothing_of_the_line_reaches_who_left_the_stage(
    left_behind, threads, ada, bob, cleo, dan, make_person
):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"SEED={seed}")
    flood = Flood(random.Random(seed), threads)
    await flood.sync(flood.set_up, ada, bob, cleo, make_person)
    people = {"ada": ada, "bob": bob, "cleo": cleo, "dan": dan, "dora": flood.dora}
    flood.ears = {name: await listening(person) for name, person in people.items()}
    for _ in range(DEMOTIONS):
        await flood.round()
    await flood.listen()
    await flood.sync(flood.check)
    for ear in flood.ears.values():
        await ear.hang_up()


class Flood:
    def __init__(self, chance, threads):
        self.chance, self.threads = chance, threads
        self.began = []  # the numbers from which on dora was on stage, one for each time
        self.ears = {}

    async def sync(self, function, *args):
        run = database_sync_to_async(function, thread_sensitive=False, executor=self.threads)
        return await run(*args)

    def set_up(self, ada, bob, cleo, make_person):
        self.ada, self.bob, self.dora = ada, bob, make_person("dora")
        self.room = Room.open(ada, title="Gardens")
        for person in (bob, cleo, self.dora):
            self.room.join(person)
        self.line = self.room.conversations.get(kind="speakers")
        self.on_stage(bob)

    def on_stage(self, person):
        seat = self.seat_of(person)
        seat.invite(self.ada)
        seat.accept()

    def seat_of(self, person):
        return Room.objects.get(pk=self.room.pk).seats.select_related("room", "person").get(person=person)

    # One time on stage --------------------------------------------------------------------------------

    async def round(self):
        await self.sync(self.promote)
        await asyncio.gather(self.writes(self.ada), self.writes(self.bob), self.demoted())
        cursor = self.chance.choice([0, self.began[-1]])
        await self.ears["dora"].say(type="resume", cursors={self.line.pk: cursor}, versions={})
        await self.ears["dora"].hears(type="heads")
        await self.listen()

    def promote(self):
        self.on_stage(self.dora)
        self.began.append(self.line.memberships.get(person=self.dora).from_seq)

    async def writes(self, person):
        for _ in range(AT_ONCE):
            await asyncio.sleep(self.chance.uniform(0, LONGEST_PAUSE))
            await self.sync(self.write, person, self.chance.getrandbits(128))

    def write(self, person, word):
        line = type(self.line).objects.get(pk=self.line.pk)
        line.post(person, UUID(int=word), f"w{word:x}")

    async def demoted(self):
        await asyncio.sleep(self.chance.uniform(0, AT_ONCE * LONGEST_PAUSE))
        await self.sync(self.demote)

    def demote(self):
        self.seat_of(self.dora).move_to_audience(self.ada)

    async def listen(self):
        for ear in self.ears.values():
            await ear.everything()

    # Afterwards ---------------------------------------------------------------------------------------

    def check(self):
        words = dict(Message.objects.filter(conversation=self.line).values_list("seq", "body"))
        head = type(self.line).objects.get(pk=self.line.pk).head
        # Only a message or a demotion takes a number: the numbers without a message are those of the demotions.
        ended = sorted(set(range(1, head + 1)) - set(words))
        assert len(words) == DEMOTIONS * 2 * AT_ONCE
        assert len(ended) == len(self.began) == DEMOTIONS
        hers = {
            number
            for began, end in zip(self.began, ended, strict=True)
            for number in range(began, end)
            if number in words
        }
        self.check_dora(words, hers)
        for name in ("ada", "bob"):
            assert self.numbers(name) == set(words) | set(ended), name
            assert not self.missing(name, words.values()), name
        for name in ("cleo", "dan"):
            assert not self.numbers(name), name
            assert len(self.missing(name, words.values())) == len(words), name

    def check_dora(self, words, hers):
        """She has what was written while she was on stage, all of it and nothing else."""
        heard = {number for number in self.numbers("dora") if number}
        assert heard - hers == set(), "after the removal"
        assert hers - heard == set(), "while on stage"
        others = [word for number, word in words.items() if number not in hers]
        assert len(self.missing("dora", others)) == len(others)

    def numbers(self, name):
        frames = self.ears[name].frames
        return {frame["number"] for frame in frames if frame.get("conversation") == self.line.pk}

    def missing(self, name, words):
        everything = str(self.ears[name].frames)
        return [word for word in words if word not in everything]
