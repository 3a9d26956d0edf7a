"""Writing a message: once, whatever is repeated, and by those who may."""

import json
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import limits
from backchannel.models import Conversation, Message
from tests.backchannel.conftest import HTMX, bring_on_stage, said


def stored(conversation):
    return list(conversation.messages.order_by("seq").values_list("body", flat=True))


def test_a_message_is_kept_and_its_number_told(chat, write, cleo):
    answer = write(cleo, chat, "Hello\r\nall ", client_id=(id_ := uuid4()))
    assert answer.status_code == 204
    sent = json.loads(answer["HX-Trigger"])["message:sent"]
    message = chat.messages.get()
    assert sent == {"conversation": chat.pk, "client_id": str(id_), "seq": message.seq}
    assert (message.body, message.author, message.client_id) == ("Hello\nall", cleo, id_)
    assert f'id="m-{id_}"' in message.html


def test_a_plain_form_goes_back_to_the_room(chat, line, write, bob):
    assert write(bob, chat, plain=True)["Location"] == f"/rooms/{chat.room_id}/?panel=chat"
    answer = write(bob, line, plain=True)
    assert (answer.status_code, answer["Location"]) == (303, f"/rooms/{chat.room_id}/?panel=speakers")


def test_a_plain_form_goes_back_to_the_direct_conversation(pair, write, ada):
    assert write(ada, pair, plain=True)["Location"] == pair.get_absolute_url()


@pytest.mark.parametrize("body", ["", "  \n ", "\u200b\u2060", "\x00", "x" * 4001, "x" * 65536])
def test_what_is_no_message_is_refused(chat, write, cleo, body):
    assert write(cleo, chat, body).status_code == 422
    assert not chat.messages.exists()


def test_four_thousand_characters_are_counted_after_newlines_became_one(chat, write, cleo):
    assert write(cleo, chat, "x\r\n" * 1999 + "yz").status_code == 204
    assert len(chat.messages.get().body) == 4000


def test_control_characters_go_and_the_rest_stays(chat, write, cleo):
    write(cleo, chat, "a\x00b\x1b[2J\u202ec\tزي")
    assert chat.messages.get().body == "ab[2J\u202ec\tزي"


@pytest.mark.parametrize("client_id", ["", "x", "1234", "' or 1=1"])
def test_an_id_that_is_none_is_refused(chat, as_, cleo, client_id):
    address = reverse("messages", args=[chat.pk])
    answer = as_(cleo).post(address, {"client_id": client_id, "body": "hello"}, **HTMX)
    assert answer.status_code == 422
    assert not chat.messages.exists()


def test_what_a_plain_form_may_not_send_is_drawn_again_with_its_text(chat, write, cleo):
    answer = write(cleo, chat, "long " * 1000, plain=True)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "4,000 characters at most" in page
    assert "long " * 1000 in page


def test_nothing_else_in_the_form_counts(chat, write, ada, cleo):
    write(cleo, chat, author=ada.pk, seq=99, html="<b>", changed=99, created_at="1999-01-01")
    message = chat.messages.get()
    assert (message.author, message.seq) == (cleo, chat.messages.get().changed)
    assert message.seq < 99


# Once -------------------------------------------------------------------------------------------------


def test_a_replay_changes_nothing_and_hears_the_same_number(chat, write, cleo):
    id_ = uuid4()
    first, again = (write(cleo, chat, body, client_id=id_) for body in ("one", "two"))
    assert (again.status_code, again["HX-Trigger"]) == (204, first["HX-Trigger"])
    assert stored(chat) == ["one"]


def test_a_plain_form_sent_twice_is_one_message(chat, write, cleo):
    id_ = uuid4()
    for _ in range(2):
        assert write(cleo, chat, "one", client_id=id_, plain=True).status_code == 303
    assert stored(chat) == ["one"]


def test_a_plain_form_come_back_to_with_other_words_is_another_message(chat, write, cleo):
    id_ = uuid4()
    for body in ("one", "two"):
        write(cleo, chat, body, client_id=id_, plain=True)
    assert stored(chat) == ["one", "two"]


def test_w25_an_id_that_is_somebody_elses_is_refused(chat, write, bob, cleo):
    id_ = uuid4()
    write(bob, chat, "mine", client_id=id_)
    html = chat.messages.get().html
    answer = write(cleo, chat, "yours", client_id=id_)
    assert answer.status_code == 409
    assert (stored(chat), chat.messages.get().html) == (["mine"], html)


