"""The backchannel beside a room's stage: {% load panel %}{% room_panel room seat %}."""

from django import template
from django.db.models import QuerySet
from django.template import RequestContext

from accounts.models import Person
from accounts.prepared import prepared
from backchannel.message_list import message_list
from backchannel.models import Conversation, Message
from backchannel.question_list import question_list
from rooms.models import Room, Seat

register = template.Library()

KINDS = {"chat": Conversation.Kind.ROOM, "speakers": Conversation.Kind.SPEAKERS}


@register.inclusion_tag("backchannel/panel.html", takes_context=True)
def room_panel(context: RequestContext, room: Room, seat: Seat | None) -> dict:
    """The tab that ?panel=… names, drawn here for who has this seat; of the others only a link. A tab that is not
    open to this person is as one that does not exist."""
    request = context["request"]
    asked = request.GET.get("panel", "")
    conversations = _conversations(room, request.user)
    tabs = [name for name, kind in KINDS.items() if kind in conversations or name == "chat"] + ["questions"]
    tab = asked if asked in tabs else "chat"
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": request.user,
        "room": room,
        "open": bool(asked),
        "tab": tab,
        "chat": conversations.get(Conversation.Kind.ROOM),
        "speakers": conversations.get(Conversation.Kind.SPEAKERS),
        "unread": _unread(conversations.get(Conversation.Kind.SPEAKERS), request.user) if tab != "speakers" else 0,
        **_content(tab, room, conversations.get(KINDS.get(tab)), request.user, seat),
    }


def _conversations(room: Room, person: Person) -> dict[str, Conversation]:
    found = {conversation.kind: conversation for conversation in _open_beside_stage(person.pk, room.pk)}
    for conversation in found.values():
        conversation.room = room
    return found


@prepared
def _open_beside_stage(person: str, room: str) -> QuerySet:
    return Conversation.objects.open_to(person).filter(room=room).with_history_of(person)


def _content(tab: str, room: Room, conversation: Conversation | None, person: Person, seat: Seat | None) -> dict:
    if tab == "questions":
        return question_list(room.board, person, seat)
    return message_list(conversation, person, seat) if conversation else {}


def _unread(line: Conversation | None, person: Person) -> int:
    """How much others wrote in the speakers' line since one looked there."""
    if not line:
        return 0
    return len(_news(line.pk, line.read_seq, person.pk))


@prepared
def _news(line: str, read: int, person: str) -> QuerySet:
    return Message.objects.filter(conversation=line, seq__gt=read, deleted_at=None).exclude(author=person).values("pk")
