"""What the inbox is drawn from."""

from django.db.models import QuerySet

from accounts.models import Person
from accounts.prepared import prepared
from backchannel import writers
from backchannel.models import Conversation, Membership
from rooms.models import Room, Seat
from rooms.querysets import SeatQuerySet

ROWS = 50


def inbox_of(person: Person) -> dict:
    """The context of backchannel/_inbox.html: conversations, the newest first, and how many of them have news."""
    conversations = list(Conversation.objects.inbox_of(person)[:ROWS])
    others = _others(conversations, person)
    for row in conversations:
        row.other = others.get(row.pk)
    return {"conversations": conversations, "unread": sum(row.unread > 0 for row in conversations)}


def writable_by(person: Person) -> list[Conversation]:
    """Where `person` may write now: his inbox, and the conversations of the room he sits in."""
    rows = inbox_of(person)["conversations"]
    here = Conversation.objects.open_to(person).filter(room__in=Room.objects.live().filter(seats__in=_seats(person)))
    found = [*here.select_related("room").order_by("kind"), *rows]
    refused = writers.without_place([(person, one) for one in found])
    return [one for one in found if (person.pk, one.pk) not in refused]


def _seats(person: Person) -> SeatQuerySet:
    return Seat.objects.taken().filter(person=person)


def _others(conversations: list[Conversation], person: Person) -> dict[str, Person]:
    members = Membership.objects.filter(conversation__in=conversations).exclude(person=person)
    return {member.conversation_id: member.person for member in members.select_related("person")}


def unread(person: Person) -> int:
    """How many conversations of the inbox have something that `person` has not read."""
    return len(_with_news(person.pk))


@prepared
def _with_news(person: str) -> QuerySet:
    return Conversation.objects.inbox_of(person).filter(unread__gt=0).values_list("pk")
