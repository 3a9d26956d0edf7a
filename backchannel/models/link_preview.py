from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from accounts.ids import LENGTH, random_id
from backchannel import jobs
from backchannel.links.own import OwnPlace, own_place
from backchannel.text import first_link

if TYPE_CHECKING:
    from backchannel.links.web import Card
    from backchannel.models.message import Message

LONGEST = 2000  # characters of an address
PATIENCE = timedelta(minutes=2)  # until a look that was asked for counts as lost
TRIES = 3
AT_ONCE = 200  # asked for again


class LinkPreviewQuerySet(models.QuerySet):
    def waiting(self) -> LinkPreviewQuerySet:
        return self.filter(state=LinkPreview.State.WAITING, message__deleted_at=None)

    def shown(self) -> LinkPreviewQuerySet:
        return self.filter(state=LinkPreview.State.SHOWN, message__deleted_at=None)

    def overdue(self, now: datetime) -> LinkPreviewQuerySet:
        return self.waiting().filter(asked_at__lt=now - PATIENCE)

    def note(self, messages: Iterable[Message]) -> None:
        """Have the links of these messages looked at."""
        links = [(message, link_of(message)) for message in messages]
        if made := self.bulk_create([LinkPreview(message=message, url=url) for message, url in links if url]):
            jobs.soon(jobs.look_at_links, [preview.pk for preview in made])

    def follow(self, message: Message) -> None:
        """After a message was changed: where it links to something else now, what was known goes at once."""
        url = "" if message.deleted_at else first_link(message.body)
        known = self.filter(message=message)
        if known.values_list("url", flat=True).first() != (url or None):
            known.delete()
            self.note([message])

    def remove(self, message: Message) -> None:
        """Leave the link of a message without a card from now on."""
        self.filter(message=message).delete()
        self.create(message=message, url=first_link(message.body), state=LinkPreview.State.REMOVED)

    def try_again(self, now: datetime) -> None:
        """Ask once more for those looks that were lost; what was lost often enough has no card."""
        self.overdue(now).filter(tries__gte=TRIES).update(state=LinkPreview.State.NOTHING)
        lost = list(self.overdue(now).values_list("pk", flat=True)[:AT_ONCE])
        self.filter(pk__in=lost).update(asked_at=now, tries=F("tries") + 1)
        jobs.soon(jobs.look_at_links, lost)


class LinkPreview(models.Model):
    """What is known of the page that a message links to. The message's `html` holds its card, drawn."""

    class State(models.TextChoices):
        WAITING = "waiting"
        SHOWN = "shown"
        NOTHING = "nothing"  # there was no card to be had
        REMOVED = "removed"  # by the author of the message

    message = models.OneToOneField("Message", primary_key=True, on_delete=models.CASCADE, related_name="preview")
    url = models.CharField(max_length=LONGEST)  # as it was written
    state = models.CharField(max_length=7, choices=State.choices, default=State.WAITING)
    asked_at = models.DateTimeField(default=timezone.now)
    tries = models.PositiveSmallIntegerField(default=1)

    address = models.CharField(max_length=LONGEST, blank=True)  # where the page was found in the end
    title = models.CharField(max_length=200, blank=True)
    description = models.CharField(max_length=300, blank=True)
    site = models.CharField(max_length=60, blank=True)
    # A few kilobytes, which go with their row: nothing is left over of a message, an account or a room that went.
    picture = models.BinaryField(null=True)
    stamp = models.CharField(max_length=LENGTH, blank=True)  # of the picture's address; nothing where there is none

    objects = LinkPreviewQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["asked_at"], condition=Q(state="waiting"), name="previews_that_wait")]

    def __str__(self) -> str:
        # Not the address: there may be secrets in it, and this is what logs keep.
        return f"Preview of a link, {self.state}"

    @property
    def host(self) -> str:
        """Whose page it is, whatever that says of itself."""
        return urlsplit(self.address).hostname or ""

    @property
    def picture_address(self) -> str:
        if not self.stamp:
            return ""
        return reverse("card_picture", args=[self.message.conversation_id, self.message.client_id, self.stamp])

    def settle(self, card: Card | None) -> None:
        """Show this card, if it is still wanted: the message may have been changed, or deleted, while one looked."""
        asked = LinkPreview.objects.waiting().filter(pk=self.pk, url=self.url)
        if card is None or len(card.address) > LONGEST:
            asked.update(state=self.State.NOTHING)
            return
        with self.message.conversation.taking_a_number() as number:
            now = asked.select_related("message__author", "message__conversation__room").first()
            if now:
                now._show(card)
                now.message.show_card(number())

    def _show(self, card: Card) -> None:
        self.state = self.State.SHOWN
        self.address, self.title, self.description, self.site, self.picture = card
        self.stamp = random_id() if card.picture else ""
        self.save()


def link_of(message: Message) -> str:
    """The link of a message that is to be looked at; nothing where it has none, or where links stay plain."""
    if message.deleted_at or message.is_request or not settings.LINK_PREVIEWS:
        return ""
    url = first_link(message.body)
    return "" if len(url) > LONGEST or own_place(url) else url


def card_of(message: Message) -> LinkPreview | OwnPlace | None:
    """What is drawn below the text of a message."""
    if message.deleted_at or message.is_request:
        return None
    preview = _known(message)
    if preview is None:
        return own_place(first_link(message.body))
    preview.message = message
    return preview if preview.state == LinkPreview.State.SHOWN else None


def _known(message: Message) -> LinkPreview | None:
    # With its first number it was never changed, and so nothing was found out about it yet.
    if message.pk is None or message.changed == message.seq:
        return None
    return LinkPreview.objects.defer("picture").filter(message=message).first()
