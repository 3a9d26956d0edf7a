"""A conversation as one page to read, with its files beside it: as far as who asked for it may read it now."""

from __future__ import annotations

import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Min
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.ids import random_id
from accounts.models import Person
from backchannel.exporting.files import Step, pack, texts
from backchannel.models import Attachment, Conversation, Message, Reaction
from backchannel.models.scheduled import title_of
from backchannel.querysets import MessageQuerySet

PAGE = "conversation.html"
TOGETHER = 500  # messages
MOST = 200_000  # of them; where there are more, the newest


@dataclass
class Line:
    """A message, with what is shown of what it replies to, of its files and of who reacted."""

    message: Message
    original: Message | None = None
    files: list[tuple[Attachment, str]] = field(default_factory=list)
    reactions: list[tuple[str, int]] = field(default_factory=list)


def write_conversation(person: Person, conversation: Conversation, archive: zipfile.ZipFile, step: Step) -> None:
    files = Attachment.objects.served().filter(message__in=_readable(person, conversation))
    packed = pack(archive, files.order_by("message__seq", "place"), step)
    texts(archive, PAGE, _page(person, conversation, packed, step))


def _readable(person: Person, conversation: Conversation) -> MessageQuerySet:
    """Asked anew each time: what was deleted meanwhile, or is no longer his to read, is left out."""
    return Message.objects.readable_by(person).filter(conversation=conversation, deleted_at=None)


def _page(person: Person, conversation: Conversation, packed: dict[str, str], step: Step) -> Iterator[str]:
    readable = _readable(person, conversation)
    oldest = _left_out(readable)
    about = {
        "conversation": conversation,
        "title": title_of(conversation, person) or conversation.get_kind_display(),
        "people": conversation.people.order_by("name") if conversation.in_inbox else [],
        "now": timezone.now(),
        "left_out": oldest is not None,
    }
    before, after = _around(about)
    yield before
    done, day = 0, ""
    for messages in _batches(readable, oldest or 0):
        for message in messages:
            message.conversation = conversation
        lines = _lines(readable, messages, packed)
        yield render_to_string("exported/_messages.html", {"lines": lines, "day": day})
        day = f"{timezone.localtime(messages[-1].created_at):%Y-%m-%d}"
        done += len(messages)
        step(done)
    yield render_to_string("exported/_end.html", {"count": done}) + after


def _around(about: dict) -> list[str]:
    """What stands on the page before its messages, and what after them."""
    here = random_id()
    return render_to_string("exported/conversation.html", {**about, "messages": here}).split(here)


def _left_out(readable: MessageQuerySet) -> int | None:
    """The number of the last message that there is no room for."""
    return readable.order_by("-seq").values_list("seq", flat=True)[MOST : MOST + 1].first()


def _batches(readable: MessageQuerySet, after: int) -> Iterator[list[Message]]:
    whole = readable.select_related("author", "reply_to__author").defer("html", "words").order_by("seq")
    while messages := list(whole.filter(seq__gt=after)[:TOGETHER]):
        yield messages
        after = messages[-1].seq


def _lines(readable: MessageQuerySet, messages: Sequence[Message], packed: dict[str, str]) -> list[Line]:
    open_now = _open_originals(readable, messages)
    files, reactions = _files(messages, packed), _reactions(messages)
    return [
        Line(
            message,
            message.reply_to if message.reply_to_id in open_now else None,
            files[message.pk],
            reactions[message.pk],
        )
        for message in messages
    ]


def _open_originals(readable: MessageQuerySet, messages: Sequence[Message]) -> set[int]:
    """What they reply to, as far as he may read it."""
    named = {message.reply_to_id for message in messages if message.reply_to_id}
    return set(readable.filter(pk__in=named).values_list("pk", flat=True)) if named else set()


def _files(messages: Sequence[Message], packed: dict[str, str]) -> dict[int, list[tuple[Attachment, str]]]:
    found: dict[int, list[tuple[Attachment, str]]] = defaultdict(list)
    for file in Attachment.objects.filter(message__in=messages).order_by("message", "place"):
        found[file.message_id or 0].append((file, packed.get(file.pk, "")))
    return found


def _reactions(messages: Sequence[Message]) -> dict[int, list[tuple[str, int]]]:
    found = defaultdict(list)
    counted = Reaction.objects.filter(message__in=messages).values_list("message", "emoji")
    for message, emoji, number, _first in counted.annotate(Count("pk"), first=Min("pk")).order_by("message", "first"):
        found[message].append((emoji, number))
    return found
