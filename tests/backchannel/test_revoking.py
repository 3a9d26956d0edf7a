"""The member, the stranger, the ex-member, the wrong room: at every door of a conversation."""

import re
from uuid import uuid4

import pytest
from django.urls import reverse

from backchannel.catching_up import catch_up
from backchannel.models import Conversation, Message
from live.registry import Asking
from rooms.models import Room
from tests.backchannel.conftest import HTMX, bring_on_stage, said

SECRET = "a very particular word"


@pytest.fixture
def secret(line, ada):
    return said(line, ada, SECRET)


@pytest.fixture
def wrong_room(make_person, floor):
    """Somebody who is on stage, elsewhere."""
    eve = make_person("eve")
    Room.open(eve, title="Elsewhere")
    return eve


def doors(client, message):
    """Every way to it by HTTP: (its name, the answer)."""
    conversation = message.conversation
    one = reverse("message", args=[conversation.pk, message.client_id])
    yield "page", client.get(conversation.get_absolute_url())
    yield "piece", client.get(conversation.get_absolute_url(), **HTMX)
    yield "older", client.get(f"{conversation.get_absolute_url()}?before={message.seq + 1}", **HTMX)
    yield "message", client.get(one)
    yield "menu", client.get(one, **HTMX)
    yield "edit form", client.get(reverse("editing", args=[conversation.pk, message.client_id]), **HTMX)
    yield "edit", client.post(one, {"body": "mine"})
    yield "deletion", client.post(reverse("deletion", args=[conversation.pk, message.client_id]))
    yield "reading", client.post(reverse("reading", args=[conversation.pk]), {"seq": 1})
    data = {"body": "let me in", "client_id": uuid4()}
    yield "post", client.post(reverse("messages", args=[conversation.pk]), data, **HTMX)
    yield (
        "replay",
        client.post(reverse("messages", args=[conversation.pk]), {"body": "x", "client_id": message.client_id}, **HTMX),
    )


def all_shut(client, person, message):
    for door, answer in doors(client, message):
        assert answer.status_code == 404, door
        assert SECRET not in answer.content.decode(), door
    assert SECRET not in str(catch_up([Asking(person.pk, {message.conversation_id: 0}, {})]))
    room = message.conversation.room
    for page in ("/", "/backchannel/", *([f"/rooms/{room.pk}/?panel=speakers"] if room else [])):
        assert SECRET not in client.get(page).content.decode(), page
    message.refresh_from_db()
    assert (message.body, message.conversation.messages.count()) == (SECRET, 1)


def test_on_stage_one_reads_the_line(secret, as_, bob):
    assert dict(doors(as_(bob), secret))["page"].status_code == 200
    page = as_(bob).get(secret.conversation.get_absolute_url()).content.decode()
    assert SECRET in page and "Message the people on stage" in page


def test_a_listener_does_not(secret, as_, cleo):
    all_shut(as_(cleo), cleo, secret)


def test_a_stranger_does_not(secret, as_, dan):
    all_shut(as_(dan), dan, secret)


def test_somebody_on_another_stage_does_not(secret, as_, wrong_room):
    all_shut(as_(wrong_room), wrong_room, secret)


@pytest.mark.parametrize("how", ["demoted", "stepped down", "left", "removed", "joined another", "ended"])
def test_an_ex_speaker_does_not_whatever_he_has_open(secret, floor, as_, ada, bob, dan, how):
    client = as_(bob)
    assert client.get(secret.conversation.get_absolute_url()).status_code == 200
    seat = floor.seat_of(bob)
    if how == "demoted":
        seat.move_to_audience(ada)
    elif how == "stepped down":
        seat.move_to_audience(bob)
    elif how == "left":
        seat.leave()
    elif how == "removed":
        seat.remove(ada)
    elif how == "joined another":
        Room.open(dan, title="Elsewhere").join(bob)
    else:
        floor.end(ada)
    all_shut(client, bob, secret)


