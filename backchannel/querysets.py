"""Which conversations, messages and questions may be found, and by whom."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat

from accounts.ids import among
from rooms.models import Seat

if TYPE_CHECKING:
    from accounts.models import Person
    from accounts.wanted import Wanted

# What only a text with a link in it is drawn with (backchannel/text.py); names and times are links of another kind.
LINK = 'rel="noopener noreferrer nofollow ugc"'
# What a message may be looked for by, as one types it, and the kind of file that it is.
FILES = {"image": "image", "video": "video", "voice": "sound", "file": "file"}
# How far up a question stands by its state.
STANDING = {"answering": 1, "live": 2, "answered": 3, "hidden": 4}


def pair_of(one: Person, other: Person) -> str:
    """Two people as one word, whoever is named first."""
    return ":".join(sorted((one.pk, other.pk)))


class ConversationQuerySet(models.QuerySet):
    def open_to(self, person: Person | str) -> ConversationQuerySet:
        """What `person` (or his id) may read now.

        A direct conversation, a group or a speakers' line by membership; a room's chat by having sat in the room and
        not having been removed from it.
        """
        from backchannel.models import Membership

        membership = Membership.objects.filter(conversation=OuterRef("pk"), person=person)
        seat = Seat.objects.reading().filter(room=OuterRef("room"), person=person)
        return self.filter((Q(kind="room") & Exists(seat)) | Exists(membership))

    def open_pairs(self, people, conversations) -> dict[tuple[str, str], int]:
        """The same for many at once, in two queries: (person, conversation) for each of these conversations that one
        of these people may read, with `from_seq`, where his history begins. Takes and gives ids."""
        from backchannel.models import Membership

        members = Membership.objects.filter(person__in=among(people), conversation__in=among(conversations))
        return {
            **dict.fromkeys(self.sat_pairs(people, conversations), 0),
            **{(person, pk): start for person, pk, start in members.values_list("person", "conversation", "from_seq")},
        }

    def sat_pairs(self, people, conversations) -> set[tuple[str, str]]:
        """Those of them who may by having sat in the room whose chat it is."""
        sat = Seat.objects.reading().filter(
            person__in=among(people), room__conversations__in=among(conversations), room__conversations__kind="room"
        )
        return set(sat.values_list("person_id", "room__conversations"))

    def chats_of(self, person: Person | str) -> ConversationQuerySet:
        """The chats of rooms that `person` (or his id) sits or sat in, as far as he may read there and something was
        written, each with its last message (`last_id`); the newest first."""
        from backchannel.models import Message

        mine = Seat.objects.reading().filter(room=OuterRef("room"), person=person)
        last = Message.objects.readable_by(person).filter(conversation=OuterRef("pk")).order_by("-seq")
        chats = self.filter(Exists(mine), kind="room").annotate(last_id=Subquery(last.values("pk")[:1]))
        return chats.exclude(last_id=None).order_by("-last_id")

    def direct(self) -> ConversationQuerySet:
        return self.filter(kind="direct")

    def between(self, one: Person, other: Person) -> ConversationQuerySet:
        """The direct conversation of two people, if there is one."""
        return self.filter(pair=pair_of(one, other))

    def with_history_of(self, person: Person | str) -> ConversationQuerySet:
        """Each with `from_seq`, where the history of `person` (or his id) begins, and `read_seq`, how far he read,
        and `draft`, what he has begun to write."""
        from backchannel.models import Membership

        mine = Membership.objects.filter(conversation=OuterRef("pk"), person=person)
        return self.annotate(
            from_seq=Coalesce(Subquery(mine.values("from_seq")), 0),
            read_seq=Coalesce(Subquery(mine.values("read_seq")), 0),
            draft=Coalesce(Subquery(mine.values("draft")), Value("", output_field=models.TextField())),
        )

    def with_waiting_of(self, person: Person | str) -> ConversationQuerySet:
        """Each with `waiting`, how many messages `person` (or his id) has scheduled there."""
        from backchannel.models import Scheduled

        mine = Scheduled.objects.of(person).filter(conversation=OuterRef("pk")).order_by()
        counted = mine.values("conversation").annotate(n=Count("pk")).values("n")
        return self.annotate(waiting=Coalesce(Subquery(counted), 0))


class MessageQuerySet(models.QuerySet):
    def readable_by(self, person: Person | str) -> MessageQuerySet:
        """Messages of conversations open to `person` (or his id), from where his history begins.

        In a speakers' line it begins with coming on stage, in a closed room's chat with first sitting down.
        """
        from backchannel.models import Conversation, Membership

        mine = Membership.objects.filter(conversation=OuterRef("conversation"), person=person)
        sat_since = Seat.objects.filter(room=OuterRef("conversation__room"), person=person).values("since")
        return self.filter(
            conversation__in=Conversation.objects.open_to(person),
        ).filter(
            Q(conversation__kind="room", conversation__room__kind="open")
            | Q(conversation__kind="room", created_at__gte=Subquery(sat_since[:1]))
            | Exists(mine.filter(from_seq__lte=OuterRef("seq")))
        )

    def search(self, person: Person, wanted: Wanted, having: Iterable[str] = ()) -> MessageQuerySet:
        """Messages in which all of this occurs, with all of `having` (see below), of those that `person` may read now,
        the newest first. What people on the other side of a block wrote is not found, wherever it stands."""
        found = (
            self.readable_by(person)
            .having(having)
            .filter(deleted_at=None, event="")
            .exclude(author__blocks_made__blocked=person)
            .exclude(author__blocks_received__blocker=person)
        )
        if wanted:
            found = found.filter(words__say=wanted).alias(
                line=Concat(Value(" "), "words", Value(" "), output_field=models.TextField())
            )
        for words in wanted.phrases:
            found = found.filter(line__contains=f" {' '.join(words)} ")
        return found.order_by("-pk")

    def having(self, what: Iterable[str]) -> MessageQuerySet:
        """Those with all of this: "link", or one of FILES."""
        from backchannel.models import Attachment

        found, files = self, Attachment.objects.filter(message__isnull=False).exclude(state="broken")
        for one in what:
            with_it = (
                Q(html__contains=LINK) if one == "link" else Q(pk__in=files.filter(kind=FILES[one]).values("message"))
            )
            found = found.filter(with_it)
        return found

    def with_kind_of_file(self) -> MessageQuerySet:
        """Each with `file_kind`, that of the first file that goes with it, if any does."""
        from backchannel.models import Attachment

        files = Attachment.objects.filter(message=OuterRef("pk")).order_by("place")
        return self.annotate(file_kind=Subquery(files.values("kind")[:1]))

    def in_order(self) -> MessageQuerySet:
        return self.order_by("seq")


class QuestionBoardQuerySet(models.QuerySet):
    def readable_by(self, person: Person | str) -> QuestionBoardQuerySet:
        """Boards of the rooms `person` (or his id) sits or sat in, unless removed."""
        return self.filter(Exists(Seat.objects.reading().filter(room=OuterRef("pk"), person=person)))

    def readers(self, people, rooms) -> set[tuple[str, str]]:
        """(person, room) for each of these people who may read the board of one of these rooms; all of them ids."""
        return set(
            Seat.objects.reading().filter(person__in=among(people), room__in=rooms).values_list("person", "room")
        )


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, person: Person) -> QuestionQuerySet:
        """Questions of rooms `person` sits or sat in: all of them to its moderators, the shown ones and his own to
        the others."""
        from backchannel.models import QuestionBoard

        moderates = Seat.objects.moderating().filter(room=OuterRef("board"), person=person)
        return self.filter(
            Exists(moderates) | ~Q(state="hidden") | Q(asker=person),
            board__in=QuestionBoard.objects.readable_by(person),
        ).exclude(state="withdrawn")

    def open(self) -> QuestionQuerySet:
        return self.filter(state__in=("live", "answering"))

    def top_first(self) -> QuestionQuerySet:
        """What is being answered, what waits, what is done; then by votes, then the oldest."""
        standing = Case(*(When(state=state, then=place) for state, place in STANDING.items()))
        return self.order_by(standing, F("votes").desc(), "created_at", "pk")
