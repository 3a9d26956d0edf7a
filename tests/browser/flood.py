"""A speakers' line into which messages pour while people come on stage and go down again, and the books about it.

Every message carries a word of its own. What somebody may know is told by numbers, not by clocks: the line counts
messages, edits and departures in one row, so a word belongs to those who were on stage at its number. The clock is
only asked where it leaves no doubt: once the answer to a demotion was given, no answer may hold any word at all.
"""

import asyncio
import json
import random
import re
import secrets
import time
from dataclasses import dataclass
from uuid import uuid4

from tests.browser.recorders import Recorder

RATE = 20  # messages a second
MOST = 12  # on their way at once: a machine with too much else to do gets no more than it can take
WORD = re.compile(r"w[0-9a-f]{32}")
WRITERS = [f"writer{n}" for n in range(12)]  # as few as that may write so much; the first three moderate
CLIMBERS = [f"climber{n}" for n in range(3)]
NEVER = float("inf")


@dataclass
class Said:
    """A word in the line: the place of its message, and the number of the change that brought it."""

    author: str
    client_id: str
    asked: float
    came: float = NEVER
    seq: int = 0
    number: int = 0


@dataclass
class Visit:
    """Somebody's time on stage, by numbers [first, end) and by the clock."""

    name: str
    how: str = ""
    first: int = 0
    end: int = 0
    up_asked: float = 0
    up_came: float = 0
    down_asked: float = NEVER
    down_came: float = NEVER
    sealed: float = NEVER  # from here on nothing of before can still be on its way
    sealing: asyncio.Task | None = None

    def holds(self, said):
        return self.first <= said.seq and said.number < self.end


class Flood:
    def __init__(self, house, seed):
        self.house, self.chance = house, random.Random(seed)
        self.said, self.people = {}, {}
        self.visits = []  # in the order in which they ended
        self.floor = asyncio.Lock()
        self._posting = set()
        self.pouring = True
        self.again = 0  # how often something had to be sent once more

    # Setting up ---------------------------------------------------------------------------------------------

    async def open(self, guests):
        """Everybody takes his place; `guests` are names of people who have a browser of their own."""
        code = OPEN.format(writers=WRITERS, climbers=CLIMBERS, guests=guests)
        made = json.loads((await asyncio.to_thread(self.house.run, code)).splitlines()[-1])
        self.room, self.line, self.seats = f"/rooms/{made['room']}/", made["line"], made["seats"]
        for name, (person_id, session) in made["people"].items():
            self.people[name] = Recorder(self.house, name, person_id, {"session": session})
        await asyncio.gather(*(person.listen() for person in self.people.values()))
        self._stage = list(WRITERS)
        await self.post(WRITERS[0])

    async def close(self):
        await asyncio.gather(*(person.hang_up() for person in self.people.values()))

    @property
    def address(self):
        """Of the line itself."""
        return f"/backchannel/{self.line}/"

    # Writing ------------------------------------------------------------------------------------------------

    async def pour(self):
        """RATE times a second somebody on stage writes, each in his turn; now and then it is a change of a message."""
        began, count, turns = time.monotonic(), 0, []
        while self.pouring:
            turns = turns or self.chance.sample(self._stage, len(self._stage))
            task = asyncio.create_task(self._write(turns.pop()))
            self._posting.add(task)
            task.add_done_callback(self._posting.discard)
            count += 1
            if len(self._posting) >= MOST:
                await asyncio.wait(self._posting, return_when=asyncio.FIRST_COMPLETED)
            await asyncio.sleep(began + count / RATE - time.monotonic())
        await asyncio.gather(*self._posting)
        self.rate = count / (time.monotonic() - began)

    async def _write(self, name):
        own = [said for said in self.said.values() if said.author == name and said.number and said.number == said.seq]
        if own and name in WRITERS and self.chance.random() < 0.05:
            await self._edit(name, own[-1])
        else:
            await self.post(name)

    async def post(self, name):
        word, said = self._word(name, str(uuid4()))
        answer = await self._send(name, said.client_id, f"about {word}")
        said.came = answer.came
        if answer.status == 204:
            said.seq = said.number = int(re.search(r'"seq": (\d+)', answer.text)[1])
        else:
            # Somebody may have gone down before his words were there.
            assert name not in WRITERS and answer.status in (404, 422), answer

    async def _send(self, name, client_id, body):
        """As a page does: where a server is too busy to keep it, again, under the same id."""
        for _ in range(5):
            answer = await self.people[name].post(f"{self.address}messages/", client_id=client_id, body=body)
            if answer.status < 500:
                break
            self.again += 1
        return answer

    async def _edit(self, name, of):
        word, said = self._word(name, of.client_id)
        answer = await self.people[name].post(f"{self.address}messages/{of.client_id}/", body=f"rather {word}")
        assert answer.status == 200, answer
        said.came, said.seq = answer.came, of.seq
        said.number = int(re.search(r'data-changed="(\d+)"', answer.text)[1])

    def _word(self, name, client_id):
        word = f"w{secrets.token_hex(16)}"
        self.said[word] = Said(name, client_id, time.monotonic())
        return word, self.said[word]

    def a_word(self):
        """Of some message that is there."""
        return self.chance.choice([word for word, said in self.said.items() if said.number])

    def stop(self):
        self.pouring = False

    # Up and down --------------------------------------------------------------------------------------------

    async def up(self, name):
        """A moderator asks somebody on stage; who comes by himself."""
        visit = Visit(name, up_asked=time.monotonic())
        person, seat = self.people[name], f"{self.room}seats/{self.seats[name]}/"
        await self.click(self.moderator(), f"{seat}invitation/")
        visit.up_came = (await self.click(person, f"{self.room}invitation/", answer="accept")).came
        visit.first = await asyncio.to_thread(self._first, person.id)
        self._stage.append(name)
        return visit

    def _first(self, person_id):
        [(first,)] = self.house.sql(
            "SELECT from_seq FROM backchannel_membership WHERE conversation_id = ? AND person_id = ?",
            self.line,
            person_id,
        )
        return first

    async def down(self, visit, how=None):
        """He loses the stage, one way or the other. One at a time: the numbers are told apart by their order."""
        visit.how = how or self.chance.choices(list(WAYS), [8, 1, 0.5, 0.5])[0]
        async with self.floor:
            self._stage.remove(visit.name)
            visit.down_asked = time.monotonic()
            visit.down_came = (await WAYS[visit.how](self, visit.name)).came
            self.visits.append(visit)
        visit.sealing = asyncio.create_task(self._seal(visit, list(self._posting)))

    async def _seal(self, visit, posting):
        """What was being written at the time has left for everybody it is for; then he asks, and has all of his."""
        if posting:
            await asyncio.wait(posting)
        await self.people[visit.name].catch_up()
        visit.sealed = time.monotonic()

    async def sealed(self, visit):
        await visit.sealing

    def moderator(self):
        return self.people[self.chance.choice(WRITERS[:3])]

    async def click(self, person, path, **fields):
        answer = await person.post(path, **fields)
        assert answer.status in (204, 303), answer
        return answer

    async def back_in(self, name):
        """Who left or was removed comes in again, as a listener."""
        await self.click(self.people[name], f"{self.room}seat/")


