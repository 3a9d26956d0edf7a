"""Which rooms and seats may be found, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.ids import among
from accounts.models import Block
from accounts.prepared import prepared

if TYPE_CHECKING:
    from accounts.models import Person
    from accounts.wanted import Wanted

# The life of a seat, and what a room waits for.
HERE = timedelta(seconds=45)
GONE = timedelta(minutes=10)
INVITATION_LIFE = timedelta(seconds=60)
MODERATOR_GRACE = timedelta(seconds=60)
EMPTY_STAGE_GRACE = timedelta(minutes=5)


class RoomQuerySet(models.QuerySet):
    def live(self) -> RoomQuerySet:
        return self.filter(ended_at=None)

    def visible_to(self, person: Person | str, key: str = "") -> RoomQuerySet:
        """Rooms that exist for `person` (or his id, or the column of a query around): open ones, and closed ones he
        sits in, is a guest of, or has the link to.

        A room whose creator blocked him, or that he was removed from for good, does not exist for him.
        """
        from rooms.models import Guest, Seat

        him = OuterRef(person) if isinstance(person, OuterRef) else person
        mine = Seat.objects.filter(room=OuterRef("pk"), person=him)
        welcome = Q(kind="open") | Exists(mine) | Exists(Guest.objects.filter(room=OuterRef("pk"), person=him))
        if key:
            welcome |= Q(key=key)
        return self.filter(welcome).exclude(Exists(mine.filter(banned=True))).exclude(_kept_out("creator", him))

    def seen_by(self, people: Iterable[str]) -> set[str]:
        """Those of these people (ids) for whom one of these rooms exists."""
        from accounts.models import Person

        seen = Exists(self.visible_to(OuterRef("pk")))
        return set(Person.objects.filter(seen, pk__in=among(people)).values_list("pk", flat=True))

    def search(self, person: Person, wanted: Wanted) -> RoomQuerySet:
        """Rooms with all of this in title or description, of those that exist for `person` and that nobody removed
        him from: live ones first, of these the newest."""
        from rooms.models import Seat

        removed = Seat.objects.filter(room=OuterRef("pk"), person=person).exclude(removed_at=None)
        found = self.visible_to(person).exclude(Exists(removed)).exclude(creator__blocks_received__blocker=person)
        for part in wanted.parts:
            found = found.filter(words__contains=part)
        return found.order_by(F("ended_at").desc(nulls_first=True), "-opened_at", "pk")

    def in_the_hallway_for(self, person: Person) -> RoomQuerySet:
        """Live rooms for `person` to choose from, with the counts of who is here: first those with somebody on stage
        whom he follows, then the largest."""
        from rooms.models import Seat

        here = Seat.objects.here().filter(room=OuterRef("pk"))
        followed = here.on_stage().filter(person__followers__follower=person)
        return (
            self.live()
            .visible_to(person)
            .exclude(creator__blocks_received__blocker=person)
            .with_counts()
            .alias(familiar=Exists(followed), size=F("on_stage_count") + F("listening_count"))
            .order_by("-familiar", "-size", "-opened_at", "pk")
        )

    def with_counts(self) -> RoomQuerySet:
        """Each with how many people are here: `on_stage_count` and `listening_count`."""
        from rooms.models import Seat

        here = Seat.objects.here().filter(room=OuterRef("pk"))
        return self.annotate(on_stage_count=_count(here.on_stage()), listening_count=_count(here.listening()))

    def due(self, now: datetime) -> RoomQuerySet:
        """Live rooms for which there is something to do: see Room.tend."""
        from rooms.models import Seat

        seats = Seat.objects.filter(room=OuterRef("pk"))
        moderated = Exists(seats.here(now).moderating())
        played = Exists(seats.here(now).on_stage())
        return self.live().filter(
            Exists(seats.overdue(now))
            | Exists(seats.with_stale_invitation(now))
            | _changes(moderated, "moderators_gone_at", now - MODERATOR_GRACE)
            | _changes(played, "stage_empty_at", now - EMPTY_STAGE_GRACE)
        )

    def banning(self, person: Person) -> RoomQuerySet:
        """Rooms that removed `person` and do not let him back."""
        return self.filter(seats__person=person, seats__banned=True)


def _kept_out(creator: str, person) -> Exists:
    """The room's creator has blocked this person."""
    return Exists(Block.objects.filter(blocker=OuterRef(creator), blocked=person))


def _count(seats: SeatQuerySet) -> Coalesce:
    return Coalesce(Subquery(seats.order_by().values("room").annotate(n=Count("pk")).values("n")), 0)


def _changes(there: Exists, since: str, over: datetime) -> Q:
    """Somebody came or went, or the grace that began at `since` is over."""
    gone, noted = ~Q(there), Q(**{f"{since}__isnull": False})
    return (gone & ~noted) | (gone & Q(**{f"{since}__lte": over})) | (Q(there) & noted)


class SeatQuerySet(models.QuerySet):
    def taken(self) -> SeatQuerySet:
        """Seats that somebody has, here or away."""
        return self.filter(left_at=None)

    def reading(self) -> SeatQuerySet:
        """Seats, taken or left, whose people may read what is written in their rooms: nobody removed them, and the
        room is still there for them as `visible_to` has it."""
        return self.filter(removed_at=None, banned=False).exclude(_kept_out("room__creator", OuterRef("person")))

    def here(self, now: datetime | None = None) -> SeatQuerySet:
        """Seats heard from within 45 s: the people one sees in the room."""
        return self.heard_after((now or timezone.now()) - HERE)

    def heard_after(self, moment: datetime) -> SeatQuerySet:
        return self.taken().filter(seen_at__gt=moment)

    def overdue(self, now: datetime) -> SeatQuerySet:
        """Seats not heard from for so long that they are given up."""
        return self.taken().filter(seen_at__lte=now - GONE)

    def with_stale_invitation(self, now: datetime) -> SeatQuerySet:
        return self.taken().filter(invited_at__lte=now - INVITATION_LIFE)

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


# Asked for every page, and so put into words once ---------------------------------------------------------


@prepared
def visible_room(person: str, pk: str) -> RoomQuerySet:
    from rooms.models import Room

    return Room.objects.visible_to(person).filter(pk=pk)


@prepared
def visible_room_by_key(person: str, pk: str, key: str) -> RoomQuerySet:
    from rooms.models import Room

    return Room.objects.visible_to(person, key).filter(pk=pk)


@prepared
def seat_of(room: str, person: str) -> SeatQuerySet:
    """The one that he has now."""
    from rooms.models import Seat

    return Seat.objects.taken().filter(room=room, person=person)


@prepared
def people_here(room: str, moment: datetime) -> models.QuerySet:
    """(role, how many) of those heard from since."""
    from rooms.models import Seat

    return Seat.objects.heard_after(moment).filter(room=room).values_list("role").annotate(n=Count("pk"))
