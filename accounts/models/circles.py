from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.prepared import prepared


class Follow(models.Model):
    follower = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows")
    followed = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="followers")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("follow")
        constraints = [
            models.UniqueConstraint(fields=["follower", "followed"], name="follow_once"),
            models.CheckConstraint(condition=~Q(follower=F("followed")), name="follow_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.follower_id} → {self.followed_id}"


class BlockQuerySet(models.QuerySet):
    def between(self, one, other) -> BlockQuerySet:
        return self.filter(Q(blocker=one, blocked=other) | Q(blocker=other, blocked=one))

    def among(self, people) -> set[tuple[str, str]]:
        """Ids of those two by two between whom a block stands, each pair both ways round."""
        return {pair for one, other in _blocks_among(people, people) for pair in ((one, other), (other, one))}


class Block(models.Model):
    blocker = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks_made")
    blocked = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks_received")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("block")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} ✕ {self.blocked_id}"


@prepared
def _blocks_among(one: Collection[str], other: Collection[str]) -> models.QuerySet:
    return Block.objects.filter(blocker__in=one, blocked__in=other).values_list("blocker_id", "blocked_id")
