from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Max, Q
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import notifying
from accounts.catching_up import stamp
from accounts.ids import LENGTH, random_id
from accounts.models import Person
from accounts.refusals import Refused
from backchannel import broadcasts
from backchannel.models.conversation import Conversation
from backchannel.models.kept import ON_THE_WAY, UNDO
from backchannel.models.message import LONGEST, Message

MOST = 100  # that wait for one person
AHEAD = timedelta(days=366)
UNSENT = "unsent"  # what the bell calls it
OVERTAKEN = 409  # status


class ScheduledQuerySet(models.QuerySet):
    def of(self, person: Person | str) -> ScheduledQuerySet:
        """What `person` (or his id) wrote for later, the next one first. Nobody else sees any of it."""
        return self.filter(author=person).exclude(state=Scheduled.State.CANCELLED).order_by("due_at", "pk")

    def due(self, now: datetime) -> ScheduledQuerySet:
        return self.filter(state=Scheduled.State.WAITING, due_at__lte=now).order_by("due_at", "pk")

    def cancelled_before(self, now: datetime) -> ScheduledQuerySet:
        """What can no longer be taken back."""
        return self.filter(state=Scheduled.State.CANCELLED, touched_at__lt=now - UNDO - ON_THE_WAY)

    def counts(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """How many each of these has in his list for that conversation: (person, conversation), all of them ids. Where
        there is none it is left out."""
        people, conversations = {person for person, _pk in pairs}, {pk for _person, pk in pairs}
        shown = self.filter(author__in=people, conversation__in=conversations).exclude(state=Scheduled.State.CANCELLED)
        rows = shown.order_by().values_list("author_id", "conversation_id").annotate(Count("pk"))
        return {(person, pk): number for person, pk, number in rows}

    def versions_of(self, people: Collection[str]) -> dict[str, int]:
        """The version of the list of each of these people (ids): another number whenever it changed. None is 0."""
        theirs = self.filter(author__in=people).order_by().values_list("author_id")
        rows = theirs.annotate(Max("touched_at"), Count("pk"))
        return {person: stamp(newest) + number for person, newest, number in rows}


class Scheduled(models.Model):
    """A message that waits for its moment, until it is posted, or kept with the reason why it could not be."""

    class State(models.TextChoices):
        WAITING = "waiting"
        REFUSED = "refused"
        CANCELLED = "cancelled"  # for as long as that may be taken back

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="scheduled")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.SET_NULL, related_name="scheduled")
    where = models.CharField(max_length=60, blank=True)  # as its author knew it, for when it is not his any more
    client_id = models.UUIDField(default=uuid4)  # under which it is posted, however often that is tried
    reply_to = models.UUIDField(null=True)
    body = models.TextField(_("text"), max_length=LONGEST)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = ScheduledQuerySet.as_manager()

    class Meta:
        verbose_name = _("scheduled message")
        verbose_name_plural = _("scheduled messages")
        constraints = [models.UniqueConstraint(fields=["author", "client_id"], name="scheduled_once")]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="scheduled_messages_due")]

    def __str__(self) -> str:
        # Never the text: this is what logs keep.
        return f"scheduled {self.pk}, {self.state}"

    # Waiting ------------------------------------------------------------------------------------------

    @classmethod
    @transaction.atomic
    def put(
        cls,
        author: Person,
        conversation: Conversation,
        client_id: UUID,
        body: str,
        due_at: datetime,
        reply_to: UUID | None = None,
    ) -> Scheduled:
        """Keep a message for later. The same `client_id` with the same words gives back the one that was kept first.

        Raises Refused where `author` may not write there now, for a moment that is past or too far away, and where too
        many wait.
        """
        Person.objects.select_for_update(no_key=True).get(pk=author.pk)  # or two at once would both be the last
        twin = cls.objects.of(author).filter(client_id=client_id).first()
        if twin and twin.body == body:
            return twin
        conversation.require_writer(author)
        require_moment(due_at)
        if cls.objects.filter(author=author, state=cls.State.WAITING).count() >= MOST:
            raise Refused(_now("%s messages wait already. Send or cancel one of them first.") % MOST)
        made = cls.objects.create(
            author=author,
            conversation=conversation,
            where=title_of(conversation, author),
            client_id=_unused(conversation, author, client_id),
            body=body,
            due_at=due_at,
            reply_to=reply_to,
        )
        conversation.forget_draft(author)
        broadcasts.scheduled_changed(author.pk, conversation.pk)
        return made

    def change(self, body: str, due_at: datetime) -> None:
        """Another text, another moment; what could not be sent waits again. Raises Refused where it was sent
        meanwhile."""
        require_moment(due_at)
        with transaction.atomic():
            self._as_it_is()._set(body=body, due_at=due_at, state=self.State.WAITING, reason="")

    def cancel(self) -> None:
        """Not to be sent. Twice is once. Raises Refused where it was sent meanwhile."""
        with transaction.atomic():
            self._as_it_is(cancelled=True)._set(state=self.State.CANCELLED)

    def restore(self) -> None:
        """Take that back: it waits again, or is sent soon if its moment went by. Twice is once. Raises Refused when it
        is too late."""
        with transaction.atomic():
            now = self._as_it_is(cancelled=True)
            if now.state == self.State.CANCELLED:
                now._set(state=self.State.WAITING, reason="")

    def _as_it_is(self, cancelled: bool = False) -> Scheduled:
        """Under the row's lock: it may be sent at this moment, or cancelled on another device."""
        now = Scheduled.objects.select_for_update().filter(pk=self.pk).first()
        if not now or (now.state == self.State.CANCELLED and not cancelled):
            raise Refused(_now("This message was sent meanwhile, or cancelled."), status=OVERTAKEN)
        return now

    def _set(self, **how) -> None:
        for name, value in how.items():
            setattr(self, name, value)
        self.touched_at = timezone.now()
        self.save()
        notifying.forget(UNSENT, [self.pk], [self.author_id])
        broadcasts.scheduled_changed(self.author_id, self.conversation_id)

    # Going --------------------------------------------------------------------------------------------

    @transaction.atomic
    def send(self) -> Message:
        """Post it now, in the transaction that takes it out of the list. Raises Refused where its author may not write
        there; then it stays as it is."""
        now = self._as_it_is()
        if not now.author.may_enter:
            raise Refused(_("Your account could not be used at that time."))
        if not now.conversation:
            raise Refused(_("This conversation is not there any more."))
        message = now.conversation.post(now.author, now.client_id, now.body, now.reply_to)
        now.delete()
        broadcasts.scheduled_changed(now.author_id, now.conversation_id)
        return message

    @transaction.atomic
    def send_if_due(self, now: datetime) -> bool:
        """The same when its moment has come → whether it is posted. Where its author may not write there any more it
        is kept with the reason, and he is told. Raises Refused where that is only so for the moment."""
        found = Scheduled.objects.due(now).select_for_update().filter(pk=self.pk).first()
        if not found:
            return False
        try:
            found.send()
        except Refused as refusal:
            if refusal.wait:
                raise
            found._refuse(refusal.sentence)
            return False
        return True

    def _refuse(self, reason: str | Promise) -> None:
        with translation.override(self.author.language or settings.LANGUAGE_CODE):
            self._set(state=self.State.REFUSED, reason=str(reason)[:300])
        notifying.remind(self.author_id, UNSENT, self.pk)


def _unused(conversation: Conversation, author: Person, client_id: UUID) -> UUID:
    """The id under which it may be posted: after Back, a browser sends a form that was sent before."""
    waiting = Scheduled.objects.filter(author=author, client_id=client_id).exists()
    return conversation.unused_id(author, uuid4() if waiting else client_id, "", anew=True)


def require_moment(due_at: datetime) -> None:
    now = timezone.now()
    if due_at <= now:
        raise Refused(_now("This moment is past. Choose a later one."))
    if due_at > now + AHEAD:
        raise Refused(_now("A message can wait for a year at most."))


def title_of(conversation: Conversation, person: Person) -> str:
    """What `person` calls it."""
    if conversation.kind == Conversation.Kind.GROUP:
        return str(conversation.group)
    return conversation.room.title if conversation.room else str(conversation.other_than(person) or "")
