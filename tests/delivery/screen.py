"""What one tab shows, as static/js/holes.js and pieces.js would have it: the same rules, without a browser.

What has to be asked or fetched is left to its tab: `ask(kind)` says where this page is, `fetch(address, target)` is
awaited for the HTML of a part of the page, None if there was no answer.
"""

import asyncio
import random
import time

from tests.delivery.drawn import log_of, rows_of
from tests.delivery.lists import Lists

PATIENCE = 0.2  # seconds until a hole is one
ANSWER = 5.0  # seconds until a question is taken for lost
AGAIN = 3.0  # seconds until a list that could not be drawn is tried again
RESYNC = 3.0  # seconds within which everybody asks again who was told to


class Screen:
    def __init__(self, ask, fetch):
        self.ask, self.fetch = ask, fetch
        self.address = ""
        self.log = None
        self.lists = Lists(self.redraw, self._later)
        self.redrawn = 0  # how often a part of the page was fetched anew
        self.kept = lambda row: None  # called for every message that arrives
        self._latest = {}
        self._timers = {}
        self._drawing = set()
        self._asked = []
        self._asked_at = 0.0
        self._hear = {
            "message": self._message,
            "piece": self._piece,
            "reload": lambda frame: self.redraw(frame["list"]),
            "heads": self._settle,
            "go": self._go,
            "resync": lambda frame: self._soon("resync", random.uniform(0, RESYNC), self.ask),
        }

    # The page -----------------------------------------------------------------------------------------------

    def draw(self, address, html):
        """Another page stands here now."""
        self.address, self.log = address, log_of(html)
        self.lists.draw(html)

    def where(self):
        """What a page tells about itself."""
        return {
            "cursors": {self.log.conversation: self.log.head} if self.log else {},
            "versions": self.lists.versions(),
        }

    def newest(self):
        """The newest message that it shows and that has a place."""
        rows = [row for row in self.log.rows if row.seq] if self.log else []
        return {self.log.conversation: [rows[-1].seq, str(rows[-1].client_id)]} if rows else {}

    def close(self):
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    # Frames -------------------------------------------------------------------------------------------------

    def hear(self, frame):
        if handler := self._hear.get(frame["type"]):
            handler(frame)

    def asked(self, where):
        """The tab told where it is."""
        if not self._waiting():
            self._asked = []
        self._asked.append(where)
        self._asked_at = time.monotonic()

    def lost(self):
        """The line broke."""
        self._asked = []
        if self.log:
            self.log.beyond.clear()

    def _waiting(self):
        return bool(self._asked) and time.monotonic() - self._asked_at < ANSWER

    def _message(self, frame):
        log = self._shown(frame["conversation"])
        for row in rows_of(frame["html"]):
            if log:
                self._put(log, row)
            self.kept(row)
        self._count(frame["conversation"], frame["number"])

    def _shown(self, conversation):
        return self.log if self.log and self.log.conversation == conversation else None

    def _put(self, log, fresh):
        at = next((n for n, row in enumerate(log.rows) if _same(row, fresh)), None)
        if at is not None and log.rows[at].seq:
            if fresh.changed > log.rows[at].changed:
                log.rows[at] = fresh
            return
        first = next((row.seq for row in log.rows if row.seq), 0)
        if at is None and fresh.seq < first and fresh.seq <= log.head:
            return  # of a part of the history that is not loaded
        if at is not None:
            del log.rows[at]
        log.rows.insert(_place(log.rows, fresh), fresh)

    def _count(self, conversation, number):
        self._latest[conversation] = max(number, self._latest.get(conversation, 0))
        log = self._shown(conversation)
        if log and number > log.head:
            log.beyond.add(number)
            self._advance(log)

    def _advance(self, log):
        log.beyond -= {number for number in log.beyond if number <= log.head}
        while log.head + 1 in log.beyond:
            log.beyond.discard(log.head + 1)
            log.head += 1
        if log.beyond:
            self._later(log.conversation, self._ask_for_more)

    def _ask_for_more(self, conversation):
        log = self._shown(conversation)
        if not log or not log.beyond or f"conversation:{conversation}" in self._drawing:
            return
        if self._waiting():
            self._later(conversation, self._ask_for_more)
        else:
            self.ask()

    def _later(self, name, work):
        self._soon(name, PATIENCE, lambda: work(name))

    def _soon(self, name, seconds, work):
        if name not in self._timers:
            loop = asyncio.get_running_loop()
            self._timers[name] = loop.call_later(seconds, lambda: [self._timers.pop(name, None), work()])

    def _piece(self, frame):
        if self.log and f"conversation-{self.log.conversation}" in (frame["gone"] or ()):
            self.log = None
        self.lists.piece(frame)

    def _settle(self, frame):
        """The server's answer to what this page told: all up to these numbers has arrived before it."""
        told = self._asked.pop(0) if self._asked else {"cursors": {}, "versions": {}}
        for conversation, head in frame["conversations"].items():
            log = self._shown(conversation)
            if not log or f"conversation:{conversation}" in self._drawing:
                continue
            if head < told["cursors"].get(conversation, 0):
                self.redraw(f"conversation:{conversation}")
            elif told["cursors"].get(conversation, 0) > log.head:
                self._latest[conversation] = max(head, self._latest.get(conversation, 0))
            elif head > log.head:
                log.head = head
            self._advance(log)
        self._catch_up()
        self.lists.settle(told["versions"], frame["versions"])

    # Parts drawn anew ---------------------------------------------------------------------------------------

    def redraw(self, name):
        """Fetches a list ("conversation:…", "panel:…") from its own address, until that succeeds."""
        part = self._part(name)
        if part and name not in self._drawing:
            self._drawing.add(name)
            task = asyncio.get_running_loop().create_task(self._redraw(name, part))
            task.add_done_callback(lambda task: task.cancelled() or task.result())

    def _part(self, name):
        return self.lists.all.get(name) or self._shown(name.removeprefix("conversation:"))

    async def _redraw(self, name, part):
        html = await self.fetch(part.address, name.partition(":")[0])
        self._drawing.discard(name)
        if self._part(name) is not part:
            return
        if html is None:
            self._soon(f"again {name}", AGAIN, lambda: self.redraw(name))
            return
        self.redrawn += 1
        if name.startswith(("panel:", "conversation:")):
            self._draw_log(html)
        if not name.startswith("conversation:"):
            self.lists.renew(name, html)
        self.settled()

    def _draw_log(self, html):
        waits = [row for row in self.log.rows if not row.seq] if self.log else []
        self.log = log_of(html)
        self._echo_again(waits)

    def _echo_again(self, waits):
        there = {row.client_id for row in self.log.rows} if self.log else set()
        if self.log:
            self.log.rows += [row for row in waits if row.client_id not in there]

    def settled(self):
        """What came while a part of the page was under way is not in it."""
        self.lists.look()
        self._catch_up()

    def _catch_up(self, _name=None):
        log = self.log
        if not log or self._latest.get(log.conversation, 0) <= log.head or log.beyond:
            return
        if self._waiting():
            self._later("stale", self._catch_up)
        else:
            self.ask()

    def _go(self, frame):
        """This address is another page for this person now."""
        if frame["to"] == self.address.partition("?")[0] and "page" not in self._drawing:
            self._drawing.add("page")
            asyncio.get_running_loop().create_task(self._visit())

    async def _visit(self):
        html = await self.fetch(self.address, "")
        self._drawing.discard("page")
        if html is not None:
            self.draw(self.address, html)
            self.ask()

    def questions(self):
        """The ids of those that stand here."""
        return {id for one in self.lists.all.values() for id in one.items if id.startswith("q-")}

    # One's own ----------------------------------------------------------------------------------------------

    def echo(self, conversation, row):
        """What was written here stands at the end until it is known to be kept."""
        if log := self._shown(conversation):
            log.rows.append(row)


def _same(row, fresh):
    return row.client_id == fresh.client_id and row.author in ("", fresh.author)


def _place(rows, fresh):
    """Behind the last that is older; what has no place yet stays at the end."""
    older = [n for n, row in enumerate(rows) if row.seq and row.seq < fresh.seq]
    if older:
        return older[-1] + 1
    return next((n for n, row in enumerate(rows) if row.seq), 0)
