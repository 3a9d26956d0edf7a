"""What a conversation is drawn from, on its own page and beside the stage."""

from uuid import UUID, uuid4

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.prepared import prepared
from backchannel import seen, writers
from backchannel.forms import MessageForm
from backchannel.models import Conversation, Message, Pin
from backchannel.querysets import MessageQuerySet
from backchannel.request_reasons import Reason, reasons
from rooms.models import Seat

PAGE = 40  # messages
ABOVE = 20  # of them, where one of them is looked for

Piece = tuple[int, str]  # a message's place, and how it is shown


def message_list(
    conversation: Conversation,
    person: Person,
    seat: Seat | None,
    form: MessageForm | None = None,
    at: UUID | int | None = None,
    reply_to: UUID | None = None,
) -> dict:
    """The context of backchannel/_conversation.html: the newest messages, or those around the one called `at` (or
    numbered after it), and whether `person` may write here, perhaps in reply to one.

    `seat` is the one that he has now, where the conversation is a room's.
    """
    # Its head was read before these: what is written in between comes twice rather than never.
    other = conversation.other_than(person)
    closed_line = _why_closed(conversation, person, seat, other)
    page = page_around(conversation, person, at) if at is not None else page_before(conversation, person)
    return {
        **page,
        "unseen": _unseen(conversation, page["newest"]),
        "unread_above": _unread_above(conversation, page),
        "other": other,
        "reason": _reason(conversation, person, other),
        "can_write": not closed_line,
        "asking": conversation.asks(person.pk),
        "closed_line": closed_line,
        "client_id": uuid4(),
        "form": form,
        "pin": _pinned(conversation, person),
        "replying": _readable(conversation, person).filter(client_id=reply_to).first() if reply_to else None,
        "user": person,
        **_seen(conversation, person),
        **_labels(conversation, other),
    }


def page_before(conversation: Conversation, person: Person, before: int | None = None) -> dict:
    """The last messages before a place (of all, without one), as they are shown, and where the ones before them
    begin, if any."""
    newest = _newest(person.pk, conversation.pk) if before is None else _before(person.pk, conversation.pk, before)
    shown, older = _last_of(newest, PAGE)
    return {**_page(conversation, shown, older), "before": before}


def page_after(conversation: Conversation, person: Person, after: int) -> dict:
    """The first messages after a place. `until`: the last of them, if there are others after it."""
    later = _readable(conversation, person).filter(seq__gt=after).order_by("seq").values_list("seq", "html")
    shown = list(later[: PAGE + 1])
    page = _page(conversation, shown[:PAGE], older=None)
    return {**page, "until": page["newest"] if len(shown) > PAGE else None}


def page_around(conversation: Conversation, person: Person, at: UUID | int) -> dict:
    """The messages around one, which is marked: the one with this id, or the first with a number beyond. `until`: the
    last of them, if there are others after it. Without such a message the newest ones, and that it is missing."""
    messages = _readable(conversation, person)
    named = Q(seq__gt=at) if isinstance(at, int) else Q(client_id=at)
    place = messages.filter(named).order_by("seq").values_list("seq", flat=True).first()
    if place is None:
        return {**page_before(conversation, person), "missing": True}
    above, older = _last_of(_before(person.pk, conversation.pk, place), ABOVE)
    rest = PAGE - ABOVE
    below = list(messages.filter(seq__gte=place).order_by("seq").values_list("seq", "html")[: rest + 1])
    found, *after = below[:rest]
    page = _page(conversation, [*above, (place, _marked(found[1])), *after], older)
    return {**page, "before": None, "until": page["newest"] if len(below) > rest else None}


@prepared
def _newest(person: str, conversation: str) -> QuerySet:
    """One more than are shown, if there are more."""
    messages = Message.objects.readable_by(person).filter(conversation=conversation)
    return messages.order_by("-seq").values_list("seq", "html")[: PAGE + 1]


