"""Hands, invitations, microphones, and what moderators do."""

import pytest
from django.urls import reverse

from accounts import limits
from rooms.models import Room, Seat


@pytest.fixture
def do(full, as_):
    """do(cleo, "hand", raised="yes") → the status of posting that to the room."""
    clients = {}

    def post(person, name, *seat, **fields):
        client = clients.setdefault(person.pk, as_(person))
        address = reverse(f"rooms:{name}", args=[full.pk, *(one.pk for one in seat)])
        return client.post(address, fields).status_code

    return post


# Coming and going -----------------------------------------------------------------------------------------


def test_joining_is_quiet(full, do, dan):
    assert do(dan, "seat") == 303
    seat = full.seat_of(dan)
    assert (seat.role, seat.muted) == ("listener", True)


def test_joining_twice_is_joining_once(full, do, dan):
    do(dan, "seat")
    first = full.seat_of(dan)
    do(dan, "seat")
    assert full.seats.filter(person=dan).count() == 1 and full.seat_of(dan).joined_at == first.joined_at


def test_i3_joining_another_room_leaves_the_first(full, bob, make_person):
    other = Room.open(make_person("eve"), title="Other")
    other.join(bob)
    assert not full.seat_of(bob) and other.seat_of(bob)
    assert Seat.objects.taken().filter(person=bob).count() == 1


def test_leaving_leads_to_the_hallway_and_leaving_twice_is_fine(full, as_, cleo):
    client = as_(cleo)
    for _ in range(2):
        answer = client.post(reverse("rooms:leaving", args=[full.pk]))
        assert (answer.status_code, answer.url) == (303, "/")
    assert not full.seat_of(cleo)


def test_whoever_comes_back_is_a_listener_again_but_the_creator_moderates(full, ada, bob):
    for person in (bob, ada):
        full.seat_of(person).leave()
        full.join(person)
    assert full.seat_of(bob).role == "listener"
    assert full.seat_of(ada).role == "moderator"


@pytest.fixture
def bob_moderates(full, ada, bob):
    seat = full.seat_of(bob)
    seat.invite(ada, Seat.Role.MODERATOR)
    seat.accept()


DEMOTIONS = {
    "moved to the audience": ("role", {"role": "listener"}),
    "removed for now": ("removal", {}),
}


@pytest.mark.parametrize(("name", "fields"), DEMOTIONS.values(), ids=DEMOTIONS)
def test_a_creator_whom_others_took_off_the_stage_comes_back_as_a_listener(
    full, do, ada, bob, bob_moderates, seat_of, name, fields
):
    assert do(bob, name, seat_of(ada), **fields) == 303
    do(ada, "leaving")
    assert do(ada, "seat") == 303
    assert full.seat_of(ada).role == "listener"


def test_once_made_moderator_again_the_creator_comes_back_as_one(full, do, ada, bob, bob_moderates, seat_of):
    do(bob, "role", seat_of(ada), role="listener")
    do(bob, "role", seat_of(ada), role="moderator")
    seat_of(ada).accept()
    do(ada, "leaving")
    do(ada, "seat")
    assert full.seat_of(ada).role == "moderator"


def test_i6_a_locked_room_lets_nobody_else_in(full, do, ada, cleo, dan):
    assert do(ada, "settings", hands="everyone", locked="yes") == 303
    assert do(dan, "seat") == 422
    assert do(cleo, "seat") == 303
    assert not full.seat_of(dan) and full.seat_of(cleo)


def test_nobody_joins_what_has_ended(full, do, ada, dan):
    assert do(ada, "ending") == 303
    assert do(dan, "seat") == 422
    assert not full.seat_of(dan) and not full.seat_of(ada)


# Hands ----------------------------------------------------------------------------------------------------


def test_a_hand_is_raised_once_and_lowered(full, do, cleo, seat_of):
    do(cleo, "hand", raised="yes")
    first = seat_of(cleo).hand_raised_at
    do(cleo, "hand", raised="yes")
    assert first and seat_of(cleo).hand_raised_at == first
    do(cleo, "hand", raised="no")
    assert seat_of(cleo).hand_raised_at is None


def test_hands_wait_in_order(full, do, cleo, dan, ada, as_):
    do(dan, "seat")
    do(dan, "hand", raised="yes")
    do(cleo, "hand", raised="yes")
    assert [seat.person for seat in full.seats.hands()] == [dan, cleo]
    page = as_(ada).get(full.get_absolute_url()).content.decode()
    assert page.index("hand-name-" + full.seat_of(dan).pk) < page.index("hand-name-" + full.seat_of(cleo).pk)


def test_who_may_raise_a_hand_is_the_rooms_choice(full, do, ada, bob, cleo, seat_of):
    do(ada, "settings", hands="off")
    assert do(cleo, "hand", raised="yes") == 422
    do(ada, "settings", hands="followed")
    assert do(cleo, "hand", raised="yes") == 422
    bob.follow(cleo)
    assert do(cleo, "hand", raised="yes") == 303
    assert seat_of(cleo).hand_raised_at


