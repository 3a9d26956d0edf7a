"""A seat is drawn by filling in what was drawn before: no difference is to be seen."""

import pytest
from django.template.loader import render_to_string
from django.utils import timezone, translation

from rooms.broadcasts import draw_seat
from rooms.models import Seat

NAMES = ["Ada", "<b>&\"'", "\ue000 \ue001", "\ue000name", "ä é 你好 👩‍👧", "a" * 50, "{seat} %s"]


def same(seat):
    return draw_seat(seat, seat.room) == render_to_string("rooms/_seat.html", {"seat": seat, "room": seat.room})


def a_seat(room, person, role=Seat.Role.LISTENER, **fields):
    return Seat(room=room, person=person, role=role, stage_at=timezone.now(), **fields)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("photo", ["", "photos/one.webp"])
def test_whoever_sits_there(room, bob, name, photo):
    bob.name, bob.photo = name, photo
    assert same(a_seat(room, bob))


@pytest.mark.parametrize("role", Seat.Role)
@pytest.mark.parametrize("muted", [True, False])
@pytest.mark.parametrize("muted_by_moderator", [True, False])
def test_whatever_he_does_there(room, bob, role, muted, muted_by_moderator):
    assert same(a_seat(room, bob, role, muted=muted, muted_by_moderator=muted_by_moderator))


def test_each_in_its_own_room_and_language(room, make_person, bob):
    elsewhere = type(room).open(make_person("eve"), title="Elsewhere")
    assert same(a_seat(room, bob)) and same(a_seat(elsewhere, bob))
    with translation.override("de"):
        assert same(a_seat(room, bob, Seat.Role.SPEAKER))
