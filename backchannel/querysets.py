"""Which conversations, messages and questions may be found, and by whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery

from rooms.models import Room, Seat

if TYPE_CHECKING:
    from accounts.models import Person


class ConversationQuerySet(models.QuerySet):
    def open_to(self, person: Person) -> ConversationQuerySet:
        """What `person` may read now.

        A direct conversation, a group or a speakers' line by membership; a room's chat by having sat in the room and
        not having been removed from it.
        """
        from backchannel.models import Membership

        membership = Membership.objects.filter(conversation=OuterRef("pk"), person=person)
        seat = Seat.objects.filter(room=OuterRef("room"), person=person, removed_at=None)
        in_room = Q(kind="room") & Exists(seat) & Q(room__in=Room.objects.visible_to(person))
        return self.filter(in_room | Exists(membership))

    def direct(self) -> ConversationQuerySet:
        return self.filter(kind="direct")


class MessageQuerySet(models.QuerySet):
    def readable_by(self, person: Person) -> MessageQuerySet:
        """Messages of conversations open to `person`, from where his history begins.

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

    def in_order(self) -> MessageQuerySet:
        return self.order_by("seq")


class QuestionQuerySet(models.QuerySet):
    def visible_to(self, person: Person) -> QuestionQuerySet:
        """Questions of rooms `person` sits or sat in: all of them to its moderators, the shown ones to the others."""
        moderated = Room.objects.filter(seats__person=person, seats__role="moderator", seats__left_at=None)
        entered = Room.objects.visible_to(person).filter(
            seats__in=Seat.objects.filter(person=person, removed_at=None)
        )
        return (
            self.filter(board__room__in=entered)
            .filter(Q(board__room__in=moderated) | ~Q(state="hidden") | Q(asker=person))
            .exclude(state="withdrawn")
        )

    def open(self) -> QuestionQuerySet:
        return self.filter(state__in=("live", "answering"))

    def top_first(self) -> QuestionQuerySet:
        """What is being answered, then by votes, then the oldest."""
        return self.alias(now=Q(state="answering")).order_by("-now", F("votes").desc(), "created_at", "pk")
