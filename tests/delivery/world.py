"""A running house full of people with open tabs, and what they do: write, change, delete, at random and by a seed."""

import asyncio
import json
import random
import secrets
import time
from collections import defaultdict
from uuid import UUID

from live import frames
from tests.delivery import kept
from tests.delivery.books import Books, Seen, Span, Verdict
from tests.delivery.making import OPEN
from tests.delivery.outbox import Sent
from tests.delivery.stirring import stir
from tests.delivery.tab import Person, Tab

RECOVERY = 45.0  # seconds after healing within which every screen shows everything
QUIET = 1.5  # seconds after which it still has to
EDITS, DELETIONS, STIRS = 0.06, 0.03, 0.05  # of all that is done
ASKING = 3  # people in the room whose page shows the questions instead of the chat
DOORS = 40  # people who come in at once, where everything is as usual
ONCE_MORE = 80  # people who write once more at the end
ENCORE = 3.0  # seconds over which everybody writes once more

BY_SOCKET = "post" in frames.IN  # whether the house takes messages that way


class World:
    """`room` people sit in one room, `stage` of them on its stage; `pairs` times two talk alone; one is outside."""

    def __init__(self, house, number, way="both", net=None):
        self.house, self.number, self.way, self.net = house, number, way, net
        self.chance = random.Random(number)
        self.people, self.tabs, self.spans = {}, [], defaultdict(list)
        self.made = {}
        self.before = set()
        self.departures = defaultdict(list)
        self.past = []  # sent past the outboxes
        self.places = []
        self.forgotten = []  # tabs that are closed; what they sent and heard still counts
        self._changing = set()
        self._words = 0

    # Setting up ---------------------------------------------------------------------------------------------

    async def open(self, room=10, stage=3, pairs=3):
        """Everybody logs in and opens his tabs: the chat, for those on stage the speakers' line too, or his letters."""
        await self.fill(room, stage, pairs)
        doors = asyncio.Semaphore(DOORS)
        await asyncio.gather(*(_opened(doors, tab, path) for tab, path in self.places))
        return self

    async def fill(self, room, stage, pairs):
        tag = secrets.token_hex(3)  # several worlds may be in one house
        code = OPEN.format(tag=tag, room=room, stage=stage, pairs=pairs)
        said = await asyncio.to_thread(self.house.run, code)
        self.made = json.loads(said.splitlines()[-1])
        for name, (id, session) in self.made["people"].items():
            self.people[name] = Person(id, name, session)
        self.room, self.chat, self.line = self.made["room"], self.made["chat"], self.made["line"]
        self.directs = [conversation for _one, _other, conversation in self.made["pairs"]]
        for name, path, conversation in self._addresses():
            self.places.append((self.tab(name, conversation), path))
            if conversation:
                self.spans[self.people[name].id, conversation].append(Span())

    @property
    def house_kind(self):
        """What it runs on, in words."""
        return "PostgreSQL, Redis, two processes" if self.house.database else "embedded"

    def _addresses(self):
        """(person, page, conversation shown there)"""
        for name in self.made["seated"]:
            yield name, f"/rooms/{self.room}/?panel=chat", self.chat
        for name in self.made["seated"][-ASKING:]:
            yield name, f"/rooms/{self.room}/?panel=questions", ""
        for name in self.made["stage"]:
            yield name, f"/rooms/{self.room}/?panel=speakers", self.line
        for one, other, conversation in self.made["pairs"]:
            yield one, f"/backchannel/{conversation}/", conversation
            yield other, f"/backchannel/{conversation}/", conversation
        yield self.made["outsider"], "/", ""

    def tab(self, name, conversation=""):
        """One more tab of somebody, which is to show this conversation."""
        port = self.net.port if self.net and len(self.tabs) % 2 else self.house.port
        made = Tab(self.people[name], port, random.Random(self.chance.getrandbits(64)), self._way())
        made.meant = conversation
        self.tabs.append(made)
        return made

    def _way(self):
        """By which a tab sends: in a world of both, every second the one way, every second the other."""
        if self.way != "both":
            return self.way
        return "socket" if BY_SOCKET and len(self.tabs) % 4 >= 2 else "form"

    async def gone(self, tab):
        """Somebody closes his tab for good; what he sent still counts."""
        self.tabs.remove(tab)
        self.forgotten.append(tab)
        await tab.close()

    async def narrow(self, tab):
        """Give this tab a line on which little fits."""
        tab.narrow = True
        tab.tear()
        await asyncio.sleep(0)
        tab.is_open.clear()
        await asyncio.wait_for(tab.is_open.wait(), 30)
        tab.codes.clear()

    def attempted(self, tab, client_id, conversation, body):
        """Note a message that is sent past the outbox, and not again: it may be kept or not."""
        self.past.append(Sent(client_id, conversation, tab.person.id, body, 0, tab=client_id, tries=1))

    async def close(self):
        await asyncio.gather(*(tab.close() for tab in [*self.tabs, *self.forgotten]))

    # Load ---------------------------------------------------------------------------------------------------

    async def pour(self, seconds, rate, of=None):
        """`rate` times a second somebody does something, for so long."""
        await self.pour_while(asyncio.create_task(asyncio.sleep(seconds)), rate, of)

    async def pour_while(self, task, rate, of=None):
        """The same until this task is done → its result."""
        began, count = time.monotonic(), 0
        while not task.done():
            self.act(of)
            count += 1
            await asyncio.sleep(max(0, began + count / rate - time.monotonic()))
        return await task

    def act(self, of=None):
        """One thing: mostly a message; a change of one's own only if it is kept already."""
        if self.chance.random() < STIRS:
            self._begin(stir(self))
            return
        tab = self.chance.choice([tab for tab in of or self.writers() if tab.screen.log] or self.writers())
        own = [sent for sent in tab.outbox.all if _unchanged(sent)]
        what = self.chance.random()
        if own and what < EDITS + DELETIONS:
            self._change(tab, self.chance.choice(own), None if what < DELETIONS else self.word())
        else:
            self.post(tab)

    def _change(self, tab, sent, body):
        self._begin(tab.outbox.change(sent, body))

    def _begin(self, doing):
        task = asyncio.create_task(doing)
        self._changing.add(task)
        task.add_done_callback(self._changing.discard)

    def tabs_of(self, names):
        """The tabs of these people that are still somebody's."""
        return [tab for tab in self.tabs if tab.person.name in names and tab.ended_at is None]

    def writers(self):
        return [tab for tab in self.tabs if tab.screen.log and tab.ended_at is None]

    def post(self, tab, body=None):
        """A message into the conversation this tab shows, if it shows one → its Sent."""
        if tab.screen.log is None:
            return None
        client_id = str(UUID(int=self.chance.getrandbits(128), version=4))
        return tab.outbox.post(client_id, tab.screen.log.conversation, body or self.word())

    def word(self):
        self._words += 1
        return f"word {self._words} {self.chance.getrandbits(64):016x}"

    async def encore(self):
        """Many write once more, and are heard at the first try: nothing of a fault is left."""
        writers, sent = self.writers(), []
        tabs = self.chance.sample(writers, min(len(writers), ONCE_MORE))
        for tab in tabs:
            sent.append(self.post(tab))
            await asyncio.sleep(ENCORE / len(tabs))
        return sent

    # The end ------------------------------------------------------------------------------------------------

    async def settle(self, within=RECOVERY):
        """Wait until everything is as it should be and stays so → the Verdict then, or at the latest."""
        began = time.monotonic()
        while True:
            verdict = await self.verdict()
            if self.calm() and not verdict.wrong():
                verdict.figures["settled"] = round(time.monotonic() - began, 1)
                await asyncio.sleep(QUIET)
                again = await self.verdict()
                again.figures["settled"] = verdict.figures["settled"]
                return again
            if time.monotonic() - began > within:
                verdict.figures["settled"] = "never"
                return verdict
            await asyncio.sleep(0.5)

    def calm(self):
        """Whether nobody waits for anything."""
        return not self._changing and not any(tab.outbox.waiting for tab in self.tabs if tab.ended_at is None)

    async def verdict(self):
        return Verdict(await self.books())

    async def books(self):
        mine = {self.chat, self.line, *self.directs}
        messages = await asyncio.to_thread(kept.conversations, self.house, mine)
        lists = await asyncio.to_thread(kept.lists, self.house, self.room)
        tabs = [*self.tabs, *self.forgotten]
        sent = [*self.past, *(sent for tab in tabs for sent in tab.outbox.all)]
        seen = [self._seen(tab) for tab in tabs]
        return Books(messages, sent, seen, self.spans, self.departures, self.before, lists)

    def _seen(self, tab):
        log = tab.screen.log
        return Seen(
            tab.person.id,
            f"{tab.person.name} on {tab.screen.address}",
            log.conversation if log else tab.meant,
            log.since if log else 0,
            list(log.rows) if log else None,
            tab.heard,
            dict(tab.screen.lists.all),
            tab.ended_at is None and tab in self.tabs,
        )


async def _opened(doors, tab, path):
    async with doors:
        await tab.open(path)


def _unchanged(sent: Sent):
    """Kept, and changed at most once, the answer to which is known; what is deleted stays so."""
    return sent.state == "ok" and not sent.changes
