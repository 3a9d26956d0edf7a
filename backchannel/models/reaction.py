from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.refusals import Refused
from backchannel.emoji import LONGEST

if TYPE_CHECKING:
    from backchannel.models import Message

MOST_KINDS = 20  # of a message
NAMED = 500  # people by whose marks a browser may find that one of them is its own
MARK = 6  # characters of a person's random id


class ReactionQuerySet(models.QuerySet):
    def switch(self, message: Message, person: Person, emoji: str, on: bool | None) -> None:
        """Make it so that this person reacts with this, or not; None: whichever it was not."""
        mine = self.filter(message=message, person=person, emoji=emoji)
        if on is None:
            on = not mine.exists()
        if not on:
            mine.delete()
            return
        others = self.filter(message=message).exclude(emoji=emoji).order_by()
        if others.values("emoji").distinct().count() >= MOST_KINDS:
            raise Refused(_now("This message has enough different reactions. Choose one of them."))
        self.get_or_create(message=message, person=person, emoji=emoji)

    def chips(self, message: Message) -> list[Chip]:
        """What stands below a message: each emoji once, the first one first."""
        people: dict[str, list[str]] = {}
        for emoji, person in self.filter(message=message).order_by("pk").values_list("emoji", "person"):
            people.setdefault(emoji, []).append(person[:MARK])
        return [Chip(emoji, len(marks), " ".join(marks[:NAMED])) for emoji, marks in people.items()]


class Chip(NamedTuple):
    """An emoji, how many reacted with it, and marks of who did: the same for everybody who reads the message."""

    emoji: str
    number: int
    by: str


class Reaction(models.Model):
    """What somebody feels about a message, in one emoji."""

    message = models.ForeignKey("backchannel.Message", on_delete=models.CASCADE, related_name="reactions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="reactions")
    emoji = models.CharField(max_length=LONGEST)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = ReactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("reaction")
        constraints = [models.UniqueConstraint(fields=["message", "person", "emoji"], name="one_reaction_each")]

    def __str__(self) -> str:
        return f"{self.emoji} by {self.person_id}"
