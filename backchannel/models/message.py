from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Block, ModerationEntry, Person
from accounts.refusals import Refused
from accounts.words import WordsField
from backchannel import broadcasts, writers
from backchannel.models.attachment import Attachment
from backchannel.models.conversation import Conversation
from backchannel.models.link_preview import LinkPreview, card_of
from backchannel.models.mention import Mention
from backchannel.models.pin import Pin
from backchannel.models.reaction import Chip, Reaction
from backchannel.models.remains import SealedText, erase
from backchannel.naming import Names
from backchannel.querysets import MessageQuerySet
from backchannel.quoting import Histories, Quote, first_words, quote_of
from backchannel.stencil import filled
from backchannel.text import to_html, to_plain_html

logger = logging.getLogger(__name__)

LONGEST = 4000
EDITABLE = timedelta(hours=24)
OVERTAKEN = 409  # status


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
    reply_to = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="replies", editable=False)
    forwarded = models.BooleanField(default=False, editable=False)
    # What happened to a group, where this is no message but the line that says so.
    event = models.CharField(max_length=9, blank=True, default="", db_default="", editable=False)
    body = models.TextField(_("text"), max_length=LONGEST, blank=True)
    html = models.TextField(editable=False)
    words = WordsField("body")
    created_at = models.DateTimeField(_("written"), default=timezone.now, editable=False)
    reacted_at = models.DateTimeField(null=True, editable=False)  # until that is drawn
    edited_at = models.DateTimeField(_("edited"), null=True, editable=False)
    deleted_at = models.DateTimeField(_("deleted"), null=True, editable=False)

    # What is drawn beside the text.
    named: Names = {}
    quote: Quote | None = None
    chips: Sequence[Chip] = ()
    files: Iterable[Attachment] = ()
    file_kind: str | None = None  # as with_kind_of_file finds it
    who = ""  # of an event, where several like it become one: the people it is about, as JSON

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("erase_message", _("Can delete messages of rooms"))]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "client_id"], name="one_message_per_client_id"),
            models.UniqueConstraint(fields=["conversation", "seq"], name="one_message_per_seq"),
        ]
        indexes = [
            models.Index(fields=["conversation", "changed"], name="messages_by_change"),
            models.Index(fields=["reacted_at"], name="reactions_to_draw", condition=~Q(reacted_at=None)),
        ]

    def __str__(self) -> str:
        # Never the text: this is what logs and lists keep of a message that is gone.
        return _now("Message by %(name)s") % {"name": self.author}

    @property
    def element_id(self) -> str:
        return f"m-{self.client_id}"

    @property
    def first_words(self) -> str:
        return self.line or ", ".join(file.label for file in Attachment.objects.of(self))

    @property
    def line(self) -> str:
        """How its text begins: nothing where it is files alone."""
        return self.body if self.event else first_words(self.body)

    @property
    def line_or_file(self) -> str | Promise:
        """The same, and where there is nothing, what goes with it."""
        return self.line or Attachment.Kind(self.file_kind or Attachment.Kind.FILE).label

    @property
    def text_html(self) -> str:
        """The body as safe markup. What cannot be drawn breaks nothing around it: it says so, here and in the log."""
        try:
            return to_plain_html(self.body) if self.is_request else to_html(self.body, self.named)
        except Exception:
            logger.exception("A message of conversation %s could not be drawn", self.conversation_id)
            return format_html("<p>{}</p>", _now("This message cannot be shown."))

    @property
    def is_request(self) -> bool:
        """Whether it was written to somebody who has not accepted that yet."""
        return self.conversation.asks(self.author_id)

    @property
    def card(self):
        """What is drawn below the text: where its first link leads, as far as that is known."""
        return card_of(self)

    def draw(self, histories: Histories | None = None) -> None:
        """Draw the one piece for everybody: in the house's own language and time, which browsers make their own."""
        if self.event:
            self.html = drawn(self, "backchannel/_event.html")
            return
        is_new = self.changed == self.seq and not (self.edited_at or self.deleted_at)
        self.quote = quote_of(self, histories)
        if not is_new:
            self.chips, self.files = Reaction.objects.chips(self), Attachment.objects.of(self)
            self.named = Mention.objects.named_in(self)
        is_plain = is_new and not (self.quote or self.forwarded or self.files or self.card)
        self.html = filled(self, drawn) if is_plain else drawn(self)

    def repeated_by(self, author_id: str) -> Message:
        if author_id != self.author_id:
            raise Refused(_("This message could not be sent: its id is taken. Send it again."), status=409)
        return self

    def may_be_answered_by(self, person: Person) -> bool:
        return _allows(self.require_answerer, person)

    def require_answerer(self, person: Person) -> None:
        """Raises Refused, in words that name no block, where `person` may not reply to this or react."""
        self.conversation.require_writer(person)
        if Block.objects.between(person, self.author_id).exists():
            raise writers.out_of_reach()

    def react(self, by: Person, emoji: str, on: bool | None = None) -> None:
        """React with an emoji, or with on=False no longer; None: whichever one did not. Raises Refused where `by` may
        not. It is drawn and told in a moment, with others of that moment."""
        from backchannel.redrawing import redrawing

        if self.deleted_at:
            raise Refused(_now("This message was deleted."))
        self.require_answerer(by)
        with transaction.atomic():
            self.conversation.accept(by)
            Reaction.objects.switch(self, by, emoji, on)
            Message.objects.filter(pk=self.pk).update(reacted_at=timezone.now())
        redrawing.soon(self.conversation_id)

    def forward(self, by: Person, to: Conversation, client_id: UUID) -> Message:
        """Write its words into another conversation, marked as forwarded and no more: not whose they are, nor from
        where. Raises Refused where `by` may not write there."""
        if self.deleted_at:
            raise Refused(_now("This message was deleted."))
        files = Attachment.objects.copied(self, by, client_id)
        return to.post(by, client_id, self.body, forwarded=True, files=files)

    def show_reactions(self, number: int) -> None:
        """Draw it with them. Called under the conversation's lock, under which nobody is who reacts: his mark is taken
        off before they are read, so that whoever comes in between makes a new one."""
        Message.objects.filter(pk=self.pk).update(reacted_at=None)
        self._redraw(number)

    # Changing -----------------------------------------------------------------------------------------

    def edit(self, by: Person, body: str, seen: int | None = None) -> None:
        """Change one's own text, up to 24 h after writing it. What it said before is kept for reports.

        `seen` tells how often it had been edited when the author began: Refused (409) where he was faster himself, on
        another device. Raises Refused otherwise, too.
        """
        with self.conversation.taking_a_number() as number:
            self._read_again()
            self._require_editor(by)
            if body == self.body:
                return
            if seen not in (None, self.editions.count()):
                raise Refused(_now("You changed this message on another device meanwhile."), status=OVERTAKEN)
            self.editions.create(body=self.body)
            self.body, self.edited_at = body, timezone.now()
            self._change(number)

    def _read_again(self) -> None:
        """Under the lock: somebody may have been faster."""
        self.refresh_from_db(fields=["body", "edited_at", "deleted_at"])

    def may_be_edited_by(self, person: Person) -> bool:
        return _allows(self._require_editor, person)

    def _require_editor(self, by: Person) -> None:
        if by.pk != self.author_id:
            raise Refused(_now("Only the author can change a message."))
        if self.deleted_at:
            raise Refused(_now("This message was deleted."))
        if self.created_at < timezone.now() - EDITABLE:
            raise Refused(_now("Messages can be edited for 24 hours."))
        self.conversation.require_writer(by)

    # Deleting -----------------------------------------------------------------------------------------

    def delete_by(self, by: Person) -> None:
        """Hide a message from everybody at once: its author, who may take that back for 6 s, or in a room its
        moderators, which is for good. Twice is once."""
        if not self.may_be_deleted_by(by):
            raise Refused(_now("Only the author can delete a message."))
        self._delete(for_good=by.pk != self.author_id)

    def may_be_deleted_by(self, person: Person) -> bool:
        room = self.conversation.room
        return person.pk == self.author_id or (room is not None and room.may_moderate(person))

    def delete_by_staff(self, by: Person, reason: str) -> None:
        ModerationEntry.write(by, "delete", self, reason)
        self._delete(for_good=True)

    def _delete(self, for_good: bool) -> None:
        """Leave a tombstone with the next number. The text is sealed, or erased."""
        with self.conversation.taking_a_number() as number:
            self._read_again()
            if not self.deleted_at:
                SealedText.objects.create(message=self, body=self.body)
                self.body, self.deleted_at = "", timezone.now()
                self._change(number)
            if for_good:
                erase(self)

    def restore_by(self, by: Person) -> None:
        """Take one's own deletion back, with one more number. Twice is once. Raises Refused when it is too late."""
        with self.conversation.taking_a_number() as number:
            self._read_again()
            if self.deleted_at:
                sealed = self._unsealed_for(by)
                self.body, self.deleted_at = sealed.body, None
                sealed.delete()
                self._change(number)

    def may_be_restored_by(self, person: Person) -> bool:
        return bool(self.deleted_at) and _allows(self._unsealed_for, person)

    def _unsealed_for(self, by: Person) -> SealedText:
        if by.pk != self.author_id:
            raise Refused(_now("Only the author can bring a message back."))
        sealed = SealedText.objects.in_time().filter(message=self).first()
        if not sealed:
            raise Refused(_now("It is too late: this message is gone."))
        self.conversation.require_writer(by)
        return sealed

    def remove_card(self, by: Person) -> None:
        """Leave its link without a card, for everybody. Twice is once. Raises Refused for somebody else's message."""
        if by.pk != self.author_id:
            raise Refused(_now("Only the author can remove a preview."))
        with self.conversation.taking_a_number() as number:
            self._read_again()
            if self.card:
                LinkPreview.objects.remove(self)
                self._redraw(number())

    def show_links(self, number: int) -> None:
        """Draw it as what it is now: no request any more. Under the lock."""
        LinkPreview.objects.follow(self)
        self._redraw(number)

    def show_card(self, number: int) -> None:
        """Draw it again, with what was found out about its link. Under the lock, and read under it."""
        self._redraw(number)

    def _change(self, number: Callable[[], int]) -> None:
        """Draw it anew, and whatever quotes it."""
        LinkPreview.objects.follow(self)
        Mention.objects.follow(self)
        self._redraw(number())
        if self.conversation.kind == Conversation.Kind.GROUP and Pin.objects.filter(message=self).exists():
            broadcasts.pins_changed(self.conversation)
        for reply in self.replies.filter(deleted_at=None).select_related("author").order_by("seq"):
            reply.conversation, reply.reply_to = self.conversation, self
            reply._redraw(number())

    def _redraw(self, number: int) -> None:
        self.changed = number
        self.draw()
        self.save(update_fields=["body", "words", "html", "changed", "edited_at", "deleted_at"])
        broadcasts.message_changed(self)


def _allows(require: Callable[[Person], object], person: Person) -> bool:
    try:
        require(person)
    except Refused:
        return False
    return True


def drawn(message: Message, template: str = "backchannel/_message.html") -> str:
    with translation.override(settings.LANGUAGE_CODE), timezone.override(settings.TIME_ZONE):
        return render_to_string(template, {"message": message}).strip()
