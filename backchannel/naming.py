"""Who is named in what somebody writes: @name, of those who may read it there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.db.models.functions import Lower

from accounts.models import Person

if TYPE_CHECKING:
    from backchannel.models import Message
    from backchannel.writing import Draft

Names = dict[str, str]  # username in small letters → id

NAME = re.compile(r"(?<![\w@./])@([A-Za-z0-9_.]{2,20})(?![A-Za-z0-9_@])")
MOST = 50  # of one message


def names_in(body: str) -> set[str]:
    """What might be a username; a full stop after it may belong to the sentence."""
    if "@" not in body:
        return set()
    found = list(dict.fromkeys(match[1].lower() for match in NAME.finditer(body)))[:MOST]
    return {name for one in found for name in (one, one.rstrip("."))}


class Named:
    """Who is named in these drafts. Where nobody is, nothing is asked."""

    def __init__(self, drafts: Iterable[Draft], conversations: Collection[str]) -> None:
        wanted = {draft: names_in(draft.body) for draft in drafts if draft.conversation_id in conversations}
        self._people, self._readers = _readers(set().union(*wanted.values()), conversations)
        self._wanted = wanted

    def of(self, draft: Draft) -> Names:
        named = {name: self._people[name] for name in self._wanted.get(draft, ()) if name in self._people}
        return {name: pk for name, pk in named.items() if (pk, draft.conversation_id) in self._readers}


def named_in(message: Message) -> Names:
    """The same for a message that was written before: of those who may read it."""
    names = names_in(message.body)
    people, readers = _readers(names, {message.conversation_id})
    start = {pk: begins for (pk, _conversation), begins in readers.items()}
    return {name: pk for name, pk in people.items() if start.get(pk, message.seq + 1) <= message.seq}


def _readers(names: set[str], conversations: Collection[str]) -> tuple[Names, dict[tuple[str, str], int]]:
    """People of these names, and who of them may read in these conversations, from where on."""
    from backchannel.models import Conversation

    if not names:
        return {}, {}
    found = Person.objects.in_the_house().alias(small=Lower("username")).filter(small__in=names)
    people = {username.lower(): pk for username, pk in found.values_list("username", "pk")}
    return people, Conversation.objects.open_pairs(people.values(), conversations) if people else {}
