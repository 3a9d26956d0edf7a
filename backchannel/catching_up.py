"""What a page lacks of the conversations it shows. It names how far it has read; who may read is asked anew."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Case, F, Sum, When, Window
from django.db.models.functions import Length

import live
from accounts.ids import among
from accounts.models import Person
from backchannel import broadcasts, seen
from backchannel.models import Conversation, Membership, Message
from live.registry import Asking
from rooms.models import Room

# What one answer may bring; a list that lacks more is drawn again by its page.
MOST = 200  # messages
LONGEST = 256 * 1024  # characters of theirs
PANEL = "panel:"


def heads(names: set[str]) -> dict[str, int]:
    return dict(Conversation.objects.filter(pk__in=names).values_list("pk", "head"))


class Now:
    """The conversations asked about as they are, who of those who ask may read them and from where on."""

    def __init__(self, askings: list[Asking]) -> None:
        people = {one.person_id for one in askings}
        names = {pk for one in askings for pk in one.cursors}
        # The heads are read before the messages: a message written in between comes twice rather than never.
        self.conversations = Conversation.objects.select_related("room").in_bulk(names) if names else {}
        self.starts = Conversation.objects.open_pairs(people, names) if names else {}
        self.newest = _known(askings)
        self.on_stage = _lines({name for one in askings for name in one.versions if name.startswith(PANEL)}, people)
        self.seen = seen.versions(people, {name for one in askings for name in one.versions})
        self.readers = seen.lacking([pair for one in askings for pair in self._behind(one)[:1]])
        self._shared: dict[tuple[str, int], list[dict] | None] = {}

    def _behind(self, one: Asking) -> list[tuple[str, str]]:
        """(its person, conversation) where others have read further than its page knows. A page shows one; whoever
        names more draws the others again."""
        names = [name for name, number in one.versions.items() if self.seen.get((one.person_id, name), 0) > number]
        return [(one.person_id, name.removeprefix(seen.LIST)) for name in names]

    def news_of_readers(self, one: Asking) -> list[dict]:
        return [self.readers[pair] for pair in self._behind(one) if pair in self.readers]

    def open_to(self, person_id: str, pk: str) -> Conversation | None:
        return self.conversations.get(pk) if (person_id, pk) in self.starts else None

    def lacking(self, asking: Asking, conversation: Conversation, rest: Rest) -> list[dict] | None:
        """What changed after the cursor, oldest first; None where the page cannot be mended piece by piece."""
        person_id, cursor = asking.person_id, asking.cursors[conversation.pk]
        if not self._has_been_ours(asking, conversation):
            return None
        if cursor == conversation.head:
            return []
        if not self.starts[person_id, conversation.pk] - 1 <= cursor < conversation.head:
            # Ahead of us: we come from a backup. Or from before this membership: what it shows is no longer his.
            return None
        if conversation.head - cursor > rest.messages:
            return None  # no message takes less than a number
        frames = self._frames(person_id, conversation, cursor)
        return frames if rest.holds(frames) else None

    def _has_been_ours(self, asking: Asking, conversation: Conversation) -> bool:
        """Whether the newest message on the page is one of this house: after a backup was restored, others take the
        numbers of those that went with what came after it."""
        place = asking.newest.get(conversation.pk)
        return place is None or (conversation.pk, *place) in self.newest

    def _frames(self, person_id: str, conversation: Conversation, cursor: int) -> list[dict] | None:
        """In an open room all have the same history: one question is enough for all who stopped at the same place."""
        if conversation.kind != conversation.Kind.ROOM or conversation.room.kind != Room.Kind.OPEN:
            return _changes(person_id, conversation, cursor)
        key = conversation.pk, cursor
        if key not in self._shared:
            self._shared[key] = _changes(person_id, conversation, cursor)
        return self._shared[key]


class Rest:
    """How much there is still room for in one answer."""

    def __init__(self) -> None:
        self.messages, self.characters = MOST, LONGEST

    def holds(self, frames: list[dict] | None) -> bool:
        """Whether these go in as well. After something that did not, nothing does, and nothing more is read."""
        if frames is not None:
            self.messages -= len(frames)
            self.characters -= sum(len(frame["html"]) for frame in frames)
            if self.messages >= 0 and self.characters >= 0:
                return True
        self.messages = 0
        return False


def _changes(person_id: str, conversation: Conversation, cursor: int) -> list[dict] | None:
    """None if they are longer than any answer; the database keeps to itself what is too long."""
    readable = Message.objects.readable_by(Person(pk=person_id)).filter(conversation=conversation)
    changed = (
        readable.filter(changed__gt=cursor)
        .annotate(length=Window(Sum(Length("html")), order_by="changed"))
        .annotate(told=Case(When(length__lte=LONGEST, then=F("html"))))
        .order_by("changed")
        .values_list("changed", "told")[: MOST + 1]
    )
    told = list(changed)
    if any(html is None for _number, html in told):
        return None
    return [broadcasts.message_frame(conversation, number, html) for number, html in told]


def _known(askings: list[Asking]) -> set[tuple[str, int, str]]:
    """(conversation, seq, client_id) of the messages that pages say are their newest, as far as they are there."""
    said = [(pk, client_id) for one in askings for pk, (_, client_id) in one.newest.items()]
    if not said:
        return set()
    conversations, client_ids = map(set, zip(*said, strict=True))
    found = Message.objects.filter(conversation__in=conversations, client_id__in=client_ids)
    return {(pk, seq, str(client_id)) for pk, seq, client_id in found.values_list("conversation", "seq", "client_id")}


def _lines(panels: Iterable[str], people: set[str]) -> set[tuple[str, str]]:
    """(person, panel) for each of these people who is on the stage beside that panel."""
    rooms = [name.removeprefix(PANEL) for name in panels]
    if not rooms:
        return set()
    lines = Membership.objects.filter(conversation__kind=Conversation.Kind.SPEAKERS, conversation__room__in=rooms)
    pairs = lines.filter(person__in=among(people)).values_list("person", "conversation__room")
    return {(person_id, f"{PANEL}{room}") for person_id, room in pairs}


def catch_up(askings: list[Asking]) -> list[list[dict]]:
    """The frames that bring each conversation from its cursor to now, then their heads, and the panels' versions.

    A conversation without a head here is drawn again by the browser, and then starts from what it drew. A panel's
    version is whether it has the speakers' tab: a page may have been away while its person came up or went down. So it
    may have been while others read: how far they did has a version, too.
    """
    now = Now(askings)
    return [_answer(one, now) for one in askings]


def _answer(one: Asking, now: Now) -> list[dict]:
    frames, heads, rest = [], {}, Rest()
    for pk in one.cursors:
        conversation = now.open_to(one.person_id, pk)
        if conversation is None:
            frames.append(broadcasts.gone(pk))
        elif (lacking := now.lacking(one, conversation, rest)) is None:
            frames.append({"type": "reload", "list": f"conversation:{pk}"})
        else:
            frames += lacking
            heads[pk] = conversation.head
    panels = {name: int((one.person_id, name) in now.on_stage) for name in one.versions if name.startswith(PANEL)}
    read = {name: number for name in one.versions if (number := now.seen.get((one.person_id, name))) is not None}
    if rest.holds(readers := now.news_of_readers(one)):
        frames += readers
    return [*frames, {"type": "heads", "conversations": heads, "own": panels | read}]


live.register(catch_up=catch_up, heads=heads)