def test_who_comes_up_reads_from_then_on(secret, floor, line, as_, ada, cleo):
    bring_on_stage(floor, cleo)
    said(line, ada, "welcome up here")
    client = as_(cleo)
    for place in (line.get_absolute_url(), f"/rooms/{floor.pk}/?panel=speakers"):
        page = client.get(place).content.decode()
        assert "welcome up here" in page and SECRET not in page
    assert client.get(reverse("message", args=[line.pk, secret.client_id])).status_code == 404
    assert SECRET not in client.get(f"{line.get_absolute_url()}?before=999", **HTMX).content.decode()


def test_coming_back_begins_anew(secret, floor, line, as_, ada, bob):
    floor.seat_of(bob).move_to_audience(ada)
    bring_on_stage(floor, bob)
    assert SECRET not in as_(bob).get(line.get_absolute_url()).content.decode()


def test_a_speaker_made_moderator_keeps_his_line(secret, floor, line, as_, ada, bob):
    seat = floor.seat_of(bob)
    seat.invite(ada, "moderator")
    seat.accept()
    assert SECRET in as_(bob).get(line.get_absolute_url()).content.decode()


# The room's chat --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ban", [True, False])
def test_the_removed_lose_the_chat_with_its_history(floor, chat, as_, ada, cleo, ban):
    message = said(chat, cleo, SECRET)
    client = as_(cleo)
    assert client.get(chat.get_absolute_url()).status_code == 200
    floor.seat_of(cleo).remove(ada, ban=ban)
    all_shut(client, cleo, message)


def test_let_back_in_they_read_again(floor, chat, as_, ada, cleo):
    said(chat, ada, SECRET)
    floor.seat_of(cleo).remove(ada, ban=False)
    floor.join(cleo)
    assert SECRET in as_(cleo).get(chat.get_absolute_url()).content.decode()


def test_the_blocked_lose_the_chat_of_the_blockers_room(floor, chat, as_, ada, cleo):
    message = said(chat, ada, SECRET)
    ada.block(cleo)
    all_shut(as_(cleo), cleo, message)


def test_who_never_came_in_has_no_chat(chat, as_, ada, dan, wrong_room):
    message = said(chat, ada, SECRET)
    all_shut(as_(dan), dan, message)
    all_shut(as_(wrong_room), wrong_room, message)


def test_who_was_there_reads_on_after_the_end(floor, chat, as_, ada, cleo):
    said(chat, ada, SECRET)
    floor.end(ada)
    assert SECRET in as_(cleo).get(chat.get_absolute_url()).content.decode()


# Direct -----------------------------------------------------------------------------------------------


def test_a_direct_conversation_is_for_two(pair, as_, ada, bob, cleo, mo):
    message = said(pair, ada, SECRET)
    for third in (cleo, mo):
        all_shut(as_(third), third, message)
    assert SECRET in as_(bob).get(pair.get_absolute_url()).content.decode()


def test_absent_and_forbidden_answer_alike(pair, as_, cleo):
    client = as_(cleo)
    there, absent = (client.get(f"/backchannel/{name}/") for name in (pair.pk, Conversation().pk))
    assert there.status_code == absent.status_code == 404
    # Keys that are drawn anew for each page aside.
    assert len({re.sub(r"[\w+/=-]{16,}", "", page.content.decode()) for page in (there, absent)}) == 1


@pytest.mark.parametrize("path", ["", "messages/", "reading/"])
def test_w9_nothing_changes_by_looking(pair, as_, ada, path):
    before = Message.objects.count(), list(pair.memberships.values_list("read_seq", flat=True))
    answer = as_(ada).get(f"{pair.get_absolute_url()}{path}")
    assert answer.status_code == (405 if path else 200)
    assert (Message.objects.count(), list(pair.memberships.values_list("read_seq", flat=True))) == before
