"""Who has seen what: "Seen 14:05" below the newest of one's own messages, between people who both let others know.

How far each member of a conversation has read is told to those who may know it, and each page finds out by itself what
that says about its person's messages (static/js/seen.js). What was read while one kept it to oneself, or while it was a
request, is never told later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import Block, Person
from accounts.prepared import prepared
from backchannel import broadcasts
from backchannel.models import Conversation, Membership, Message

LIST = "seen:"
KINDS = (Conversation.Kind.DIRECT, Conversation.Kind.GROUP)


class Reader(NamedTuple):
    """How far somebody has read in a conversation, since when, and where his history of it begins."""

    conversation_id: str
    person_id: str
    seq: int
    at: datetime | None
    from_seq: int


READER = ("conversation_id", "person_id", "seen_seq", "seen_at", "from_seq")  # of a membership


# Reading ----------------------------------------------------------------------------------------------------


def note(conversation: Conversation, person: Person, seq: int) -> None:
    """`person` has read so far: where something of others was among it, those who share it with him are told."""
    if not _is_shared(conversation, person):
        return
    between = Message.objects.filter(conversation=conversation.pk, seq__gt=OuterRef("seen_seq"), seq__lte=seq)
    mine = conversation.memberships.filter(Exists(between.exclude(author=person)), person=person, seen_seq__lt=seq)
    if mine.update(seen_seq=seq, seen_at=timezone.now()):
        _tell(person, [conversation.pk])


def note_all(person: Person, conversations: Collection[str]) -> None:
    """`person` says of all these that he has read them, as far as they go. None of them is asked of him."""
    if not person.receipts:
        return
    heads = Conversation.objects.filter(pk=OuterRef("conversation")).values("head")
    mine = Membership.objects.filter(person=person, conversation__in=conversations)
    mine.update(seen_seq=Subquery(heads), seen_at=timezone.now())
    _tell(person, conversations)


def _is_shared(conversation: Conversation, person: Person) -> bool:
    """Whether `person` lets others know there, and they him."""
    return person.receipts and conversation.in_inbox and conversation.request_to_id is None


def _tell(person: Person, conversations: Collection[str]) -> None:
    told = defaultdict(list)
    for entitled, *reader in _those_who_may_know(person.pk, conversations):
        told[Reader(*reader)].append(entitled)
    for one, people in told.items():
        broadcasts.seen(one.conversation_id, people, html=_drawn(one))


def _drawn(reader: Reader) -> str:
    return render_to_string("backchannel/_seen.html", {"one": reader})


@prepared
def _those_who_may_know(person: str, conversations: Collection[str]) -> QuerySet:
    """Each with what he may know of this person."""
    mine = Membership.objects.filter(conversation=OuterRef("conversation"), person=person)
    others = _sharing(Membership.objects.filter(conversation__in=conversations), person)
    return others.values_list("person_id", *(Subquery(mine.values(name)) for name in READER))


def _sharing(members: QuerySet, person: str | F) -> QuerySet:
    """Those of these members, other than this person, who let others know, and are not apart from him.

    He is an id, an F of the members' query, or an OuterRef of what that is a part of.
    """
    return members.filter(~_apart(person), ~Q(person=person), person__receipts=True)


def _apart(person: str | F) -> Exists:
    """Whether a block stands between a membership's person and this one (see _sharing)."""
    him = person  # seen from among the blocks
    if isinstance(person, F):
        him = OuterRef(person if isinstance(person, OuterRef) else person.name)  # type: ignore[attr-defined]
    return Exists(Block.objects.between(OuterRef("person"), him))


def part(blocker: Person, blocked: Person) -> None:
    """What was known of the other's reading goes from the pages of who blocked him. The other one hears nothing: that
    there is a block is not told."""
    both = Membership.objects.filter(person=blocker, conversation__memberships__person=blocked)
    for conversation in both.filter(conversation__kind__in=KINDS).values_list("conversation_id", flat=True):
        broadcasts.seen(conversation, [blocker.pk], gone=[f"seen-{conversation}-{blocked.pk}"])


