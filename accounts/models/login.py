from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.prepared import prepared

LONGEST = 40
RENEWED, MOMENT = "renewed:", 5  # seconds until every page of a browser has its new session key


class LoginQuerySet(models.QuerySet):
    def valid(self, now: datetime | None = None) -> LoginQuerySet:
        """Log-ins that still let their person in: the session is there, and the account may be used."""
        from accounts.models import Person

        return self.filter(Exists(_living_sessions(now)), person__in=Person.objects.in_the_house(now))

    def stale(self) -> LoginQuerySet:
        """Log-ins whose session is gone."""
        return self.filter(~Exists(_living_sessions()))


def _living_sessions(now: datetime | None = None) -> QuerySet:
    return Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=now or timezone.now())


class Login(models.Model):
    """One log-in of a person on one device: says which sessions are whose, which the session table cannot."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="logins")
    session_key = models.CharField(max_length=LONGEST, unique=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects = LoginQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.person_id} since {self.created_at:%Y-%m-%d}"

    @classmethod
    def remember(cls, person, session_key: str) -> None:
        """A person has just come in with this session."""
        cls.objects.stale().filter(person=person).delete()
        cls.objects.update_or_create(session_key=session_key, defaults={"person": person})

    @classmethod
    def renew(cls, person, before: str, session_key: str) -> None:
        """A person goes on under another session key; for a moment the one before stands for it."""
        cls.remember(person, session_key)
        cache.set(f"{RENEWED}{before}", session_key, MOMENT)

    @classmethod
    def people(cls, session_keys: Collection[str]) -> dict[str, str]:
        """Whose these are, of those that still count: one query, and one more where one was renewed just now."""
        found = cls._people(session_keys)
        others = [key for key in session_keys if key not in found and key.isalnum() and len(key) <= LONGEST]
        if renewed := {key: now for key in others if (now := cache.get(f"{RENEWED}{key}"))}:
            people = cls._people(renewed.values())
            found |= {key: people[now] for key, now in renewed.items() if now in people}
        return found

    @classmethod
    def _people(cls, session_keys: Collection[str]) -> dict[str, str]:
        return dict(_valid_ones(session_keys, timezone.now()))

    def end(self) -> None:
        """Nothing comes in by this log-in any more, and what it has open is told so."""
        from accounts.models import Person
        from accounts.signals import login_ended

        Session.objects.filter(session_key=self.session_key).delete()
        self.delete()
        login_ended.send(Person, person=self.person, login=self.session_key)


@prepared
def _valid_ones(keys: Collection[str], now: datetime) -> QuerySet:
    return Login.objects.valid(now).filter(session_key__in=keys).values_list("session_key", "person_id")
