"""What was sent, what the house keeps and what every screen shows, compared. Nothing here asks anybody: books are data.

lost         acknowledged, and not kept as it was acknowledged
doubled      one id twice: in the database, on one screen, or with two places in the answers
phantom      kept or shown, and written by nobody; or shown as sent and not kept
disordered   places that do not rise on a screen, or against the order in which one tab wrote
leaked       a frame about a number at which its reader had no access
gaps         a screen that is not what its reader may read, or a list that is not what the room is
holes        numbers of a conversation that stand for nothing
"""

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

KINDS = ("lost", "doubled", "phantom", "disordered", "leaked", "gaps", "holes")
FOR_EVER = float("inf")


class Kept(NamedTuple):
    """A conversation in the database: its counter and its messages, by place."""

    head: int
    rows: list


class Span(NamedTuple):
    """From which number on somebody may read, and up to which; what came before `first` is not his either."""

    first: int = 0
    last: float = FOR_EVER


class Stands(NamedTuple):
    """A list in the database. `may`: what a page may show of it, of which it must show `must`: who fell silent just now
    may be seen or not."""

    version: int
    must: dict
    may: dict
    readers: set


@dataclass
class Seen:
    """A tab at the end: what it shows of which conversation (None: nothing), and all frames it ever got."""

    person: str
    name: str
    conversation: str | None = None
    since: int = 0  # the place from which on its page was loaded
    rows: list | None = None
    heard: list = field(default_factory=list)  # of Heard, as in tab.py
    lists: dict = field(default_factory=dict)  # name → List
    open: bool = True  # not one whose login or line has ended for good


@dataclass
class Books:
    kept: dict  # conversation → Kept
    sent: list  # of Sent, as in outbox.py
    seen: list  # of Seen
    spans: dict  # (person, conversation) → [Span, …]; nobody else may know anything
    departures: dict = field(default_factory=dict)  # conversation → numbers taken by losing access
    before: set = field(default_factory=set)  # ids of messages that were there before anything was sent
    lists: dict = field(default_factory=dict)  # name → Stands