# What a page shows ------------------------------------------------------------------------------------------


def others_of(person: str, members: QuerySet) -> QuerySet:
    """Those of these members who are not this person (an id), each with his person, and `apart`: whether a block
    stands between the two."""
    others = members.exclude(person=person).select_related("person")
    return others.annotate(apart=_apart(person))


def readers(conversation: Conversation, person: Person) -> list[Reader] | None:
    """How far the others have read, as far as `person` may know it; None where nothing of it is shared with him.

    Where the conversation knows its other members already (`known_others`, of others_of), nothing is asked.
    """
    if not _is_shared(conversation, person):
        return None
    others = conversation.known_others
    if others is None:
        others = _others(person.pk, conversation.pk)
    if conversation.kind == Conversation.Kind.GROUP:
        conversation.group.members_count = len(others) + 1
    shown = [one for one in others if one.seen_seq and one.person.receipts and not one.apart]
    return [Reader(*(getattr(one, name) for name in READER)) for one in shown]


@prepared
def _others(person: str, conversation: str) -> QuerySet:
    return others_of(person, Membership.objects.filter(conversation=conversation)).order_by("pk")


def people_who_saw(message: Message, person: Person) -> QuerySet:
    """Those who have read this message of `person`, as far as he may know it."""
    there = Membership.objects.filter(conversation=message.conversation_id, seen_seq__gte=message.seq)
    found = _sharing(there.filter(from_seq__lte=message.seq), person.pk)
    if message.deleted_at or not _is_shared(message.conversation, person):
        found = found.none()
    return Person.objects.filter(pk__in=found.values("person")).order_by("name", "pk")


def version_of(found: Iterable[Reader]) -> int:
    """Where a page is that shows these: whenever one of them reads on, it is another number."""
    return sum(reader.seq for reader in found)


def versions(people: Collection[str], names: Iterable[str]) -> dict[tuple[str, str], int]:
    """(person, name) → the version of such a list, of those among these that this person may have."""
    conversations = [name.removeprefix(LIST) for name in names if name.startswith(LIST)]
    if not conversations:
        return {}
    rows = _versions(people, conversations)
    return {(person, f"{LIST}{conversation}"): number or 0 for person, conversation, number in rows}


@prepared
def _versions(people: Collection[str], conversations: Collection[str]) -> QuerySet:
    there = Membership.objects.filter(conversation=OuterRef("conversation"), seen_seq__gt=0)
    read = _sharing(there, OuterRef("person")).order_by().values("conversation")
    mine = Membership.objects.filter(
        person__in=people, conversation__in=conversations, conversation__kind__in=KINDS, conversation__request_to=None
    )
    number = Subquery(read.annotate(number=Sum("seen_seq")).values("number"))
    return mine.filter(person__receipts=True).values_list("person_id", "conversation_id", number)


def lacking(pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], dict]:
    """(person, conversation) → the frame by which that page knows how far the others have read, as far as it may."""
    known = defaultdict(list)
    if pairs:
        people, conversations = zip(*pairs, strict=True)
        for entitled, *reader in _readers_of(set(people), set(conversations)):
            known[entitled, reader[0]].append(Reader(*reader))
    return {pair: broadcasts.seen_frame(pair[1], "".join(map(_drawn, known[pair]))) for pair in pairs if pair in known}


@prepared
def _readers_of(people: Collection[str], conversations: Collection[str]) -> QuerySet:
    """Each with one of these people who may know it."""
    read = Membership.objects.filter(conversation__in=conversations, seen_seq__gt=0)
    pairs = read.annotate(entitled=F("conversation__memberships__person")).filter(entitled__in=people)
    return _sharing(pairs, F("entitled")).order_by("pk").values_list("entitled", *READER)
