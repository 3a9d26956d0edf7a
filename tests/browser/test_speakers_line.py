"""Nobody who is not on stage ever gets a word of the speakers' line: not in an answer, a frame, what a browser keeps, or
its history, while messages pour and people come on stage and go down again. Who is on stage gets all of them."""

import asyncio
import os
import random
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

import pytest
from playwright.sync_api import Error

from tests.browser.flood import CLIMBERS, MOST, WORD, WRITERS, Flood
from tests.browser.recorders import HTMX, frames_in
from tests.product import wait_for

DEMOTIONS = 200
PAUSE = 0.6  # seconds, at most: on stage, and between two times
ROUND = 3  # seconds between two attempts of somebody who is never on stage


@pytest.mark.full
def test_f17_nothing_of_the_line_reaches_who_is_not_on_stage(house, person, complaints):
    seed = int(os.environ.get("SEED", random.randrange(2**32)))
    print(f"SEED={seed}")
    complaints.expect("404")
    flood = Flood(house, seed)
    bob, cleo = person("bob"), person("cleo")
    browsed = DEMOTIONS // 20
    with in_background() as start:
        start(flood.open(["bob", "cleo"])).result()
        pouring = start(flood.pour())
        around = [start(prowl(flood, name)) for name in ("listener", "outsider", "cleo")]
        climbing = start(climb(flood, DEMOTIONS - browsed))
        cleo.goto(f"{flood.room}?panel=speakers")
        for _ in range(browsed):
            on_stage_and_down(flood, start, bob)
        climbing.result()
        nothing_kept(cleo, "listener")
        flood.stop()
        for task in [pouring, *around]:
            task.result()
        start(flood.close()).result()
    Books(flood, house).check(DEMOTIONS)


