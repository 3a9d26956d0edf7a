"""What a conversation is drawn from, on its own page and beside the stage."""

from uuid import uuid4

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.prepared import prepared
from accounts.refusals import Refused
from backchannel import writers
from backchannel.forms import MessageForm
from backchannel.models import Conversation, Message
from rooms.models import Seat

PAGE = 40  # messages


def message_list(
    conversation: Conversation, person: Person, seat: Seat | None, form: MessageForm | None = None
) -> dict:
    """The context of backchannel/_conversation.html: the newest messages, and whether `person` may write here.

    `seat` is the one that he has now, where the conversation is a room's.
    """
    # Its head was read before these: what is written in between comes twice rather than never.
    other = conversation.other_than(person)
    closed_line = _why_closed(conversation, person, seat)
    page = page_before(conversation, person)
    return {
        **page,
        "unseen": _unseen(conversation, page["newest"]),
        "other": other,
        "can_write": not closed_line,
        "closed_line": closed_line,
        "moderating": seat is not None and seat.moderates,
        "client_id": uuid4(),
        "form": form,
        "user": person,
        **_labels(conversation, other),
    }


def page_before(conversation: Conversation, person: Person, before: int | None = None) -> dict:
    """The last messages before a place (of all, without one), as they are shown, and where the ones before them
    begin, if any."""
    newest = _newest(person.pk, conversation.pk) if before is None else _before(person.pk, conversation.pk, before)
    shown = newest[:PAGE]
    return {
        "conversation": conversation,
        "written": "\n".join(html for _seq, html in reversed(shown)),
        "newest": shown[0][0] if shown else 0,
        "older": shown[-1][0] if len(newest) > PAGE else None,
        "before": before,
    }


@prepared
def _newest(person: str, conversation: str) -> QuerySet:
    """One more than are shown, if there are more."""
    messages = Message.objects.readable_by(person).filter(conversation=conversation)
    return messages.order_by("-seq").values_list("seq", "html")[: PAGE + 1]


@prepared
def _before(person: str, conversation: str, seq: int) -> QuerySet:
    messages = Message.objects.readable_by(person).filter(conversation=conversation, seq__lt=seq)
    return messages.order_by("-seq").values_list("seq", "html")[: PAGE + 1]


def _unseen(conversation: Conversation, newest: int) -> bool:
    """Whether something stands there that was not read yet, where that is noted."""
    return conversation.kind != Conversation.Kind.ROOM and newest > conversation.read_seq


def _why_closed(conversation: Conversation, person: Person, seat: Seat | None) -> str | Promise:
    if conversation.room:
        return writers.without_seat(conversation.room, seat)
    try:
        conversation.require_place(person)
    except Refused as refusal:
        return str(refusal.sentence)
    return ""


def _labels(conversation: Conversation, other: Person | None) -> dict:
    """The composer names who will read it, so that nobody writes into the wrong conversation."""
    composer, log = {
        Conversation.Kind.ROOM: (_("Message everyone in the room"), _("Chat, everyone")),
        Conversation.Kind.SPEAKERS: (_("Message the people on stage"), _("Speakers’ line")),
    }.get(
        conversation.kind,
        (_("Message %(name)s") % {"name": other or ""}, _("Conversation with %(name)s") % {"name": other or ""}),
    )
    return {"composer_label": composer, "log_label": log}
