"""Several messages written in one transaction: as many queries for a hundred of them, to anybody, as for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING, NamedTuple

from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.prepared import prepared
from accounts.refusals import Refused
from backchannel import broadcasts, inserting, unheard, writers
from backchannel.enclosing import Enclosed, enclose
from backchannel.models import Conversation, LinkPreview, Membership, Mention, Message
from backchannel.models.conversation import Audience
from backchannel.models.request import accept_what_is_answered
from backchannel.naming import Named
from backchannel.quoting import Originals
from live.publishing import together
from live.registry import still_in
from rooms.models import Room

if TYPE_CHECKING:
    from backchannel.writing import Draft

LOGGED_OUT = 401
# A row that a message refers to may be held by somebody who takes his time: all the others do not wait for him any
# longer than this. Set in the words that lock, it is no trip of its own.
PATIENCE = RawSQL("set_config('lock_timeout', '300ms', true)", [])


def write(drafts: list[Draft], *, skip_locked: bool = False) -> list[Draft]:
    """Write these in their order, and give each its outcome: the message, or why there is none.

    `skip_locked` leaves aside, and gives back without an outcome, what belongs to a conversation that somebody else
    has locked. What is raised concerns all of them, and then nothing was written.
    """
    for draft in drafts:
        draft.outcome = None  # an attempt before this one may have failed after it knew
    with transaction.atomic():
        batch = Batch(drafts, skip_locked)
        batch.settle()
        batch.store()
        with together():
            batch.tell()
    return batch.left


class Batch:
    """Everything is read when the conversations are locked: what was true before does not count."""

    def __init__(self, drafts: list[Draft], skip_locked: bool) -> None:
        self.conversations = _locked({draft.conversation_id for draft in drafts}, skip_locked)
        elsewhere = _existing({draft.conversation_id for draft in drafts} - set(self.conversations))
        self.left = [draft for draft in drafts if draft.conversation_id in elsewhere]
        self.drafts = [draft for draft in drafts if draft.conversation_id not in elsewhere]
        self.members = _members(self.conversations.values())
        self.people = _people(self.drafts, self.members, self.conversations)
        self.originals = Originals(self.drafts, self.conversations)
        self.named = Named(self.drafts, self.conversations)
        self.enclosed = Enclosed(self.drafts)
        self.messages: list[Message] = []
        self.seats: dict[str, list] = {}  # of closed rooms

    # Who may, and who has already ------------------------------------------------------------------------

    def settle(self) -> None:
        """Every draft one after the other, as if it were alone: later ones know of those before them."""
        here = self._insiders()
        written = _already_written(here)
        words = writers.without_place(self._pairs(here), self._others(here))
        for draft in here:
            key = draft.conversation_id, draft.client_id
            if key in written:
                draft.outcome = _repeated(written[key], draft)
            elif (draft.author_id, draft.conversation_id) in words:
                draft.outcome = Refused(words[draft.author_id, draft.conversation_id])
            elif refusal := self._refusal(draft):
                draft.outcome = refusal
            else:
                draft.outcome = written[key] = self._message(draft)

    def _refusal(self, draft: Draft) -> Refused | None:
        """What those before it in this batch have to do with it, too."""
        asked = writers.unanswered(draft.author_id, self.conversations[draft.conversation_id])
        return asked or self._bare(draft) or self.originals.refusal(draft) or self.enclosed.refusal(draft)

    def _bare(self, draft: Draft) -> Refused | None:
        """Whoever asks to write sends words alone."""
        asks = draft.files and self.conversations[draft.conversation_id].asks(draft.author_id)
        return Refused(_("Files can be sent once your message is accepted.")) if asks else None

    def _insiders(self) -> list[Draft]:
        """Those whose author may read what he writes into; the others are refused."""
        valid = _valid_logins(self.drafts)
        insiders = self._open_pairs()
        for draft in self.drafts:
            if draft.login not in valid:
                draft.outcome = Refused(_("You are logged out."), status=LOGGED_OUT)
            elif (draft.author_id, draft.conversation_id) not in insiders:
                draft.outcome = writers.outsider()
        return [draft for draft in self.drafts if draft.outcome is None]

    def _open_pairs(self) -> set[tuple[str, str]]:
        """(person, conversation) for each that one of the authors may read: as a member, or from a seat."""
        members = {(member.person, pk) for pk, members in self.members.items() for member in members}
        chats = [one.pk for one in self.conversations.values() if one.kind == Conversation.Kind.ROOM]
        return members | Conversation.objects.sat_pairs(list(self.people), chats) if chats else members

    def _pairs(self, drafts: list[Draft]) -> list[writers.Pair]:
        wanted = {(draft.author_id, draft.conversation_id) for draft in drafts}
        return [(self.people[author], self.conversations[pk]) for author, pk in wanted]

    def _others(self, drafts: list[Draft]) -> dict[tuple[str, str], Person]:
        """(author, direct conversation) → the other one, where there is one."""
        return {
            (draft.author_id, draft.conversation_id): self.people[member.person]
            for draft in drafts
            if self.conversations[draft.conversation_id].kind == Conversation.Kind.DIRECT
            for member in self.members[draft.conversation_id]
            if member.person != draft.author_id
        }

    def _message(self, draft: Draft) -> Message:
        conversation = self.conversations[draft.conversation_id]
        conversation.head += 1
        message = Message(
            conversation=conversation,
            client_id=draft.client_id,
            author=self.people[draft.author_id],
            body=draft.body,
            seq=conversation.head,
            changed=conversation.head,
            reply_to=self.originals.of(draft),
            forwarded=draft.forwarded,
        )
        message.named = self.named.of(draft)
        message.files = self.enclosed.take(draft)
        message.draw(self.originals.histories)
        self.messages.append(message)
        return message

    # Keeping it -------------------------------------------------------------------------------------------

    def store(self) -> None:
        if self.messages:
            inserting.store(self.messages, self._readers())
            LinkPreview.objects.note(self.messages)
            Mention.objects.note(self.messages)
            enclose(self.messages)
            accept_what_is_answered(self.messages)

    def _readers(self) -> list[int]:
        """The memberships of those who wrote: they have read as far as that."""
        wrote = {(message.conversation_id, message.author_id) for message in self.messages}
        return [member.pk for pk, members in self.members.items() for member in members if (pk, member.person) in wrote]

    # Telling it -------------------------------------------------------------------------------------------

    def tell(self) -> None:
        for message in self.messages:
            broadcasts.message_changed(message, self._audience(message))
        unheard.note(self.messages)

    def _audience(self, message: Message) -> Audience:
        conversation = message.conversation
        if conversation.goes_by_topic(message):
            return Audience(exits=conversation.room.exits)
        if conversation.kind == Conversation.Kind.ROOM:
            return Audience.divided(self._sitting(conversation), message.created_at)
        members = self.members[conversation.pk]
        return Audience.divided([(member.person, member.from_seq) for member in members], message.seq)

    def _sitting(self, conversation: Conversation) -> list:
        if conversation.pk not in self.seats:
            self.seats[conversation.pk] = conversation.sitting()
        return self.seats[conversation.pk]


class Member(NamedTuple):
    pk: int
    person: str
    from_seq: int


def _locked(pks: set[str], skip_locked: bool) -> dict[str, Conversation]:
    """These conversations, each with its room, and nobody else writing there; always locked in one order."""
    locking = _lock_or_skip if skip_locked else _lock
    found = {conversation.pk: conversation for conversation in locking(pks)}
    rooms = Room.objects.in_bulk({one.room_id for one in found.values() if one.room_id})
    for conversation in found.values():
        conversation.room = rooms.get(conversation.room_id)
    return found


@prepared
def _lock(pks: Collection[str]) -> QuerySet:
    return Conversation.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")


@prepared
def _lock_or_skip(pks: Collection[str]) -> QuerySet:
    locked = Conversation.objects.select_for_update(no_key=True, skip_locked=True).filter(pk__in=pks).order_by("pk")
    return locked.annotate(_patience=PATIENCE) if connection.vendor == "postgresql" else locked


def _existing(pks: set[str]) -> set[str]:
    return set(Conversation.objects.filter(pk__in=pks).values_list("pk", flat=True)) if pks else set()


def _members(conversations) -> dict[str, list[Member]]:
    """The members of those that have any: they are few."""
    small = [one.pk for one in conversations if one.kind != Conversation.Kind.ROOM]
    members = defaultdict(list)
    for conversation, *member in _members_of(small) if small else ():
        members[conversation].append(Member(*member))
    return members


@prepared
def _members_of(pks: Collection[str]) -> QuerySet:
    members = Membership.objects.filter(conversation__in=pks)
    return members.values_list("conversation_id", "pk", "person_id", "from_seq")


def _people(drafts: list[Draft], members: dict, conversations: dict) -> dict[str, Person]:
    """Those who write, and whom they write to where that is one."""
    directs = [pk for pk, one in conversations.items() if one.kind == Conversation.Kind.DIRECT]
    others = {member.person for pk in directs for member in members[pk]}
    return {person.pk: person for person in _people_of(others | {draft.author_id for draft in drafts})}


@prepared
def _people_of(pks: Collection[str]) -> QuerySet:
    return Person.objects.filter(pk__in=pks)


def _valid_logins(drafts: list[Draft]) -> set[str | None]:
    """Those log-ins that still count. A form came through one already, and names none."""
    named = {draft.login for draft in drafts if draft.login is not None}
    return {None, *(still_in(named) if named else ())}


def _already_written(drafts: list[Draft]) -> dict[tuple, Message]:
    found = inserting.already_there([(draft.conversation_id, draft.client_id) for draft in drafts])
    return {(message.conversation_id, message.client_id): message for message in found}


def _repeated(message: Message, draft: Draft) -> Message | Refused:
    try:
        return message.repeated_by(draft.author_id)
    except Refused as refusal:
        return refusal
