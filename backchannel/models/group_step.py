"""One change of a group, taken under its conversation's lock."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db.models import Case, When
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import ngettext

from accounts.models import Block, Follow, Person
from accounts.refusals import Refused
from backchannel import broadcasts, writers
from backchannel.models.conversation import Membership
from backchannel.models.message import Message

if TYPE_CHECKING:
    from backchannel.models.group import Group

MOST = 50  # members
NAMED = 3  # people in a sentence


class Step:
    """Who is in the group (id → role), as the block that holds the lock changes it; and the lines that say so."""

    def __init__(self, group: Group, number: Callable[[], int]) -> None:
        self.group, self.conversation, self._number = group, group.conversation, number
        members = self.conversation.memberships.order_by("pk").values_list("person", "role")
        self.roles: dict[str, str] = dict(members)
        self.happened = False

    @property
    def head(self) -> int:
        return self.conversation.head

    def require(self, by: Person, *roles: str) -> None:
        """Refuse unless `by` has one of these roles now: he may have lost it since his page was drawn."""
        if by.pk not in self.roles:
            raise writers.outsider()
        if self.roles[by.pk] not in roles:
            only_owner = Membership.Role.MODERATOR not in roles
            raise Refused(
                _now("Only the owner of this group can do that.")
                if only_owner
                else _now("Only the owner and the moderators of this group can do that.")
            )

    def require_member(self, person: Person) -> None:
        if person.pk not in self.roles:
            raise Refused(_now("%(name)s is not in this group any more.") % {"name": person})

    def willing(self, by: Person, people: Collection[Person]) -> list[Person]:
        """Those of them who need not be asked: they follow `by`, and are apart from nobody in here."""
        ids = [person.pk for person in people]
        followers = set(Follow.objects.filter(followed=by, follower__in=ids).values_list("follower_id", flat=True))
        apart = Block.objects.among([*self.roles, *ids])
        company, willing = set(self.roles), []
        for person in people:
            if person.pk in followers and not any((person.pk, other) in apart for other in company):
                willing.append(person)
                company.add(person.pk)
        return willing

    def take_in(self, people: Sequence[Person], from_seq: int) -> None:
        """Make these members; what was written until now is not new to them. Raises Refused where they are too many."""
        if len(self.roles) + len(people) > MOST:
            raise Refused(_now("A group has %s people at most.") % MOST)
        for person in people:
            self.conversation.memberships.create(person=person, from_seq=from_seq, read_seq=self.head)
            self.roles[person.pk] = Membership.Role.MEMBER
        self.happened = True

    def let_go(self, person: Person) -> None:
        """End a membership. It takes a number: nothing numbered after it is ever sent to him."""
        self.conversation.memberships.filter(person=person).delete()
        del self.roles[person.pk]
        broadcasts.number_taken(self.conversation, self._number())
        broadcasts.conversation_closed(self.conversation, person)
        broadcasts.inbox_changed([person.pk])
        self.happened = True

    def give(self, person: Person, role: str) -> None:
        self.conversation.memberships.filter(person=person).update(role=role)
        self.roles[person.pk] = role
        self.happened = True

    def succeed(self) -> Person | None:
        """Somebody becomes the owner because there is none: the first moderator, else the first member."""
        first = Case(When(role=Membership.Role.MODERATOR, then=0), default=1)
        heir = self.conversation.memberships.order_by(first, "pk").select_related("person").first()
        if not heir:
            return None
        self.give(heir.person, Membership.Role.OWNER)
        return heir.person

    def say(self, by: Person, event: str, sentence: str | Promise, about: Sequence[Person] = (), **names: str) -> None:
        """Write a line into the conversation, for everybody who is in it now. `about`: whom it concerns, so that pages
        can make one of several such lines."""
        with translation.override(settings.LANGUAGE_CODE):
            body = str(sentence) % {"name": by, **names}
        seq = self._number()
        line = Message(
            conversation=self.conversation, client_id=uuid4(), author=by, body=body, event=event, seq=seq, changed=seq
        )
        line.who = json.dumps([str(person) for person in about]) if about else ""
        line.draw()
        line.save()
        broadcasts.message_changed(line)
        self.happened = True


def in_words(people: Sequence[Person]) -> str:
    """Some people by name: "Ada, Bob and 2 others"."""
    with translation.override(settings.LANGUAGE_CODE):
        named = [str(person) for person in people[:NAMED]]
        more = len(people) - len(named)
        if more:
            others = ngettext("%s other", "%s others", more) % more
        elif len(named) == 1:
            return named[0]
        else:
            others = named.pop()
        return _now("%(names)s and %(last)s") % {"names": ", ".join(named), "last": others}
