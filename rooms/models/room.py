from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import live
from accounts.ids import LENGTH, random_id
from accounts.models import ModerationEntry, Person
from accounts.refusals import Refused
from accounts.words import WordsField
from rooms.models.change import Change
from rooms.querysets import EMPTY_STAGE_GRACE, MODERATOR_GRACE, RoomQuerySet, seat_of
from rooms.signals import room_ended, room_opened

DOUBLE_CLICK = timedelta(seconds=2)


def secret_key() -> str:
    return secrets.token_urlsafe(16)


class Room(models.Model):
    """A live room. Every change of its stage, audience or hands goes through `change()` and takes the next version."""

    class Kind(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    class Hands(models.TextChoices):
        EVERYONE = "everyone", _("Everyone")
        FOLLOWED = "followed", _("People followed by a speaker")
        OFF = "off", _("Nobody")

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    title = models.CharField(_("title"), max_length=60)
    description = models.TextField(_("description"), max_length=500, blank=True)
    kind = models.CharField(_("who can come"), max_length=6, choices=Kind.choices, default=Kind.OPEN)
    key = models.CharField(max_length=32, default=secret_key, editable=False)
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("opened by"), on_delete=models.CASCADE, related_name="rooms"
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)
    hands = models.CharField(_("who may raise a hand"), max_length=8, choices=Hands.choices, default=Hands.EVERYONE)
    locked = models.BooleanField(_("locked"), default=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    # Counts those who lost access; pieces carry it, so that the wire never runs ahead of a removal.
    exits = models.PositiveIntegerField(default=0, editable=False)
    moderators_gone_at = models.DateTimeField(null=True, editable=False)
    stage_empty_at = models.DateTimeField(null=True, editable=False)

    words = WordsField("title", "description")

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        permissions = [("end_room", _("Can end rooms"))]
        ordering = ["-opened_at", "pk"]
        # Of all rooms there ever were, few are live.
        indexes = [models.Index(fields=["opened_at"], name="live_rooms", condition=models.Q(ended_at=None))]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("rooms:room", args=[self.pk])

    @property
    def topic(self) -> str:
        """Where everything goes that everybody in the room may see."""
        return f"room:{self.pk}"

    @property
    def sound_name(self) -> str:
        """The name under which the sound engine knows this room: it tells nothing about it."""
        return salted_hmac("rooms.sound", self.pk).hexdigest()[:LENGTH]

    @property
    def live(self) -> bool:
        return self.ended_at is None

    # Opening, joining, ending -------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def open(cls, creator: Person, **fields) -> Room:
        """A new live room with its creator on stage, muted, as its first moderator. He leaves the room he was in.

        The same form sent twice opens one.
        """
        Person.objects.select_for_update(no_key=True).get(pk=creator.pk)
        just_now = cls.objects.live().filter(creator=creator, opened_at__gt=timezone.now() - DOUBLE_CLICK, **fields)
        if twin := just_now.first():
            return twin
        room = cls.objects.create(creator=creator, **fields)
        room_opened.send(cls, room=room)
        room.join(creator)
        return room

    @transaction.atomic
    def join(self, person: Person):
        """Give `person` a seat (the one he has, if he has one) and take him out of any other room.

        Raises Refused when the room has ended, is locked, or has removed him.
        """
        from rooms.models.seat import Seat

        for other in self._lock_with_rooms_of(person):
            other.seats.get(person=person).leave()
        with self.change() as change:
            mine = self.seats.select_for_update().filter(person=person)
            seat = mine.first() or Seat(room=self, person=person, left_at=timezone.now())
            if seat.banned:
                raise Refused(_now("You were removed from this room."))
            if seat.left_at and self.locked:
                raise Refused(_now("This room is locked: nobody else can come in now."))
            seat.room, seat.person = self, person
            if seat.take():
                change.touch(seat, None)
        return seat

    def _lock_with_rooms_of(self, person: Person) -> list[Room]:
        """Lock this room and the one `person` sits in, in one order for everybody; gives the others."""
        from rooms.models.seat import Seat

        # One step into a room at a time; a weak lock, so that rows which merely name him need not wait.
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        others = Seat.objects.taken().filter(person=person).exclude(room=self).values_list("room", flat=True)
        rooms = Room.objects.select_for_update().filter(pk__in=[self.pk, *others]).order_by("pk")
        return [room for room in rooms if room != self]

    def end(self, by: Person) -> None:
        with self.change() as change:
            change.require_moderator(by)
            self._end(change)

    def end_by_staff(self, by: Person, reason: str) -> None:
        with self.change() as change:
            label = "" if self.kind == self.Kind.OPEN else _now("A closed room")
            ModerationEntry.write(by, "end", self, reason, label)
            self._end(change)

    def _end(self, change: Change) -> None:
        self.ended_at = timezone.now()
        change.room_itself = True
        for seat in self._locked(self.seats.taken()):
            seat.stand_up(change)
        room_ended.send(Room, room=self)

    # Who is what --------------------------------------------------------------------------------------

    def seat_of(self, person: Person):
        """The seat `person` has now, or None."""
        return next(iter(seat_of(self.pk, person.pk)), None)

    def may_moderate(self, person: Person) -> bool:
        return self.seats.moderating().filter(person=person).exists()

    def may_raise_hands(self, person: Person) -> bool:
        if self.hands == self.Hands.FOLLOWED:
            return self.is_followed_from_stage(person)
        return self.hands == self.Hands.EVERYONE

    def is_followed_from_stage(self, person: Person) -> bool:
        return person.followers.filter(follower__in=self.seats.on_stage().values("person")).exists()

    # Changing -----------------------------------------------------------------------------------------

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Lock the room, read it anew, and let the block change it: one transaction, one version, one telling.

        Raises Refused when the room has ended.
        """
        with transaction.atomic():
            Room.objects.select_for_update().get(pk=self.pk)
            self.refresh_from_db()
            if self.ended_at:
                raise Refused(_now("This room has ended."))
            change = Change(self)
            yield change
            change.close()

    def set_up(self, by: Person, **choices) -> None:
        """Change title, hands or lock while live."""
        with self.change() as change:
            change.require_moderator(by)
            for name, value in choices.items():
                setattr(self, name, value)
            change.room_itself = True

    def welcome(self, guest: Person, by: Person) -> None:
        """Invite somebody by name into this closed room: from now on it exists for him.

        Raises Refused where it cannot: he was removed from it, or he and its creator have blocked one another.
        """
        with self.change() as change:
            change.require_moderator(by)
            Guest.objects.get_or_create(room=self, person=guest, defaults={"invited_by": by})
            if not Room.objects.in_the_hallway_for(guest).filter(pk=self.pk).exists():
                raise Refused(_now("%(name)s can’t be invited into this room.") % {"name": guest})
            text = _now("%(name)s invites you to “%(room)s”: it is in your hallway.") % {"name": by, "room": self}
            live.tell([guest.pk], {"type": "notice", "text": text, "level": "polite"})
            done = _now("%(name)s is invited.") % {"name": guest}
            live.tell([by.pk], {"type": "notice", "text": done, "level": "polite"})

    def expect(self, people: list[str], by: Person) -> set[str]:
        """Invite several (by their ids) at once, and quietly; gives those for whom the room exists."""
        if self.kind == self.Kind.CLOSED:
            guests = [Guest(room=self, person_id=pk, invited_by=by) for pk in people]
            Guest.objects.bulk_create(guests, ignore_conflicts=True)
        return Room.objects.filter(pk=self.pk).seen_by(people)

    # What time does to a room -------------------------------------------------------------------------

    def tend(self, now: datetime | None = None) -> None:
        """Whatever is due: invitations run out, seats given up, a successor found, an empty room ended. Idempotent."""
        now = now or timezone.now()
        with self.change() as change:
            self._give_up_seats(change, now)
            self._let_invitations_expire(change, now)
            self._find_successor(change, now)
            self._end_if_empty(change, now)
            self.save(update_fields=["moderators_gone_at", "stage_empty_at"])

    def _give_up_seats(self, change: Change, now: datetime) -> None:
        for seat in self._locked(self.seats.overdue(now)):
            seat.stand_up(change)

    def _let_invitations_expire(self, change: Change, now: datetime) -> None:
        for seat in self._locked(self.seats.with_stale_invitation(now)):
            seat.forget_invitation(change)

    def _find_successor(self, change: Change, now: datetime) -> None:
        here = self.seats.here(now)
        if here.moderating().exists():
            self.moderators_gone_at = None
            return
        self.moderators_gone_at = self.moderators_gone_at or now
        if now - self.moderators_gone_at >= MODERATOR_GRACE:
            for heir in self._locked(here.on_stage().order_by("stage_at", "pk")[:1]):
                heir.succeed(change)
                self.moderators_gone_at = None

    def _end_if_empty(self, change: Change, now: datetime) -> None:
        if self.seats.here(now).on_stage().exists():
            self.stage_empty_at = None
            return
        self.stage_empty_at = self.stage_empty_at or now
        if now - self.stage_empty_at >= EMPTY_STAGE_GRACE:
            self._end(change)

    def _locked(self, seats) -> list:
        """These seats, nobody else changing them meanwhile, each with this very room at hand."""
        found = list(seats.select_for_update(of=("self",)).select_related("person"))
        for seat in found:
            seat.room = self
        return found


class Guest(models.Model):
    """Somebody invited by name into a closed room."""

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="guests")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "person"], name="guest_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.room_id}"