@prepared
def _before(person: str, conversation: str, seq: int) -> QuerySet:
    messages = Message.objects.readable_by(person).filter(conversation=conversation, seq__lt=seq)
    return messages.order_by("-seq").values_list("seq", "html")[: PAGE + 1]


def _readable(conversation: Conversation, person: Person) -> MessageQuerySet:
    return Message.objects.readable_by(person).filter(conversation=conversation)


def _last_of(newest: list[Piece], count: int) -> tuple[list[Piece], int | None]:
    """These, the newest one last, and where the ones before them begin, if any."""
    shown = newest[:count][::-1]
    return shown, shown[0][0] if len(newest) > count else None


def _marked(html: str) -> str:
    """The message that was looked for: the stored piece begins with its own class."""
    return html.replace('class="message', 'class="message message--found', 1)


def _page(conversation: Conversation, shown: list[Piece], older: int | None) -> dict:
    return {
        "conversation": conversation,
        "written": "\n".join(html for _seq, html in shown),
        "newest": shown[-1][0] if shown else 0,
        "oldest": shown[0][0] if shown else 0,
        "older": older,
    }


def _unseen(conversation: Conversation, newest: int) -> bool:
    """Whether something stands there that was not read yet, where that is noted."""
    return conversation.kind != Conversation.Kind.ROOM and newest > conversation.read_seq


def _seen(conversation: Conversation, person: Person) -> dict:
    """How far the others have read, where that is shared."""
    found = seen.readers(conversation, person)
    return {"seen_by": found, "seen_version": seen.version_of(found or ())}


def _reason(conversation: Conversation, person: Person, other: Person | None) -> Reason | None:
    """Where this is a request: what the two have in common."""
    if not other or not conversation.asks(other.pk):
        return None
    return reasons(person, [other.pk])[other.pk]


def _unread_above(conversation: Conversation, page: dict) -> bool:
    """Whether one has not read as far as this page begins, where that is noted."""
    return bool(
        conversation.kind != Conversation.Kind.ROOM and page["older"] and page["oldest"] > conversation.read_seq + 1
    )


def _pinned(conversation: Conversation, person: Person) -> Pin | None:
    """What a group keeps at hand, the newest that he may read."""
    if conversation.kind != Conversation.Kind.GROUP:
        return None
    return next(iter(_newest_pin(person.pk, conversation.pk)), None)


@prepared
def _newest_pin(person: str, conversation: str) -> QuerySet:
    return Pin.objects.shown_to(person, conversation)[:1]


def _why_closed(conversation: Conversation, person: Person, seat: Seat | None, other: Person | None) -> str | Promise:
    if conversation.room:
        return writers.without_seat(conversation.room, seat)
    others = {(person.pk, conversation.pk): other} if other else {}
    return writers.without_place([(person, conversation)], others).get((person.pk, conversation.pk), "")


def _labels(conversation: Conversation, other: Person | None) -> dict:
    """The composer names who will read it, so that nobody writes into the wrong conversation."""
    name = conversation.group if conversation.kind == Conversation.Kind.GROUP else other or ""
    composer, log = {
        Conversation.Kind.ROOM: (_("Message everyone in the room"), _("Chat, everyone")),
        Conversation.Kind.SPEAKERS: (_("Message the people on stage"), _("Speakers’ line")),
        Conversation.Kind.GROUP: (_("Message everyone in %(name)s") % {"name": name}, str(name)),
    }.get(
        conversation.kind,
        (_("Message %(name)s") % {"name": name}, _("Conversation with %(name)s") % {"name": name}),
    )
    hint = {  # there is less room than the whole name takes
        Conversation.Kind.ROOM: _("Message everyone"),
        Conversation.Kind.SPEAKERS: _("Message the stage"),
        Conversation.Kind.GROUP: _("Message %(name)s") % {"name": name},
    }
    return {"composer_label": composer, "composer_hint": hint.get(conversation.kind, composer), "log_label": log}
