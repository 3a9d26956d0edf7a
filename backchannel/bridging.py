"""From writing to talking, and back: a room started out of a conversation, and a link to one taken into another."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.refusals import Refused
from backchannel import address, broadcasts
from backchannel.models import Conversation, Message
from rooms.models import Room


def start_room(conversation: Conversation, by: Person, client_id: UUID, **fields: str) -> Room:
    """Open a room for the people of a conversation: they are told, a closed one exists for them, and its link stands in
    the conversation. Raises Refused where `by` may not write there, or has asked and was not answered: nobody is called
    by a request."""
    conversation.require_writer(by)
    if conversation.asks(by.pk):
        raise Refused(_("You can start a room together once your first message was answered."))
    room = Room.open(by, **fields)
    others = conversation.memberships.exclude(person=by).values_list("person", flat=True)
    expected = room.expect(list(others), by)
    conversation.post(by, client_id, _link_to(room))
    broadcasts.room_started(room, by, expected)
    return room


def share(room: Room, by: Person, to: Conversation, client_id: UUID) -> Message:
    """Write a link to a room into a conversation; there it has a card with a button to come in. A moderator's link to
    a closed room is the secret one: whom he tells is welcome."""
    key = room.key if room.kind == Room.Kind.CLOSED and room.may_moderate(by) else ""
    return to.post(by, client_id, _link_to(room, key))


def _link_to(room: Room, key: str = "") -> str:
    return f"{address.shown()}{room.get_absolute_url()}{f'?key={key}' if key else ''}"
