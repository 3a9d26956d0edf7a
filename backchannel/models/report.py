from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import ModerationEntry
from accounts.refusals import Refused
from backchannel.models.attachment import Attachment

if TYPE_CHECKING:
    from accounts.models import Person
    from backchannel.models import Conversation, Message

AROUND = 5  # messages before the one that is reported, and after it
LONGEST = 1000


class Report(models.Model):
    """What somebody tells the moderators about a message, a conversation or a person; nobody else reads it or is told.
    `evidence` is a copy of its own: it stays when what was reported is changed, deleted or erased. So do the `files`
    of what was reported, until the report is closed."""

    class Kind(models.TextChoices):
        MESSAGE = "message", _("Message")
        CONVERSATION = "conversation", _("Conversation")
        PERSON = "person", _("Person")

    class Reason(models.TextChoices):
        SPAM = "spam", _("Spam, or selling something")
        HARASSMENT = "harassment", _("Insults, threats or pressure")
        HATE = "hate", _("Hatred against a group of people")
        SEXUAL = "sexual", _("Sexual, and not wanted")
        FRAUD = "fraud", _("Fraud, or pretending to be somebody else")
        DANGER = "danger", _("Somebody may be in danger")
        OTHER = "other", _("Something else")

    reporter = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), null=True, on_delete=models.SET_NULL, related_name="reports"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind.choices)
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("about"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    conversation = models.ForeignKey(
        "Conversation", verbose_name=_("conversation"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    message = models.ForeignKey("Message", null=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=Reason.choices)
    words = models.TextField(_("in their words"), max_length=LONGEST, blank=True)
    evidence = models.JSONField(_("evidence"), default=list)
    created_at = models.DateTimeField(_("when"), default=timezone.now, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        permissions = [("close_report", _("Can close reports"))]
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at"], name="reports_by_age")]

    def __str__(self) -> str:
        # Never what it says: this is what logs keep.
        return _now("Report of %(day)s") % {"day": f"{self.created_at:%Y-%m-%d %H:%M}"}

    @classmethod
    def of_message(cls, by: Person, message: Message, **said: str) -> Report:
        """Report a message that `by` may read, with those around it. Raises Refused for one's own."""
        _require_another(by, message.author)
        place = {"conversation": message.conversation, "message": message, "about": message.author}
        evidence = _around(message, by)
        return cls._filed([message], reporter=by, kind=cls.Kind.MESSAGE, evidence=evidence, **place, **said)

    @classmethod
    def of_conversation(cls, by: Person, conversation: Conversation, **said: str) -> Report:
        """Report a conversation that `by` is part of, with its last messages."""
        last = _readable(conversation, by).order_by("-seq")[: 2 * AROUND + 1]
        return cls._filed(
            list(last),
            reporter=by,
            kind=cls.Kind.CONVERSATION,
            conversation=conversation,
            about=conversation.other_than(by),
            evidence=[_copy(one) for one in reversed(last)],
            **said,
        )

    @classmethod
    def of_person(cls, by: Person, person: Person, **said: str) -> Report:
        """Report somebody, with what his profile says now. Raises Refused for oneself."""
        _require_another(by, person)
        profile = {"by": person.name, "username": person.username, "text": person.bio}
        return cls.objects.create(reporter=by, kind=cls.Kind.PERSON, about=person, evidence=[profile], **said)

    @classmethod
    @transaction.atomic
    def _filed(cls, messages: Collection[Message], **values: Any) -> Report:
        report = cls.objects.create(**values)
        Attachment.objects.keep_for(report, messages)
        return report

    @transaction.atomic
    def close(self, by: Person, reason: str) -> None:
        """Be done with it: its words stay, its files go with the next sweep. Raises Refused where it was closed."""
        if not Report.objects.filter(pk=self.pk, closed_at=None).update(closed_at=timezone.now()):
            raise Refused(_now("This report was closed already."))
        ModerationEntry.write(by, "close", self, reason)
        self.files.let_go()


def _require_another(by: Person, person: Person) -> None:
    if by == person:
        raise Refused(_now("You cannot report yourself."))


def _readable(conversation: Conversation, by: Person) -> models.QuerySet:
    from backchannel.models import Message

    messages = Message.objects.readable_by(by).filter(conversation=conversation)
    return (
        messages.select_related("author", "sealed").prefetch_related("editions", "attachments").defer("html", "words")
    )


def _around(message: Message, by: Person) -> list[dict[str, Any]]:
    messages = _readable(message.conversation, by)
    before = messages.filter(seq__lt=message.seq).order_by("-seq")[:AROUND]
    after = messages.filter(seq__gte=message.seq).order_by("seq")[: AROUND + 1]
    return [{**_copy(one), "reported": one.pk == message.pk} for one in [*reversed(before), *after]]


def _copy(message: Message) -> dict[str, Any]:
    """All that is known of it, what it said before included."""
    sealed = getattr(message, "sealed", None)
    return {
        "by": message.author.name,
        "username": message.author.username,
        "at": message.created_at.isoformat(),
        "text": sealed.body if sealed else message.body,
        "before": [edition.body for edition in message.editions.all()],
        "files": [f"{file.name} ({file.get_kind_display()})" for file in message.attachments.all()],
        "deleted": message.deleted_at is not None,
    }
