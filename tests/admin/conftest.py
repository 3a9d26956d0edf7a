import uuid

import pytest


@pytest.fixture
def operator(make_person):
    return make_person("olga", is_staff=True, is_superuser=True)


@pytest.fixture
def room(ada, bob, cleo):
    """ada's open room: bob on stage, cleo listening."""
    from rooms.models import Room

    return _room(ada, bob, cleo, Room.Kind.OPEN)


def _room(ada, bob, cleo, kind):
    from rooms.models import Room

    room = Room.open(ada, title="Two people talk", kind=kind)
    room.join(bob)
    seat = room.seats.get(person=bob)
    seat.invite(ada)
    seat.accept()
    room.join(cleo)
    return room


@pytest.fixture
def closed_room(make_person):
    from rooms.models import Room

    return _room(make_person("eve"), make_person("finn"), make_person("gus"), Room.Kind.CLOSED)


@pytest.fixture
def write():
    """write(room, "room", cleo, "Hello") → a message in a room's chat or its speakers' line."""

    def _write(room, kind, author, body):
        return room.conversations.get(kind=kind).post(author, uuid.uuid4(), body)

    return _write


@pytest.fixture
def act(as_):
    """act(mo, "accounts.person", "suspend", [cleo], reason="…") → the answer to an action of the console."""

    def do(person, model, action, things, **answers):
        app, name = model.split(".")
        data = {"action": action, "_selected_action": [thing.pk for thing in things], **answers}
        return as_(person).post(f"/admin/{app}/{name}/", data)

    return do