@contextmanager
def in_background():
    """A loop in a thread of its own, beside the browser's: start(coroutine) → its future."""
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(MOST + 12))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield lambda work: asyncio.run_coroutine_threadsafe(work, loop)
    finally:
        asyncio.run_coroutine_threadsafe(leave_nothing_running(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def leave_nothing_running():
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


# Without a browser ------------------------------------------------------------------------------------------


async def climb(flood, times):
    """So many times on stage and down again, by several people at once."""
    left = iter(range(times))
    await asyncio.gather(*(climber(flood, name, left) for name in CLIMBERS))


async def climber(flood, name, left):
    for _ in left:
        visit = await flood.up(name)
        await asyncio.gather(asyncio.sleep(flood.chance.uniform(0, PAUSE)), look_around(flood, name, 2))
        await flood.down(visit)
        await asyncio.gather(look_around(flood, name, 4), meddle(flood, name), visit.sealing)
        if visit.how in ("leaves", "removed"):
            await flood.back_in(name)
        await asyncio.sleep(flood.chance.uniform(0, PAUSE))


async def prowl(flood, name):
    """Somebody who was never on stage tries all doors, again and again."""
    while flood.pouring:
        await look_around(flood, name, 3)
        await meddle(flood, name)
        await asyncio.sleep(ROUND)


async def look_around(flood, name, count):
    """Ask at some of the places where messages may stand, and over the socket for all since some time."""
    person, word = flood.people[name], flood.a_word()
    for path, headers in flood.chance.sample(places(flood, word), count):
        await person.get(path, **headers)
    await person.catch_up(cursors={flood.line: flood.chance.choice([0, flood.said[word].seq])})


def places(flood, word):
    line, room, piece = flood.address, flood.room, HTMX | {"HX-Target": "panel"}
    message = f"{line}messages/{flood.said[word].client_id}/"
    searched = [f"{path}?q={word[:9]}" for path in ("/", "/backchannel/", f"{room}people/")]
    shown = [room, f"{room}?panel=speakers", "/backchannel/", line, f"{line}?before=99999", message]
    pieces = [f"{room}?panel=speakers", f"{room}questions/", f"{room}controls/", line, f"{line}?before=99999", message]
    return [(path, {}) for path in [*searched, *shown]] + [(path, piece) for path in pieces]


async def meddle(flood, name):
    """Write, change and delete where one has no business."""
    person, message = flood.people[name], f"{flood.address}messages/{flood.said[flood.a_word()].client_id}/"
    await flood.post(name)
    for path, fields in (
        (message, {"body": "mine"}),
        (f"{message}deletion/", {}),
        (f"{flood.address}reading/", {"seq": 1}),
    ):
        answer = await person.post(path, headers=flood.chance.choice([{}, HTMX]), **fields)
        assert answer.status == 404, answer


# In a browser -----------------------------------------------------------------------------------------------


def on_stage_and_down(flood, start, page):
    """bob reads the line in the panel and on its own page, and is sent down: nothing of it is left anywhere."""
    visit = start(flood.up("bob")).result()
    for step in (f"{flood.room}?panel=speakers", "Chat", "Speakers", flood.address, f"{flood.room}?panel=speakers"):
        if step.startswith("/"):
            page.goto(step)
        else:
            page.get_by_role("tab", name=step).click()
            page.locator(f"#panel[data-tab={step.lower()}]").wait_for()
        if step != "Chat":
            wait_for(lambda: len(words_on(page)) > 2, 20, every=0.3)
    flood.people["bob"].note("what his page shows", page.content())
    start(flood.down(visit, "to audience")).result()
    wait_for(lambda: not words_on(page), 1)
    start(flood.sealed(visit)).result()
    for step in ("stay", "go_back", "go_back", "go_back", "go_back", "go_forward", "reload"):
        if step != "stay":
            getattr(page, step)()
        nothing_kept(page, step)


def words_on(page):
    return set(WORD.findall(page.content()))


def nothing_kept(page, step):
    kept = wait_for(lambda: everything_on(page))
    assert len(kept) > 500
    assert not WORD.findall(kept), f"{step}: {page.url}"


def everything_on(page):
    page.wait_for_load_state()
    with suppress(Error):  # it went on to another page meanwhile
        return page.evaluate(EVERYTHING)


EVERYTHING = """async () => {
  const of = (request) => new Promise((done) => (request.onsuccess = () => done(request.result)));
  const parts = [document.documentElement.outerHTML, document.title, location.href, document.cookie];
  parts.push({ ...localStorage }, { ...sessionStorage }, history.state);
  parts.push([...document.querySelectorAll("input, textarea")].map((field) => field.value));
  for (const { name } of await indexedDB.databases()) {
    const base = await of(indexedDB.open(name));
    for (const store of base.objectStoreNames) parts.push(await of(base.transaction(store).objectStore(store).getAll()));
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) parts.push(await (await cache.match(request)).text());
  }
  return JSON.stringify(parts);
}"""


# Afterwards -------------------------------------------------------------------------------------------------


class Books:
    """What everybody has, against what everybody may have."""

    def __init__(self, flood, house):
        self.flood, self.said, self.visits = flood, flood.said, flood.visits
        self.rows = house.sql(
            "SELECT seq, changed, body FROM backchannel_message WHERE conversation_id = ? ORDER BY seq", flood.line
        )
        [(self.head,)] = house.sql("SELECT head FROM backchannel_conversation WHERE id = ?", flood.line)

    def check(self, demotions):
        self.number_the_departures(demotions)
        self.agree_with_the_rows()
        self.agree_with_the_clock()
        found = {name: self.hits(person) for name, person in self.flood.people.items() if name not in WRITERS}
        missing = {visit.name: lacks for visit in self.visits if (lacks := self.missing(visit))}
        self.report(found)
        assert not any(found.values()), {name: hits[:3] for name, hits in found.items() if hits}
        assert not missing
        for name in WRITERS:
            self.has_everything_once(name)

    def number_the_departures(self, demotions):
        """A number that no message took is that of a departure, and they stand in their order."""
        taken = {said.number for said in self.said.values()}
        ends = [number for number in range(1, self.head + 1) if number not in taken]
        assert len(ends) == len(self.visits) == demotions
        for visit, end in zip(self.visits, ends, strict=True):
            visit.end = end

    def agree_with_the_rows(self):
        """What was acknowledged is kept, under the number that was told; what was refused is not."""
        for seq, changed, body in self.rows:
            said = self.said[WORD.search(body)[0]]
            assert (said.seq, said.number) == (seq, changed)
        assert {row[0] for row in self.rows} == {said.seq for said in self.said.values() if said.number}

    def agree_with_the_clock(self):
        """Numbers are no excuse: what was written after the answer to a demotion has a number after it."""
        for visit in self.visits:
            for said in filter(lambda said: said.number, self.said.values()):
                assert said.asked < visit.down_came or said.number > visit.end
                assert said.came > visit.down_asked or said.number < visit.end
                assert said.came > visit.up_asked or said.seq < visit.first

    def hits(self, person):
        """(where, word) of all that this person has and may not have."""
        visits = [visit for visit in self.visits if visit.name == person.name]
        return [hit for kept in [*person.answers, *person.frames] for hit in self.hits_in(kept, person, visits)]

    def hits_in(self, kept, person, visits):
        framed = kept.where == "frame"
        now = [v for v in visits if v.up_asked <= kept.came and kept.asked <= (v.sealed if framed else v.down_came)]
        for word in set(WORD.findall(kept.text)):
            said = self.said[word]
            refused = not said.number and said.author == person.name  # his own words, back in his own form
            if not refused and not any(visit.holds(said) for visit in now):
                yield kept.where, kept.status, word, said

    def missing(self, visit):
        """Words of his time on stage that no frame brought him."""
        came = set(WORD.findall("".join(kept.text for kept in self.flood.people[visit.name].frames)))
        return {word for word, said in self.said.items() if visit.holds(said)} - came

    def has_everything_once(self, name):
        frames = [frame for kept in self.flood.people[name].frames for frame in frames_in(kept.text)]
        told = [frame for frame in frames if frame.get("conversation") == self.flood.line]
        assert sorted(frame["number"] for frame in told) == list(range(1, self.head + 1)), name
        words = Counter(WORD.findall("".join(frame["html"] for frame in told)))
        assert words == Counter(word for word, said in self.said.items() if said.number), name

    def report(self, found):
        people = self.flood.people.values()
        ways = Counter(visit.how for visit in self.visits)
        print(
            f"{len(self.visits)} demotions {dict(ways)}, {self.head} numbers, {len(self.rows)} messages, "
            f"{self.flood.rate:.1f} a second, {sum(not said.number for said in self.said.values())} refused, "
            f"{self.flood.again} sent again; "
            f"{sum(len(one.answers) for one in people)} answers and {sum(len(one.frames) for one in people)} frames kept; "
            f"hits: { {name: len(hits) for name, hits in found.items()} }"
        )
