from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts import notifying
from accounts.catching_up import stamp
from accounts.ids import LENGTH, random_id
from accounts.models import Person
from accounts.refusals import Refused
from backchannel import broadcasts, jobs
from backchannel.models.conversation import Conversation

FOLDER: Path = settings.DATA_DIR / "exports"
KEPT = timedelta(hours=24)  # for which it can be fetched
PATIENCE = timedelta(minutes=10)  # without a step, until making it counts as lost
TRIES = 3
EXPORT = "export"  # what the bell calls it


class ExportQuerySet(models.QuerySet):
    def of(self, person: Person) -> ExportQuerySet:
        """His own, the newest first; of a conversation only as long as he may read it."""
        readable = Conversation.objects.open_to(person)
        mine = self.filter(person=person).exclude(state=Export.State.GONE)
        return mine.filter(Q(conversation=None) | Q(conversation__in=readable)).order_by("-created_at")

    def ready(self, now: datetime) -> ExportQuerySet:
        """Those that can be fetched."""
        return self.filter(state=Export.State.READY, made_at__gt=now - KEPT)

    def in_hand(self) -> ExportQuerySet:
        """Those that are being made, or wait for it."""
        return self.filter(state__in=Export.IN_HAND)

    def over(self, now: datetime) -> ExportQuerySet:
        """Those whose file is to go, if there is one."""
        ended = Q(state__in=(Export.State.GONE, Export.State.OUTDATED))
        return self.filter(ended | Q(touched_at__lte=now - KEPT)).order_by("touched_at")

    def let_go(self, **how) -> None:
        """Nobody can fetch these any more from now on; the next sweep takes them off the disk."""
        found = dict(self.values_list("pk", "person_id"))
        if found:
            self.update(**{"state": Export.State.GONE, "touched_at": timezone.now(), **how})
            notifying.forget(EXPORT, list(found))
        for person in set(found.values()):
            broadcasts.export_changed(person)

    def outdate(self, messages: Collection) -> None:
        """Nothing that these messages (or ids) said may be kept any longer: what was begun before they were deleted
        may hold it."""
        from backchannel.models.message import Message

        deleted = Message.objects.filter(pk__in=[getattr(one, "pk", one) for one in messages])
        deleted = deleted.filter(deleted_at__gte=OuterRef("created_at"))
        there = deleted.filter(conversation=OuterRef("conversation"))
        by_him = deleted.filter(author=OuterRef("person"))
        held = Q(Exists(there)) | Q(Exists(by_him), conversation=None)
        self.filter(held, state__in=(*Export.IN_HAND, "ready")).let_go(state=Export.State.OUTDATED)

    def versions_of(self, people: Collection[str]) -> dict[str, int]:
        """The version of what each of these people (ids) is shown of his exports."""
        rows = self.filter(person__in=people).order_by().values_list("person_id").annotate(Max("touched_at"))
        return {person: stamp(newest) for person, newest in rows}

    def try_again(self, now: datetime) -> None:
        """Ask once more for what nobody has come to, or was lost while it was made; what was lost often enough has
        failed."""
        late = self.in_hand().filter(touched_at__lt=now - PATIENCE)
        for hopeless in late.filter(state=Export.State.MAKING, tries__gte=TRIES):
            hopeless.fail(_now("It could not be made. Please try again later."))
        lost = list(late.filter(state=Export.State.MAKING).values_list("pk", flat=True))
        again = list(late.values_list("pk", flat=True))
        self.filter(pk__in=lost).update(tries=F("tries") + 1)
        self.filter(pk__in=again).update(touched_at=now)
        jobs.soon(jobs.make_exports, again)


class Export(models.Model):
    """A conversation, or without one all that somebody wrote, as a file that he alone can fetch for a day."""

    class State(models.TextChoices):
        WAITING = "waiting"
        MAKING = "making"
        READY = "ready"
        FAILED = "failed"
        OUTDATED = "outdated"  # something in it was deleted
        GONE = "gone"

    IN_HAND = (State.WAITING, State.MAKING)

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    conversation = models.ForeignKey(Conversation, null=True, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    reason = models.CharField(max_length=300, blank=True)
    done = models.PositiveIntegerField(default=0)  # messages, of which it holds so many
    size = models.PositiveBigIntegerField(default=0)  # bytes
    zone = models.CharField(max_length=64, blank=True)  # time zone of the browser that asked
    tries = models.PositiveSmallIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    made_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(state__in=("waiting", "making")), name="one_export_at_a_time"
            )
        ]
        indexes = [models.Index(fields=["touched_at"], name="exports_by_time")]

    def __str__(self) -> str:
        return f"export {self.pk}, {self.state}"

    @property
    def place(self) -> Path:
        """Where its file is. Each try has its own: one that was thought to be lost may yet come to an end."""
        return FOLDER / f"{self.pk}-{self.tries}.zip"

    @property
    def in_hand(self) -> bool:
        return self.state in self.IN_HAND

    @property
    def until(self) -> datetime | None:
        """When it can no longer be fetched."""
        return self.made_at + KEPT if self.made_at else None

    @property
    def fetchable(self) -> bool:
        return self.state == self.State.READY and self.until is not None and self.until > timezone.now()

    @classmethod
    @transaction.atomic
    def begin(cls, person: Person, conversation: Conversation | None = None, zone: str = "") -> Export:
        """Have a conversation exported, with times of this zone, or without one all that `person` wrote. One at a time:
        what he had before goes. Raises Refused while another one is being made."""
        Person.objects.select_for_update(no_key=True).get(pk=person.pk)
        mine = cls.objects.filter(person=person)
        if mine.in_hand().exists():
            raise Refused(_now("Another export of yours is being made. Wait until it is there."))
        mine.exclude(state=cls.State.GONE).let_go()
        made = cls.objects.create(person=person, conversation=conversation, zone=zone[:64])
        broadcasts.export_changed(person.pk)
        jobs.soon(jobs.make_exports, [made.pk])
        return made

    def take(self) -> bool:
        """Begin to make it → whether nobody else does, or did."""
        mine = Export.objects.filter(pk=self.pk, tries=self.tries).in_hand()
        return bool(mine.update(state=self.State.MAKING, done=0, touched_at=timezone.now()))

    def note(self, done: int) -> bool:
        """So many messages are in it → whether it is still wanted."""
        self.done = done
        return self._move(done=done)

    def finish(self, size: int) -> bool:
        """It is there → whether it is still wanted."""
        now = timezone.now()
        if not self._move(state=self.State.READY, size=size, made_at=now):
            return False
        notifying.remind(self.person_id, EXPORT, self.pk)
        return True

    def fail(self, reason: str) -> None:
        self._move(state=self.State.FAILED, reason=reason)

    def _move(self, **how) -> bool:
        mine = Export.objects.filter(pk=self.pk, tries=self.tries).in_hand()
        moved = bool(mine.update(touched_at=timezone.now(), **how))
        if moved:
            broadcasts.export_changed(self.person_id)
        return moved

    def remove(self) -> None:
        """Its person does not want it any more. Twice is once."""
        Export.objects.filter(pk=self.pk).exclude(state=self.State.GONE).let_go()
