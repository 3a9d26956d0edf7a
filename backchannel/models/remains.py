"""What is kept of a message beside it, and drawn on no page: the text of one that was just deleted, as long as its
author may take that back, and the words that an edit replaced. Reports alone look at these."""

from __future__ import annotations

from datetime import timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backchannel.models.attachment import Attachment
from backchannel.models.export import Export
from backchannel.models.mention import Mention
from backchannel.models.pin import Pin
from backchannel.models.reaction import Reaction

UNDO = timedelta(seconds=6)  # as long as the author is offered to take a deletion back
ON_THE_WAY = timedelta(seconds=2)  # who pressed at the last moment still did


class SealedTextQuerySet(models.QuerySet):
    def in_time(self) -> SealedTextQuerySet:
        """Those that their authors may still take back."""
        return self.filter(sealed_at__gt=timezone.now() - UNDO - ON_THE_WAY)

    def due(self) -> SealedTextQuerySet:
        return self.filter(sealed_at__lte=timezone.now() - UNDO - ON_THE_WAY)


class SealedText(models.Model):
    """The text of a message that its author deleted a moment ago: all of it that there is."""

    message = models.OneToOneField(
        "backchannel.Message", primary_key=True, on_delete=models.CASCADE, related_name="sealed"
    )
    body = models.TextField()
    sealed_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = SealedTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("sealed text")

    def __str__(self) -> str:
        return f"sealed {self.pk}"


class Edition(models.Model):
    """What a message said before an edit."""

    message = models.ForeignKey("backchannel.Message", on_delete=models.CASCADE, related_name="editions")
    body = models.TextField()
    replaced_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("edition")

    def __str__(self) -> str:
        return f"edition {self.pk}"


def erase(*messages) -> None:
    """Nothing that these messages (or ids) ever said, or that was felt about it, is kept any longer. Inside a
    transaction."""
    from backchannel import unheard

    Reaction.objects.filter(message__in=messages).delete()
    Edition.objects.filter(message__in=messages).delete()
    Attachment.objects.filter(message__in=messages).let_go()
    SealedText.objects.filter(message__in=messages).delete()
    unheard.forget(Mention.objects.filter(message__in=messages))
    Mention.objects.filter(message__in=messages).delete()
    Pin.objects.filter(message__in=messages).delete()
    Export.objects.outdate(messages)


def erase_what_is_due() -> None:
    """Erase what was deleted and can no longer be taken back. As often as one likes."""
    with transaction.atomic():
        due = SealedText.objects.due().select_for_update()
        erase(*due.values_list("pk", flat=True))
