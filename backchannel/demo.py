"""People and a live room to try things out with. Only for a house that nobody else can reach."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Person
from accounts.refusals import Refused
from backchannel import moderators
from backchannel.models import Conversation
from rooms.models import Room

PASSWORD = "backchannel"  # noqa: S105 told to everybody, and good on one's own machine only
CAST = {"ada": "Ada", "bob": "Bob", "cleo": "Cleo", "dan": "Dan", "mo": "Mo"}
TITLE = gettext_lazy("Two people talk")

# Nobody is connected as ada, bob or cleo. Their seats count as heard from for so long, so that a newcomer finds a
# live room; whoever logs in as one of them is seen like everybody else from then on.
KEPT = timedelta(hours=8)


@transaction.atomic
def make() -> Room:
    """The cast and their live room: what is missing is made, what is there is left as it is. Where somebody has opened
    another room as ada meanwhile, that is the one, and nobody is kept in it.

    Raises Refused when somebody else in this house has one of the names.
    """
    people = {username: _person(username, name) for username, name in CAST.items()}
    _follow_each_other(people)
    rooms = Room.objects.live().filter(creator=people["ada"])
    room = rooms.filter(title=TITLE).first() or rooms.first() or _open_room(people)
    if is_ours(room):
        room.seats.taken().filter(person__in=people.values()).update(seen_at=timezone.now() + KEPT)
    return room


def is_ours(room: Room) -> bool:
    """Whether this is the room that the demo made."""
    return room.title == TITLE


def _person(username: str, name: str) -> Person:
    email = f"{username}@example.org"
    person = Person.objects.named(username).first()
    if person is None:
        person = Person.objects.create_user(username, email, PASSWORD, name=name, is_staff=username == "mo")
        EmailAddress.objects.create(user=person, email=email, verified=True, primary=True)
        if person.is_staff:
            person.groups.add(Group.objects.get(name=moderators.NAME))
    elif person.email != email:
        raise Refused(_("Somebody else is called @%s here: the demo is for a house of its own.") % username)
    return person


def _follow_each_other(people: dict[str, Person]) -> None:
    for follower, followed in [("bob", "ada"), ("cleo", "ada"), ("cleo", "bob"), ("ada", "bob"), ("dan", "cleo")]:
        people[follower].follow(people[followed])


def _open_room(people: dict[str, Person]) -> Room:
    """ada opens it, bob is on stage with her, cleo listens; something has been said and asked."""
    ada, bob, cleo = people["ada"], people["bob"], people["cleo"]
    room = Room.open(ada, title=str(TITLE), description=_("Come in, listen, and raise a hand."))
    seat = room.join(bob)
    seat.invite(ada)
    seat.accept()
    room.join(cleo)
    _talk(room, ada, bob, cleo)
    return room


def _talk(room: Room, ada: Person, bob: Person, cleo: Person) -> None:
    chat = room.conversations.get(kind=Conversation.Kind.ROOM)
    line = room.conversations.get(kind=Conversation.Kind.SPEAKERS)
    chat.post(ada, uuid4(), _("Welcome! Write here any time: everybody in the room reads it."))
    chat.post(cleo, uuid4(), _("Hello from the kitchen. I can hear you while I cook."))
    chat.post(bob, uuid4(), _("Then tell us what it is."))
    line.post(bob, uuid4(), _("Only the two of us read this. Shall I take the first question?"))
    question = room.board.ask(cleo, _("How did you two start talking in public?"))
    question.vote(bob, on=True)
    room.board.ask(cleo, _("What do you do when nobody raises a hand?"))
