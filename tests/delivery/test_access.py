"""Access is taken away two hundred times while messages flow: by number nothing of after that reaches anybody who lost it,
and his lines are closed at once."""

import asyncio
import json
import subprocess
import sys
import time

import pytest

from tests.delivery.books import Span
from tests.delivery.runs import report
from tests.delivery.world import World
from tests.product import ROOT

pytestmark = pytest.mark.full

RATE = 8  # things a second
CLIMBERS = 8
STEPS = 12  # times that each of them comes on stage and goes down again
ONCE = 26  # people each who are removed, blocked, logged out and suspended
AT_ONCE = 1.0  # seconds until the lines of whoever is shut out of the house are closed
LOGGED_OUT = 4401
TRIES = 5  # of a house that has too much to do


async def test_f17_nothing_reaches_who_lost_access(house, people):
    world = await people(house, room=4 + CLIMBERS + 4 * ONCE, stage=4, pairs=4)
    revoking = Revoking(world)
    async with Beside(house) as beside:
        revoking.beside = beside
        await world.pour_while(asyncio.create_task(revoking.all()), RATE, revoking.writers)
    await asyncio.sleep(2)
    await world.settle(20)
    await revoking.tell_numbers()
    verdict = await world.settle()
    report(f"F17 revoked={revoking.count}", world, verdict)
    assert revoking.count == CLIMBERS * STEPS + 4 * ONCE
    assert max(revoking.closing) <= AT_ONCE, f"{sorted(revoking.closing)[-5:]}"
    print(f"closed after {max(revoking.closing):.2f} s at the latest")


