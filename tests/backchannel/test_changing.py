"""Editing and deleting: the author's own for a day, a moderator's pen that only erases, and nothing left behind."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ModerationEntry
from backchannel.models import Message
from tests.backchannel.conftest import HTMX, said


@pytest.fixture
def message(chat, bob):
    return said(chat, bob, "first words")


def address(name, message):
    return reverse(name, args=[message.conversation_id, message.client_id])


@pytest.fixture
def edit(as_):
    def post(person, message, body="other words", **how):
        return as_(person).post(address("message", message), {"body": body}, **how)

    return post


@pytest.fixture
def delete(as_):
    def post(person, message, **how):
        return as_(person).post(address("deletion", message), **how)

    return post


def test_the_author_changes_his_words(edit, message, bob):
    answer = edit(bob, message, **HTMX)
    seq, before = message.seq, message.changed
    message.refresh_from_db()
    assert (answer.status_code, answer.content.decode()) == (200, message.html)
    assert "other words" in message.html and "first words" not in message.html and "(edited)" in message.html
    assert (message.seq, message.changed, message.conversation.head) == (seq, before + 1, before + 1)


def test_a_plain_form_goes_back_to_the_room(edit, delete, message, bob):
    place = f"/rooms/{message.conversation.room_id}/?panel=chat"
    assert [edit(bob, message)["Location"], delete(bob, message)["Location"]] == [place, place]


def test_the_same_words_again_take_no_number(edit, message, bob):
    head = message.conversation.head
    edit(bob, message, "first words\r\n")
    message.refresh_from_db()
    assert (message.changed, message.edited_at) == (head, None)


@pytest.mark.parametrize("body", ["", " ", "x" * 4001])
def test_what_is_no_message_is_drawn_again(edit, message, bob, body):
    answer = edit(bob, message, body, **HTMX)
    assert answer.status_code == 422
    assert "<textarea" in answer.content.decode()
    assert Message.objects.get().body == "first words"


def test_nobody_else_changes_it(edit, message, ada, cleo):
    assert [edit(person, message).status_code for person in (ada, cleo)] == [422, 422]
    assert Message.objects.get().body == "first words"


def test_outside_it_is_not_there(edit, delete, message, as_, dan):
    answers = [edit(dan, message), delete(dan, message), as_(dan).get(address("message", message))]
    assert [answer.status_code for answer in answers] == [404, 404, 404]


def test_after_a_day_it_stays_as_it_is(edit, as_, message, bob):
    Message.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))
    assert edit(bob, message).status_code == 422
    page = as_(bob).get(address("message", message)).content.decode()
    assert "<textarea" not in page


def test_who_left_the_room_no_longer_edits(edit, message, floor, bob):
    floor.seat_of(bob).leave()
    assert edit(bob, message).status_code == 422


def test_the_edit_form_is_for_the_author(message, as_, bob, ada):
    mine, hers = (as_(one).get(address("message", message), **HTMX).content.decode() for one in (bob, ada))
    assert "<textarea" in mine
    assert hers == message.html


def test_without_scripts_a_message_has_a_page_with_what_one_may_do(message, as_, bob, ada, cleo):
    pages = [as_(one).get(address("message", message)).content.decode() for one in (bob, ada, cleo)]
    assert ["<textarea" in page for page in pages] == [True, False, False]
    assert [f' action="{address("deletion", message)}"' in page for page in pages] == [True, True, False]


# Deleting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bob", "ada"])
def test_author_and_moderator_delete(delete, message, who, request):
    answer = delete(request.getfixturevalue(who), message, **HTMX)
    number = message.changed + 1
    message.refresh_from_db()
    assert answer.status_code == 204
    assert (message.body, message.changed) == ("", number)
    assert "first words" not in message.html and "Message deleted" in message.html


def test_others_do_not(delete, message, cleo):
    assert delete(cleo, message).status_code == 422
    assert Message.objects.get().body == "first words"


def test_deleting_twice_is_deleting_once(delete, message, bob, ada):
    delete(bob, message)
    number = Message.objects.get().changed
    assert delete(ada, message, **HTMX).status_code == 204
    assert Message.objects.get().changed == number


def test_what_is_deleted_is_not_edited(delete, edit, message, bob):
    delete(bob, message)
    assert edit(bob, message, **HTMX).status_code == 422
    assert Message.objects.get().body == ""


def test_a_replay_does_not_bring_it_back(delete, message, write, chat, bob):
    delete(bob, message)
    write(bob, chat, "first words", client_id=message.client_id)
    assert Message.objects.get().body == ""


def test_nobody_moderates_a_direct_conversation(delete, pair, ada, bob, mo):
    message = said(pair, bob, "between us")
    assert delete(ada, message).status_code == 422
    assert delete(mo, message).status_code == 404


def test_i20_a_deleted_text_stands_nowhere(pair, delete, as_, ada, bob):
    message = said(pair, bob, "a word to forget")
    delete(bob, message)
    client = as_(ada)
    places = ["/backchannel/", pair.get_absolute_url(), address("message", message)]
    for place in places:
        for how in ({}, HTMX):
            answer = client.get(place, **how)
            assert answer.status_code == 200
            assert "a word to forget" not in answer.content.decode()
    assert "Message deleted" in client.get("/backchannel/").content.decode()


def test_staff_deletes_with_a_reason(message, mo):
    message.delete_by_staff(mo, "spam")
    assert Message.objects.get().body == ""
    entry = ModerationEntry.objects.get()
    assert (entry.actor, entry.reason) == (mo, "spam")
    assert "first words" not in str(entry.__dict__)
