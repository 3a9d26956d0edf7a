"""Messages that nobody looked at: whoever has not read one after a moment is told of it by the bell, as he wants it.

Which conversations have news is noted beside the writing of them and looked at together, so that no message waits for
this, and none that was read at once rings anywhere. Who was told of a conversation is not told again until he has read
it.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TypeVar
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import notifying
from accounts.models import Notification, Person
from accounts.notifying import Shown
from backchannel.accepted import ACCEPTED
from backchannel.models import Conversation, Membership, Mention, Message
from rooms.models import Seat

MESSAGE, MENTION = "message", "mention"
MOMENT = timedelta(seconds=3)  # a page that is looked at says within one second that it was read
LOOKED_BACK = timedelta(minutes=5)  # by a process that has just begun, for what the one before it did not come to
NEAR = timedelta(seconds=60)  # whoever was heard in the room so lately is there

Noted = TypeVar("Noted", str, UUID)

_noting = threading.Lock()
_news: dict[str, datetime] = {}  # conversation → since when something new stands there
_naming: dict[UUID, datetime] = {}  # the same for messages that name somebody
_began = False


def note(messages: Iterable[Message]) -> None:
    """These were written just now."""
    now = timezone.now()
    with _noting:
        for message in messages:
            _news.setdefault(message.conversation_id, now)
            if message.named:
                _naming[message.client_id] = now


def look() -> None:
    """Tell of what was written a moment ago and nobody has read since: a few questions, however much it is."""
    now = timezone.now()
    conversations, messages = _due(now)
    mentioned = _tell_of_mentions(messages, now) if messages else set()
    if conversations:
        _tell_of_messages(conversations, mentioned, now)


def _due(now: datetime) -> tuple[set[str], set[UUID]]:
    global _began
    with _noting:
        conversations, messages = _taken(_news, now), _taken(_naming, now)
    if not _began:
        lately = Message.objects.filter(created_at__gt=now - LOOKED_BACK)
        conversations |= set(lately.values_list("conversation", flat=True).distinct())
        messages |= set(lately.exclude(mentions=None).values_list("client_id", flat=True))
        _began = True
    return conversations, messages


def _taken(noted: dict[Noted, datetime], now: datetime) -> set[Noted]:
    due = {one for one, since in noted.items() if now - since >= MOMENT}
    for one in due:
        del noted[one]
    return due


def _tell_of_messages(conversations: set[str], mentioned: set[tuple[str, str]], now: datetime) -> None:
    """Members who want to be told of every message, have not read them all, and were not told of others before."""
    told = Notification.objects.unread().filter(
        kind=MESSAGE, person=OuterRef("person"), subject=OuterRef("conversation")
    )
    wanted = Membership.objects.filter(conversation__in=conversations, conversation__kind__in=("direct", "group"))
    wanted = wanted.not_asked().at_hand(now).loud(now).filter(level="all").exclude(Exists(told))
    people = defaultdict(set)
    for person, conversation, author in wanted.heard_last().values_list("person_id", "conversation_id", "heard"):
        if (person, conversation) not in mentioned:
            people[conversation, author].add(person)
    notifying.notify_all(MESSAGE, [(some, conversation, author) for (conversation, author), some in people.items()])


def _tell_of_mentions(messages: set[UUID], now: datetime) -> set[tuple[str, str]]:
    """Whom these messages name and who wants to hear that: not who read it, has it muted, or sits in the room where it
    stands. Gives (person, conversation) of those who were told."""
    kept = Membership.objects.filter(conversation=OuterRef("message__conversation"), person=OuterRef("person"))
    deaf = kept.filter(
        Q(read_seq__gte=OuterRef("message__seq")) | Q(level__in=("nothing", "hidden")) | Q(muted_until__gt=now)
    )
    here = Seat.objects.heard_after(now - NEAR).filter(
        room__conversations=OuterRef("message__conversation"), person=OuterRef("person")
    )
    named = (
        Mention.objects.to_be_told().filter(message__client_id__in=messages).exclude(Exists(deaf)).exclude(Exists(here))
    )
    people = defaultdict(set)
    for mention in named.select_related("message"):
        people[mention.message].add(mention.person_id)
    notifying.notify_all(MENTION, [(some, _subject(message), message.author_id) for message, some in people.items()])
    return {(person, message.conversation_id) for message, some in people.items() for person in some}


def _subject(message: Message) -> str:
    return f"{message.conversation_id}/{message.client_id.hex}"


def read(person: Person, conversation: Conversation, seq: int) -> None:
    """`person` has read so far: where that is all there is, nothing of it need be told any more."""
    later = conversation.messages.filter(seq__gt=seq, deleted_at=None, event="").exclude(author=person)
    if not later.exists():
        settle(person.pk, conversation.pk)


def settle(person_id: str, conversation_id: str) -> None:
    for kind in (MESSAGE, ACCEPTED):
        notifying.settle([person_id], kind, [conversation_id])
    notifying.settle_all_under([person_id], MENTION, f"{conversation_id}/")


def gone(person_id: str, conversation_id: str) -> None:
    """It is not his to read any more."""
    notifying.forget(MESSAGE, [conversation_id], [person_id])
    notifying.forget_all_under(MENTION, f"{conversation_id}/", [person_id])


def forget(mentions: QuerySet[Mention]) -> None:
    """Nothing is left of the messages that these stood in."""
    notifying.forget(MENTION, {_subject(one.message) for one in mentions.select_related("message")})


# What it looks like -----------------------------------------------------------------------------------------


def look_of_messages(person: Person, subjects: Collection[str]) -> dict[str, Shown]:
    found = Conversation.objects.open_to(person).filter(pk__in=subjects).exclude(request_to=person)
    return {one.pk: Shown(_where(one), one.get_absolute_url()) for one in found.select_related("group")}


def _where(conversation: Conversation) -> str:
    if conversation.kind == Conversation.Kind.GROUP:
        return _("wrote in %(group)s.") % {"group": conversation.group}
    return _("wrote to you.")


def look_of_mentions(person: Person, subjects: Collection[str]) -> dict[str, Shown]:
    ids = [subject.partition("/")[2] for subject in subjects]
    found = Message.objects.readable_by(person).filter(client_id__in=ids, deleted_at=None, mentions__person=person)
    return {
        _subject(one): Shown(_("mentioned you."), f"{one.conversation.get_absolute_url()}?m={one.client_id}")
        for one in found.select_related("conversation")
    }
