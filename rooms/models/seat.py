from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from zlib import crc32

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

import live
from accounts.ids import LENGTH, random_id
from accounts.models import Login, ModerationEntry, Person
from accounts.refusals import Refused
from rooms.models.change import Change
from rooms.models.room import Room
from rooms.querysets import HERE, INVITATION_LIFE, SeatQuerySet


class Seat(models.Model):
    """A person in a room, with a role. Kept when he leaves (left_at): he may come back, and may read what he heard."""

    class Role(models.TextChoices):
        MODERATOR = "moderator", _("Moderator")
        SPEAKER = "speaker", _("Speaker")
        LISTENER = "listener", _("Listener")

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="seats", verbose_name=_("room"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="seats", verbose_name=_("person")
    )
    role = models.CharField(_("role"), max_length=9, choices=Role.choices, default=Role.LISTENER)
    # Creator 0, moderators 1, speakers 2, who came into the audience followed by one of them 3, all others 4: the
    # order of the room, which the database can sort by.
    stage_rank = models.PositiveSmallIntegerField(default=3, editable=False)
    since = models.DateTimeField(auto_now_add=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)
    stage_at = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(_("heard from"), default=timezone.now, editable=False)
    left_at = models.DateTimeField(_("left"), null=True, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, editable=False)
    banned = models.BooleanField(_("not let back"), default=False)
    # Taken off the stage or removed by a moderator: then even the creator comes back as a listener.
    demoted = models.BooleanField(default=False, editable=False)
    muted = models.BooleanField(_("muted"), default=True)
    muted_by_moderator = models.BooleanField(_("muted by a moderator"), default=False)
    hand_raised_at = models.DateTimeField(null=True, editable=False)
    invited_at = models.DateTimeField(null=True, editable=False)
    invited_as = models.CharField(max_length=9, choices=Role.choices, blank=True, editable=False)
    # Which tab of which log-in has the sound, and the name under which the sound engine knows it: new for each sitting
    # and each tab.
    sound_tab = models.CharField(max_length=40, blank=True, editable=False)
    sound_login = models.CharField(max_length=40, blank=True, editable=False)
    sound_session = models.CharField(max_length=LENGTH, blank=True, editable=False)

    objects = SeatQuerySet.as_manager()

    class Meta:
        verbose_name = _("seat")
        verbose_name_plural = _("seats")
        permissions = [("remove_seat", _("Can remove people from rooms"))]
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="one_seat_per_person_and_room"),
            models.UniqueConstraint(fields=["person"], condition=Q(left_at=None), name="one_live_room_per_person"),
        ]
        indexes = [models.Index(fields=["room", "left_at", "seen_at"], name="seats_of_a_room")]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"

    @property
    def on_stage(self) -> bool:
        return self.left_at is None and self.role != self.Role.LISTENER

    @property
    def moderates(self) -> bool:
        return self.left_at is None and self.role == self.Role.MODERATOR

    @property
    def here(self) -> bool:
        return self.left_at is None and self.seen_at > timezone.now() - HERE

    @property
    def silent(self) -> bool:
        """Whether nothing of this seat may be heard now."""
        return not self.on_stage or self.muted or self.muted_by_moderator

    @property
    def order(self) -> str:
        """Sorts seats in a list as a string: by rank, then by time of coming on stage or into the room."""
        since = self.stage_at if self.on_stage else self.joined_at
        return f"{self.stage_rank}-{since.timestamp():.6f}-{self.pk}"

    @property
    def stamp(self) -> int:
        """Names the state of this person's own controls: another number, other controls."""
        shown = (self.role, self.muted, self.muted_by_moderator, self.hand_raised_at, self.invited_at, self.room.hands)
        return crc32(repr(shown).encode())

    # Coming and going ---------------------------------------------------------------------------------

    def take(self) -> bool:
        """Sit down, under the room's lock. False when the seat was taken already and somebody was just seen."""
        now = timezone.now()
        if not self._state.adding and self.left_at is None and self.here:
            self.seen_at = now
            self.save(update_fields=["seen_at"])
            return False
        if self._state.adding or self.left_at:
            self._start_afresh(now)
        self.seen_at = now
        self.save()
        return True

    def _start_afresh(self, now: datetime) -> None:
        hosts = self.person_id == self.room.creator_id and not self.demoted
        self.left_at = self.removed_at = None
        self.joined_at = now
        self.sound_session = ""
        self._become(self.Role.MODERATOR if hosts else self.Role.LISTENER, now)
        self._sit_in_audience()

    def _sit_in_audience(self) -> None:
        """Further up for people followed by somebody on stage. Decided on coming in: nobody moves up later."""
        if self.role == self.Role.LISTENER and self.room.is_followed_from_stage(self.person):
            self.stage_rank = 3

    def leave(self) -> None:
        """Go, quietly. Having gone already, or with everybody else, is fine too."""
        with suppress(Refused), self.step() as change:
            self.stand_up(change)

    def leave_with(self, login: str | None) -> None:
        """Go, because this log-in (a session key) has ended: unless another one that still counts has the sound."""
        with suppress(Refused), self.step() as change:
            others = Login.objects.valid().exclude(session_key=login)
            if not others.filter(session_key=self.sound_login).exists():
                self.stand_up(change)

    def stand_up(self, change: Change) -> None:
        """Leave, as part of a change: the seat is empty from here on."""
        before = self.role
        self.left_at = timezone.now()
        self._become(self.Role.LISTENER, self.left_at)
        # The session's name stays, for whoever has to end it.
        self.sound_tab = self.sound_login = ""
        self.save()
        change.touch(self, before)

    def _become(self, role: str, now: datetime) -> None:
        """Take a role. Whoever comes on stage comes up muted; hand and invitation are done with."""
        was_on_stage = self.stage_at is not None
        self.role = role
        creator = self.person_id == self.room.creator_id
        self.stage_rank = {self.Role.MODERATOR: 0 if creator else 1, self.Role.SPEAKER: 2}.get(role, 4)
        if role == self.Role.MODERATOR:
            self.demoted = False
        if role == self.Role.LISTENER:
            self.stage_at, self.muted, self.muted_by_moderator = None, True, False
        elif not was_on_stage:
            self.stage_at, self.muted = now, True
        self.hand_raised_at = self.invited_at = None
        self.invited_as = ""

    @contextmanager
    def step(self) -> Iterator[Change]:
        """One change of this seat under the room's lock. Nothing is said when nothing changed.

        Raises Refused when its person has left meanwhile.
        """
        with self.room.change() as change:
            self._read_again()
            if self.left_at:
                raise Refused(_now("You are no longer in this room."))
            before, was = self.role, self._values()
            yield change
            if self.pk not in change.seats and self._values() != was:
                self.save()
                change.touch(self, before)

    def _values(self) -> dict:
        return {field.attname: getattr(self, field.attname) for field in self._meta.concrete_fields}

    def _read_again(self) -> None:
        """Read the row anew, keeping the room and person at hand: they carry the change being made."""
        room, person = self.room, self.person
        self.refresh_from_db(from_queryset=Seat.objects.select_for_update())
        self.room, self.person = room, person

    # Hands and invitations ----------------------------------------------------------------------------

    def raise_hand(self) -> None:
        """Ask to speak. Doing it again keeps the first time."""
        with self.step():
            if self.on_stage or self.hand_raised_at:
                return
            if not self.room.may_raise_hands(self.person):
                raise Refused(_now("You can’t raise your hand in this room now."))
            self.hand_raised_at = timezone.now()

    def lower_hand(self) -> None:
        with self.step():
            self.hand_raised_at = None

    def invite(self, by: Person, role: str = Role.SPEAKER) -> None:
        """Ask its person to come on stage, or to become a moderator. The hand is lowered by it."""
        with self.step() as change:
            change.require_moderator(by)
            if self.role == role or self.moderates:
                return
            self.invited_at, self.invited_as, self.hand_raised_at = timezone.now(), role, None

    def accept(self) -> None:
        """Come on stage, muted, if the invitation still stands. Accepting twice is accepting once."""
        with self.step():
            if self.on_stage and not self.invited_at:
                return
            if not self.invited_at or self.invited_at <= timezone.now() - INVITATION_LIFE:
                raise Refused(_now("This invitation has run out. Raise your hand to be asked again."))
            self._become(self.invited_as, timezone.now())

    def decline(self) -> None:
        with self.step():
            self.invited_at, self.invited_as = None, ""

    def forget_invitation(self, change: Change) -> None:
        self.invited_at, self.invited_as = None, ""
        self.save()
        change.touch(self, self.role)

    def succeed(self, change: Change) -> None:
        """Become moderator because none is left."""
        before = self.role
        self._become(self.Role.MODERATOR, timezone.now())
        self.save()
        change.touch(self, before)
        text = _now("The moderators have left: you are the moderator now.")
        live.tell([self.person_id], {"type": "notice", "text": text, "level": "assertive"})

    # Speaking -----------------------------------------------------------------------------------------

    def mute(self) -> None:
        with self.step():
            self.muted = True

    def unmute(self) -> None:
        """Open one's own microphone: nobody else ever can."""
        with self.step():
            if not self.on_stage:
                raise Refused(_now("Only people on stage can speak."))
            if self.muted_by_moderator:
                raise Refused(_now("A moderator muted you. You can speak again once a moderator lets you."))
            self.muted = False

    def mute_by(self, by: Person) -> None:
        """Silence somebody until a moderator lets him speak again."""
        with self.step() as change:
            change.require_moderator(by)
            if self.on_stage:
                self.muted = self.muted_by_moderator = True

    def let_speak(self, by: Person) -> None:
        """Lift a moderator's mute; its person stays muted until he unmutes himself.

        Raises Refused for a moderator whom another one muted, as long as there is another to ask.
        """
        with self.step() as change:
            change.require_moderator(by)
            others = self.room.seats.moderating().exclude(person=by)
            if by == self.person and self.muted_by_moderator and others.exists():
                raise Refused(_now("A moderator muted you. Another moderator has to let you speak."))
            self.muted_by_moderator = False

    def move_to_audience(self, by: Person) -> None:
        """Take somebody off the stage; a person may always step down himself."""
        with self.step() as change:
            if by != self.person:
                change.require_moderator(by)
                self.demoted = True
            self._become(self.Role.LISTENER, timezone.now())
            self._sit_in_audience()

    # Removing -----------------------------------------------------------------------------------------

    def remove(self, by: Person, ban: bool = True) -> None:
        with self.step() as change:
            change.require_moderator(by)
            if by == self.person:
                raise Refused(_now("To go yourself, leave quietly."))
            self._remove(change, ban)

    def remove_by_staff(self, by: Person, reason: str) -> None:
        with self.step() as change:
            ModerationEntry.write(by, "remove", self, reason)
            self._remove(change, ban=True)

    def _remove(self, change: Change, ban: bool) -> None:
        self.removed_at, self.banned, self.demoted = timezone.now(), ban, True
        self.stand_up(change)
