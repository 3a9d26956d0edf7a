"""The template of a new message, drawn once and cut where one message differs from the next: filling it in costs a
fiftieth of drawing it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.html import escape

from accounts.ids import random_id
from accounts.models import Person

if TYPE_CHECKING:
    from backchannel.models import Message


def filled(message: Message, draw: Callable[[Message], str]) -> str:
    """What `draw` would make of a message that is new: neither edited nor deleted."""
    values = _values(message)
    return "".join([values.get(part, part) for part in _stencil(draw, bool(message.author.photo))])


@lru_cache
def _stencil(draw: Callable[[Message], str], photo: bool) -> list[str]:
    """The drawing of a message like no other, in parts: its own values stand alone, as the names of what they are."""
    sample = _sample(photo)
    names = {value: name for name, value in _values(sample).items()}
    longest_first = sorted(names, key=len, reverse=True)
    parts = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", draw(sample))
    return [names.get(part, part) for part in parts]


def _sample(photo: bool) -> Message:
    """Everything about it is found nowhere else in its drawing; private characters, which no name needs, help."""
    from backchannel.models import Message

    name = "\ue000 \ue001"
    author = Person(pk=random_id(), username=random_id(), name=name, photo=f"{random_id()}.webp" if photo else "")
    when = datetime(1999, 1, 2, 3, 4, 5, 6789, tzinfo=UTC)
    return Message(
        conversation_id=random_id(),
        client_id=uuid4(),
        author=author,
        body=random_id(),
        seq=10**17 + 1,
        changed=10**17 + 2,
        created_at=when,
    )


def _values(message: Message) -> dict[str, str]:
    """All in which one new message differs from another, as it stands in the page. Whatever the text may be, the
    names of these are none of its parts: a text is a part of its own, and not looked up."""
    at = message.created_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    author = message.author
    return {
        "\ue000address": str(message.client_id).join(_around_id(message.conversation_id)),
        "\ue000element": message.element_id,
        "\ue000seq": f'data-seq="{message.seq}"',
        "\ue000changed": f'data-changed="{message.changed}"',
        "\ue000at": at.isoformat(),
        "\ue000clock": at.strftime("%H:%M"),
        "\ue000text": message.text_html,
        **_values_of(author.pk, author.username, author.name, str(author.photo)),
    }


@lru_cache(4096)
def _around_id(conversation_id: str) -> list[str]:
    """The address of a conversation's messages: what stands before a message's id, and what after it."""
    some = UUID(int=0)
    return reverse("message", args=[conversation_id, some]).split(str(some))


@lru_cache(4096)
def _values_of(pk: str, username: str, name: str, photo: str) -> dict[str, str]:
    """The same of its author."""
    author = Person(pk=pk, username=username, name=name, photo=photo)
    return {
        "\ue000author": f'data-author="{pk}"',
        "\ue000hue": f"hue-{author.hue} ",
        "\ue000initials": f">{escape(author.initials)}<",
        "\ue000photo": f'src="{escape(author.photo_address)}"',
        "\ue000name": f">{escape(name)}<",
        "\ue000profile": f'href="{escape(author.get_absolute_url())}"',
    }
