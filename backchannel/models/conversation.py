from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.ids import LENGTH, random_id
from accounts.models import Person
from accounts.refusals import Refused
from backchannel import broadcasts, writers
from backchannel.models.kept import Kept
from backchannel.models.request import Request
from backchannel.querysets import ConversationQuerySet
from rooms.models import Room

if TYPE_CHECKING:
    from backchannel.models.message import Message
    from rooms.models import Seat


class Conversation(Request):
    """Where messages stand in order. `head` is its one gapless counter: every message, edit and deletion takes the
    next number, and so does losing access."""

    class Kind(models.TextChoices):
        DIRECT = "direct", _("Direct")
        GROUP = "group", _("Group")
        ROOM = "room", _("Room chat")
        SPEAKERS = "speakers", _("Speakers’ line")

    id = models.CharField(primary_key=True, max_length=LENGTH, default=random_id, editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    room = models.ForeignKey(Room, null=True, on_delete=models.CASCADE, related_name="conversations")
    # The two members of a direct conversation, so that it can exist only once.
    pair = models.CharField(max_length=2 * LENGTH + 1, null=True, unique=True)  # null is "no pair"
    head = models.PositiveBigIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    people = models.ManyToManyField(settings.AUTH_USER_MODEL, through="Membership", related_name="conversations")

    known_others: Sequence[Membership] | None = None  # where they were read already, as of seen.others_of

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        constraints = [
            models.UniqueConstraint(fields=["room", "kind"], name="one_of_each_kind_per_room"),
            models.CheckConstraint(condition=Q(request_to=None) | Q(kind="direct"), name="only_direct_is_requested"),
            models.CheckConstraint(
                condition=Q(kind__in=("room", "speakers"), room__isnull=False, pair=None)
                | Q(kind="direct", room=None, pair__isnull=False)
                | Q(kind="group", room=None, pair=None),
                name="a_conversation_is_of_one_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("conversation", args=[self.pk])

    @classmethod
    def between(cls, one: Person, other: Person) -> Conversation:
        """The direct conversation of two people, who know each other if there is none yet. Raises Refused where they
        can't talk."""
        if found := cls.objects.between(one, other).first():
            return found
        writers.require_reach(one, other)
        return cls._make(one, other, None)

    def other_than(self, person: Person) -> Person | None:
        """The other one of a direct conversation."""
        return next((one for one in self._both if one != person), None) if self.kind == self.Kind.DIRECT else None

    @cached_property
    def _both(self) -> list[Person]:
        return list(self.people.all())

    def know_both(self, person: Person, other: Membership) -> None:
        """The two of a direct conversation, where they were read already."""
        self._both, self.known_others = [person, other.person], [other]

    def seat_of(self, person: Person) -> Seat | None:
        """The seat that `person` has now, where it is a room's."""
        return self.room.seat_of(person) if self.room else None

    # Writing ------------------------------------------------------------------------------------------

    def unused_id(self, author: Person, client_id: UUID, body: str, anew: bool = False) -> UUID:
        """The id under which a form drawn by us may post: another one where the first already stands for other words,
        or for whatever else if this is said `anew`.

        After Back, a browser sends a form that was sent before.
        """
        used = self.messages.filter(client_id=client_id, author=author)
        return uuid4() if (used if anew else used.exclude(body=body)).exists() else client_id

    def post(
        self,
        author: Person,
        client_id: UUID,
        body: str,
        reply_to: UUID | None = None,
        forwarded: bool = False,
        files: Sequence[str] = (),
    ) -> Message:
        """Write a message, perhaps in reply to another one or with files (ids of attachments of `author` that stand
        nowhere yet), and tell everybody entitled to it once it is committed.

        `client_id` is the browser's own id for it: the same one again by the same author gives back the message
        written first and changes nothing. Raises Refused where `author` may not write here (422; 404 where he may not
        even read), where the id is somebody else's (409), or where it cannot be kept just now (503).
        """
        from backchannel import writing

        message = writing.keep(
            writing.Draft(self.pk, author.pk, client_id, body, reply_to=reply_to, forwarded=forwarded, files=files)
        )
        message.conversation, message.author = self, author
        self.head = max(self.head, message.seq)
        return message

    def require_writer(self, author: Person) -> None:
        """Raises Refused, in words that name no block, where `author` may not write here now."""
        if not Conversation.objects.open_to(author).filter(pk=self.pk).exists():
            raise writers.outsider()
        self.require_place(author)

    def require_place(self, author: Person) -> None:
        """The same for somebody who is known to be part of it."""
        for words in writers.without_place([(author, self)]).values():
            raise Refused(words)

    @contextmanager
    def taking_a_number(self) -> Iterator:
        """Lock the conversation for a block in which `number()` gives the next number of its counter."""
        with transaction.atomic():
            before = Conversation.objects.select_for_update().values_list("head", flat=True).get(pk=self.pk)
            self.head = before
            yield self._next
            if self.head != before:
                self.save(update_fields=["head"])

    def _next(self) -> int:
        self.head += 1
        return self.head

    # Membership ---------------------------------------------------------------------------------------

    def let_in(self, person: Person) -> None:
        """Make `person` a member, whose history begins now."""
        with self.taking_a_number():
            _membership, new = self.memberships.get_or_create(
                person=person, defaults={"from_seq": self.head + 1, "read_seq": self.head}
            )
            if new:
                broadcasts.line_opened(self, person)

    def let_go(self, person: Person) -> None:
        """End a membership. It takes a number: nothing numbered after it is ever sent to him."""
        with self.taking_a_number() as number:
            gone, _rows = self.memberships.filter(person=person).delete()
            if gone:
                broadcasts.number_taken(self, number())
                broadcasts.conversation_closed(self, person)

    def shut_out(self, person: Person) -> None:
        """Mark in the order of things that `person`, whose access hangs on something else, lost it here."""
        with self.taking_a_number() as number:
            broadcasts.number_taken(self, number())
            broadcasts.conversation_closed(self, person)

    def note_reading(self, person: Person, seq: int) -> None:
        """Note that a member has read up to a message; backwards it does not go. His other devices are told, and
        those with whom he shares that."""
        from backchannel import seen, unheard

        read = min(seq, self.head)
        seen.note(self, person, read)
        if self.memberships.filter(person=person, read_seq__lt=read).update(read_seq=read) and self.in_inbox:
            broadcasts.inbox_changed([person.pk])
            unheard.read(person, self, read)

    def note_draft(self, person: Person, text: str) -> None:
        """Keep what `person` has begun to write here, if he is a member."""
        for kept in self.memberships.filter(person=person).exclude(draft=text):
            kept.note_draft(text)

    def forget_draft(self, person: Person) -> None:
        """What `person` had begun to write here was sent."""
        self.note_draft(person, "")

    # Who hears of it ----------------------------------------------------------------------------------

    @property
    def in_inbox(self) -> bool:
        return self.kind in (self.Kind.DIRECT, self.Kind.GROUP)

    def goes_by_topic(self, message=None) -> bool:
        """Whether everybody in the room may get this message, or a number without one.

        Not so in a closed room, where history begins with sitting down: somebody may do so while a message is written.
        """
        return self.kind == self.Kind.ROOM and (message is None or self.room.kind == Room.Kind.OPEN)

    def audience(self, message=None) -> Audience:
        """Who is told of `message`, or of a number without one; read under the lock."""
        if self.goes_by_topic(message):
            return Audience(exits=Room.objects.values_list("exits", flat=True).get(pk=self.room_id))
        if self.kind == self.Kind.ROOM:
            return Audience.divided(self.sitting(), message and message.created_at)
        return Audience.divided(self.memberships.values_list("person_id", "from_seq"), message and message.seq)

    def sitting(self) -> list[tuple[str, datetime]]:
        """(person, since when) of those who sit in the room."""
        return list(self.room.seats.taken().values_list("person_id", "since"))


class Audience(NamedTuple):
    """The people who may read something, those who may only know of its number; or the room, with its exits."""

    readers: list[str] = []
    others: list[str] = []
    exits: int | None = None

    @classmethod
    def divided(cls, starts: Iterable, at) -> Audience:
        """Of (person, where his history begins): those for whom it began by `at`, and the others."""
        starts = list(starts)
        readers = {person for person, start in starts if at is None or start <= at}
        return cls(list(readers), [person for person, _start in starts if person not in readers])


class Membership(Kept):
    """A person in a direct conversation, a group, or a speakers' line (there: exactly while on stage)."""

    class Role(models.TextChoices):
        OWNER = "owner", _("Owner")
        MODERATOR = "moderator", _("Moderator")
        MEMBER = "member", _("Member")

    if TYPE_CHECKING:
        apart: bool  # of seen.others_of

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="memberships")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    from_seq = models.PositiveBigIntegerField(default=0)
    read_seq = models.PositiveBigIntegerField(default=0)
    # How far he let the others know that he has read, and since when: it never goes back (backchannel/seen.py).
    seen_seq = models.PositiveBigIntegerField(default=0, db_default=0)
    seen_at = models.DateTimeField(null=True)
    # What he is in a group.
    role = models.CharField(max_length=9, choices=Role.choices, default=Role.MEMBER, db_default=Role.MEMBER)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["conversation", "person"], name="member_once"),
            models.UniqueConstraint(fields=["conversation"], condition=Q(role="owner"), name="one_owner_per_group"),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.conversation_id}"
