"""Opening a room, and the hallway where it is found."""

import re

import pytest
from django.urls import reverse

from rooms.models import Guest, Room, Seat

NEW = "/rooms/new/"


def opened(client, **fields):
    return client.post(NEW, {"title": "Tea", "description": "", "kind": "open", **fields})


def test_whoever_opens_a_room_is_its_first_moderator_on_stage_and_muted(ada, as_):
    answer = opened(as_(ada))
    room = Room.objects.get()
    seat = room.seat_of(ada)
    assert (answer.status_code, answer.url) == (303, room.get_absolute_url())
    assert (seat.role, seat.on_stage, seat.muted) == ("moderator", True, True)


def test_the_form_is_a_page(ada, as_):
    page = as_(ada).get(NEW).content.decode()
    assert "Title" in page and "Go live" in page and "Closed" in page


@pytest.mark.parametrize(
    "fields",
    [{"title": ""}, {"title": " \n\t"}, {"title": "x" * 61}, {"title": "\u202e\u200b"}, {"kind": "secret"},
     {"description": "x" * 501}, {"title": "x" * 65_536}],
)  # fmt: skip
def test_bad_titles_kinds_and_descriptions_are_refused(ada, as_, fields):
    assert opened(as_(ada), **fields).status_code == 422
    assert not Room.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"), [("Te\u202ea", "Tea"), ("  Tea \n time ", "Tea time"), ("T\x00ea", "Tea"), ("<b>Tea", "<b>Tea")]
)
def test_w12_what_would_harm_the_page_is_taken_out(ada, as_, typed, kept):
    opened(as_(ada), title=typed)
    assert Room.objects.get().title == kept


def test_w10_nothing_else_can_be_set(ada, bob, as_):
    opened(as_(ada), creator=bob.pk, id="mine", key="known", version="7", ended_at="2020-01-01", locked="on")
    room = Room.objects.get()
    assert room.creator == ada and room.pk != "mine" and room.key != "known" and room.live and not room.locked


def test_opening_another_leaves_the_first(ada, as_, room):
    opened(as_(ada))
    assert room.seat_of(ada) is None
    assert Room.objects.get(title="Tea").seat_of(ada)


def test_the_same_form_sent_twice_opens_one(ada, as_, time_goes_by):
    answers = [opened(as_(ada)), opened(as_(ada))]
    assert answers[0].url == answers[1].url
    opened(as_(ada), description="Another")
    assert Room.objects.count() == 2
    time_goes_by(3)
    opened(as_(ada), description="Another")
    assert Room.objects.count() == 3


@pytest.mark.usefixtures("the_clock_stands")
def test_too_many_rooms_have_to_wait(ada, as_):
    client = as_(ada)
    answers = [opened(client).status_code for _ in range(11)]
    assert answers == [303] * 10 + [429]


def test_a_stranger_sees_what_this_is(db, as_, room):
    page = as_().get("/").content.decode()
    assert "Sign up" in page and "Morning tea" not in page
    assert as_().get(NEW).url.startswith(reverse("account_login"))


def test_the_hallway_is_only_read(ada, as_):
    assert as_(ada).post("/").status_code == 405


def test_the_hallway_has_the_live_rooms_with_their_counts(full, dan, as_):
    page = as_(dan).get("/").content.decode()
    assert "Morning tea" in page and "2 on stage" in page and "1 listening" in page


def test_an_ended_room_is_not_in_the_hallway(full, ada, dan, as_):
    full.end(ada)
    assert "Morning tea" not in as_(dan).get("/").content.decode()


def test_rooms_with_people_one_follows_come_first_then_the_large_ones(make_person, dan, as_, on_stage):
    hosts = [make_person(name) for name in ("one", "two", "three")]
    rooms = [Room.open(host, title=f"Room of {host}") for host in hosts]
    rooms[1].join(make_person("listener"))
    dan.follow(hosts[2])
    assert list(Room.objects.in_the_hallway_for(dan)) == [rooms[2], rooms[1], rooms[0]]


@pytest.mark.usefixtures("the_clock_stands")
def test_the_hallway_costs_the_same_however_many_rooms_there_are(
    room, dan, as_, make_person, django_assert_max_num_queries
):
    client = as_(dan)
    client.get("/")
    with django_assert_max_num_queries(12) as few:
        client.get("/")
    for number in range(12):
        Room.open(make_person(f"host{number}"), title=f"Room {number}")
    with django_assert_max_num_queries(len(few)):
        client.get("/")