class Verdict:
    """The defects of each kind, as sentences, and the figures."""

    def __init__(self, books):
        self.books = books
        self.rows = {row.client_id: row for kept in books.kept.values() for row in kept.rows}
        self.defects = {kind: [] for kind in KINDS}
        for look in (self._sent, self._kept, self._numbers, self._orders, self._screens, self._lists, self._frames):
            look()
        self.figures = self._figures()

    def wrong(self):
        """{kind: sentences} of those kinds that are not empty."""
        return {kind: found for kind, found in self.defects.items() if found}

    def __str__(self):
        counts = " ".join(f"{kind}={len(found)}" for kind, found in self.defects.items())
        return " ".join([*(f"{name}={value}" for name, value in self.figures.items()), counts])

    def _note(self, kind, sentence):
        self.defects[kind].append(sentence)

    def _figures(self):
        outcomes = Counter(sent.outcome for sent in self.books.sent)
        changes = Counter(change.state for sent in self.books.sent for change in sent.changes)
        return {
            "attempted": len(self.books.sent),
            "ok": outcomes["ok"],
            "refused": outcomes["refused"],
            "unknown": outcomes["unknown"],
            "unsent": outcomes["unsent"],
            "recovered": sum(sent.recovered for sent in self.books.sent),
            "changes": changes.total(),
            "frames": sum(len(seen.heard) for seen in self.books.seen),
            "screens": sum(seen.open for seen in self.books.seen),
        }

    # What was sent ------------------------------------------------------------------------------------------

    def _sent(self):
        for sent in self.books.sent:
            row = self.rows.get(sent.client_id)
            if len(sent.seqs) > 1:
                self._note("doubled", f"{sent.client_id} was answered with the places {sorted(sent.seqs)}")
            if sent.state == "ok" and (row is None or {row.seq} != sent.seqs):
                self._note("lost", f"{sent.client_id} of {sent.author}, acknowledged as {sorted(sent.seqs)}: {row}")
            elif row:
                self._changed(sent, row)

    def _changed(self, sent, row):
        deleted = [change for change in sent.changes if change.body is None]
        if any(change.state == "ok" for change in deleted):
            if not row.deleted:
                self._note("lost", f"the deletion of {sent.client_id}")
        elif not deleted and sent.changes and sent.changes[-1].state == "ok" and row.body != sent.changes[-1].body:
            self._note("lost", f"the edit of {sent.client_id}: {row.body!r}")

    # What is kept -------------------------------------------------------------------------------------------

    def _kept(self):
        sent = {sent.client_id: sent for sent in self.books.sent}
        for conversation, kept in self.books.kept.items():
            for client_id, count in Counter(row.client_id for row in kept.rows).items():
                if count > 1:
                    self._note("doubled", f"{client_id} is kept {count} times")
            for row in kept.rows:
                self._written(conversation, row, sent.get(row.client_id))

    def _written(self, conversation, row, sent):
        if row.client_id in self.books.before:
            return
        if sent is None or (sent.conversation, sent.author) != (conversation, row.author):
            self._note("phantom", f"{row} is kept, and nobody wrote it there")
        elif sent.state == "refused":
            self._note("phantom", f"{row} is kept, and was refused: {sent.why}")
        elif row.deleted and all(change.body is not None for change in sent.changes):
            self._note("phantom", f"{row} is deleted, and nobody did that")
        elif not row.deleted and row.body not in sent.bodies():
            self._note("phantom", f"{row} has a text that nobody wrote")

    def _numbers(self):
        answered = defaultdict(set)
        for sent in self.books.sent:
            answered[sent.conversation] |= {change.number for change in sent.changes}
        for conversation, kept in self.books.kept.items():
            taken = {row.seq for row in kept.rows} | {row.changed for row in kept.rows}
            taken |= answered[conversation] | set(self.books.departures.get(conversation, ()))
            numbers = set(range(1, kept.head + 1))
            if missing := sorted(numbers - taken):
                self._note("holes", f"{conversation} at {kept.head}: nothing has {missing}")
            if above := sorted(taken - numbers - {0}):
                self._note("holes", f"{conversation} at {kept.head} and yet {above}")

    def _orders(self):
        mine = defaultdict(list)
        for sent in sorted(self.books.sent, key=lambda sent: sent.order):
            if row := self.rows.get(sent.client_id):
                mine[sent.tab, sent.conversation].append(row)
        for rows in mine.values():
            for one, next_one in itertools.pairwise(rows):
                if one.seq > next_one.seq:
                    self._note("disordered", f"{one.author} wrote {one.client_id} before {next_one.client_id}")

    # What is shown ------------------------------------------------------------------------------------------

    def _screens(self):
        for seen in self.books.seen:
            if seen.open and seen.rows is not None:
                self._shown(seen)
            elif seen.open and seen.conversation:
                self._away(seen)

    def _shown(self, seen):
        placed = [row for row in seen.rows if row.seq]
        for client_id, count in Counter(row.client_id for row in seen.rows).items():
            if count > 1:
                self._note("doubled", f"{seen.name} shows {client_id} {count} times")
        if any(one.seq >= other.seq for one, other in itertools.pairwise(placed)):
            self._note("disordered", f"{seen.name} shows {[row.seq for row in placed]}")
        for row in placed:
            if row.client_id not in self.rows:
                self._note("phantom", f"{seen.name} shows {row}, which is not kept")
        span = self._now(seen)
        may = self._readable(seen, span) if span else []
        there, entitled = set(placed), set(may)
        lacking = [row for row in may if row not in there]
        more = [row for row in placed if row not in entitled and row.client_id in self.rows]
        if lacking or more:
            self._note("gaps", f"{seen.name}: lacks {len(lacking)} {lacking[:3]}, shows {len(more)} {more[:3]}")

    def _away(self, seen):
        """Nothing is shown of what should be."""
        if self._now(seen):
            self._note("gaps", f"{seen.name} does not show {seen.conversation}")

    def _now(self, seen):
        spans = self.books.spans.get((seen.person, seen.conversation), ())
        return next((span for span in spans if span.last == FOR_EVER), None)

    def _readable(self, seen, span):
        return [row for row in self.books.kept[seen.conversation].rows if row.seq >= max(span.first, seen.since)]

    def _lists(self):
        for seen in self.books.seen:
            for name, shown in seen.lists.items():
                stands = self.books.lists.get(name)
                if seen.open and stands and seen.person in stands.readers:
                    self._listed(seen, name, shown, stands)

    def _listed(self, seen, name, shown, stands):
        lacking = sorted(stands.must.items() - shown.items.items()) if shown.whole else []
        more = sorted(shown.items.items() - stands.may.items())
        if shown.version != stands.version:
            self._note("gaps", f"{seen.name} shows {name} at {shown.version} instead of {stands.version}")
        elif lacking or more:
            self._note("gaps", f"{seen.name}: {name} lacks {lacking[:3]}, shows {more[:3]}")

    # What was heard -----------------------------------------------------------------------------------------

    def _frames(self):
        for seen in self.books.seen:
            for heard in seen.heard:
                spans = self.books.spans.get((seen.person, heard.conversation), ())
                if not any(_within(span, heard) for span in spans):
                    self._note("leaked", f"{seen.name} heard of {heard} and had {spans}")


def _within(span, heard):
    """Only a number, without a message, may be told of what stands before one's history."""
    return span.first <= heard.number <= span.last and (not heard.seq or heard.seq >= span.first)
