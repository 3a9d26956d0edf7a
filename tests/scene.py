"""A room with everybody in it that the table of rights knows, for tests/matrix.py and whoever needs a full house."""

import base64
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from accounts.ids import random_id
from accounts.models import Invitation, OperatorLink, Person
from backchannel.models import Attachment, Conversation, Export, Group, LinkPreview, Scheduled, SealedText
from backchannel.text import first_link
from rooms.models import Room
from tests.conftest import among_moderators

ACTORS = {
    "AN": "anonymous",
    "OT": "dan",
    "BL": "bill",
    "AU": "cleo",
    "SP": "bob",
    "MO": "ada",
    "RM": "rex",
    "DS": "dora",
    "ST": "mo",
    "SU": "root",
}
SEATED = ("cleo", "bob", "rex", "dora", "eli")
WEBP = base64.b64decode("UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAfQ//73v/+BiOh/AAA=")


class Scene:
    """ada's room: bob speaks, cleo and eli listen, dora spoke until now, rex was removed; ada has blocked bill, dan
    and the staff (mo, root) are outside. Things were said and asked before and after the changes."""

    def __init__(self, kind="open"):
        names = [name for name in (*ACTORS.values(), "eli") if name != "anonymous"]
        # The usernames of two scenes differ, so that both may stand at once.
        self.people = {name: _person(name, f"{name}_{kind}") for name in names}
        self.room = Room.open(self["ada"], title="Gardens", kind=kind)
        for name in SEATED:
            self.room.join(self[name])
        for name in ("bob", "dora"):
            self.seat(name).invite(self["ada"])
            self.seat(name).accept()
        self.chat = Conversation.objects.get(room=self.room, kind="room")
        self.line = Conversation.objects.get(room=self.room, kind="speakers")
        self.said = self.say(self.chat, "cleo", "Hello everybody")
        self.taken_back = self.say(self.chat, "cleo", "Never mind")
        self.agreed = self.say(self.line, "bob", "After you")
        self._ask()
        self._part()
        self._write()
        self._found_a_group()
        self._keep()
        self.taken_back.delete_by(self["cleo"])
        self._open_doors()

    def __getitem__(self, name):
        return self.people[name]

    def actor(self, sign):
        """The person a column stands for, None for a stranger."""
        return self.people.get(ACTORS[sign])

    def seat(self, name):
        seat = self.room.seats.get(person=self[name])
        seat.room, seat.person = self.room, self[name]
        return seat

    def picture(self, name):
        """A file of somebody, as it is when it was prepared."""
        places = [default_storage.save(f"attachments/{random_id()}", ContentFile(WEBP)) for _ in range(2)]
        about = {"kind": "image", "mime": "image/webp", "state": "ready", "name": "rose.webp", "size": 2 * len(WEBP)}
        return Attachment.objects.create(
            person=self[name], client_id=uuid4(), file=places[0], small=places[1], width=1, height=1, **about
        )

    def say(self, conversation, name, body):
        """Every message here has a picture, and a card with another one."""
        message = conversation.post(self[name], uuid4(), body, files=[self.picture(name).pk])
        page = {"address": "http://garden.example/roses", "title": "All about roses", "site": "Garden"}
        LinkPreview.objects.create(
            message=message,
            url=first_link(body) or page["address"],
            state="shown",
            picture=WEBP,
            stamp=message.client_id.hex[:22],
            **page,
        )
        return message

    def _ask(self):
        self.question = self.room.board.ask(self["cleo"], "When do you sow beans?")
        self.hidden = self.room.board.ask(self["cleo"], "Is this a hidden one?")
        self.hidden.decide(self["ada"], "hidden")

    def _part(self):
        self.seat("dora").move_to_audience(self["ada"])
        self.seat("rex").remove(self["ada"])
        self["ada"].block(self["bill"])
        self.agreed_later = self.say(self.line, "bob", "Now without dora")

    def _write(self):
        self.direct = Conversation.between(self["cleo"], self["bob"])
        self.letter = self.say(self.direct, "bob", "Between us")
        self.asked = Conversation.opened_by(self["dan"], self["bob"])
        self.request = self.asked.post(self["dan"], uuid4(), "May I?")

    def _found_a_group(self):
        """ada owns it, bob moderates it with her, cleo is in it, rex was removed from it, dora and eli are asked."""
        friends = [self[name] for name in ("bob", "cleo", "rex")]
        for friend in friends:
            friend.follow(self["ada"])
        self.company = Group.start(self["ada"], friends, "Gardeners")
        self.company.set_up(self["ada"], "Gardeners", "joining", photo=WEBP)
        for friend in friends:
            friend.unfollow(self["ada"])
        self.company.make(self["ada"], self["bob"], "moderator")
        self.group = self.company.conversation
        self.note = self.say(self.group, "bob", "Among us")
        self.company.remove(self["ada"], self["rex"])
        self.company.add(self["ada"], [self["dora"], self["eli"]])
        self.company.pin(self["bob"], self.note, on=True)

    def _keep(self):
        """What cleo alone has: a message that waits, and an export."""
        tomorrow = timezone.now() + timedelta(days=1)
        self.waiting = Scheduled.put(self["cleo"], self.direct, uuid4(), "Good night", tomorrow)
        self.taken_along = Export.objects.create(
            person=self["cleo"], conversation=self.direct, state="ready", made_at=timezone.now()
        )
        self.taken_along.place.parent.mkdir(exist_ok=True)
        self.taken_along.place.write_bytes(b"PK")

    def _open_doors(self):
        self.unsent = self.picture("cleo")
        self.invitation = Invitation.objects.create(inviter=self["ada"])
        self["ada"].show_photo(WEBP)

    def wake(self):
        """Everybody was heard from just now, and the operator has a fresh link."""
        self.room.seats.update(seen_at=timezone.now())
        SealedText.objects.update(sealed_at=timezone.now())
        self.operator_path = OperatorLink.issue()

    def clear(self):
        self.group.delete()
        # These outlive whoever sent them.
        Attachment.objects.filter(person__in=self.people.values()).delete()
        Person.objects.filter(pk__in=[person.pk for person in self.people.values()]).delete()

    def cookies(self):
        """{column: session cookie}; nobody's is empty."""
        return {sign: _cookie(self.actor(sign)) for sign in ACTORS}


def _person(name, username):
    flags = {"mo": {"is_staff": True}, "root": {"is_staff": True, "is_superuser": True}}.get(name, {})
    address = f"{username}@example.org"
    person = Person.objects.create_user(username, address, "backchannel", name=name.capitalize(), **flags)
    return among_moderators(person) if name == "mo" else person


def _cookie(person):
    client = Client()
    if person:
        client.force_login(person)
    cookie = client.cookies.get(settings.SESSION_COOKIE_NAME)
    return cookie.value if cookie else ""


@pytest.fixture(scope="module")
def scenes(django_db_setup, django_db_blocker):
    """scenes("open") → (scene, {column: cookie}). Each is set up once; what a test does to it is undone after it."""
    made = {}
    with django_db_blocker.unblock():
        for kind in ("open", "closed"):
            scene = Scene(kind)
            made[kind] = (scene, scene.cookies())
    yield made.get
    with django_db_blocker.unblock():
        for scene, _cookies in made.values():
            scene.clear()


@pytest.fixture
def open_scene(scenes, db):
    return _awake(scenes("open"))


@pytest.fixture
def closed_scene(scenes, db):
    return _awake(scenes("closed"))


def _awake(made):
    made[0].wake()
    return made
