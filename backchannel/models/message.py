from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import ModerationEntry, Person
from accounts.refusals import Refused
from accounts.words import WordsField
from backchannel import broadcasts
from backchannel.models.conversation import Conversation
from backchannel.models.link_preview import LinkPreview, card_of
from backchannel.querysets import MessageQuerySet
from backchannel.stencil import filled
from backchannel.text import to_html

logger = logging.getLogger(__name__)

LONGEST = 4000
EDITABLE = timedelta(hours=24)


class Message(models.Model):
    """What somebody wrote. `seq` is its place, `changed` the number of its last change; `html` the piece as every
    browser gets it, drawn once when written."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    client_id = models.UUIDField()
    seq = models.PositiveBigIntegerField()
    changed = models.PositiveBigIntegerField()
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.CASCADE, related_name="messages"
    )
    body = models.TextField(_("text"), max_length=LONGEST, blank=True)
    html = models.TextField(editable=False)
    words = WordsField("body")
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("erase_message", _("Can delete messages of rooms"))]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="one_message_per_client_id"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_message_per_seq"),
        ]
        indexes = [models.Index(fields=["conversation", "changed"], name="messages_by_change")]

    def __str__(self) -> str:
        # Never the text: this is what logs and lists keep of a message that is gone.
        return _now("Message by %(name)s") % {"name": self.author}

    @property
    def element_id(self) -> str:
        return f"m-{self.client_id}"

    @property
    def text_html(self) -> str:
        """The body as safe markup. What cannot be drawn breaks nothing around it: it says so, here and in the log."""
        try:
            return to_html(self.body)
        except Exception:
            logger.exception("A message of conversation %s could not be drawn", self.conversation_id)
            return format_html("<p>{}</p>", _now("This message cannot be shown."))

    @property
    def card(self):
        """What is drawn below the text: where its first link leads, as far as that is known."""
        return card_of(self)

    def draw(self) -> None:
        """Draw the one piece for everybody: in the house's own language and time, which browsers make their own."""
        is_new = self.changed == self.seq and not self.edited_at and not self.deleted_at and not self.card
        self.html = filled(self, drawn) if is_new else drawn(self)

    def repeated_by(self, author_id: str) -> Message:
        if author_id != self.author_id:
            raise Refused(_("This message could not be sent: its id is taken. Send it again."), status=409)
        return self

    # Changing -----------------------------------------------------------------------------------------

    def edit(self, by: Person, body: str) -> None:
        """Change one's own text, up to 24 h after writing it. Raises Refused otherwise."""
        with self.conversation.taking_a_number() as number:
            self._read_again()
            self._require_editor(by)
            if body == self.body:
                return
            self.body, self.edited_at = body, timezone.now()
            self._change(number())

    def _read_again(self) -> None:
        """Under the lock: somebody may have been faster."""
        self.refresh_from_db(fields=["body", "edited_at", "deleted_at"])

    def may_be_edited_by(self, person: Person) -> bool:
        try:
            self._require_editor(person)
        except Refused:
            return False
        return True

    def _require_editor(self, by: Person) -> None:
        if by.pk != self.author_id:
            raise Refused(_now("Only the author can change a message."))
        if self.deleted_at:
            raise Refused(_now("This message was deleted."))
        if self.created_at < timezone.now() - EDITABLE:
            raise Refused(_now("Messages can be edited for 24 hours."))
        self.conversation.require_writer(by)

    def delete_by(self, by: Person) -> None:
        """Erase a message: its author, or in a room its moderators. Twice is once."""
        if not self.may_be_deleted_by(by):
            raise Refused(_now("Only the author can delete a message."))
        self._erase()

    def may_be_deleted_by(self, person: Person) -> bool:
        room = self.conversation.room
        return person.pk == self.author_id or (room is not None and room.may_moderate(person))

    def delete_by_staff(self, by: Person, reason: str) -> None:
        ModerationEntry.write(by, "delete", self, reason)
        self._erase()

    def _erase(self) -> None:
        """Leave a tombstone with the next number, and the text nowhere."""
        with self.conversation.taking_a_number() as number:
            self._read_again()
            if self.deleted_at:
                return
            self.body, self.deleted_at = "", timezone.now()
            self._change(number())

    def remove_card(self, by: Person) -> None:
        """Leave its link without a card, for everybody. Twice is once. Raises Refused for somebody else's message."""
        if by.pk != self.author_id:
            raise Refused(_now("Only the author can remove a preview."))
        with self.conversation.taking_a_number() as number:
            self._read_again()
            if self.card:
                LinkPreview.objects.remove(self)
                self._change(number())

    def show_card(self, number: int) -> None:
        """Draw it again, with what was found out about its link. Under the lock, and read under it."""
        self._change(number)

    def _change(self, number: int) -> None:
        self.changed = number
        LinkPreview.objects.follow(self)
        self.draw()
        self.save()
        broadcasts.message_changed(self)


def drawn(message: Message) -> str:
    with translation.override(settings.LANGUAGE_CODE), timezone.override(settings.TIME_ZONE):
        return render_to_string("backchannel/_message.html", {"message": message}).strip()
