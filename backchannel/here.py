"""Who is here: of two who talk, each sees whether the other has a page open now, where that one shows it.

Each web process notes those whose pages it hears, for a moment, in the cache that all processes share; somebody is here
as long as one of them does. Nothing of it is written into the database, and what is lost is right again a round later.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.core.cache import cache
from django.template.loader import render_to_string

import live
from accounts import ids
from accounts.models import Block
from backchannel import broadcasts
from backchannel.models import Conversation, Membership

ROUND = 10  # seconds
LASTING = 25  # seconds a note counts: who draws a page anew between two rounds has not gone
MOST = 200  # people of whose coming and going one round tells; of the others one sees it when a list is drawn
NOTE = "here:"

_ours: set[str] = set()  # people that this process heard, until it is told that they are gone


def among(people: Iterable[str]) -> set[str]:
    """Those of these people (ids) who are here."""
    people = set(people)
    return (_noted(people) | live.present_people()) & people if people else set()


def _noted(people: Iterable[str]) -> set[str]:
    return {key.removeprefix(NOTE) for key in cache.get_many([f"{NOTE}{one}" for one in people])}


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
    noted = _noted(heard | _ours)
    if cache.set_many(dict.fromkeys((f"{NOTE}{one}" for one in heard), 1), LASTING):
        return  # the cache is away: whether others hear them nobody knows
    gone = _ours - heard - noted
    _tell(list(heard - noted)[:MOST], list(gone)[:MOST])
    _ours = (_ours | heard) - gone


def _tell(came: list[str], gone: list[str]) -> None:
    news = defaultdict(list)
    for person, talk, other in _talks([*came, *gone]):
        news[other].append({"talk": talk, "is_here": person in came})
    for person in among(news):
        broadcasts.here(person, render_to_string("backchannel/_here_news.html", {"news": news[person]}))


def _talks(people: list[str]) -> list[tuple[str, str, str]]:
    """(person, conversation, the other one) where two talk and this one of them shows whether he is here."""
    if not people:
        return []
    mine = Membership.objects.filter(person__in=ids.among(people), person__presence=True)
    direct = mine.filter(conversation__kind=Conversation.Kind.DIRECT, conversation__request_to=None)
    rows = direct.values_list("person_id", "conversation_id", "conversation__pair")
    talks = [(person, talk, _other(str(pair), person)) for person, talk, pair in rows]
    apart = Block.objects.among({one for person, _talk, other in talks for one in (person, other)})
    return [(person, talk, other) for person, talk, other in talks if (person, other) not in apart]


def _other(pair: str, person: str) -> str:
    one, other = pair.split(":")
    return other if one == person else one
