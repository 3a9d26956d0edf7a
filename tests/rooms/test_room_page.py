"""The room's page: who finds it, and what it shows to whom."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from rooms.models import Room

ADDRESSES = ["room", "people", "hands", "controls", "seat", "leaving", "hand", "microphone", "invitation", "ending"]


def address(name, room, *more):
    return reverse(f"rooms:{name}", args=[getattr(room, "pk", room), *more])


def test_it_shows_stage_and_audience(full, as_, cleo):
    page = as_(cleo).get(full.get_absolute_url()).content.decode()
    assert "Morning tea" in page
    assert all(name in page for name in ("Ada", "Bob", "Cleo"))
    assert "Leave quietly" in page and "Raise hand" in page
    assert "End room" not in page and "Raised hands" not in page


def test_a_speaker_may_unmute_and_a_moderator_has_the_queue(full, as_, bob, ada):
    assert "Unmute" in as_(bob).get(full.get_absolute_url()).content.decode()
    page = as_(ada).get(full.get_absolute_url()).content.decode()
    assert "Raised hands" in page and "End room" in page


def test_the_audience_begins_with_those_whom_the_stage_follows(full, as_, ada, cleo, dan, make_person):
    eve = make_person("eve")
    ada.follow(dan)
    for person in (dan, eve):
        full.join(person)
    ada.follow(eve)  # who sits already does not move
    page = as_(cleo).get(full.get_absolute_url()).content.decode()
    assert re.findall(r'data-order="(\d)-.*data-role="listener"', page) == ["3", "4", "4"]
    assert page.index(f'data-person="{dan.pk}"') < page.index(f'data-person="{cleo.pk}"')


MAIN_HAND = re.compile(r'control--main"[^>]*>\s*(?:<svg.*?</svg>)?\s*Raise hand', re.DOTALL)


def test_raising_a_hand_is_not_the_first_thing_to_do_for_who_is_invited(full, as_, ada, cleo, seat_of):
    client = as_(cleo)
    assert MAIN_HAND.search(client.get(full.get_absolute_url()).content.decode())
    seat_of(cleo).invite(ada)
    page = client.get(full.get_absolute_url()).content.decode()
    assert "Accept" in page and "Raise hand" in page and not MAIN_HAND.search(page)


@pytest.mark.parametrize("before", ["?panel=questions", "?key=x&panel=chat", "", "?panel=", "?panel=%26x%3D1"])
def test_joining_keeps_the_tab(full, as_, dan, before):
    page = "http://testserver" + full.get_absolute_url() + before
    answer = as_(dan).post(address("seat", full), headers={"Referer": page})
    tab = {"?panel=questions": "questions", "?key=x&panel=chat": "chat", "?panel=%26x%3D1": "%26x%3D1"}.get(before)
    assert answer["Location"] == full.get_absolute_url() + (f"?panel={tab}" if tab else "")


@pytest.mark.parametrize("before", ["http://testserver/?panel=chat", "https://evil.example/{room}?panel=chat"])
def test_but_no_other_pages(full, as_, dan, before):
    headers = {"Referer": before.format(room=full.get_absolute_url())}
    assert as_(dan).post(address("seat", full), headers=headers)["Location"] == full.get_absolute_url()


def test_somebody_outside_is_offered_to_join_and_sees_who_is_there(full, as_, dan):
    page = as_(dan).get(full.get_absolute_url()).content.decode()
    assert "Join and listen" in page and "Bob" in page
    assert "Leave quietly" not in page and 'data-want-sound="yes"' not in page


def test_a_fresh_seat_wants_sound(full, as_, cleo):
    assert 'data-want-sound="yes"' in as_(cleo).get(full.get_absolute_url()).content.decode()


def test_people_who_are_away_are_not_listed(full, as_, ada, bob, time_goes_by):
    time_goes_by(60)
    page = as_(ada).get(full.get_absolute_url()).content.decode()
    assert 'id="seat-' in page  # ada herself, heard by this very request
    assert f'data-person="{bob.pk}"' not in page


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_stranger_is_led_to_the_login_whether_the_room_exists_or_not(room, as_, name):
    for pk in (room.pk, "nosuchroom"):
        answer = as_().post(address(name, pk)) if name not in ADDRESSES[:4] else as_().get(address(name, pk))
        assert answer.status_code == 302
        assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("name", ["room", "people", "hands", "controls"])
def test_pages_are_only_read(full, as_, ada, name):
    assert as_(ada).post(address(name, full)).status_code == 405


@pytest.mark.parametrize("name", ADDRESSES[4:] + ["settings", "guests"])
def test_deeds_are_only_posted(full, as_, ada, name):
    assert as_(ada).get(address(name, full)).status_code == 405


@pytest.mark.parametrize("pk", ["nosuchroom", "a%00b", "x" * 300, "%F0%9F%8E%A7"])
def test_a_room_that_is_not_there_is_not_found(as_, dan, pk):
    assert as_(dan).get(f"/rooms/{pk}/").status_code == 404


def test_hands_are_for_moderators(full, as_, ada, cleo):
    assert as_(ada).get(address("hands", full)).status_code == 200
    assert as_(cleo).get(address("hands", full)).status_code == 404


def test_one_tab_of_the_panel_can_be_asked_for_alone(full, as_, cleo):
    answer = as_(cleo).get(
        full.get_absolute_url(), {"panel": "questions"}, headers={"HX-Request": "true", "HX-Target": "panel"}
    )
    assert b'id="panel"' in answer.content
    assert b"<html" not in answer.content


def test_an_audience_of_more_than_a_page_is_counted_and_continued(room, as_, ada, make_person):
    for number in range(63):
        room.join(make_person(f"listener{number}"))
    page = as_(ada).get(room.get_absolute_url()).content.decode()
    assert page.count('data-into="audience"') == 60
    assert 'id="audience-count">63<' in page and "?page=2" in page
    rest = as_(ada).get(address("people", room), {"page": 2}).content.decode()
    assert rest.count('data-into="audience"') == 3 and "?page=3" not in rest


def test_a_strange_page_number_is_the_first_page(full, as_, ada):
    for page in ("0", "-1", "x", "9" * 40, "²"):
        assert as_(ada).get(full.get_absolute_url(), {"page": page}).status_code == 200


def test_an_ended_room_looks_back(full, as_, ada, cleo, dan):
    full.end(ada)
    page = as_(cleo).get(full.get_absolute_url()).content.decode()
    assert "3 people were there" in page and "Bob" in page
    assert "Leave quietly" not in page and "Join and listen" not in page
    outside = as_(dan).get(full.get_absolute_url()).content.decode()
    assert "3 people were there" in outside and not re.search(r"\bBob\b", outside)


@pytest.mark.parametrize(("minutes", "words"), [(0, "less than a minute"), (1, "1\xa0minute"), (90, "1\xa0hour, 30")])
def test_how_long_it_was_live(full, as_, ada, minutes, words):
    full.end(ada)
    Room.objects.update(opened_at=full.ended_at - timedelta(minutes=minutes, seconds=5))
    page = as_(ada).get(full.get_absolute_url()).content.decode()
    assert f"It was live for {words}" in page and "live for 0" not in page


def test_role_and_microphone_are_read_out_apart(full, as_, cleo):
    page = as_(cleo).get(full.get_absolute_url()).content.decode()
    heard = [
        re.sub(r"<[^>]*>", "", state) for state in re.findall(r'<span class="seat__state">(.*?)</a>', page, re.DOTALL)
    ]
    assert [" ".join(one.split()) for one in heard] == ["Moderator, Muted", "Muted"]


@pytest.mark.usefixtures("the_clock_stands")
@pytest.mark.parametrize("who", ["cleo", "ada", "dan"])
def test_the_page_costs_the_same_however_many_are_there(
    full, as_, make_person, django_assert_max_num_queries, request, who
):
    client = as_(request.getfixturevalue(who))
    client.get(full.get_absolute_url())
    with django_assert_max_num_queries(12) as few:
        client.get(full.get_absolute_url())
    for number in range(40):
        full.join(make_person(f"listener{number}"))
    with django_assert_max_num_queries(len(few)):
        client.get(full.get_absolute_url())


def test_the_other_pages_have_a_small_player(full, as_, cleo, dan):
    hallway = as_(cleo).get("/").content.decode()
    assert 'id="mini"' in hallway and full.get_absolute_url() in hallway
    assert 'id="mini"' not in as_(cleo).get(full.get_absolute_url()).content.decode()
    assert 'id="mini"' not in as_(dan).get("/").content.decode()


def test_the_small_player_is_nothing_where_one_does_not_sit(full, as_, cleo, dan):
    assert b'id="mini"' in as_(cleo).get(address("controls", full), {"mini": "yes"}).content
    for room in (full, "nosuchroom"):
        assert as_(dan).get(address("controls", room), {"mini": "yes"}).content == b""


def test_a_menu_offers_what_its_reader_may(full, as_, ada, bob, cleo, seat_of):
    menu = address("menu", full, seat_of(bob).pk)
    for_moderator = as_(ada).get(menu).content.decode()
    assert all(name in for_moderator for name in ("Mute Bob", "Move to audience", "Make moderator", "Remove from room"))
    for_listener = as_(cleo).get(menu).content.decode()
    assert "Follow" in for_listener and "Mute Bob" not in for_listener and "Remove from room" not in for_listener
    assert "Move to audience" in as_(bob).get(menu).content.decode()


def test_names_are_text(make_person, as_, dan):
    room = Room.open(make_person("eve", name="<b>Eve</b>"), title="<script>alert(1)</script>")
    page = as_(dan).get(room.get_absolute_url()).content.decode()
    assert "<b>Eve" not in page and "<script>alert" not in page
