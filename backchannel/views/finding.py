"""What all views of messages begin and end with."""

from uuid import UUID

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse

from backchannel.models import Conversation, Message


def message_of(request: HttpRequest, pk: str, client_id: UUID) -> Message:
    """A message of that conversation which this person may read now, or 404."""
    readable = Message.objects.readable_by(request.user).select_related("author", "conversation__room")
    return get_object_or_404(readable, conversation=pk, client_id=client_id, event="")


def wants_piece(request: HttpRequest) -> bool:
    """Whether a script asked for a part of a page. A boosted link or form wants the whole."""
    return bool(request.htmx) and not request.htmx.boosted


def place_of(conversation: Conversation) -> str:
    """Where one reads on: beside the stage while the room is live."""
    if conversation.room and conversation.room.live:
        tab = "speakers" if conversation.kind == Conversation.Kind.SPEAKERS else "chat"
        return f"{reverse('rooms:room', args=[conversation.room_id])}?panel={tab}"
    return conversation.get_absolute_url()
