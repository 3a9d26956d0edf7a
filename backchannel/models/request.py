from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.db import models, transaction

from backchannel import accepted, broadcasts, writers
from backchannel.querysets import pair_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from accounts.models import Person
    from backchannel.models import Message


class Request(models.Model):
    """A direct conversation that somebody began with a person who does not follow him. Until that one accepts, or
    answers, there is one message, its links are plain text, and nobody can tell whether it was read."""

    request_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="requests"
    )

    if TYPE_CHECKING:
        head: int
        objects: ClassVar[Any]
        Kind: ClassVar[Any]
        taking_a_number: Callable
        memberships: Any
        messages: Any

    class Meta:
        abstract = True

    @classmethod
    def opened_by(cls, person: Person, other: Person) -> Self:
        """The direct conversation of two people. Where there is none `person` begins it, which is a request if the
        other one does not follow him. Raises Refused where they can't talk."""
        if found := cls.objects.between(person, other).first():
            return found
        writers.require_reach(person, other)
        return cls._make(person, other, None if other.is_following(person) else other)

    @classmethod
    @transaction.atomic
    def _make(cls, one: Person, other: Person, request_to: Person | None) -> Self:
        of_two = {"kind": cls.Kind.DIRECT, "request_to": request_to}
        conversation, made = cls.objects.get_or_create(pair=pair_of(one, other), defaults=of_two)
        for person in (one, other) if made else ():
            conversation.memberships.create(person=person)
        return conversation

    def asks(self, person_id: str) -> bool:
        """Whether what this person writes here is a request that was not accepted yet."""
        return self.request_to_id not in (None, person_id)

    def accept(self, by: Person, answering: bool = False) -> None:
        """From now on they talk, and who asked is told, unless by an answer. Twice is once; whoever was not asked
        changes nothing."""
        if self.request_to_id != by.pk:
            return
        with self.taking_a_number() as number:
            type(self).objects.filter(pk=self.pk).update(request_to=None)
            self.request_to = None
            asked = list(self.messages.filter(deleted_at=None).exclude(author=by).select_related("author"))
            for message in asked:
                message.conversation = self
                message.show_links(number())
            if asked and not answering:
                accepted.tell(self, by)  # type: ignore[arg-type]
            broadcasts.request_accepted(self)  # type: ignore[arg-type]
        broadcasts.inbox_changed([by.pk])

    def decline(self, by: Person) -> None:
        """Delete a request for whom it was made. Who made it is told nothing, and can write no more than before."""
        if self.request_to_id != by.pk:
            return
        with self.taking_a_number():
            self.memberships.filter(person=by).update(from_seq=self.head + 1, read_seq=self.head, draft="")
            broadcasts.conversation_closed(self, by)  # type: ignore[arg-type]
        broadcasts.inbox_changed([by.pk])


def accept_what_is_answered(messages: Iterable[Message]) -> None:
    """Who answers a request has accepted it. In the transaction in which these were written."""
    for message in messages:
        message.conversation.accept(message.author, answering=True)
