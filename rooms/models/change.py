"""One step in the life of a room, taken under the room's lock and given a number of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.refusals import Refused
from rooms import broadcasts
from rooms.signals import seat_changed

if TYPE_CHECKING:
    from accounts.models import Person
    from rooms.models import Room, Seat


class Change:
    """Collects what one step did to a room, so that browsers are told once, with one version."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self.seats: dict[str, Seat] = {}
        self.moved: list[Seat] = []
        self.room_itself = False

    def require_moderator(self, by: Person) -> None:
        """Refuse unless `by` moderates the room now: he may have lost it since his page was drawn."""
        if not self.room.may_moderate(by):
            raise Refused(_("Only the moderators of this room can do that."))

    def touch(self, seat: Seat, before: str | None) -> None:
        """Note that this seat is no longer as it was and tell the layers above, still inside the transaction."""
        self.seats[seat.pk] = seat
        if seat.left_at:
            self.room.exits += 1
        if before is not None and (seat.left_at or before != seat.role):
            self.moved.append(seat)
        seat_changed.send(type(seat), seat=seat, before=before)

    def close(self) -> None:
        if self.seats or self.room_itself:
            self.room.version += 1
            self.room.save()
            self._tell()

    def _tell(self) -> None:
        seats = list(self.seats.values())
        if self.room.ended_at:
            broadcasts.ended(self.room, seats)
        else:
            broadcasts.changed(self.room, seats, self.room_itself)
            broadcasts.moved(self.room, self.moved)
