"""Who may be found by whom."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import Person
    from accounts.wanted import Wanted


class PersonQuerySet(models.QuerySet):
    def in_the_house(self, now: datetime | None = None) -> PersonQuerySet:
        """People with a living account that is not suspended now."""
        return self.filter(is_active=True).exclude(suspended_until__gt=now or timezone.now())

    def visible_to(self, person: Person | str, now: datetime | None = None) -> PersonQuerySet:
        """Whom `person` (or his id) may find: everybody in the house, less those on either side of a block."""
        return self.in_the_house(now).exclude(blocks_made__blocked=person).exclude(blocks_received__blocker=person)

    def search(self, person: Person, wanted: Wanted) -> PersonQuerySet:
        """Whom `person` may find by parts of a name or username: first those he follows."""
        from accounts.models import Follow

        found = self.visible_to(person)
        for part in wanted.parts:
            found = found.filter(words__contains=part)
        followed = Exists(Follow.objects.filter(follower=person, followed=OuterRef("pk")))
        return found.alias(followed=followed).order_by("-followed", "words", "pk")

    def reachable_for(self, person: Person) -> PersonQuerySet:
        """The others to whom `person` may write first: those he finds who take messages of everybody, or follow him."""
        from accounts.models import Follow

        friends = Exists(Follow.objects.filter(follower=OuterRef("pk"), followed=person))
        taking = Q(messages_from="everyone") | (Q(messages_from="followed") & friends)
        return self.visible_to(person).filter(taking).exclude(pk=person.pk)

    def blocked_by(self, person: Person) -> PersonQuerySet:
        return self.filter(blocks_received__blocker=person)

    def followed_by(self, person: Person) -> PersonQuerySet:
        return self.filter(followers__follower=person)

    def named(self, username: str) -> PersonQuerySet:
        """The one with this username, whatever its case; by the index that keeps usernames apart."""
        return self.alias(lower_username=Lower("username")).filter(lower_username=username.lower())


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):
    def create_user(self, username: str, email: str, password: str | None = None, **fields) -> Person:
        """A new person; `name` is the username when not given. The password is hashed, None leaves it unusable."""
        fields.setdefault("name", username)
        person = self.model(username=username, email=self.normalize_email(email), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def create_superuser(self, username: str, email: str, password: str | None = None, **fields) -> Person:
        return self.create_user(username, email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str) -> Person:
        return self.named(username).get()