async def _to_audience(flood, name):
    return await flood.click(flood.moderator(), f"{flood.room}seats/{flood.seats[name]}/role/", role="listener")


async def _steps_down(flood, name):
    return await flood.click(flood.people[name], f"{flood.room}seats/{flood.seats[name]}/role/", role="listener")


async def _leaves(flood, name):
    return await flood.click(flood.people[name], f"{flood.room}leaving/")


async def _removed(flood, name):
    return await flood.click(flood.moderator(), f"{flood.room}seats/{flood.seats[name]}/removal/", ban="no")


WAYS = {"to audience": _to_audience, "steps down": _steps_down, "leaves": _leaves, "removed": _removed}

OPEN = """
import json
from django.conf import settings
from django.test import Client
from accounts.models import Person
from rooms.models import Room
settings.ALLOWED_HOSTS = ["testserver"]
def person(name):
    found = Person.objects.filter(username=name).first()
    return found or Person.objects.create_user(name, f"{{name}}@example.org", name=name.capitalize())
def session(person):
    client = Client()
    client.force_login(person)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
writers, climbers, guests = {writers}, {climbers}, {guests}
people = {{name: person(name) for name in [*writers, *climbers, *guests, "listener", "outsider"]}}
host = people[writers[0]]
room = Room.open(host, title="Gardens")
seats = {{name: room.join(one) for name, one in people.items() if name != "outsider"}}
for name in writers[1:]:
    seats[name].invite(host, "moderator" if name in writers[:3] else "speaker")
    seats[name].accept()
print(json.dumps({{
    "room": room.pk,
    "line": room.conversations.get(kind="speakers").pk,
    "seats": {{name: seat.pk for name, seat in seats.items()}},
    "people": {{name: [one.pk, session(one)] for name, one in people.items()}},
}}))
"""