def test_only_people_in_the_room_have_hands_and_microphones(full, do, dan):
    assert do(dan, "hand", raised="yes") == do(dan, "microphone", muted="no") == 422
    assert do(dan, "invitation", answer="accept") == 422


@pytest.mark.usefixtures("the_clock_stands")
def test_w5_toggling_a_hand_has_a_limit(full, do, cleo):
    assert 429 in [do(cleo, "hand", raised="yes") for _ in range(21)]


# Invitations ----------------------------------------------------------------------------------------------


def test_an_invitation_lowers_the_hand_and_asks(full, do, ada, cleo, seat_of, as_):
    do(cleo, "hand", raised="yes")
    assert do(ada, "stage_invitation", seat_of(cleo)) == 303
    seat = seat_of(cleo)
    assert seat.invited_at and not seat.hand_raised_at and not seat.on_stage
    assert "Come on stage?" in as_(cleo).get(full.get_absolute_url()).content.decode()


def test_accepting_comes_up_muted_and_twice_is_once(full, do, ada, cleo, seat_of):
    do(ada, "stage_invitation", seat_of(cleo))
    assert do(cleo, "invitation", answer="accept") == 303
    came_up = seat_of(cleo)
    assert (came_up.role, came_up.muted, came_up.invited_at) == ("speaker", True, None)
    assert do(cleo, "invitation", answer="accept") == 303
    assert seat_of(cleo).stage_at == came_up.stage_at


def test_declining_is_quiet(full, do, ada, cleo, seat_of):
    do(ada, "stage_invitation", seat_of(cleo))
    do(cleo, "invitation", answer="decline")
    assert not seat_of(cleo).invited_at and not seat_of(cleo).on_stage
    assert do(cleo, "invitation", answer="accept") == 422


def test_an_answer_has_to_be_one(full, do, ada, cleo, seat_of):
    do(ada, "stage_invitation", seat_of(cleo))
    assert do(cleo, "invitation", answer="perhaps") == 400
    assert seat_of(cleo).invited_at


def test_nobody_comes_up_uninvited(full, do, cleo, seat_of):
    assert do(cleo, "invitation", answer="accept") == 422
    assert seat_of(cleo).role == "listener"


def test_an_invitation_runs_out(full, do, ada, cleo, seat_of, time_goes_by):
    do(ada, "stage_invitation", seat_of(cleo))
    time_goes_by(61)
    assert do(cleo, "invitation", answer="accept") == 422
    assert not seat_of(cleo).on_stage


def test_becoming_a_moderator_needs_consent(full, do, ada, bob, seat_of):
    assert do(ada, "role", seat_of(bob), role="moderator") == 303
    assert seat_of(bob).role == "speaker"
    do(bob, "invitation", answer="accept")
    assert seat_of(bob).role == "moderator"


# Microphones ----------------------------------------------------------------------------------------------


def test_a_speaker_opens_and_closes_his_own(do, bob, seat_of):
    do(bob, "microphone", muted="no")
    assert not seat_of(bob).silent
    do(bob, "microphone", muted="yes")
    assert seat_of(bob).silent


@pytest.mark.usefixtures("the_clock_stands")
def test_w5_toggling_a_microphone_has_a_limit(do, bob):
    assert 429 in [do(bob, "microphone", muted="yes") for _ in range(61)]


@pytest.mark.usefixtures("the_clock_stands")
def test_changing_roles_has_the_limit_of_moderators(full, do, ada, bob, seat_of, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "moderate", (2, 60))
    assert [do(ada, "role", seat_of(bob), role="moderator") for _ in range(3)] == [303, 303, 429]
    assert do(ada, "ending") == 429 and Room.objects.live().filter(pk=full.pk).exists()


def test_only_the_clear_word_opens_a_microphone(do, bob, seat_of):
    for word in ("", "false", "0", "NO"):
        do(bob, "microphone", muted=word)
        assert seat_of(bob).silent


def test_a_listener_has_none(do, cleo, seat_of):
    assert do(cleo, "microphone", muted="no") == 422
    assert seat_of(cleo).silent


def test_w21_a_moderators_mute_holds_until_a_moderator_lifts_it(do, ada, bob, seat_of):
    do(bob, "microphone", muted="no")
    do(ada, "their_microphone", seat_of(bob), muted="yes")
    assert seat_of(bob).silent
    assert do(bob, "microphone", muted="no") == 422
    assert seat_of(bob).silent
    do(ada, "their_microphone", seat_of(bob), muted="no")
    assert seat_of(bob).silent, "nobody is ever unmuted by another"
    assert do(bob, "microphone", muted="no") == 303
    assert not seat_of(bob).silent


def test_a_muted_moderator_is_let_speak_by_another_one(do, ada, bob, bob_moderates, seat_of):
    do(ada, "their_microphone", seat_of(bob), muted="yes")
    assert do(bob, "their_microphone", seat_of(bob), muted="no") == 422
    assert seat_of(bob).muted_by_moderator
    assert do(ada, "their_microphone", seat_of(bob), muted="no") == 303
    assert not seat_of(bob).muted_by_moderator


