"""How people come in: registration, invitations, and the operator's first link."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refused

INVITATIONS_EACH = 3
OPERATOR_LINK_LIFE = timedelta(days=1)


class Site(models.Model):
    """The house's own choices: one row, changed in the admin, in force at once."""

    class Registration(models.TextChoices):
        OPEN = "open", _("Open to everybody")
        INVITE = "invite", _("By invitation")

    registration = models.CharField(_("registration"), max_length=6, choices=Registration.choices)

    class Meta:
        verbose_name = _("site settings")
        verbose_name_plural = _("site settings")
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="one_site")]

    def __str__(self) -> str:
        return str(_("Site settings"))

    @classmethod
    def current(cls) -> Site:
        return cls.objects.get_or_create(pk=1, defaults={"registration": settings.REGISTRATION})[0]


class InvitationQuerySet(models.QuerySet):
    def good(self) -> InvitationQuerySet:
        """Invitations that let somebody in: not used up, and not of people who are shut out themselves."""
        inviters = get_user_model().objects.in_the_house()
        return self.filter(Q(inviter=None) | Q(inviter__in=inviters), uses_left__gt=0)


def invitation_code() -> str:
    return secrets.token_urlsafe(12)


class Invitation(models.Model):
    """A way in. A person's own carries one newcomer; a code without an inviter is the operator's and may carry many."""

    code = models.CharField(_("code"), max_length=40, unique=True, default=invitation_code)
    inviter = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="invitations",
    )
    uses_left = models.PositiveIntegerField(_("uses left"), default=1)
    created_at = models.DateTimeField(_("made"), auto_now_add=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        ordering = ["created_at", "pk"]

    def __str__(self) -> str:
        # Not the code: whoever reads that can let people in.
        return f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("invitation", args=[self.code])

    @classmethod
    def left_for(cls, person) -> int:
        """How many more links `person` can make."""
        return max(0, INVITATIONS_EACH - cls.objects.filter(inviter=person).count())

    @classmethod
    @transaction.atomic
    def make_for(cls, person) -> Invitation:
        """One more link of a person's own. Raises Refused when all have been made."""
        get_user_model().objects.select_for_update(no_key=True).get(pk=person.pk)
        if not cls.left_for(person):
            raise Refused(_now("You have made all your invitations."))
        return cls.objects.create(inviter=person)

    def use(self) -> bool:
        """Spend one use; False when somebody else was faster."""
        left = Invitation.objects.filter(pk=self.pk, uses_left__gt=0)
        return bool(left.update(uses_left=F("uses_left") - 1))


class OperatorLink(models.Model):
    """The one-time link printed on the console, by which the operator gets the first account. Only its hash is kept."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.digest[:8]

    @classmethod
    @transaction.atomic
    def issue(cls) -> str:
        """The path of a new link. Links made before stop working."""
        cls.objects.filter(used_at=None).delete()
        token = secrets.token_urlsafe(24)
        cls.objects.create(digest=_digest(token))
        return reverse("operator", args=[token])

    @classmethod
    def find(cls, token: str) -> OperatorLink | None:
        """The unused link with this token, if it is not older than a day."""
        since = timezone.now() - OPERATOR_LINK_LIFE
        return cls.objects.filter(digest=_digest(token), used_at=None, created_at__gt=since).first()

    def take(self) -> bool:
        """Use the link up; of two visitors racing, one gets True."""
        return bool(OperatorLink.objects.filter(pk=self.pk, used_at=None).update(used_at=timezone.now()))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
