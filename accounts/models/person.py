from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import PurePosixPath

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models, transaction
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import storing
from accounts.ids import LENGTH, random_id
from accounts.models.circles import Block, Follow
from accounts.models.moderation import ModerationEntry
from accounts.names import username_validators
from accounts.querysets import PersonManager
from accounts.refusals import Refused
from accounts.signals import person_blocked, person_followed, person_suspended
from accounts.words import WordsField

NEW = timedelta(days=7)  # until an account counts as one that is known here
FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


class Person(AbstractBaseUser, PermissionsMixin):
    """Somebody with an account. Addressed by @username; the id is random and says nothing."""

    class MessagesFrom(models.TextChoices):
        EVERYONE = "everyone", _("Everyone")
        FOLLOWED = "followed", _("People I follow")
        NOBODY = "nobody", _("Nobody")

    class Theme(models.TextChoices):
        AUTO = "auto", _("Like my device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    email = models.EmailField(_("e-mail"))
    username = models.CharField(_("username"), max_length=20, validators=username_validators)
    name = models.CharField(_("name"), max_length=50)
    bio = models.TextField(_("about me"), max_length=500, blank=True)
    photo = models.FileField(_("photo"), upload_to="photos", blank=True, editable=False)
    nominated_by = models.ForeignKey(
        "self",
        verbose_name=_("nominated by"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
    )
    show_nomination = models.BooleanField(_("show who invited me, and whom I invited"), default=False)

    messages_from = models.CharField(
        _("who may message me"), max_length=8, choices=MessagesFrom.choices, default=MessagesFrom.EVERYONE
    )
    receipts = models.BooleanField(_("read receipts"), default=True)
    presence = models.BooleanField(_("show when I am here"), default=True)
    theme = models.CharField(_("theme"), max_length=5, choices=Theme.choices, default=Theme.AUTO)
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True)
    language = models.CharField(_("language"), max_length=12, blank=True)

    is_staff = models.BooleanField(_("staff"), default=False)
    is_active = models.BooleanField(_("active"), default=True)
    suspended_until = models.DateTimeField(_("suspended until"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("since"), default=timezone.now, editable=False)

    words = WordsField("name", "username")

    objects = PersonManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["email"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        permissions = [("suspend_person", _("Can suspend people"))]
        constraints = [
            models.UniqueConstraint(
                Lower("username"),
                name="one_person_per_username",
                violation_error_message=_("This username is taken."),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="one_person_per_email",
                violation_error_message=_("This address is taken."),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.username

    def get_absolute_url(self) -> str:
        return reverse("profile", args=[self.username])

    @property
    def initials(self) -> str:
        """One or two letters that stand for the person where there is no photo."""
        words = (self.name or self.username).split()
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def hue(self) -> int:
        """Which of the twelve avatar colours is this person's: the same everywhere, for good."""
        return sum(self.id.encode()) % 12

    @property
    def photo_address(self) -> str:
        """Where the photo is. Another photo has another address, so browsers may keep it."""
        return reverse("photo", args=[self.pk, PurePosixPath(str(self.photo.name)).stem]) if self.photo else ""

    def show_photo(self, image: bytes | None) -> None:
        """Take this WebP image as the photo, or none. Raises Refused where it cannot be kept."""
        storing.show_photo(self, image)

    @property
    def nominator(self) -> Person | None:
        """Who invited this person, where both agree that it is shown."""
        by = self.nominated_by if self.show_nomination else None
        return by if by and by.show_nomination else None

    @property
    def is_new(self) -> bool:
        return self.created_at > timezone.now() - NEW

    # Circles ------------------------------------------------------------------------------------------

    @transaction.atomic
    def follow(self, other: Person) -> None:
        if other != self and Follow.objects.get_or_create(follower=self, followed=other)[1]:
            person_followed.send(Person, follower=self, followed=other)

    def unfollow(self, other: Person) -> None:
        Follow.objects.filter(follower=self, followed=other).delete()

    def is_following(self, other: Person) -> bool:
        return Follow.objects.filter(follower=self, followed=other).exists()

    @transaction.atomic
    def block(self, other: Person) -> None:
        """Both vanish from each other: follows go both ways, and the layers above undo what is pending."""
        if other == self:
            return
        Block.objects.get_or_create(blocker=self, blocked=other)
        Follow.objects.filter(Q(follower=self, followed=other) | Q(follower=other, followed=self)).delete()
        person_blocked.send(Person, blocker=self, blocked=other)

    def unblock(self, other: Person) -> None:
        Block.objects.filter(blocker=self, blocked=other).delete()

    def is_blocking(self, other: Person) -> bool:
        return Block.objects.filter(blocker=self, blocked=other).exists()

    def is_apart_from(self, other: Person) -> bool:
        """True when a block stands between the two, whoever made it."""
        return Block.objects.between(self, other).exists()

    def is_reachable_for(self, other: Person) -> bool:
        """Whether `other` may write first, by this person's own wish."""
        if self.messages_from == self.MessagesFrom.FOLLOWED:
            return self.is_following(other)
        return self.messages_from == self.MessagesFrom.EVERYONE

    # Log-ins ------------------------------------------------------------------------------------------

    def log_out_everywhere(self, but: str | None = None) -> None:
        """End every log-in, except the one of the session `but`."""
        for login in self.logins.exclude(session_key=but):
            login.end()

    # Suspension ---------------------------------------------------------------------------------------

    @property
    def suspended(self) -> bool:
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def suspended_for_good(self) -> bool:
        return self.suspended_until == FOREVER

    @property
    def may_enter(self) -> bool:
        """Whether this account may be used at all, now."""
        return self.is_active and not self.suspended

    @transaction.atomic
    def suspend(self, by: Person, reason: str, until: datetime | None = None) -> None:
        """Shut the person out until then (for good when None). Acts on open pages, sockets and sound at once.

        Raises Refused for oneself, and for staff unless the operator does it.
        """
        self._require_moderable(by)
        self.suspended_until = until or FOREVER
        self.save(update_fields=["suspended_until"])
        ModerationEntry.write(by, "suspend", self, reason)
        person_suspended.send(Person, person=self)

    def _require_moderable(self, by: Person) -> None:
        if self == by:
            raise Refused(_now("You cannot suspend yourself."))
        if (self.is_staff or self.is_superuser) and not by.is_superuser:
            raise Refused(_now("Only the operator can suspend people of the staff."))

    @transaction.atomic
    def lift(self, by: Person, reason: str) -> None:
        self._require_moderable(by)
        self.suspended_until = None
        self.save(update_fields=["suspended_until"])
        ModerationEntry.write(by, "lift", self, reason)
