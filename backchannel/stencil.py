"""New messages, filled in where one differs from the next (see accounts/stencil.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from accounts.ids import random_id
from accounts.stencil import cut, fill, sample_person, values_of

if TYPE_CHECKING:
    from backchannel.models import Message


def filled(message: Message, draw: Callable[[Message], str]) -> str:
    """What `draw` would make of a message that is new: neither edited nor deleted."""
    values = _values(message)
    return fill(_stencil(draw, bool(message.author.photo)), values)


@lru_cache
def _stencil(draw: Callable[[Message], str], photo: bool) -> list[str]:
    sample = _sample(photo)
    return cut(draw(sample), _values(sample))


def _sample(photo: bool) -> Message:
    from backchannel.models import Conversation, Message

    when = datetime(1999, 1, 2, 3, 4, 5, 6789, tzinfo=UTC)
    return Message(
        conversation=Conversation(),
        client_id=uuid4(),
        author=sample_person(photo),
        body=random_id(),
        seq=10**17 + 1,
        changed=10**17 + 2,
        created_at=when,
    )


def _values(message: Message) -> dict[str, str]:
    """All in which one new message differs from another, as it stands in the page."""
    at = message.created_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    return {
        "\ue000address": str(message.client_id).join(_around_id(message.conversation_id)),
        "\ue000element": message.element_id,
        "\ue000seq": f'data-seq="{message.seq}"',
        "\ue000changed": f'data-changed="{message.changed}"',
        "\ue000at": at.isoformat(),
        "\ue000clock": at.strftime("%H:%M"),
        "\ue000text": message.text_html,
        **values_of(message.author),
    }


@lru_cache(4096)
def _around_id(conversation_id: str) -> list[str]:
    """The address of a conversation's messages: what stands before a message's id, and what after it."""
    some = UUID(int=0)
    return reverse("message", args=[conversation_id, some]).split(str(some))
