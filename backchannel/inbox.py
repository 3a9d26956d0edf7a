"""What the inbox is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Block, Notification, Person
from accounts.prepared import prepared
from backchannel import here as presence
from backchannel import seen, writers
from backchannel.models import Conversation, GroupInvitation, Membership, Message
from backchannel.request_reasons import Reason, reasons
from rooms.models import Room, Seat
from rooms.querysets import SeatQuerySet

ROWS = 50  # as many more with each step
MOST = 1000
FILTERS = {"": _("All"), "unread": _("Unread"), "rooms": _("Rooms"), "groups": _("Groups")}
PARTS = (*FILTERS, "requests", "archived")


@dataclass
class Row:
    """A conversation as it stands in somebody's inbox. `kept` is how he keeps it; for a room's chat there is none."""

    conversation: Conversation
    kept: Membership | None = None
    last: Message | None = None
    other: Person | None = None
    reason: Reason | None = None  # of a request
    is_here: bool = False  # the other one, where that is shown

    @property
    def unread(self) -> int:
        return self.kept.unread if self.kept else 0


def inbox_of(person: Person, part: str = "", rows: int = ROWS, here: Conversation | None = None) -> dict:
    """The context of backchannel/_inbox.html: the rows of one part, and where there are more of them. `here` is the
    conversation that is open beside it."""
    part = part if part in PARTS else ""
    rows = min(max(rows, ROWS), MOST)
    kept = list(_kept(person, part)[: rows + 1])
    shown = [_row(one) for one in kept[:rows]]
    present = _fill(shown, person, here)
    if part == "requests":
        _say_why(shown, person)
    return {
        "rows": shown,
        "part": part,
        "parts": FILTERS,
        "with_me": here is not None and here.pk in present,
        "any_unread": any(row.unread for row in shown),
        "more": rows + ROWS if len(kept) > rows and rows < MOST else None,
        "shown": rows if rows > ROWS else None,
    }


def _kept(person: Person, part: str) -> QuerySet:
    now = timezone.now()
    if part == "rooms":
        return Conversation.objects.chats_of(person).select_related("room")
    mine = Membership.objects.of_person(person)
    if part == "requests":
        mine = Membership.objects.requests_to(person, now)
    elif part == "archived":
        mine = mine.put_away(now)
    elif part == "unread":
        mine = mine.at_hand(now).with_news(person)
    elif part == "groups":
        mine = mine.at_hand(now).filter(conversation__kind="group")
    else:
        mine = mine.at_hand(now)
    return mine.as_rows(person).select_related("conversation__group")


def _row(one: Membership | Conversation) -> Row:
    return Row(one.conversation, one) if isinstance(one, Membership) else Row(one)


def _fill(rows: list[Row], person: Person, here: Conversation | None) -> set[str]:
    """The last message of each, and with whom it is; that also of the one that is open. Gives those conversations in
    which the other one is here."""
    last_ids = {row.conversation.pk: (row.kept or row.conversation).last_id for row in rows}
    written = Message.objects.with_kind_of_file().select_related("author").defer("html", "words")
    messages = written.in_bulk(filter(None, last_ids.values()))
    shown = [*(row.conversation for row in rows), *([here] if here else [])]
    others = _others(shown, person)
    present = presence.of_two(shown, others)
    for row in rows:
        row.is_here = row.conversation.pk in present
        row.last = messages.get(last_ids[row.conversation.pk])
        row.other = others[row.conversation.pk].person if row.conversation.pk in others else None
    if here and (other := others.get(here.pk)):
        here.know_both(person, other)
    return present


def _say_why(rows: list[Row], person: Person) -> None:
    found = reasons(person, [row.other.pk for row in rows if row.other])
    for row in rows:
        row.reason = found.get(row.other.pk) if row.other else None


def _others(conversations: list[Conversation], person: Person) -> dict[str, Membership]:
    directs = {one.pk for one in conversations if one.kind == Conversation.Kind.DIRECT}
    if not directs:
        return {}
    members = seen.others_of(person.pk, Membership.objects.filter(conversation__in=directs))
    return {member.conversation_id: member for member in members}


def writable_by(person: Person) -> list[Conversation]:
    """Where `person` may write now: his inbox, and the conversations of the room he sits in."""
    rows = inbox_of(person)["rows"]
    for row in rows:
        row.conversation.other = row.other
    here = Conversation.objects.open_to(person).filter(room__in=Room.objects.live().filter(seats__in=_seats(person)))
    found = [*here.select_related("room").order_by("kind"), *(row.conversation for row in rows)]
    refused = writers.without_place([(person, one) for one in found])
    return [one for one in found if (person.pk, one.pk) not in refused]


def _seats(person: Person) -> SeatQuerySet:
    return Seat.objects.taken().filter(person=person)


class Counts(NamedTuple):
    """`unread`: how many conversations have something new that one wants to be told of. Requests never count there."""

    unread: int = 0
    requests: int = 0
    invitations: int = 0  # into groups
    notifications: int = 0
    blocked: Sequence[str] = ()  # whom one has blocked, by their ids


def counts(person: Person) -> Counts:
    found: list[list[str]] = [[] for _name in Counts._fields]
    for pk, kind in _counted(person.pk, timezone.now()):
        found[kind].append(pk)
    *counted, blocked = found
    return Counts(*map(len, counted), blocked=blocked)


def group_invitations(person: Person) -> list[GroupInvitation]:
    return list(GroupInvitation.objects.to(person)[:ROWS])


@prepared
def _counted(person: str, now: datetime) -> QuerySet:
    """All that a page counts, and whom one has blocked, in one question: each with its place in Counts."""
    counted = (
        Membership.objects.of_person(person).at_hand(now).loud(now).with_news(person),
        Membership.objects.requests_to(person, now),
        GroupInvitation.objects.filter(person=person),
        Notification.objects.standing().unread().filter(person=person),
    )
    pk = Cast("pk", CharField())
    news, *others = (found.order_by().values_list(pk, Value(kind)) for kind, found in enumerate(counted))
    blocked = Block.objects.filter(blocker=person).order_by().values_list("blocked", Value(len(counted)))
    return news.union(*others, blocked, all=True)
