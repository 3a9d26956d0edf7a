from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person


class GroupInvitationQuerySet(models.QuerySet):
    def to(self, person: Person) -> GroupInvitationQuerySet:
        """What `person` has been asked and has not answered, the newest first."""
        return self.filter(person=person).select_related("group", "by").order_by("-pk")

    def between(self, one: Person, other: Person) -> GroupInvitationQuerySet:
        return self.filter(models.Q(person=one, by=other) | models.Q(person=other, by=one))


class GroupInvitation(models.Model):
    """Somebody asked to come into a group, until he answers."""

    group = models.ForeignKey("Group", on_delete=models.CASCADE, related_name="invitations")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="group_invitations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = GroupInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation into a group")
        verbose_name_plural = _("invitations into groups")
        constraints = [models.UniqueConstraint(fields=["group", "person"], name="invited_once_into_a_group")]

    def __str__(self) -> str:
        return f"{self.person_id} into {self.group_id}"
