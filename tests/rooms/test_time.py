"""What time does: here, away, gone; invitations, successors and empty rooms."""

import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from rooms import presence
from rooms.models import Room


@pytest.fixture
def heard(monkeypatch):
    """heard(ada, bob): these have an open page from now on."""
    people = set()

    def say(*who):
        people.clear()
        people.update(person.pk for person in who)

    monkeypatch.setattr("rooms.presence.live.present_people", lambda since: set(people))
    return say


@pytest.fixture
def later(time_goes_by):
    """later(45): that many seconds go by, with everything that happens by itself in between."""

    def pass_by(seconds):
        for _ in range(0, seconds, 5):
            time_goes_by(min(5, seconds))
            presence.beat()
            presence.tend()

    return pass_by


def here(room):
    return {seat.person.username for seat in room.seats.here().select_related("person")}


def test_people_with_an_open_page_stay_here(full, heard, later, ada, bob, cleo):
    heard(ada, bob, cleo)
    later(120)
    assert here(full) == {"ada", "bob", "cleo"}


def test_unheard_is_away_and_comes_back_as_he_was(full, heard, later, ada, bob, seat_of):
    seat = seat_of(bob)
    seat.unmute()
    heard(ada)
    later(60)
    assert here(full) == {"ada"}
    assert seat_of(bob).left_at is None
    heard(ada, bob)
    later(10)
    assert here(full) == {"ada", "bob"}
    assert (seat_of(bob).role, seat_of(bob).muted) == ("speaker", False)


def test_after_ten_minutes_the_seat_is_given_up(full, heard, later, ada, bob, seat_of):
    heard(ada)
    later(9 * 60)
    assert not seat_of(bob).left_at
    later(70)
    assert seat_of(bob).left_at
    assert not full.seat_of(bob)


def test_any_page_counts_as_being_heard(full, heard, later, ada, cleo, as_):
    heard(ada)
    client = as_(cleo)
    for _ in range(6):
        later(20)
        client.get("/")
    assert here(full) == {"ada", "cleo"}


def test_pages_of_one_person_are_written_down_every_ten_seconds(full, cleo, as_):
    client = as_(cleo)
    client.get("/")
    assert not written_down_by(lambda: client.get("/"))


def test_who_has_an_open_page_is_written_down_by_the_beat_alone(full, heard, cleo, as_, monkeypatch):
    heard(cleo)
    presence.beat()
    client = as_(cleo)
    assert not written_down_by(lambda: client.get("/"))
    heard()
    presence.beat()
    assert not written_down_by(lambda: client.get("/"))
    monkeypatch.setattr(presence, "LASTING", 0)
    presence.beat()
    assert written_down_by(lambda: client.get("/"))


def written_down_by(step):
    with CaptureQueriesContext(connection) as queries:
        step()
    return [query for query in queries if query["sql"].startswith("UPDATE")]


def test_a_beat_is_one_write_for_all(full, heard, ada, bob, cleo):
    heard(ada, bob, cleo)
    with CaptureQueriesContext(connection) as queries:
        presence.beat()
    assert len([query for query in queries if query["sql"].startswith("UPDATE")]) == 1
    heard()
    with CaptureQueriesContext(connection) as queries:
        presence.beat()
    assert len(queries) == 1


def test_a_line_with_nobody_at_it_keeps_nobody_here(full, later, ada, bob, monkeypatch):
    """Heard once, whatever his line does after that."""
    heard_at = time.monotonic()
    monkeypatch.setattr("rooms.presence.live.present_people", lambda since: {bob.pk} if heard_at > since else set())
    later(40)
    assert "bob" in here(full)
    later(15)
    assert here(full) == set()


def test_an_idle_house_is_asked_one_question(full, heard, ada, bob, cleo, django_assert_num_queries):
    presence.tend()
    with django_assert_num_queries(1):
        presence.tend()


def test_an_invitation_is_forgotten_after_a_minute(full, heard, later, ada, cleo, seat_of):
    heard(ada, cleo)
    seat_of(cleo).invite(ada)
    later(55)
    assert seat_of(cleo).invited_at
    later(10)
    assert not seat_of(cleo).invited_at


def test_the_longest_serving_speaker_succeeds_after_a_minute(full, heard, later, on_stage, ada, bob, cleo, seat_of):
    on_stage(full, cleo)
    heard(bob, cleo)
    seat_of(ada).leave()
    later(55)
    assert seat_of(bob).role == "speaker"
    later(15)
    assert (seat_of(bob).role, seat_of(cleo).role) == ("moderator", "speaker")


def test_a_moderator_who_is_back_in_time_stays_the_only_one(full, heard, later, ada, bob, seat_of):
    heard(bob)
    later(90)
    heard(ada, bob)
    later(60)
    assert (seat_of(ada).role, seat_of(bob).role) == ("moderator", "speaker")


def test_nobody_on_stage_ends_the_room_after_five_minutes(full, heard, later, ada, bob, cleo, seat_of):
    heard(cleo)
    seat_of(ada).leave()
    seat_of(bob).leave()
    later(4 * 60 + 50)
    assert Room.objects.get().live
    later(20)
    assert not Room.objects.get().live


def test_somebody_on_stage_in_time_keeps_it(full, heard, later, ada, bob, cleo, seat_of):
    heard(cleo)
    later(200)
    heard(ada, cleo)
    later(200)
    assert Room.objects.get().live
