"""Replies: what they quote, of what, and to whom they show it."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backchannel import batches
from backchannel.catching_up import catch_up
from backchannel.models import Conversation, Message
from backchannel.writing import Draft
from live.registry import Asking
from rooms.models import Guest, Room
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, bring_on_stage, harmless, said
from tests.backchannel.test_catching_up import lacks


def reply(conversation, author, original, body="I agree"):
    return conversation.post(author, uuid4(), body, reply_to=original.client_id)


def quoted(html):
    """The words of the quote, as they are read; None without one."""
    found = re.search(r'<a class="quote".*?</a>', html, re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", found[0])).strip()) if found else None


@pytest.fixture
def message(chat, bob):
    return said(chat, bob, "Beans go in\nby  May")


def test_a_reply_quotes_its_author_and_the_first_words(chat, message, cleo):
    html = reply(chat, cleo, message).html
    assert quoted(html) == "In reply to: Bob Beans go in by May"
    assert f'href="{chat.get_absolute_url()}?m={message.client_id}#{message.element_id}"' in html


def test_of_a_long_one_only_the_first_words(chat, bob, cleo):
    html = reply(chat, cleo, said(chat, bob, "word " * 700)).html
    assert len(quoted(html)) < 200


def test_a_quote_shows_no_marks(chat, bob, cleo):
    assert (
        quoted(reply(chat, cleo, said(chat, bob, "**Beans** and `*peas*`")).html) == "In reply to: Bob Beans and *peas*"
    )


def test_what_replies_to_nothing_quotes_nothing(message):
    assert quoted(message.html) is None


def test_a_form_with_scripts_and_without_replies(chat, message, write, cleo):
    write(cleo, chat, "by htmx", reply_to=str(message.client_id))
    write(cleo, chat, "by form", reply_to=str(message.client_id), plain=True)
    write(cleo, chat, "no reply", reply_to="")
    found = {one.body: one.reply_to_id for one in Message.objects.exclude(pk=message.pk)}
    assert found == {"by htmx": message.pk, "by form": message.pk, "no reply": None}


def test_the_page_to_reply_on_names_what_one_replies_to(chat, message, as_, cleo):
    page = as_(cleo).get(f"{chat.get_absolute_url()}?reply={message.client_id}").content.decode()
    assert f'name="reply_to" value="{message.client_id}"' in page
    assert "Do not reply" in page and '<div class="composer__reply" data-replying>' in page
    without = as_(cleo).get(chat.get_absolute_url()).content.decode()
    assert 'name="reply_to" value=""' in without and "data-replying hidden" in without


def test_what_is_refused_keeps_what_it_replies_to(chat, message, write, cleo):
    page = write(cleo, chat, "x" * 4001, reply_to=str(message.client_id), plain=True).content.decode()
    assert f'name="reply_to" value="{message.client_id}"' in page


# To what one may --------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", ["x", "0b5f5a3e-1df0-4f0c-9d5b-2f1f6f1c7a10", "' or 1=1"])
def test_to_what_is_not_there_nobody_replies(chat, write, cleo, other):
    answer = write(cleo, chat, reply_to=other)
    assert answer.status_code == 422
    assert "not there any more" in answer.content.decode()
    assert not chat.messages.exists()


def test_nor_across_conversations(chat, line, message, write, ada):
    assert write(ada, line, reply_to=str(message.client_id)).status_code == 422
    assert not line.messages.exists()


def test_nor_to_what_was_said_before_one_came_on_stage(floor, line, write, ada, cleo):
    early = said(line, ada, "before cleo")
    bring_on_stage(floor, cleo)
    answer = write(cleo, line, reply_to=str(early.client_id))
    assert answer.status_code == 422 and "before cleo" not in answer.content.decode()
    assert write(cleo, line, reply_to=str(said(line, ada).client_id)).status_code == 204


def test_w7_people_between_whom_a_block_stands_do_not_reply_to_each_other(chat, message, write, as_, bob, cleo):
    before = write(cleo, chat, reply_to=str(message.client_id))
    bob.block(cleo)
    answers = [
        write(cleo, chat, reply_to=str(message.client_id)),
        write(bob, chat, reply_to=str(said(chat, cleo).client_id)),
    ]
    assert [before.status_code, *(answer.status_code for answer in answers)] == [204, 422, 422]
    assert all("You can’t message this person now." in answer.content.decode() for answer in answers)
    menu = as_(cleo).get(reverse("message", args=[chat.pk, message.client_id]), **HTMX).content.decode()
    assert "?reply=" not in menu


def test_w10_what_a_form_says_beside_it_does_not_count(chat, pair, message, write, cleo):
    write(cleo, chat, reply_to=str(message.client_id), reply_to_id=1, quote="<b>", html="<b>")
    assert "<b>" not in chat.messages.last().html


# What everybody may read ------------------------------------------------------------------------------


def test_i21_whose_history_begins_later_gets_no_word_of_what_was_before(floor, line, ada, bob, cleo):
    early = said(line, ada, "before cleo")
    bring_on_stage(floor, cleo)
    html = reply(line, bob, early).html
    assert quoted(html) == "In reply to: An earlier message"
    assert "before cleo" not in str(lacks(cleo, line, line.memberships.get(person=cleo).from_seq - 1))
    early.edit(ada, "before cleo, edited")
    assert "before cleo" not in Message.objects.get(body="I agree").html


def test_i21_in_a_closed_room_too(ada, bob, cleo):
    room = Room.open(ada, title="Tea", kind="closed")
    chat = room.conversations.get(kind="room")
    early = said(chat, ada, "before cleo")
    assert "before cleo" in reply(chat, ada, early).html
    Guest.objects.create(room=room, person=cleo, invited_by=ada)
    room.join(cleo)
    assert quoted(reply(chat, ada, early).html) == "In reply to: An earlier message"


def test_who_comes_after_the_reply_takes_nothing_from_it(floor, line, ada, bob, cleo):
    answer = reply(line, bob, said(line, ada, "before cleo"))
    bring_on_stage(floor, cleo)
    assert "before cleo" in answer.html
    assert "before cleo" not in str(catch_up([Asking(cleo.pk, {line.pk: answer.seq}, {})]))


# What becomes of it -----------------------------------------------------------------------------------


def test_a_quote_follows_what_it_quotes(chat, message, bob, cleo):
    answer = reply(chat, cleo, message)
    cursor = Conversation.objects.get(pk=chat.pk).head
    seen = []
    for change in (
        lambda: message.edit(bob, "In June"),
        lambda: message.delete_by(bob),
        lambda: message.restore_by(bob),
    ):
        change()
        answer.refresh_from_db()
        seen.append(quoted(answer.html))
        messages, _others, head = lacks(cleo, chat, cursor)
        assert [number for number, _html in messages] == [cursor + 1, cursor + 2] and head == cursor + 2
        assert messages[1][1] == answer.html
        cursor = head
    assert seen == [
        "In reply to: Bob In June",
        "In reply to: Message deleted",
        "In reply to: Bob In June",
    ]
    assert answer.changed == Conversation.objects.get(pk=chat.pk).head


def test_i20_of_a_deleted_message_no_word_is_left_in_its_replies(chat, message, bob, cleo):
    reply(chat, cleo, message)
    message.delete_by(bob)
    assert not Message.objects.filter(html__contains="Beans").exists()


def test_one_replies_to_what_was_just_deleted(chat, message, bob, cleo):
    message.delete_by(bob)
    assert quoted(reply(chat, cleo, message).html) == "In reply to: Message deleted"


def test_an_edited_reply_keeps_its_quote(chat, message, cleo):
    answer = reply(chat, cleo, message)
    Message.objects.get(pk=answer.pk).edit(cleo, "I agree, mostly")
    assert quoted(Message.objects.get(pk=answer.pk).html) == "In reply to: Bob Beans go in by May"


def test_a_deleted_reply_shows_no_quote(chat, message, cleo):
    answer = reply(chat, cleo, message)
    answer.delete_by(cleo)
    assert quoted(answer.html) is None and "Beans" not in answer.html


def test_a_replay_is_the_first_one(chat, message, write, cleo):
    other, id_ = said(chat, cleo), uuid4()
    for original in (message, other):
        write(cleo, chat, "once", client_id=id_, reply_to=str(original.client_id))
    assert Message.objects.get(body="once").reply_to_id == message.pk


@pytest.mark.parametrize("text", hostile.ALL)
def test_i11_whatever_is_quoted_is_text(chat, bob, cleo, text):
    text = text.encode("utf-8", "replace").decode().replace("\0", "")
    assert harmless(reply(chat, cleo, said(chat, bob, text)).html)


def test_a_name_is_text_too(chat, message, bob, cleo):
    bob.name = "<img src=x onerror=alert(1)>"
    bob.save()
    assert harmless(reply(chat, cleo, Message.objects.get(pk=message.pk)).html)


def test_many_replies_cost_as_many_questions_as_one(chat, message, cleo, make_person):
    people = [make_person(f"p{number}") for number in range(8)]
    for person in people:
        chat.room.join(person)

    def cost(authors):
        drafts = [Draft(chat.pk, one.pk, uuid4(), "yes", reply_to=message.client_id) for one in authors]
        with CaptureQueriesContext(connection) as seen:
            batches.write(drafts)
        assert all(isinstance(one.outcome, Message) for one in drafts)
        return len(seen)

    assert cost(people) == cost(people[:1])
