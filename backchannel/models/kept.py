from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Block
from accounts.models.person import FOREVER
from accounts.refusals import Refused
from backchannel import broadcasts

if TYPE_CHECKING:
    from accounts.models import Person
    from backchannel.models import Conversation

UNDO = timedelta(seconds=10)  # as long as one is offered to take "all read" back
ON_THE_WAY = timedelta(seconds=5)  # who pressed at the last moment still did
FOR_GOOD = "always"
MUTES = {"hour": timedelta(hours=1), "workday": timedelta(hours=8)}


class KeptQuerySet(models.QuerySet):
    """Memberships, as their person finds them in his inbox."""

    def of_person(self, person: Person | str) -> KeptQuerySet:
        """His direct conversations and groups, and not what others ask of him."""
        return self._all_of(person).exclude(conversation__request_to=person)

    def not_asked(self) -> KeptQuerySet:
        """Without those that somebody asks of the member."""
        return self.exclude(conversation__request_to=F("person"))

    def requests_to(self, person: Person | str, now: datetime) -> KeptQuerySet:
        """What others asked of him and he has neither answered nor deleted; of nobody who is shut out or on the other
        side of a block."""
        from accounts.models import Person

        askers = Person.objects.visible_to(person, now).filter(memberships__conversation=OuterRef("conversation"))
        asked = self._all_of(person).filter(conversation__request_to=person)
        return asked.filter(Exists(askers.exclude(pk=OuterRef("person"))), Exists(_messages().filter(deleted_at=None)))

    def _all_of(self, person: Person | str) -> KeptQuerySet:
        return self.filter(person=person, conversation__kind__in=("direct", "group"))

    def with_news(self, person: Person | str) -> KeptQuerySet:
        """Those in which others wrote what he has not read."""
        return self.filter(Exists(_news(person)))

    def heard_last(self) -> KeptQuerySet:
        """Those in which stands what its member has not read, by somebody of whom he may hear: each with who that was
        the last time (`heard`)."""
        apart = Block.objects.between(OuterRef(OuterRef("person")), OuterRef("author"))
        news = _news(OuterRef("person")).exclude(Exists(apart)).order_by("-seq")
        return self.annotate(heard=Subquery(news.values("author")[:1])).exclude(heard=None)

    def as_rows(self, person: Person | str) -> KeptQuerySet:
        """Those in which something stands for him to read, or which he has begun to write in: each with its last
        message (`last_id`) and `unread`, how many by others he has not read. Those he pinned come first, then the
        newest."""
        last = _messages().order_by("-seq").values("pk")[:1]
        rows = self.annotate(last_id=Subquery(last), unread=_count(_news(person)))
        written = rows.filter(~Q(last_id=None) | ~Q(draft=""))
        return written.order_by("-pinned", F("last_id").desc(nulls_first=True), "-pk")

    def put_away(self, now: datetime) -> KeptQuerySet:
        """What is archived or hidden."""
        return self.filter(Q(level=Kept.Level.HIDDEN) | _archived(now))

    def at_hand(self, now: datetime) -> KeptQuerySet:
        """All others: what is archived comes back with the next message, unless it is muted."""
        return self.exclude(level=Kept.Level.HIDDEN).exclude(_archived(now))

    def loud(self, now: datetime) -> KeptQuerySet:
        """Those whose news count in the total: everything, or where only mentions are wanted, those."""
        from backchannel.models import Mention

        unread = Mention.objects.to_be_told().filter(
            person=OuterRef("person"),
            message__conversation=OuterRef("conversation"),
            message__seq__gt=OuterRef("read_seq"),
        )
        wanted = Q(level=Kept.Level.ALL) | Q(Exists(unread), level=Kept.Level.MENTIONS)
        return self.filter(wanted).exclude(muted_until__gt=now)

    @transaction.atomic
    def read_all(self, person: Person) -> int:
        """Mark everything in the inbox of `person` as read, and remember what was not → how many conversations."""
        from backchannel import seen, unheard
        from backchannel.models import Conversation

        heads = Conversation.objects.filter(pk=OuterRef("conversation")).values("head")
        self.filter(person=person).exclude(unread_before=None).update(unread_before=None)
        unread = self.of_person(person).at_hand(timezone.now()).with_news(person)
        found_unread = dict(unread.values_list("pk", "conversation"))
        read = self.filter(pk__in=found_unread)
        found = read.update(unread_before=F("read_seq"), read_seq=Subquery(heads), all_read_at=timezone.now())
        if found:
            broadcasts.inbox_changed([person.pk])
            seen.note_all(person, list(found_unread.values()))
        for conversation in found_unread.values():
            unheard.settle(person.pk, conversation)
        return found

    @transaction.atomic
    def unread_all(self, person: Person) -> None:
        """Take that back, as long as it may be. Raises Refused when it is too late."""
        since = timezone.now() - UNDO - ON_THE_WAY
        read = self.filter(person=person, all_read_at__gt=since).exclude(unread_before=None)
        if not read.update(read_seq=F("unread_before"), unread_before=None):
            raise Refused(_("It is too late to undo that."))
        broadcasts.inbox_changed([person.pk])