def test_the_only_moderator_left_lets_himself_speak(do, ada, bob, bob_moderates, seat_of):
    do(ada, "their_microphone", seat_of(bob), muted="yes")
    do(ada, "leaving")
    assert do(bob, "their_microphone", seat_of(bob), muted="no") == 303
    assert not seat_of(bob).muted_by_moderator


# Moderators -----------------------------------------------------------------------------------------------

DEEDS = {
    "stage_invitation": {},
    "their_microphone": {"muted": "yes"},
    "role": {"role": "listener"},
    "removal": {"ban": "yes"},
}


@pytest.mark.parametrize("name", DEEDS)
@pytest.mark.parametrize("who", ["bob", "dan", "mo"])
def test_for_others_there_is_nothing_at_a_moderators_address(do, name, who, request, ada, cleo, seat_of):
    person = request.getfixturevalue(who)
    assert do(person, name, seat_of(ada), **DEEDS[name]) == 404
    assert do(person, "ending") == do(person, "settings", hands="off") == 404
    after = seat_of(ada)
    assert (after.role, after.muted_by_moderator, after.left_at) == ("moderator", False, None)


@pytest.mark.parametrize("name", DEEDS)
def test_deeds_are_posted(full, as_, ada, bob, name, seat_of):
    address = reverse(f"rooms:{name}", args=[full.pk, seat_of(bob).pk])
    assert as_(ada).get(address).status_code == 405
    assert as_().post(address).status_code == 302


def test_a_seat_of_another_room_is_not_found(do, ada, make_person):
    elsewhere = Room.open(make_person("eve"), title="Other").seats.get()
    for name, fields in DEEDS.items():
        assert do(ada, name, elsewhere, **fields) == 404


def test_moving_to_the_audience(do, ada, bob, seat_of):
    do(bob, "microphone", muted="no")
    assert do(ada, "role", seat_of(bob), role="listener") == 303
    seat = seat_of(bob)
    assert (seat.role, seat.silent, seat.stage_at) == ("listener", True, None)


def test_stepping_down_oneself(do, bob, seat_of):
    assert do(bob, "role", seat_of(bob), role="listener") == 303
    assert seat_of(bob).role == "listener"


def test_nobody_makes_himself_something(do, bob, cleo, seat_of):
    assert do(bob, "role", seat_of(bob), role="moderator") == 422
    assert do(cleo, "role", seat_of(cleo), role="speaker") == 400
    assert seat_of(bob).role == "speaker" and not seat_of(bob).invited_at and not seat_of(cleo).invited_at


def test_removal_takes_everything(full, do, ada, bob, as_, seat_of):
    client = as_(bob)
    assert do(ada, "removal", seat_of(bob), ban="yes") == 303
    assert not full.seat_of(bob)
    page = client.get(full.get_absolute_url()).content.decode()
    assert "You were removed from this room" in page and "Morning tea" not in page
    assert client.get(reverse("rooms:people", args=[full.pk])).status_code == 404
    assert do(bob, "seat") == 404
    assert not full.seat_of(bob)


def test_removal_may_let_back_in(full, do, ada, bob, seat_of):
    do(ada, "removal", seat_of(bob))
    assert not full.seat_of(bob)
    assert do(bob, "seat") == 303
    assert full.seat_of(bob).role == "listener"


def test_removed_from_a_closed_room_is_as_if_it_never_was(closed, ada, bob, as_):
    seat = closed.join(bob)
    seat.remove(ada)
    client = as_(bob)
    for key in ("", closed.key):
        assert client.get(closed.get_absolute_url(), {"key": key}).status_code == 404


def test_nobody_removes_himself(do, ada, seat_of):
    assert do(ada, "removal", seat_of(ada), ban="yes") == 422
    assert seat_of(ada).left_at is None


def test_ending_ends_it_for_everyone(full, do, ada):
    assert do(ada, "ending") == 303
    full.refresh_from_db()
    assert full.ended_at and not full.seats.taken().exists()


def test_ending_twice_is_ending_once(full, do, ada):
    do(ada, "ending")
    full.refresh_from_db()
    ended, version = full.ended_at, full.version
    assert do(ada, "ending") == 303
    full.refresh_from_db()
    assert (full.ended_at, full.version) == (ended, version)


@pytest.mark.parametrize("hands", ["", "nobody", "x" * 100])
def test_settings_have_to_be_known(full, do, ada, hands):
    assert do(ada, "settings", hands=hands) == 422
    full.refresh_from_db()
    assert full.hands == "everyone"


def test_htmx_is_answered_without_a_page(full, as_, cleo):
    answer = as_(cleo).post(reverse("rooms:hand", args=[full.pk]), {"raised": "yes"}, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (204, b"")


def test_w9_no_deed_without_a_token(full, as_, cleo):
    client = as_(cleo, enforce_csrf_checks=True)
    assert client.post(reverse("rooms:hand", args=[full.pk]), {"raised": "yes"}).status_code == 403
