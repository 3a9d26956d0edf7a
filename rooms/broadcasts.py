"""What browsers are told about rooms, one function for each kind of news. All of it leaves after the commit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils import timezone

import live
from rooms.querysets import HERE, people_here
from rooms.stencil import filled

if TYPE_CHECKING:
    from rooms.models import Room, Seat


def changed(room: Room, seats: list[Seat], room_itself: bool) -> None:
    """One step of a room, with its version: its seats as they are now to everybody in it, the queue of hands to its
    moderators, and to each person concerned that his own controls are others."""
    html = render_to_string("rooms/_header.html", {"room": room}) if room_itself else ""
    _seats_changed(room, seats, html)
    hands_changed(room)
    live.retune([seat.person_id for seat in seats])
    own_controls_changed(room, list(room.seats.taken()) if room_itself else seats)


def own_controls_changed(room: Room, seats: list[Seat]) -> None:
    """To each of these people in all his tabs: the bar of the room's page and the small player of the others. Both
    are fetched, for they are drawn for one person and one page."""
    live.tell([seat.person_id for seat in seats], _reload("mini", room))
    live.tell([seat.person_id for seat in seats if not seat.removed_at], _reload("controls", room))


def presence_changed(room: Room, seats: list[Seat]) -> None:
    """Who came back or fell silent."""
    _seats_changed(room, seats)
    hands_changed(room)


def _seats_changed(room: Room, seats: list[Seat], html: str = "") -> None:
    html += "".join(draw_seat(seat, room) for seat in seats if seat.here)
    html += render_to_string("rooms/_counts.html", counts(room))
    gone = [f"seat-{seat.pk}" for seat in seats if not seat.here]
    live.send(room.topic, _piece(f"room:{room.pk}", room.version, html, gone), exits=room.exits)


def counts(room: Room) -> dict:
    """How many people are seen on stage and listening, for _counts.html."""
    here = dict(people_here(room.pk, timezone.now() - HERE))
    listening = here.pop("listener", 0)
    return {"room": room, "stage_count": sum(here.values()), "audience_count": listening}


def hands_changed(room: Room) -> None:
    """The queue of hands, drawn whole, to the moderators and nobody else."""
    moderators = list(room.seats.moderating().values_list("person_id", flat=True))
    hands = room.seats.here().hands().select_related("person")
    html = render_to_string("rooms/_hands.html", {"room": room, "hands": hands})
    live.tell(moderators, _piece(f"hands:{room.pk}", room.version, html))


def moved(room: Room, seats: list[Seat]) -> None:
    """To those whose role is another, and to those removed: this page is no longer the one you have."""
    people = [seat.person_id for seat in seats if not seat.left_at or seat.removed_at]
    live.tell(people, {"type": "go", "to": room.get_absolute_url()})


def ended(room: Room, seats: list[Seat]) -> None:
    """The room is over: its page becomes a look back, and the small player of the other pages goes."""
    people = [seat.person_id for seat in seats]
    live.tell(people, {"type": "go", "to": room.get_absolute_url()})
    live.tell(people, _reload("mini", room))
    live.retune(people)


def _reload(kind: str, room: Room) -> dict:
    return {"type": "reload", "list": f"{kind}:{room.pk}"}


def draw_seat(seat: Seat, room: Room) -> str:
    """A seat that somebody has, as everybody in the room sees it."""
    return filled(seat, room, _drawn)


def _drawn(seat: Seat, room: Room) -> str:
    return render_to_string("rooms/_seat.html", {"seat": seat, "room": room})


def _piece(name: str, version: int, html: str, gone: list[str] | None = None) -> dict:
    return {"type": "piece", "list": name, "version": version, "html": html, "gone": gone or []}
