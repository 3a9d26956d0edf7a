"""Editing and deleting: the author's own for a day, a moderator's pen that only erases, and nothing left behind."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from accounts.models import ModerationEntry
from backchannel import jobs
from backchannel.models import Edition, Message, SealedText
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, harmless, said
from tests.backchannel.files import sent


@pytest.fixture
def message(chat, bob):
    return said(chat, bob, "first words")


def address(name, message):
    return reverse(name, args=[message.conversation_id, message.client_id])


@pytest.fixture
def edit(as_):
    def post(person, message, body="other words", seen=None, **how):
        data = {"body": body} | ({} if seen is None else {"seen": seen})
        return as_(person).post(address("message", message), data, **how)

    return post


@pytest.fixture
def delete(as_):
    def post(person, message, **how):
        return as_(person).post(address("deletion", message), **how)

    return post


@pytest.fixture
def restore(as_):
    def post(person, message, **how):
        return as_(person).post(address("deletion", message), {"on": "no"}, **how)

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


def test_words_may_go_where_files_stay(asked, pair, edit, as_, bob):
    message = sent(as_(bob), bob, pair, body="look")
    form = as_(bob).get(address("editing", message), **HTMX).content.decode()
    assert "<textarea" in form and "required" not in form
    assert edit(bob, message, " ", **HTMX).status_code == 200
    message.refresh_from_db()
    assert (message.body, message.first_words, "file--row" in message.html) == ("", "a.pdf", True)
    assert edit(bob, message, "again", **HTMX).status_code == 200
    assert "again" in pair.messages.get().html


def test_where_there_are_none_they_may_not(edit, message, as_, bob):
    assert "required" in as_(bob).get(address("editing", message), **HTMX).content.decode()
    answer = edit(bob, message, "", **HTMX)
    assert "Write something first." in answer.content.decode()


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
    mine, hers = (as_(one).get(address("editing", message), **HTMX).content.decode() for one in (bob, ada))
    assert "<textarea" in mine and "first words" in mine
    assert hers == message.html


def test_the_menu_offers_what_one_may_do(message, as_, bob, ada, cleo):
    menus = [as_(one).get(address("message", message), **HTMX).content.decode() for one in (bob, ada, cleo)]
    assert [f'hx-get="{address("editing", message)}"' in menu for menu in menus] == [True, False, False]
    assert [address("deletion", message) in menu for menu in menus] == [True, True, False]
    assert not any("<html" in menu for menu in menus)


def test_without_scripts_a_message_has_a_page_with_what_one_may_do(message, as_, bob, ada, cleo):
    pages = [as_(one).get(address("message", message)).content.decode() for one in (bob, ada, cleo)]
    assert ["<textarea" in page for page in pages] == [True, False, False]
    assert [f'formaction="{address("deletion", message)}"' in page for page in pages] == [True, True, False]


# What it said before ----------------------------------------------------------------------------------


def test_former_words_are_kept_and_stand_on_no_page(edit, message, as_, bob, ada):
    for body in ("second words", "third words"):
        edit(bob, message, body)
    assert [edition.body for edition in message.editions.order_by("pk")] == ["first words", "second words"]
    for person in (bob, ada):
        for place in ("message", "editing"):
            for how in ({}, HTMX):
                page = as_(person).get(address(place, message), **how).content.decode()
                assert "first words" not in page and "second words" not in page
        assert "first words" not in as_(person).get(message.conversation.get_absolute_url()).content.decode()


def test_who_edits_on_two_devices_is_told_and_loses_nothing(edit, message, bob):
    edit(bob, message, "from the phone", seen=0)
    answer = edit(bob, message, "from the desk", seen=0, **HTMX)
    drawn = answer.content.decode()
    assert answer.status_code == 409
    assert "on another device" in drawn
    assert "from the phone" in drawn and ">from the desk</textarea>" in drawn
    assert Message.objects.get().body == "from the phone"
    assert 'name="seen" value="1"' in drawn
    assert edit(bob, message, "from the desk", seen=1, **HTMX).status_code == 200
    assert Message.objects.get().body == "from the desk"


def test_so_is_who_has_no_scripts(edit, message, bob):
    edit(bob, message, "from the phone", seen=0)
    answer = edit(bob, message, "from the desk", seen=0)
    assert answer.status_code == 409
    assert "<html" in answer.content.decode() and ">from the desk</textarea>" in answer.content.decode()


def test_the_same_words_from_two_devices_are_no_quarrel(edit, message, bob):
    assert [edit(bob, message, "agreed", seen=0).status_code for _ in "ab"] == [303, 303]


@pytest.mark.parametrize("seen", ["x", "-1", "9" * 20])
def test_a_count_that_is_none_changes_nothing(edit, message, bob, seen):
    assert edit(bob, message, seen=seen, **HTMX).status_code == 422
    assert Message.objects.get().body == "first words"


@pytest.mark.django_db(transaction=True)
def test_of_two_edits_at_once_one_is_told(edit, message, bob):
    def one(body):
        try:
            return edit(bob, message, body, seen=0).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(one, ["one", "two"]))
    assert answers == [303, 409]
    assert message.editions.count() == 1


@pytest.mark.parametrize("text", hostile.MARKUP + hostile.LINKS)
def test_i11_whatever_it_is_edited_to_is_text(message, bob, text):
    message.edit(bob, text)
    assert harmless(message.html)


# Deleting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["bob", "ada"])
def test_author_and_moderator_delete(delete, message, who, request):
    answer = delete(request.getfixturevalue(who), message, **HTMX)
    number = message.changed + 1
    message.refresh_from_db()
    assert answer.status_code == 204
    assert (message.body, message.changed) == ("", number)
    assert "first words" not in message.html and "Message deleted" in message.html
    assert ("message:deleted" in answer.headers.get("HX-Trigger", "")) == (who == "bob")


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
    assert not SealedText.objects.exists()


# Taking it back ---------------------------------------------------------------------------------------


def test_the_author_brings_it_back_with_one_more_number(delete, restore, message, bob):
    delete(bob, message)
    assert restore(bob, message, **HTMX).status_code == 204
    number = message.changed + 2
    message.refresh_from_db()
    assert (message.body, message.deleted_at, message.changed) == ("first words", None, number)
    assert "first words" in message.html
    assert not SealedText.objects.exists()


def test_a_plain_form_brings_it_back_too(delete, restore, message, as_, bob):
    delete(bob, message)
    assert "Undo the deletion" in as_(bob).get(address("message", message)).content.decode()
    assert restore(bob, message)["Location"] == f"/rooms/{message.conversation.room_id}/?panel=chat"
    assert Message.objects.get().body == "first words"


def test_twice_is_once(delete, restore, message, bob):
    delete(bob, message)
    assert [restore(bob, message, **HTMX).status_code for _ in "ab"] == [204, 204]
    assert Message.objects.get().changed == message.changed + 2


def test_nobody_else_brings_it_back(delete, restore, message, ada, bob, cleo, dan):
    delete(bob, message)
    assert [restore(one, message).status_code for one in (ada, cleo, dan)] == [422, 422, 404]
    assert Message.objects.get().body == ""


def test_what_a_moderator_deleted_stays_deleted(delete, restore, message, ada, bob):
    delete(ada, message)
    assert restore(bob, message).status_code == 422
    assert not SealedText.objects.exists()


def test_a_moderators_deletion_ends_the_authors_way_back(delete, restore, message, ada, bob):
    delete(bob, message)
    delete(ada, message)
    assert restore(bob, message).status_code == 422
    assert not SealedText.objects.exists()


def test_after_a_while_it_is_too_late(delete, restore, message, as_, bob):
    delete(bob, message)
    a_moment_later()
    answer = restore(bob, message, **HTMX)
    assert answer.status_code == 422 and "too late" in answer.content.decode()
    assert "Undo the deletion" not in as_(bob).get(address("message", message)).content.decode()


def test_who_left_meanwhile_cannot(delete, restore, message, floor, bob):
    delete(bob, message)
    floor.seat_of(bob).leave()
    assert restore(bob, message).status_code == 422
    assert Message.objects.get().body == ""


def test_other_words_for_yes_and_no_change_nothing(message, as_, bob):
    assert as_(bob).post(address("deletion", message), {"on": "x"}, **HTMX).status_code == 422
    assert Message.objects.get().body == "first words"


# For good ---------------------------------------------------------------------------------------------


def a_moment_later():
    SealedText.objects.update(sealed_at=timezone.now() - timedelta(seconds=9))


def test_the_sweep_erases_what_nobody_can_bring_back_any_more(delete, edit, message, bob):
    edit(bob, message, "second words")
    delete(bob, message)
    jobs.erase_deleted_messages.call_local()
    assert SealedText.objects.get().body == "second words"
    a_moment_later()
    for _ in "ab":
        jobs.erase_deleted_messages.call_local()
        assert not SealedText.objects.exists() and not Edition.objects.exists()


def test_the_sweep_leaves_the_others_alone(delete, edit, message, chat, bob):
    other = said(chat, bob, "stays")
    edit(bob, other, "stays, edited")
    delete(bob, message)
    a_moment_later()
    jobs.erase_deleted_messages.call_local()
    assert [edition.body for edition in Edition.objects.all()] == ["stays"]


def test_the_next_start_erases_too(delete, message, bob):
    delete(bob, message)
    a_moment_later()
    jobs.erase_what_fell_due_meanwhile()
    assert not SealedText.objects.exists()
