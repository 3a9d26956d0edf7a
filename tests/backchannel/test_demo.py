from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Follow, Person
from backchannel import moderators
from backchannel.models import Message, Question
from rooms.models import Room, Seat


@pytest.fixture(autouse=True)
def group(db):
    moderators.install(apps)


def made():
    told = StringIO()
    call_command("demo", stdout=told)
    return told.getvalue()


def test_the_cast_can_log_in(client):
    made()
    for username in ("ada", "bob", "cleo", "dan", "mo"):
        assert client.login(username=username, password="backchannel")
        assert Person.objects.named(username).get().emailaddress_set.get().verified


def test_mo_moderates_and_nobody_else(client):
    made()
    mo = Person.objects.get(username="mo")
    assert mo.is_staff and mo.has_perm("accounts.suspend_person")
    assert not Person.objects.filter(is_superuser=True).exists()
    assert Person.objects.filter(is_staff=True).get() == mo


def test_there_is_a_live_room_with_a_talk_going_on():
    told = made()
    room = Room.objects.live().get()
    roles = dict(room.seats.here().values_list("person__username", "role"))
    assert roles == {"ada": "moderator", "bob": "speaker", "cleo": "listener"}
    assert room.pk in told
    assert Message.objects.filter(conversation__kind="room").count() == 3
    assert Question.objects.count() == 2


def test_a_newcomer_finds_it_hours_later():
    made()
    room = Room.objects.get()
    for hours in (0.1, 1, 7):
        room.tend(timezone.now() + timedelta(hours=hours))
    room.refresh_from_db()
    assert room.live
    assert room.seats.here(timezone.now() + timedelta(hours=7)).count() == 3


def test_but_not_for_ever():
    made()
    room = Room.objects.get()
    for hours in (9, 10):
        room.tend(timezone.now() + timedelta(hours=hours))
    assert not room.seats.taken().exists()
    assert not Room.objects.live().exists()


def test_making_it_twice_is_making_it_once():
    def counts():
        return [model.objects.count() for model in (Person, Follow, Room, Seat, Message, Question)]

    made()
    before = counts()
    made()
    assert counts() == before


def test_another_start_opens_a_room_when_the_last_one_has_ended():
    made()
    ended = Room.objects.get()
    ended.end(Person.objects.get(username="ada"))
    made()
    assert Room.objects.live().get() != ended


def test_what_they_changed_stays():
    made()
    ada = Person.objects.get(username="ada")
    ada.set_password("her own")
    ada.save()
    made()
    ada.refresh_from_db()
    assert ada.check_password("her own")


def test_a_real_ada_is_not_taken_over(make_person):
    ada = make_person("Ada", email="ada@home.example")
    before = ada.password
    with pytest.raises(CommandError, match="@ada"):
        made()
    ada.refresh_from_db()
    assert ada.password == before
    assert Person.objects.count() == 1


@pytest.mark.parametrize("where", [{"PRODUCTION": True}, {"HOST": "0.0.0.0"}, {"HOST": "192.168.1.5"}])
def test_never_where_others_come_in(settings, where):
    for name, value in where.items():
        setattr(settings, name, value)
    with pytest.raises(CommandError):
        made()
    assert not Person.objects.exists()


def test_seats_are_kept_for_the_cast_only(make_person):
    made()
    guest = make_person("guest")
    room = Room.objects.get()
    seat = room.join(guest)
    made()
    seat.refresh_from_db()
    assert seat.seen_at <= timezone.now()


def test_nobody_is_kept_in_a_room_that_somebody_opened_as_ada():
    made()
    cast = {name: Person.objects.get(username=name) for name in ("ada", "bob", "cleo")}
    Room.objects.get().end(cast["ada"])
    room = Room.open(cast["ada"], title="Her own")
    for name in ("bob", "cleo"):
        room.join(cast[name])
    told = made()
    assert room.pk in told and "keep their seats" not in told
    assert Room.objects.live().get() == room
    assert not room.seats.filter(seen_at__gt=timezone.now()).exists()
