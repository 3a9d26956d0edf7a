"""Seats, filled in where one differs from the next (see accounts/stencil.py)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import get_language

from accounts.ids import random_id
from accounts.stencil import cut, fill, sample_person, values_of

if TYPE_CHECKING:
    from rooms.models import Room, Seat

Draw = Callable[["Seat", "Room"], str]


def filled(seat: Seat, room: Room, draw: Draw) -> str:
    """What `draw` would make of a seat that somebody has."""
    alike = seat.role, seat.silent, bool(seat.person.photo), get_language()
    return fill(_stencil(draw, *alike), _values(seat, room.pk))


@lru_cache
def _stencil(draw: Draw, role: str, silent: bool, photo: bool, _language: str | None) -> list[str]:
    from rooms.models import Room, Seat

    when, room = datetime(1999, 1, 2, 3, 4, 5, 6789, tzinfo=UTC), Room(pk=random_id())
    sample = Seat(room=room, person=sample_person(photo), role=role, muted=silent, joined_at=when, stage_at=when)
    return cut(draw(sample, room), _values(sample, room.pk))


def _values(seat: Seat, room_id: str) -> dict[str, str]:
    return {
        "\ue000seat": f'id="seat-{seat.pk}"',
        "\ue000menu": seat.pk.join(_around_id(room_id)),
        "\ue000order": f'data-order="{seat.order}"',
        **values_of(seat.person),
    }


@lru_cache(4096)
def _around_id(room_id: str) -> list[str]:
    """The address of a seat's menu: what stands before the seat's id, and what after it."""
    return reverse("rooms:menu", args=[room_id, "~"]).split("~")