def test_the_same_id_in_another_conversation_is_another_message(chat, pair, write, ada):
    id_ = uuid4()
    for conversation in (chat, pair):
        assert write(ada, conversation, client_id=id_).status_code == 204
    assert Message.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_f14_twenty_at_once_are_one(chat, write, cleo):
    id_ = uuid4()

    def one(_):
        try:
            return write(cleo, chat, "once", client_id=id_)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(one, range(20)))
    assert {answer.status_code for answer in answers} == {204}
    assert len({answer["HX-Trigger"] for answer in answers}) == 1
    chat.refresh_from_db()
    assert (stored(chat), chat.messages.get().seq) == (["once"], chat.head)


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_holes_when_many_write_at_once(chat, write, ada, bob, cleo):
    begin = Conversation.objects.get(pk=chat.pk).head

    def one(person):
        try:
            return write(person, chat).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as threads:
        assert set(threads.map(one, [ada, bob, cleo] * 6)) == {204}
    numbers = sorted(chat.messages.values_list("seq", flat=True))
    assert numbers == list(range(begin + 1, begin + 19))


# By those who may -------------------------------------------------------------------------------------


def test_outside_the_room_there_is_no_chat(chat, write, dan):
    assert write(dan, chat).status_code == write(dan, Conversation()).status_code == 404
    assert not chat.messages.exists()


def test_without_login_one_is_sent_to_log_in(chat, write):
    assert write(None, chat)["Location"].startswith("/accounts/login/")
    assert not chat.messages.exists()


def test_who_left_reads_on_and_does_not_write(floor, chat, write, as_, cleo):
    said(chat, cleo, "before I go")
    floor.seat_of(cleo).leave()
    assert write(cleo, chat).status_code == 422
    page = as_(cleo).get(chat.get_absolute_url()).content.decode()
    assert "before I go" in page
    assert "<textarea" not in page


def test_after_the_end_it_is_read_only(floor, chat, write, as_, ada, cleo):
    said(chat, cleo, "good night")
    floor.end(ada)
    assert write(ada, chat).status_code == 422
    assert "good night" in as_(cleo).get(chat.get_absolute_url()).content.decode()


@pytest.mark.usefixtures("the_clock_stands")
def test_flooding_is_told_how_long_to_wait(chat, write, cleo, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "post", (3, 10**6))
    answers = [write(cleo, chat) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [204, 204, 204, 429]
    assert int(answers[-1]["Retry-After"]) > 0
    plain = write(cleo, chat, "kept in the form", plain=True)
    assert plain.status_code == 429 and "kept in the form" in plain.content.decode()
    assert chat.messages.count() == 3


def test_a_block_refuses_in_the_words_of_somebody_who_takes_no_messages(pair, write, ada, bob, dan):
    other = Conversation.between(ada, dan)
    dan.messages_from = "nobody"
    dan.save()
    bob.block(ada)
    blocked, closed = write(ada, pair), write(ada, other)
    assert blocked.status_code == closed.status_code == 422
    assert blocked.content == closed.content
    assert not Message.objects.exists()


def test_who_takes_messages_of_friends_only_hears_from_whom_he_answered(pair, write, ada, bob):
    said(pair, bob, "hi")
    bob.messages_from = "followed"
    bob.save()
    assert write(ada, pair).status_code == 204


def test_one_post_costs_the_same_in_a_full_room(chat, write, as_, make_person, cleo):
    write(cleo, chat)
    few = queries_of(cleo, chat, as_)
    for number in range(20):
        chat.room.join(make_person(f"guest{number}"))
    assert queries_of(cleo, chat, as_) == few <= 16


def test_one_post_to_the_speakers_costs_the_same_on_a_full_stage(line, write, as_, make_person, bob):
    write(bob, line)
    few = queries_of(bob, line, as_)
    for number in range(8):
        bring_on_stage(line.room, make_person(f"speaker{number}"))
    assert queries_of(bob, line, as_) == few <= 16


def queries_of(person, conversation, as_):
    client, address = as_(person), reverse("messages", args=[conversation.pk])
    with CaptureQueriesContext(connection) as seen:
        assert client.post(address, {"client_id": uuid4(), "body": "hello"}, headers=HTMX["headers"]).status_code == 204
    return len(seen)


def test_what_cannot_be_drawn_is_a_placeholder_and_a_line_in_the_log(chat, cleo, monkeypatch, caplog):
    monkeypatch.setattr("backchannel.models.message.to_html", lambda text: 1 / 0)
    message = said(chat, cleo, "unlucky")
    assert "This message cannot be shown." in message.html
    assert "could not be drawn" in caplog.text
    assert "unlucky" not in caplog.text.split("Traceback")[0]
