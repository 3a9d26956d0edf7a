"""W11: two things at once leave the room in one state, and always with somebody in charge or at its end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from accounts.refusals import Refused
from rooms.models import Room, Seat

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def at_once():
    """at_once(f, g, …) → for each what it gave, or the refusal it raised."""

    def run(deed):
        try:
            return deed()
        except Refused as refused:
            return refused
        finally:
            connection.close()

    def all_of(*deeds):
        with ThreadPoolExecutor(len(deeds)) as threads:
            return list(threads.map(run, deeds))

    return all_of


def fresh(seat):
    return Seat.objects.select_related("room", "person").get(pk=seat.pk)


def test_w11_accepting_many_times_at_once_is_accepting_once(full, ada, cleo, seat_of, at_once):
    seat_of(cleo).invite(ada)
    version = Room.objects.get().version
    answers = at_once(*[fresh(seat_of(cleo)).accept] * 6)
    assert answers == [None] * 6
    assert seat_of(cleo).role == "speaker"
    assert Room.objects.get().version == version + 1


def test_joining_from_many_tabs_at_once_is_one_seat(room, dan, at_once):
    at_once(*[lambda: Room.objects.get().join(dan)] * 6)
    assert Seat.objects.filter(person=dan).count() == 1


def test_opening_the_same_room_many_times_at_once_opens_one(ada, at_once):
    rooms = at_once(*[lambda: Room.open(ada, title="Tea")] * 6)
    assert len({room.pk for room in rooms}) == Room.objects.count() == 1


def test_joining_two_rooms_at_once_ends_in_one(room, bob, dan, at_once):
    other = Room.open(bob, title="Other")
    rooms = [Room.objects.get(pk=pk) for pk in (room.pk, other.pk) * 3]
    answers = at_once(*[lambda one=one: one.join(dan) for one in rooms])
    assert all(isinstance(answer, Seat) for answer in answers)
    assert Seat.objects.taken().filter(person=dan).count() == 1


def test_w11_two_moderators_ending_at_once(full, ada, bob, seat_of, at_once):
    seat_of(bob).invite(ada, "moderator")
    seat_of(bob).accept()
    ends = [lambda person=person: Room.objects.get().end(person) for person in (ada, bob)]
    answers = at_once(*ends)
    assert sum(isinstance(answer, Refused) for answer in answers) == 1
    assert not Room.objects.get().live and not Seat.objects.taken().exists()


def test_w11_two_moderators_demoting_each_other_leave_one(full, ada, bob, seat_of, at_once):
    seat_of(bob).invite(ada, "moderator")
    seat_of(bob).accept()
    at_once(lambda: seat_of(ada).move_to_audience(bob), lambda: seat_of(bob).move_to_audience(ada))
    assert Seat.objects.moderating().count() == 1


def test_w11_inviting_and_removing_at_once_ends_removed(full, ada, cleo, seat_of, at_once):
    at_once(lambda: seat_of(cleo).invite(ada), lambda: seat_of(cleo).remove(ada))
    at_once(lambda: seat_of(cleo).accept(), lambda: seat_of(cleo).leave())
    assert not full.seat_of(cleo) and not seat_of(cleo).on_stage


def test_w11_leaving_and_ending_at_once(full, ada, bob, cleo, seat_of, at_once):
    leaving = [seat_of(person).leave for person in (bob, cleo)]
    assert at_once(lambda: Room.objects.get().end(ada), *leaving)[1:] == [None, None]
    assert not Seat.objects.taken().exists()


def test_w11_tending_twice_at_once_makes_one_successor(full, ada, bob, cleo, on_stage, seat_of, at_once, time_goes_by):
    on_stage(full, cleo)
    seat_of(ada).leave()
    Room.objects.get().tend()
    time_goes_by(61)
    Seat.objects.taken().update(seen_at=Room.objects.get().moderators_gone_at.replace(year=2999))
    at_once(*[lambda: Room.objects.get().tend()] * 3)
    assert [seat.person for seat in Seat.objects.moderating()] == [bob]


def test_a_mute_by_a_moderator_beats_an_unmute_at_the_same_time(full, ada, bob, seat_of, at_once):
    at_once(lambda: seat_of(bob).unmute(), lambda: seat_of(bob).mute_by(ada))
    assert seat_of(bob).silent
