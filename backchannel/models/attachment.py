from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ids import LENGTH, random_id
from accounts.models import Person
from backchannel import jobs
from backchannel.media.sizes import BOX, shown

if TYPE_CHECKING:
    from backchannel.models.message import Message
    from backchannel.models.report import Report

MOST = 10  # with one message
FILM = (BOX, 180)  # pixels, where it is not known how large it is
PATIENCE = timedelta(minutes=3)  # until preparing counts as lost: more than it may take
TRIES = 3
AT_ONCE = 50  # asked for again
UNWANTED = timedelta(days=1)  # after which what was never posted goes


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def unposted(self) -> AttachmentQuerySet:
        """Those that may still go with a message."""
        return self.filter(message=None, report=None, state__in=(Attachment.State.PREPARING, *Attachment.KEPT))

    def served(self) -> AttachmentQuerySet:
        """Those of which there is something to be had, as far as their message is there."""
        return self.filter(state=Attachment.State.READY, message__deleted_at=None)

    def of(self, message: Message) -> AttachmentQuerySet:
        return self.filter(message=message).order_by("place")

    def labels(self, messages: Collection[int]) -> dict[int, list[str]]:
        """Message → what stands for its files where there is but a line, of those of these messages that have any."""
        labels: dict[int, list[str]] = defaultdict(list)
        for file in Attachment.objects.filter(message__in=messages).order_by("place"):
            labels[file.message_id or 0].append(file.label)
        return labels

    def space_of(self, person: Person) -> int:
        """The bytes that a person's files take. Several that are one and the same file count as often."""
        return self.filter(person=person).exclude(state=Attachment.State.GONE).aggregate(all=Sum("size"))["all"] or 0

    def let_go(self) -> None:
        """Nobody sees these any more from now on; the next sweep takes them off the disk."""
        self.update(state=Attachment.State.GONE, message=None, report=None, name="", alt="", waveform="")

    def unwanted(self, now: datetime) -> AttachmentQuerySet:
        """Those that are gone, and those that nobody posted, or whose message went with its room or author."""
        forgotten = Q(message=None, report=None, touched_at__lt=now - UNWANTED)
        return self.filter(Q(state=Attachment.State.GONE) | forgotten)

    @transaction.atomic
    def copied(self, message: Message, person: Person, client_id: UUID) -> list[str]:
        """The ids of the same files once more, to go with another message of this id. Asked again: the same ones."""
        copies = [file.copy_for(person, client_id) for file in self.of(message).select_for_update()]
        self.prepare(copy.pk for copy in copies if copy.state == Attachment.State.PREPARING)
        return [copy.pk for copy in copies]

    @transaction.atomic
    def keep_for(self, report: Report, messages: Iterable[Message]) -> None:
        """Copies of their files which are nobody's, and stay while the report is open."""
        found = self.filter(message__in=messages).select_for_update().order_by("message__seq", "place")
        copies = [file.copy_for(None, uuid4(), report=report, place=place) for place, file in enumerate(found)]
        self.prepare(copy.pk for copy in copies if copy.state == Attachment.State.PREPARING)

    def prepare(self, pks: Iterable[str]) -> None:
        jobs.soon(jobs.prepare_files, list(pks))

    def try_again(self, now: datetime) -> None:
        """Ask once more for what was lost while it was prepared; what was lost often enough is not shown."""
        overdue = self.filter(state=Attachment.State.PREPARING, touched_at__lt=now - PATIENCE)
        for hopeless in Attachment.objects.filter(pk__in=overdue.filter(tries__gte=TRIES).values("pk")[:AT_ONCE]):
            hopeless.settle(None)
        lost = list(overdue.filter(tries__lt=TRIES).values_list("pk", flat=True)[:AT_ONCE])
        self.filter(pk__in=lost).update(touched_at=now, tries=F("tries") + 1)
        self.prepare(lost)


