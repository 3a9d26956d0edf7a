"""A live room: ada hosts, bob speaks, cleo listens; dan is outside."""

from datetime import UTC, datetime

import pytest

from rooms import presence
from rooms.models import Room
from rooms.sound import steering


@pytest.fixture(autouse=True)
def nothing_remembered():
    """What the process knows of earlier rooms is not carried into the next test."""
    presence._shown.clear()
    steering.known.clear()
    steering.joining.clear()


@pytest.fixture
def room(ada):
    return Room.open(ada, title="Morning tea")


@pytest.fixture
def closed(ada):
    return Room.open(ada, title="Quiet words", kind=Room.Kind.CLOSED)


@pytest.fixture
def on_stage(ada):
    """on_stage(room, bob) → his seat, as a speaker."""

    def bring(room, person):
        seat = room.join(person)
        seat.invite(ada)
        seat.accept()
        return seat

    return bring


@pytest.fixture
def full(room, bob, cleo, on_stage):
    """The room with everybody in it."""
    on_stage(room, bob)
    room.join(cleo)
    return room


@pytest.fixture
def seat_of(full):
    """seat_of(bob) → his row, as it is now."""
    return lambda person: full.seats.select_related("room", "person").get(person=person)


@pytest.fixture
def time_goes_by(time_machine):
    """time_goes_by(60): it is a minute later."""
    time_machine.move_to(datetime.now(UTC), tick=True)
    return time_machine.shift