def test_new_rooms_are_offered_not_pushed_in(room, bob, dan, as_, time_goes_by):
    client = as_(dan)
    since = client.get("/").context["since"].isoformat()
    time_goes_by(20)
    quiet = client.get("/", {"since": since}, headers={"HX-Request": "true"}).content.decode()
    assert "new room" not in quiet and f'id="marks-{room.pk}"' in quiet and "Morning tea" not in quiet
    Room.open(bob, title="Another")
    assert "1 new room – show" in client.get("/", {"since": since}, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize(
    "since",
    [
        "",
        "yesterday",
        "2026-13-01T00:00",
        "2026-01-01T00:00",
        "9" * 50,
        "2026-02-31T00:00:00Z",
        "0001-01-01T00:00+23:59",
    ],
)
def test_a_strange_since_gives_the_whole_page(dan, as_, since):
    answer = as_(dan).get("/", {"since": since}, headers={"HX-Request": "true"})
    assert answer.status_code == 200 and b"<html" in answer.content


# Closed rooms ---------------------------------------------------------------------------------------------


def absent(client, room):
    """Everything that a room's addresses answer, for a room and for one that never was."""
    names = ("room", "people", "hands", "controls")
    reads = [client.get(reverse(f"rooms:{name}", args=[room])) for name in names]
    deeds = [client.post(reverse(f"rooms:{name}", args=[room])) for name in ("seat", "hand", "microphone", "ending")]
    return [answer.status_code for answer in reads + deeds]


def test_i5_a_closed_room_does_not_exist_for_outsiders(closed, dan, as_):
    assert absent(as_(dan), closed.pk) == absent(as_(dan), "nosuchroom") == [404] * 8
    assert "Quiet words" not in as_(dan).get("/").content.decode()
    assert words(as_(dan).get(closed.get_absolute_url())) == words(as_(dan).get("/rooms/nosuchroom/"))


def words(answer):
    """The page without its one-time secrets."""
    return re.sub(r"[\w+/=-]{20,}", "", answer.content.decode())


def test_the_link_lets_in_and_then_the_seat_is_enough(closed, dan, as_):
    client = as_(dan)
    page = client.get(closed.get_absolute_url(), {"key": closed.key}).content.decode()
    assert "Quiet words" in page and f'name="key" value="{closed.key}"' in page
    client.post(reverse("rooms:seat", args=[closed.pk]), {"key": closed.key})
    assert closed.seat_of(dan)
    assert client.get(closed.get_absolute_url()).status_code == 200
    assert "Quiet words" in client.get("/").content.decode()


@pytest.mark.parametrize("key", ["", "wrong", "\0", "x" * 500])
def test_another_key_opens_nothing(closed, dan, as_, key):
    client = as_(dan)
    assert client.get(closed.get_absolute_url(), {"key": key}).status_code == 404
    assert client.post(reverse("rooms:seat", args=[closed.pk]), {"key": key}).status_code == 404
    assert not closed.seat_of(dan)


def test_only_moderators_are_shown_the_key(closed, ada, bob, as_):
    closed.join(bob)
    assert closed.key in as_(ada).get(closed.get_absolute_url()).content.decode()
    assert closed.key not in as_(bob).get(closed.get_absolute_url()).content.decode()


@pytest.mark.parametrize("typed", ["dan", "@dan", " Dan "])
def test_a_guest_is_invited_by_name(closed, ada, dan, as_, typed):
    answer = as_(ada).post(reverse("rooms:guests", args=[closed.pk]), {"username": typed})
    assert answer.status_code == 303
    assert "Quiet words" in as_(dan).get("/").content.decode()


def test_somebody_unknown_or_behind_a_block_is_nobody(closed, ada, dan, as_):
    dan.block(ada)
    for typed in ("dan", "nosuchperson", "", "\0"):
        assert as_(ada).post(reverse("rooms:guests", args=[closed.pk]), {"username": typed}).status_code == 422
    assert not Guest.objects.exists()


def banned(room, ada, dan):
    seat = room.join(dan)
    seat.remove(ada)


def blocked_by_the_creator(room, ada, dan):
    ada.block(dan)


@pytest.mark.parametrize("why", [banned, blocked_by_the_creator])
def test_whom_the_room_would_not_let_in_is_not_invited(closed, ada, bob, dan, as_, on_stage, why):
    seat = on_stage(closed, bob)
    seat.invite(ada, Seat.Role.MODERATOR)
    seat.accept()
    why(closed, ada, dan)
    answer = as_(bob).post(reverse("rooms:guests", args=[closed.pk]), {"username": "dan"})
    assert answer.status_code == 422
    assert "Dan can’t be invited into this room." in answer.content.decode()
    assert not Guest.objects.exists()
    assert "Quiet words" not in as_(dan).get("/").content.decode()


def test_guests_are_invited_by_moderators_only(closed, bob, dan, as_):
    closed.join(bob)
    assert as_(bob).post(reverse("rooms:guests", args=[closed.pk]), {"username": "dan"}).status_code == 404
    assert not Guest.objects.exists()


# Blocks ---------------------------------------------------------------------------------------------------


def test_w7_a_room_of_somebody_who_blocks_me_does_not_exist(room, ada, dan, as_):
    assert absent(as_(dan), room.pk)[0] == 200
    ada.block(dan)
    assert absent(as_(dan), room.pk) == [404] * 8
    assert "Morning tea" not in as_(dan).get("/").content.decode()


def test_a_room_of_somebody_i_block_is_not_in_my_hallway(room, ada, dan, as_):
    dan.block(ada)
    assert "Morning tea" not in as_(dan).get("/").content.decode()


def test_being_blocked_by_the_host_ends_the_seat(full, ada, cleo, bob):
    ada.block(cleo)
    assert not full.seat_of(cleo) and full.seat_of(bob)