class Attachment(models.Model):
    """A file that somebody sends with a message: first alone, then with it. Its row outlives message and person, until
    a sweep has taken the files off the disk."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("Picture")
        VIDEO = "video", _("Video")
        SOUND = "sound", _("Voice note")
        FILE = "file", _("File")

    class State(models.TextChoices):
        ARRIVING = "arriving"  # not all of it is here, or never will be
        PREPARING = "preparing"
        READY = "ready"
        BROKEN = "broken"  # it only began like what it should be
        GONE = "gone"

    KEPT = (State.READY, State.BROKEN)

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="attachments"
    )
    client_id = models.UUIDField()
    message = models.ForeignKey("Message", null=True, on_delete=models.SET_NULL, related_name="attachments")
    # That it is evidence of, for as long as that is open: a copy of nobody's, beside the one in the message.
    report = models.ForeignKey("Report", null=True, on_delete=models.SET_NULL, related_name="files")
    place = models.PositiveSmallIntegerField(default=0)  # among those of one message
    kind = models.CharField(max_length=5, choices=Kind.choices)
    mime = models.CharField(max_length=40)  # as which it is served
    state = models.CharField(max_length=9, choices=State.choices, default=State.ARRIVING)
    name = models.CharField(max_length=120)
    alt = models.CharField(_("description"), max_length=500, blank=True)
    size = models.PositiveBigIntegerField()  # bytes
    width = models.PositiveIntegerField(null=True)  # pixels
    height = models.PositiveIntegerField(null=True)
    seconds = models.FloatField(null=True)
    waveform = models.CharField(max_length=400, blank=True)  # how loud it is, from 0 to 99, with spaces between
    file = models.CharField(max_length=100)  # where in the storage
    small = models.CharField(max_length=100, blank=True)  # the same of its preview or poster
    tries = models.PositiveSmallIntegerField(default=1)
    touched_at = models.DateTimeField(default=timezone.now)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        constraints = [models.UniqueConstraint(fields=["person", "client_id"], name="one_file_per_client_id")]
        indexes = [
            models.Index(fields=["touched_at"], condition=Q(message=None), name="files_without_message"),
            models.Index(fields=["touched_at"], condition=Q(state="preparing"), name="files_to_prepare"),
            models.Index(fields=["file"], name="files_by_place"),
            models.Index(fields=["kind", "message"], condition=~Q(message=None), name="messages_by_kind_of_file"),
        ]

    def __str__(self) -> str:
        # Not its name: this is what logs keep.
        return f"{self.kind}, {self.state}"

    @property
    def shown_size(self) -> tuple[int, int]:
        """Its width and height in a message: kept free from the beginning, so that nothing moves when it comes."""
        return shown(self.width, self.height) if self.width and self.height else FILM

    @property
    def label(self) -> str:
        """What stands for it where there is but a line."""
        return self.name if self.kind == self.Kind.FILE else self.get_kind_display()

    @property
    def minutes(self) -> str:
        return f"{int(self.seconds or 0) // 60}:{int(self.seconds or 0) % 60:02}"

    @property
    def bars(self) -> str:
        """The waveform as a line of SVG, 24 high and two for each bar."""
        heights = [max(1.0, int(one) * 0.22) for one in self.waveform.split()]
        return "".join(f"M{2 * at + 1} {12 - one / 2:.1f}v{one:.1f}" for at, one in enumerate(heights))

    def settle(self, made: dict[str, Any] | None) -> None:
        """Show what became of it when it was prepared (see media/preparing.py); None: nothing can be shown of it."""
        with transaction.atomic():
            asked = Attachment.objects.select_for_update().filter(pk=self.pk, state=self.State.PREPARING)
            now = asked.first()
            if not now:
                return
            now._take_on(made)
            now.save()
        now.redraw()

    def _take_on(self, made: dict[str, Any] | None) -> None:
        self.touched_at = timezone.now()
        self.state = self.State.READY if made else self.State.BROKEN
        if made and self.message_id and self.kind == self.Kind.VIDEO:
            # What stands in a message keeps its place.
            made = {**made, "width": self.width, "height": self.height}
        for name, value in (made or {}).items():
            setattr(self, name, value)

    def describe(self, alt: str) -> None:
        """Say what is seen in it, for who does not see it."""
        self.alt = alt
        self.save(update_fields=["alt"])
        self.redraw()

    def redraw(self) -> None:
        """In its message, if it stands in one."""
        from backchannel.models.message import Message
        from backchannel.redrawing import redrawing

        if self.message_id and Message.objects.filter(pk=self.message_id).update(reacted_at=timezone.now()):
            redrawing.soon(Message.objects.values_list("conversation", flat=True).get(pk=self.message_id))

    def copy_for(self, person: Person | None, client_id: UUID, **more: Any) -> Attachment:
        """The same file once more. For the same `client_id` again it is the same copy."""
        fields = ("kind", "mime", "state", "name", "alt", "size", "width", "height", "seconds", "waveform")
        values = {name: getattr(self, name) for name in (*fields, "file", "small")}
        copy, _new = Attachment.objects.get_or_create(
            person=person, client_id=uuid5(client_id, self.pk), defaults={**values, **more}
        )
        return copy
