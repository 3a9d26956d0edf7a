"""Who may write where now, asked for many at once: the one place that says no to a message."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Block, Follow, Person
from accounts.refusals import Refused
from rooms.models import Seat

if TYPE_CHECKING:
    from backchannel.models import Conversation
    from rooms.models import Room

Pair = tuple[Person, "Conversation"]
Others = dict[tuple[str, str], Person]  # (author, direct conversation) → the other one
Words = dict[tuple[str, str], str | Promise]  # (person, conversation) → why not, said in the reader's language

NOT_YOURS = 404
_OUTSIDE = _("You are not part of this conversation.")
_NOT_HERE = _("Only people in the room can write here.")
_UNANSWERED = _("You can write more once your first message was answered.")
_OUT_OF_REACH = _("You can’t message this person now.")


def outsider() -> Refused:
    """The answer to who is not part of a conversation: the same whether there is one or not."""
    return Refused(_OUTSIDE, status=NOT_YOURS)


def without_seat(room: Room, seat: Seat | None) -> str | Promise:
    """Why somebody with this seat, or without one, may not write beside this room's stage now; "" where he may."""
    return "" if seat and room.live else _NOT_HERE


def out_of_reach() -> Refused:
    """The answer to who cannot reach somebody, for whatever reason."""
    return Refused(_OUT_OF_REACH)


def without_place(pairs: Collection[Pair], others: Others | None = None) -> Words:
    """Those who are part of their conversation, and may not write there now. `others`, where they were read already."""
    live = {conversation.pk for _author, conversation in pairs if conversation.room and conversation.room.live}
    seated = _seated([pair for pair in pairs if pair[1].pk in live])
    directs = [pair for pair in pairs if pair[1].kind == "direct"]
    outside = {
        (author.pk, conversation.pk): _NOT_HERE
        for author, conversation in pairs
        if conversation.room_id and (author.pk, conversation.pk) not in seated
    }
    reach = _without_reach(directs, _others(directs) if others is None else others)
    unanswered = {(author.pk, talk.pk): _UNANSWERED for author, talk in directs if _is_unanswered(author.pk, talk)}
    return {**outside, **reach, **unanswered}


def _is_unanswered(author_id: str, conversation: Conversation) -> bool:
    """Of a request there is one message: whatever became of it, the answer to a second one is the same."""
    return conversation.asks(author_id) and conversation.head > 0


def unanswered(author_id: str, conversation: Conversation) -> Refused | None:
    """The answer to who has asked and goes on, where what came just before counts as well."""
    return Refused(_UNANSWERED) if _is_unanswered(author_id, conversation) else None


def _seated(pairs: list[Pair]) -> set[tuple[str, str]]:
    if not pairs:
        return set()
    people, rooms = {author.pk for author, _ in pairs}, {conversation.room_id for _, conversation in pairs}
    taken = set(Seat.objects.taken().filter(person__in=people, room__in=rooms).values_list("person_id", "room_id"))
    return {(author.pk, where.pk) for author, where in pairs if (author.pk, where.room_id) in taken}


def _without_reach(pairs: list[Pair], others: Others) -> Words:
    """The same for direct conversations: who cannot reach the other one. No word tells of a block."""
    if not pairs:
        return {}
    tries = [(author, others[author.pk, talk.pk], talk) for author, talk in pairs if (author.pk, talk.pk) in others]
    reached = _reached([(author, other) for author, other, _talk in tries], _answered(tries))
    return {
        (author.pk, talk.pk): _OUT_OF_REACH for author, other, talk in tries if (author.pk, other.pk) not in reached
    }


def _others(pairs: list[Pair]) -> Others:
    from backchannel.models import Membership

    if not pairs:
        return {}
    talks = {talk.pk for _author, talk in pairs}
    members = list(Membership.objects.filter(conversation__in=talks).select_related("person"))
    return {
        (author.pk, talk.pk): member.person
        for author, talk in pairs
        for member in members
        if member.conversation_id == talk.pk and member.person_id != author.pk
    }


def _answered(tries: list) -> set[tuple[str, str]]:
    """(author, other) of those where the other one, who hears from friends only, has written to the author before."""
    from backchannel.models import Message

    asked = [(author, other, talk) for author, other, talk in tries if _hears_friends_only(other)]
    if not asked:
        return set()
    wrote = Message.objects.filter(
        conversation__in={talk.pk for _, _, talk in asked}, author__in={other.pk for _, other, _ in asked}
    )
    found = set(wrote.order_by().values_list("conversation_id", "author_id").distinct())
    return {(author.pk, other.pk) for author, other, talk in asked if (talk.pk, other.pk) in found}


def require_reach(author: Person, other: Person) -> None:
    """Raises Refused where `author` may not write to `other` for the first time."""
    if not _reached([(author, other)]):
        raise out_of_reach()


def _reached(pairs: list[tuple[Person, Person]], answered: Iterable = ()) -> set[tuple[str, str]]:
    """Those of (author, other) in which `other` takes messages of `author`; whom he has answered may go on."""
    apart = Block.objects.among({person.pk for pair in pairs for person in pair})
    friends = {*answered, *_followed([pair for pair in pairs if _hears_friends_only(pair[1])])}
    return {
        (author.pk, other.pk)
        for author, other in pairs
        if other.may_enter
        and (author.pk, other.pk) not in apart
        and (other.messages_from == Person.MessagesFrom.EVERYONE or (author.pk, other.pk) in friends)
    }


def _hears_friends_only(person: Person) -> bool:
    return person.messages_from == Person.MessagesFrom.FOLLOWED


def _followed(pairs: list[tuple[Person, Person]]) -> set[tuple[str, str]]:
    """(author, other) where the other one follows the author."""
    if not pairs:
        return set()
    follows = Follow.objects.filter(
        follower__in={other.pk for _, other in pairs}, followed__in={author.pk for author, _ in pairs}
    )
    return set(follows.values_list("followed_id", "follower_id"))
