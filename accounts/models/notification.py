from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.circles import Block
from accounts.prepared import prepared

if TYPE_CHECKING:
    from accounts.models.person import Person


class NotificationQuerySet(models.QuerySet):
    def visible_to(self, person: Person) -> NotificationQuerySet:
        """One's own, and nothing from the other side of a block."""
        return self.standing().filter(person=person)

    def standing(self) -> NotificationQuerySet:
        between = Q(blocker=OuterRef("person"), blocked=OuterRef("actor")) | Q(
            blocker=OuterRef("actor"), blocked=OuterRef("person")
        )
        return self.filter(~Exists(Block.objects.filter(between)))

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_at=None)


class Notification(models.Model):
    """That something happened which somebody wants to know: once for each subject, however often it happens again."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications")
    kind = models.CharField(max_length=16)  # one of accounts.notifying.KINDS
    subject = models.CharField(max_length=64)  # what it is about, in the words of whoever registered the kind
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "subject"], name="one_notification_of_each_subject")
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notifications_of_person"),
            models.Index(fields=["kind", "subject"], name="notifications_of_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} for {self.person_id}"


def unread_of(people: Collection[str]) -> dict[str, int]:
    """How many each of these people (ids) has not read; who has none is left out."""
    return dict(_unread_of(people))


@prepared
def _unread_of(people: Collection[str]) -> models.QuerySet:
    unread = Notification.objects.standing().unread().filter(person__in=people)
    return unread.order_by().values_list("person_id").annotate(Count("pk"))