def _messages() -> models.QuerySet:
    """What the person of a membership may read of its conversation."""
    from backchannel.models import Message

    return Message.objects.filter(conversation=OuterRef("conversation"), seq__gte=OuterRef("from_seq"))


def _news(person: Person | str | OuterRef) -> models.QuerySet:
    return _messages().filter(deleted_at=None, event="", seq__gt=OuterRef("read_seq")).exclude(author=person)


def _archived(now: datetime) -> Q:
    later = _messages().filter(seq__gt=OuterRef("archived_seq"))
    return Q(Q(muted_until__gt=now) | ~Exists(later), archived_seq__isnull=False)


def _count(messages: models.QuerySet) -> models.functions.Coalesce:
    counted = messages.order_by().values("conversation").annotate(n=models.Count("pk")).values("n")
    return models.functions.Coalesce(Subquery(counted), 0)


class Kept(models.Model):
    """How a member keeps a conversation in his inbox: nobody else sees any of it, and all his devices the same."""

    class Level(models.TextChoices):
        ALL = "all", _("Everything")
        MENTIONS = "mentions", _("Only mentions")
        NOTHING = "nothing", _("Nothing")
        HIDDEN = "hidden", _("Nothing, and hide it")

    if TYPE_CHECKING:
        person_id: str
        conversation: models.ForeignKey[Conversation, Conversation]

    level = models.CharField(max_length=8, choices=Level.choices, default=Level.ALL, db_default=Level.ALL)
    pinned = models.BooleanField(default=False, db_default=False)
    muted_until = models.DateTimeField(null=True)
    archived_seq = models.PositiveBigIntegerField(null=True)  # how far the conversation was when it was put away
    draft = models.TextField(blank=True, db_default="")
    # How far one had read before "all read", and when that was: until it is too late to undo.
    unread_before = models.PositiveBigIntegerField(null=True)
    all_read_at = models.DateTimeField(null=True)

    objects = KeptQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def muted(self) -> bool:
        return self.muted_until is not None and self.muted_until > timezone.now()

    @property
    def muted_for_good(self) -> bool:
        return self.muted_until == FOREVER

    @property
    def hidden(self) -> bool:
        return self.level == self.Level.HIDDEN

    @property
    def archived(self) -> bool:
        """Whether it is put away now."""
        return type(self).objects.put_away(timezone.now()).exclude(level=self.Level.HIDDEN).filter(pk=self.pk).exists()

    def keep(self, **how) -> None:
        """Change some of it. All devices of this person are told."""
        for name, value in how.items():
            setattr(self, name, value)
        self.save(update_fields=list(how))
        broadcasts.inbox_changed([self.person_id])

    def pin(self, on: bool) -> None:
        self.keep(pinned=on)

    def archive(self, on: bool) -> None:
        """Out of the list until something new is written, or until it is taken back."""
        self.keep(archived_seq=self.conversation.head if on else None)

    def mute(self, how_long: str) -> None:
        """For one of MUTES, FOR_GOOD, or "no": no longer."""
        until = {FOR_GOOD: FOREVER, "no": None} | {name: timezone.now() + time for name, time in MUTES.items()}
        self.keep(muted_until=until[how_long])

    def note_draft(self, text: str) -> None:
        """Keep what was begun. What is already there changes nothing, and nobody is told."""
        if text != self.draft:
            self.keep(draft=text)

    def read_up_to(self, seq: int) -> None:
        """Read so far and no further, even if that is less than before."""
        self.keep(read_seq=seq)
