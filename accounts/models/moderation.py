from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnly(models.QuerySet):
    def update(self, **values):
        raise TypeError("The moderation log is append-only.")

    def delete(self):
        raise TypeError("The moderation log is append-only.")


class ModerationEntry(models.Model):
    """One line of the moderators' log: who did what to whom, and why. Written once, never changed."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        null=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    action = models.CharField(_("action"), max_length=30)
    target_kind = models.CharField(_("kind"), max_length=30)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(_("about"), max_length=120)
    reason = models.CharField(_("reason"), max_length=300)
    created_at = models.DateTimeField(_("when"), auto_now_add=True)

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("moderation log entry")
        verbose_name_plural = _("moderation log entries")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.action}: {self.target_label}"

    def save(self, *args, **kwargs) -> None:
        if not self._state.adding:
            raise TypeError("The moderation log is append-only.")
        super().save(*args, **kwargs)

    @classmethod
    def write(cls, actor, action: str, target: models.Model, reason: str, label: str = "") -> ModerationEntry:
        """A new line. Its label, if not the target's own name, is what every moderator may know of the target."""
        return cls.objects.create(
            actor=actor,
            action=action,
            target_kind=target._meta.model_name,
            target_id=str(target.pk),
            target_label=(label or str(target))[:120],
            reason=reason[:300],
        )

    def delete(self, *args, **kwargs):
        raise TypeError("The moderation log is append-only.")
