from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef

from accounts.models import Block
from backchannel.naming import named_in

if TYPE_CHECKING:
    from backchannel.models.message import Message


class MentionQuerySet(models.QuerySet):
    def note(self, messages: Iterable[Message]) -> None:
        """Keep who is named in these messages: those whose names are drawn as such."""
        made = [self.model(message=one, person_id=pk) for one in messages if one.named for pk in _drawn_in(one)]
        if made:
            self.bulk_create(made)

    def follow(self, message: Message) -> None:
        """After a message was changed: it names whom it names now."""
        if not message.deleted_at:
            self.filter(message=message).delete()
            message.named = named_in(message)
            self.note([message])

    def named_in(self, message: Message) -> dict[str, str]:
        """Username → id of whom a message was found to name."""
        return {name.lower(): pk for name, pk in self.filter(message=message).values_list("person__username", "person")}

    def to_be_told(self) -> MentionQuerySet:
        """Those of which their people may hear: by somebody else, whom they have not blocked, nor he them."""
        apart = Block.objects.between(OuterRef("person"), OuterRef("message__author"))
        heard = self.filter(message__deleted_at=None).exclude(person=F("message__author"))
        return heard.exclude(Exists(apart))


class Mention(models.Model):
    """Somebody named in a message, who may read it. That a block stands between the two shows in no message."""

    message = models.ForeignKey("Message", on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions")

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "person"], name="mentioned_once")]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.message_id}"


def _drawn_in(message: Message) -> list[str]:
    """Not what is code, or part of a link."""
    html = message.text_html
    return [pk for pk in sorted(set(message.named.values())) if f'data-mention="{pk}"' in html]
