"""What browsers are told about rooms, one function for each kind of news. All of it leaves after the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string

import live

if TYPE_CHECKING:
    from rooms.models import Room, Seat


def changed(room: Room, seats: list[Seat], *, room_itself: bool) -> None:
    """One step of a room, with its version: its seats as they are now to everybody in it, the queue of hands to its
    moderators, and to each person concerned his own controls."""
    if room.ended_at:
        ended(room, seats)
        return
    sitting = [seat for seat in seats if not seat.left_at]
    html = "".join(draw_seat(seat) for seat in sitting)
    if room_itself:
        html += render_to_string("rooms/_header.html", {"room": room})
    gone = [f"seat-{seat.pk}" for seat in seats if seat.left_at]
    live.send(room.topic, _piece(f"room:{room.pk}", room.version, html, gone), exits=room.exits)
    hands_changed(room)
    for seat in sitting:
        own_controls(seat)
    live.retune([seat.person_id for seat in seats])


def hands_changed(room: Room) -> None:
    """The queue of hands, drawn whole, to the moderators and nobody else."""
    moderators = list(room.seats.moderating().values_list("person_id", flat=True))
    html = render_to_string(
        "rooms/_hands.html", {"room": room, "hands": room.seats.hands().select_related("person")}
    )
    live.tell(moderators, _piece(f"hands:{room.pk}", room.version, html))


def own_controls(seat: Seat) -> None:
    """A person's own bar and invitation, in all his tabs."""
    html = render_to_string("rooms/_controls.html", {"room": seat.room, "seat": seat})
    live.tell([seat.person_id], _piece(f"controls:{seat.room_id}", None, html))


def presence_changed(room_id: str, html: str, gone: list[str]) -> None:
    """Who came back or fell silent: derived from time stamps, so it has no version."""
    live.send(f"room:{room_id}", _piece(f"room:{room_id}", None, html, gone))


def ended(room: Room, seats: list[Seat]) -> None:
    people = [seat.person_id for seat in seats]
    live.tell(people, {"type": "go", "to": room.get_absolute_url()})
    live.retune(people)


def draw_seat(seat: Seat) -> str:
    return render_to_string("rooms/_seat.html", {"seat": seat, "room": seat.room})


def _piece(name: str, version: int | None, html: str, gone: list[str] | None = None) -> dict:
    return {"type": "piece", "list": name, "version": version, "html": html, "gone": gone or []}
