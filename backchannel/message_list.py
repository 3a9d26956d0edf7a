"""What a conversation is drawn from, on its own page and beside the stage."""

from uuid import uuid4

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.refusals import Refused
from backchannel.forms import MessageForm
from backchannel.models import Conversation, Message

PAGE = 40  # messages


def message_list(conversation: Conversation, person: Person, form: MessageForm | None = None) -> dict:
    """The context of backchannel/_conversation.html: the newest messages, and whether `person` may write here."""
    # Its head was read before these: what is written in between comes twice rather than never.
    other = conversation.other_than(person)
    closed_line = _why_closed(conversation, person)
    seat = conversation.room.seat_of(person) if conversation.room else None
    page = page_before(conversation, person)
    return {
        **page,
        "unseen": _unseen(conversation, page["written"]),
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
    """The last messages before a place (of all, without one), and where the ones before them begin, if any."""
    messages = Message.objects.readable_by(person).filter(conversation=conversation)
    if before is not None:
        messages = messages.filter(seq__lt=before)
    newest = list(messages.order_by("-seq").values("seq", "html")[: PAGE + 1])
    shown = newest[:PAGE][::-1]
    older = shown[0]["seq"] if len(newest) > PAGE else None
    return {"conversation": conversation, "written": shown, "older": older, "before": before}


def _unseen(conversation: Conversation, written: list[dict]) -> bool:
    """Whether something stands there that was not read yet, where that is noted."""
    noted = conversation.kind != Conversation.Kind.ROOM
    return noted and bool(written) and written[-1]["seq"] > conversation.read_seq


def _why_closed(conversation: Conversation, person: Person) -> str:
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