class Revoking:
    """Who loses what, when, and at which number: the numbers of a conversation that no message has are its
    departures, in their order."""

    def __init__(self, world: World):
        self.world, self.count, self.closing = world, 0, []
        seated = world.made["seated"]
        self.moderators, self.climbers = seated[:3], seated[4 : 4 + CLIMBERS]
        victims = seated[4 + CLIMBERS :]
        world.chance.shuffle(victims)
        self.victims = {way: victims[n * ONCE :][:ONCE] for n, way in enumerate(WAYS)}
        self.left = {world.chat: [], world.line: []}  # the spans that ended, in their order
        self.turns = {conversation: asyncio.Lock() for conversation in self.left}
        self.writers = [tab for tab in world.tabs if tab.person.name not in victims and tab.screen.log]
        for name in self.climbers:
            world.places.append((world.tab(name), f"/rooms/{world.room}/?panel=speakers"))

    async def all(self):
        await asyncio.gather(*(tab.open(path) for tab, path in self.world.places[-CLIMBERS:]))
        todo = [(way, name) for way, names in self.victims.items() for name in names]
        self.world.chance.shuffle(todo)
        await asyncio.gather(*map(self._climbs, self.climbers), *(self._shut_out(todo) for _ in range(2)))

    # On stage and down again --------------------------------------------------------------------------------

    async def _climbs(self, name):
        seat = f"/rooms/{self.world.room}/seats/{self.world.made['seats'][name]}"
        spans = self.world.spans[self.world.people[name].id, self.world.line]
        for _ in range(STEPS):
            await self._do(self._moderator(), f"{seat}/invitation/")
            await self._do(name, f"/rooms/{self.world.room}/invitation/", answer="accept")
            spans.append(Span(await asyncio.to_thread(self._first, name)))
            await asyncio.sleep(self.world.chance.uniform(0.1, 1))
            async with self.turns[self.world.line]:
                who = self.world.chance.choice([name, self._moderator()])
                await self._do(who, f"{seat}/role/", role="listener")
                self.left[self.world.line].append((spans, len(spans) - 1))
                self.count += 1

    def _first(self, name):
        [(first,)] = self.world.house.sql(FIRST, self.world.line, self.world.people[name].id)
        return first

    def _moderator(self):
        return self.world.chance.choice(self.moderators)

    async def _do(self, name, path, **fields):
        """As somebody who tries again where he is asked to."""
        asking, answer = self.world.people[name].asking, None
        for _ in range(TRIES):
            answer = await asking.ask(self.world.house.port, "POST", path, fields, patience=30)
            if answer is None or answer.status != 503:
                break
            await asyncio.sleep(answer.wait)
        assert answer and answer.status < 400, (name, path, answer)

    # For good -----------------------------------------------------------------------------------------------

    async def _shut_out(self, todo):
        while todo:
            way, name = todo.pop()
            await asyncio.sleep(self.world.chance.uniform(0.1, 1))
            await WAYS[way](self, name)
            self.count += 1

    async def _removed(self, name):
        seat = self.world.made["seats"][name]
        async with self.turns[self.world.chat]:
            await self._do(self._moderator(), f"/rooms/{self.world.room}/seats/{seat}/removal/", ban="yes")
            self._left_chat(name)

    async def _blocked(self, name):
        """By whoever made the room."""
        async with self.turns[self.world.chat]:
            await self._do(self.world.made["seated"][0], f"/@{name}/block/", on="yes")
            self._left_chat(name)

    def _left_chat(self, name):
        self.left[self.world.chat].append((self.world.spans[self.world.people[name].id, self.world.chat], 0))

    async def _logged_out(self, name):
        await self._do(name, "/accounts/logout/")
        await self._out_of_the_house(name)

    async def _suspended(self, name):
        await self.beside.suspend(name)
        await self._out_of_the_house(name)

    async def _out_of_the_house(self, name):
        """No number says when; but what is written from now on is not for him."""
        done = time.monotonic()
        head = await asyncio.to_thread(self.world.house.sql, HEAD, self.world.chat)
        self.world.spans[self.world.people[name].id, self.world.chat][0] = Span(0, head[0][0])
        for tab in [tab for tab in self.world.tabs if tab.person.name == name]:
            while tab.ended_at is None and time.monotonic() - done < 5:
                await asyncio.sleep(0.01)
            assert tab.codes == [LOGGED_OUT], (name, tab.codes)
            self.closing.append(tab.ended_at - done)

    # Afterwards ---------------------------------------------------------------------------------------------

    async def tell_numbers(self):
        books = await self.world.books()
        for conversation, left in self.left.items():
            kept = books.kept[conversation]
            taken = {row.seq for row in kept.rows} | {row.changed for row in kept.rows}
            taken |= {
                change.number for sent in books.sent if sent.conversation == conversation for change in sent.changes
            }
            numbers = sorted(set(range(1, kept.head + 1)) - taken)
            assert len(numbers) == len(left), f"{numbers} for {len(left)} departures"
            self.world.departures[conversation] = numbers
            for (spans, n), number in zip(left, numbers, strict=True):
                spans[n] = spans[n]._replace(last=number)


WAYS = {
    "removed": Revoking._removed,
    "blocked": Revoking._blocked,
    "logged out": Revoking._logged_out,
    "suspended": Revoking._suspended,
}
FIRST = "SELECT from_seq FROM backchannel_membership WHERE conversation_id = ? AND person_id = ?"
HEAD = "SELECT head FROM backchannel_conversation WHERE id = ?"


class Beside:
    """A command of the house that runs beside it and does what it is told, a line each."""

    def __init__(self, house):
        self.house = house
        self._one_at_a_time = asyncio.Lock()

    async def __aenter__(self):
        self.process = await asyncio.create_subprocess_exec(
            *(sys.executable, "manage.py", "shell", "--no-imports", "-c", SUSPEND),
            cwd=ROOT,
            env=self.house.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        return self

    async def __aexit__(self, *error):
        self.process.stdin.close()
        await self.process.wait()

    async def suspend(self, name):
        async with self._one_at_a_time:
            self.process.stdin.write(f"{name}\n".encode())
            assert json.loads(await self.process.stdout.readline()) == name


SUSPEND = """
import json, sys
from accounts.models import Person
staff = Person.objects.create_user("staff", "staff@example.org", name="Staff", is_staff=True)
for line in sys.stdin:
    Person.objects.get(username=line.strip()).suspend(staff, "for a test")
    print(json.dumps(line.strip()), flush=True)
"""
