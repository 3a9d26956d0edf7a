"""What a reply quotes. It is drawn for everybody alike, so it shows no word that one of its readers may not read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from accounts.models import Block
from accounts.refusals import Refused
from backchannel import writers
from backchannel.text import without_marks
from rooms.models import Room, Seat

if TYPE_CHECKING:
    from backchannel.models import Conversation, Message
    from backchannel.writing import Draft

FIRST_WORDS = 140  # characters of a message that are quoted
LOOKED_AT = 1000  # characters, in which a mark may begin and end


class Quote(NamedTuple):
    """The message that another one replies to, and whether its words may stand there."""

    original: Message
    open: bool

    @property
    def shown(self) -> bool:
        return self.open and not self.original.deleted_at


def first_words(body: str) -> str:
    """How a text begins, in one line and without its marks."""
    return " ".join(without_marks(body[:LOOKED_AT]).split())[:FIRST_WORDS]


class Histories:
    """Where the history of each reader of these conversations begins: with a number, in a closed room with a time. In
    an open room it is the same for all."""

    def __init__(self, conversations: Iterable[Conversation]) -> None:
        from backchannel.models import Membership

        self._starts: dict[str, dict[str, Any]] = defaultdict(dict)
        small = [one.pk for one in conversations if one.kind != one.Kind.ROOM]
        closed = {one.room_id: one.pk for one in conversations if one.pk not in small and _is_closed(one)}
        members = Membership.objects.filter(conversation__in=small) if small else Membership.objects.none()
        for pk, person, start in members.values_list("conversation", "person", "from_seq"):
            self._starts[pk][person] = start
        seats = Seat.objects.filter(room__in=closed) if closed else Seat.objects.none()
        for room, person, since in seats.values_list("room", "person", "since"):
            self._starts[closed[room]][person] = since

    def include(self, person_id: str, message: Message) -> bool:
        """Whether a reader of the conversation may read this message of it."""
        starts = self._starts[message.conversation_id]
        return person_id not in starts or starts[person_id] <= self._place(message)

    def are_open_to_all(self, original: Message, reply: Message) -> bool:
        """Whether everybody who may read the reply may read what it replies to."""
        begun, replied = self._place(original), self._place(reply)
        return not any(begun < start <= replied for start in self._starts[reply.conversation_id].values())

    def _place(self, message: Message) -> Any:
        by_time = message.conversation.kind == message.conversation.Kind.ROOM
        return message.created_at if by_time else message.seq


def _is_closed(conversation: Conversation) -> bool:
    return conversation.room.kind != Room.Kind.OPEN


def quote_of(reply: Message, histories: Histories | None = None) -> Quote | None:
    """What a message quotes, if it replies to another one."""
    original = reply.reply_to
    if not original:
        return None
    original.conversation = reply.conversation
    histories = histories or Histories([reply.conversation])
    return Quote(original, histories.are_open_to_all(original, reply))


class Originals:
    """What these drafts reply to. Where none of them does, nothing is asked."""

    def __init__(self, drafts: Iterable[Draft], conversations: dict[str, Conversation]) -> None:
        replies = [draft for draft in drafts if draft.reply_to and draft.conversation_id in conversations]
        self._found = _messages(replies, conversations)
        self.histories = Histories({conversations[draft.conversation_id] for draft in replies})
        people = {draft.author_id for draft in replies} | {one.author_id for one in self._found.values()}
        self._apart = Block.objects.among(people) if replies else set()

    def of(self, draft: Draft) -> Message | None:
        return self._found.get((draft.conversation_id, draft.reply_to)) if draft.reply_to else None

    def refusal(self, draft: Draft) -> Refused | None:
        """Why this draft may not reply to what it names."""
        original = self.of(draft)
        if draft.reply_to and not (original and self.histories.include(draft.author_id, original)):
            return Refused(_("The message you reply to is not there any more."))
        if original and (draft.author_id, original.author_id) in self._apart:
            return writers.out_of_reach()
        return None


def _messages(replies: list[Draft], conversations: dict[str, Conversation]) -> dict[tuple[str, UUID], Message]:
    from backchannel.models import Message

    if not replies:
        return {}
    named = Message.objects.filter(
        client_id__in={draft.reply_to for draft in replies},
        conversation__in={draft.conversation_id for draft in replies},
        event="",
    )
    found = {(one.conversation_id, one.client_id): one for one in named.select_related("author")}
    for message in found.values():
        message.conversation = conversations[message.conversation_id]
    return found
