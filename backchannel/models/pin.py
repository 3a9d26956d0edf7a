from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from backchannel.models.conversation import Conversation

MOST = 50  # in one group


class PinQuerySet(models.QuerySet):
    def shown_to(self, person: Person | str, conversation: Conversation | str) -> PinQuerySet:
        """What is pinned there, as far as `person` (or his id) may read it, the newest first."""
        from backchannel.models.message import Message

        readable = Message.objects.readable_by(person).filter(conversation=conversation, deleted_at=None)
        found = self.filter(message__in=readable).select_related("message__author", "message__conversation")
        return found.order_by("-pinned_at", "-pk")


class Pin(models.Model):
    """A message that a group keeps at hand."""

    message = models.OneToOneField("Message", primary_key=True, on_delete=models.CASCADE, related_name="pin")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    pinned_at = models.DateTimeField(default=timezone.now)

    objects = PinQuerySet.as_manager()

    class Meta:
        verbose_name = _("pinned message")

    def __str__(self) -> str:
        return f"pin {self.pk}"
