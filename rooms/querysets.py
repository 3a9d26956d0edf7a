"""Which rooms and seats may be found, and by whom."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Person

HERE = timedelta(seconds=45)
GONE = timedelta(minutes=10)


class RoomQuerySet(models.QuerySet):
    def live(self) -> RoomQuerySet:
        return self.filter(ended_at=None)

    def visible_to(self, person: Person, key: str = "") -> RoomQuerySet:
        """Rooms that exist for `person`: open ones, and closed ones he sits in, is a guest of, or has the link to.

        A room whose creator blocked him, or that he was removed from for good, does not exist for him.
        """
        from rooms.models import Guest, Seat

        mine = Seat.objects.filter(room=OuterRef("pk"), person=person)
        welcome = (
            Q(kind="open") | Exists(mine) | Exists(Guest.objects.filter(room=OuterRef("pk"), person=person))
        )
        if key:
            welcome |= Q(key=key)
        return (
            self.filter(welcome)
            .exclude(Exists(mine.filter(banned=True)))
            .exclude(creator__blocks_made__blocked=person)
        )

    def banning(self, person: Person) -> RoomQuerySet:
        """Rooms that removed `person` and do not let him back."""
        return self.filter(seats__person=person, seats__banned=True)


class SeatQuerySet(models.QuerySet):
    def taken(self) -> SeatQuerySet:
        """Seats that somebody has, here or away."""
        return self.filter(left_at=None)

    def here(self, now: datetime | None = None) -> SeatQuerySet:
        """Seats heard from within 45 s: the people one sees in the room."""
        return self.taken().filter(seen_at__gt=(now or timezone.now()) - HERE)

    def overdue(self, now: datetime) -> SeatQuerySet:
        """Seats not heard from for so long that they are given up."""
        return self.taken().filter(seen_at__lte=now - GONE)

    def on_stage(self) -> SeatQuerySet:
        return self.taken().filter(role__in=("moderator", "speaker"))

    def moderating(self) -> SeatQuerySet:
        return self.taken().filter(role="moderator")

    def listening(self) -> SeatQuerySet:
        return self.taken().filter(role="listener")

    def hands(self) -> SeatQuerySet:
        """Raised hands, the longest waiting first."""
        return self.listening().exclude(hand_raised_at=None).order_by("hand_raised_at", "pk")

    def in_order(self) -> SeatQuerySet:
        return self.order_by("stage_rank", "stage_at", "joined_at", "pk")
