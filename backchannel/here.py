"""Who is here: of two who talk, each sees whether the other has a page open now, where that one shows it.

Each web process notes those whose pages it hears and who show it, for a moment, in the cache that all processes share;
somebody is here as long as one of them does. Whoever hides it from now on looks like one who went. Nothing of it is
written into the database, and what is lost is right again a round later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

from django.core.cache import cache
from django.db.models import QuerySet
from django.template.loader import render_to_string

import live
from accounts import ids
from accounts.models import Block, Person
from accounts.prepared import prepared
from backchannel import broadcasts
from backchannel.models import Conversation, Membership

ROUND = 10  # seconds
LASTING = 25  # seconds a note counts: who draws a page anew between two rounds has not gone
MOST = 200  # people of whose coming and going one round tells; of the others one sees it when a list is drawn
NOTE = "here:"

_ours: set[str] = set()  # people that this process heard, until it is told that they are gone


def among(people: Iterable[str]) -> set[str]:
    """Those of these people (ids) who are here."""
    notes = [f"{NOTE}{one}" for one in people]
    return {note.removeprefix(NOTE) for note in cache.get_many(notes)} if notes else set()


def of_two(conversations: Iterable[Conversation], others: Mapping[str, Membership]) -> set[str]:
    """Those of these direct conversations, each with its other member (seen.others_of), in which he is here and shows
    it. While one asks the other, neither sees it."""
    showing = {
        one.pk: other.person_id
        for one in conversations
        if (other := others.get(one.pk)) and other.person.presence and not other.apart and one.request_to_id is None
    }
    here = among(showing.values())
    return {pk for pk, person in showing.items() if person in here}


# Coming and going -------------------------------------------------------------------------------------------


def look() -> None:
    """Note who is heard in this process, and tell those who talk with whoever came or went since the last round."""
    global _ours
    heard = live.present_people()
    heard -= set(_hiding(heard)) if heard else set()
    noted = among(heard | _ours)
    notes = dict.fromkeys((f"{NOTE}{one}" for one in heard), 1)
    if notes and cache.set_many(notes, LASTING):
        return  # the cache is away: whether others hear them nobody knows
    gone = _ours - heard - noted
    _tell(list(heard - noted)[:MOST], list(gone)[:MOST])
    _ours = (_ours | heard) - gone


@prepared
def _hiding(people: Collection[str]) -> QuerySet:
    return Person.objects.filter(pk__in=people, presence=False).values_list("pk", flat=True)


def _tell(came: list[str], gone: list[str]) -> None:
    news = defaultdict(list)
    for person, talk, other in _talks([*came, *gone]):
        news[other].append({"talk": talk, "is_here": person in came})
    for person in among(news):
        broadcasts.here(person, render_to_string("backchannel/_here_news.html", {"news": news[person]}))


def _talks(people: list[str]) -> list[tuple[str, str, str]]:
    """(person, conversation, the other one) where two talk between whom there is no block."""
    if not people:
        return []
    mine = Membership.objects.filter(person__in=ids.among(people))
    direct = mine.filter(conversation__kind=Conversation.Kind.DIRECT, conversation__request_to=None)
    rows = direct.values_list("person_id", "conversation_id", "conversation__pair")
    talks = [(person, talk, _other(str(pair), person)) for person, talk, pair in rows]
    apart = Block.objects.among({one for person, _talk, other in talks for one in (person, other)})
    return [(person, talk, other) for person, talk, other in talks if (person, other) not in apart]


def part(blocker: Person, blocked: Person) -> None:
    """Who blocks somebody does not see any more whether he is here."""
    for talk in Conversation.objects.between(blocker, blocked).values_list("pk", flat=True):
        news = {"news": [{"talk": talk, "is_here": False}]}
        broadcasts.here(blocker.pk, render_to_string("backchannel/_here_news.html", news))


def _other(pair: str, person: str) -> str:
    one, other = pair.split(":")
    return other if one == person else one
