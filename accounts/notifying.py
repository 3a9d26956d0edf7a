"""Telling a person what happened that concerns him, also when he is not looking.

    notifying.register("follow", look)           once, when an app is ready: what that kind looks like
    notify(people, "follow", subject, actor)     it happened; again is the same one, unread anew
    remind(person, "unsent", subject)            the same of what concerns something of his own
    settle(people, "follow", subjects)           it was seen where it happened, so it need not be told any more
    forget("follow", subjects)                   it is gone: nobody is told of it

The row is the truth. The bell on every open page hears of it at once; other ways to tell take the same row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import NamedTuple

from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils import timezone

import live
from accounts.models import Block, Notification, Person
from accounts.models.notification import NotificationQuerySet, unread_of


class Shown(NamedTuple):
    """One notification in words: what stands after the actor's name (alone, where that is oneself), and where it
    leads."""

    words: str
    address: str


Look = Callable[[Person, Collection[str]], dict[str, Shown]]
KINDS: dict[str, Look] = {}


def register(kind: str, look: Look) -> None:
    """`look(person, subjects)` gives for each subject that this person may see *now* how it is shown."""
    KINDS[kind] = look


Told = tuple[Iterable[Person | str], str, Person | str]  # people, subject, actor


def notify(people: Iterable[Person | str], kind: str, subject: str, actor: Person | str) -> None:
    """Note for these people (or their ids) that this happened by `actor` (or his id), and tell their open pages.

    Nobody is told of his own deeds, or of somebody's across a block.
    """
    notify_all(kind, [(people, subject, actor)])


def notify_all(kind: str, told: Iterable[Told]) -> None:
    """The same of several subjects, in as many questions as for one."""
    wanted = {(_id(one), subject, _id(actor)) for people, subject, actor in told for one in people}
    apart = Block.objects.among({one for person, _subject, by in wanted for one in (person, by)}) if wanted else set()
    rows = [
        Notification(person_id=person, kind=kind, subject=subject, actor_id=by)
        for person, subject, by in sorted(wanted)
        if person != by and (person, by) not in apart
    ]
    Notification.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["person", "kind", "subject"],
        update_fields=["actor", "created_at", "read_at"],
    )
    ring({row.person_id for row in rows})


def remind(person: str, kind: str, subject: str) -> None:
    """Tell this person (by his id) what became of something of his own: nobody else had a hand in it."""
    about = {"actor_id": person, "created_at": timezone.now(), "read_at": None}
    Notification.objects.update_or_create(person_id=person, kind=kind, subject=subject, defaults=about)
    ring({person})


def _id(person: Person | str) -> str:
    return person if isinstance(person, str) else person.pk


def settle(people: Collection[str], kind: str, subjects: Collection[str]) -> None:
    """These people saw it where it happened."""
    _read(Notification.objects.filter(person__in=people, kind=kind, subject__in=subjects))


def settle_all_under(people: Collection[str], kind: str, beginning: str) -> None:
    """The same of all subjects that begin so."""
    _read(Notification.objects.filter(person__in=people, kind=kind, subject__startswith=beginning))


def read_all(person: Person, until: datetime) -> None:
    """Everything that happened until then."""
    _read(Notification.objects.filter(person=person, created_at__lte=until))


def _read(notifications: NotificationQuerySet) -> None:
    unread = notifications.unread()
    people = set(unread.values_list("person_id", flat=True))
    if people:
        unread.update(read_at=timezone.now())
        ring(people)


def forget(kind: str, subjects: Collection[str], people: Collection[str] | None = None) -> None:
    """Take it away from these people, or from everybody."""
    gone = Notification.objects.filter(kind=kind, subject__in=subjects)
    _delete(gone if people is None else gone.filter(person__in=people))


def forget_all_under(kind: str, beginning: str, people: Collection[str]) -> None:
    """The same of all subjects that begin so."""
    _delete(Notification.objects.filter(kind=kind, subject__startswith=beginning, person__in=people))


def part(one: Person, other: Person) -> None:
    """A block stands between these two: neither is told of the other."""
    _delete(Notification.objects.filter(person__in=[one, other], actor__in=[one, other]))


def _delete(notifications: QuerySet) -> None:
    told = set(notifications.values_list("person_id", flat=True))
    if told:
        notifications.delete()
        ring(told)


def ring(people: Collection[str]) -> None:
    """The bell's count, as it is now, on all pages of these people."""
    counts = unread_of(people) if people else {}
    for one in people:
        html = render_to_string("accounts/_bell.html", {"notifications": counts.get(one, 0)})
        live.tell([one], {"type": "piece", "list": "bell", "version": None, "html": html, "gone": []})
        live.tell([one], {"type": "reload", "list": "notifications"})


def shown(notifications: Iterable[Notification], person: Person) -> list[tuple[Notification, Shown]]:
    """Those whose subject this person may see now, and how."""
    rows = list(notifications)
    subjects = defaultdict(list)
    for row in rows:
        subjects[row.kind].append(row.subject)
    looks = {kind: KINDS[kind](person, some) for kind, some in subjects.items() if kind in KINDS}
    seen = [(row, looks.get(row.kind, {}).get(row.subject)) for row in rows]
    return [(row, look) for row, look in seen if look]
