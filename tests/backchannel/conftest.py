"""A room with its conversations: ada hosts, bob is on stage, cleo listens, dan is not there."""

import re
from html.parser import HTMLParser
from uuid import uuid4

import pytest
from django.urls import reverse

from backchannel import jobs
from backchannel.models import Conversation
from rooms.models import Room
from tests.backchannel import sites

OWN_TAGS = set("article span img header a time p br div em strong code blockquote svg use button".split())  # noqa: SIM905
HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def floor(ada, bob, cleo):
    room = Room.open(ada, title="Gardens")
    bring_on_stage(room, bob)
    room.join(cleo)
    return room


@pytest.fixture
def chat(floor):
    return floor.conversations.get(kind="room")


@pytest.fixture
def line(floor):
    return floor.conversations.get(kind="speakers")


@pytest.fixture
def pair(ada, bob):
    return Conversation.between(ada, bob)


@pytest.fixture
def write(as_):
    """write(bob, chat, "text") → the answer to a page with scripts; client_id=… for a known one, plain=True without."""

    def post(person, conversation, body="hello", *, client_id=None, plain=False, **more):
        address = reverse("messages", args=[conversation.pk])
        data = {"client_id": str(client_id or uuid4()), "body": body, **more}
        return as_(person).post(address, data, **({} if plain else HTMX))

    return post


def bring_on_stage(room, person):
    seat = room.join(person)
    seat.invite(room.creator)
    seat.accept()
    return seat


class _Markup(HTMLParser):
    """The tags of a piece, and their attributes."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes = set(), []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes += attributes


def harmless(html):
    """Whether a drawn message holds no markup but what the house makes itself, and no address that runs."""
    found = _Markup(html)
    addresses = [value for name, value in found.attributes if name in ("href", "src", "hx-get", "formaction")]
    names = {name for name, _value in found.attributes}
    return (
        found.tags <= OWN_TAGS
        and not any(name.startswith("on") or name == "style" for name in names)
        and all(re.match(r"/(?!/)|https?://|mailto:", address) for address in addresses)
    )


def said(conversation, author, body="hello"):
    return conversation.post(author, uuid4(), body)


@pytest.fixture
def asked(settings, tmp_path, monkeypatch):
    """A disk of our own; which files are to be prepared stands in the list."""
    pks = []
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(jobs, "soon", lambda job, ids: pks.extend(ids))
    return pks


@pytest.fixture
def browser(as_, ada):
    return as_(ada)


@pytest.fixture
def site():
    """Somebody else's web server, by the name of garden.example in `web({"garden.example": site.place})`."""
    made = sites.Site()
    yield made
    made.close()


@pytest.fixture
def listener():
    made = sites.Listener()
    yield made
    made.close()
