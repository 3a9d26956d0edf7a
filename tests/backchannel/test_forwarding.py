"""Forwarding: the words go where one may write, and nothing tells whose they were or from where."""

from uuid import uuid4

import pytest
from django.urls import reverse

from accounts import limits
from backchannel.models import Conversation, Message
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, harmless, said
from tests.backchannel.test_reading import page, queries


@pytest.fixture
def message(chat, cleo):
    return said(chat, cleo, "Beans go in by *May*")


def address(message):
    return reverse("forwarding", args=[message.conversation_id, message.client_id])


@pytest.fixture
def forward(as_):
    def post(person, message, to, client_id=None, plain=False, **more):
        data = {"client_id": str(client_id or uuid4()), "to": to.pk, **more}
        return as_(person).post(address(message), data, **({} if plain else HTMX))

    return post


def test_the_words_go_there_under_ones_own_name(forward, message, pair, ada):
    assert forward(ada, message, pair).status_code == 204
    there = pair.messages.get()
    assert (there.author, there.body, there.forwarded) == (ada, message.body, True)
    assert "Forwarded" in there.html and "<em>May</em>" in there.html
    assert "Cleo" not in there.html and message.conversation_id not in there.html


def test_what_one_writes_oneself_is_not_called_forwarded(message):
    assert not message.forwarded and "Forwarded" not in message.html


def test_a_plain_form_leads_to_where_it_went(forward, message, pair, chat, ada):
    assert forward(ada, message, pair, plain=True)["Location"] == pair.get_absolute_url()
    assert forward(ada, message, chat, plain=True)["Location"] == f"/rooms/{chat.room_id}/?panel=chat"


def test_sent_twice_it_is_there_once(forward, message, pair, ada):
    id_ = uuid4()
    assert [forward(ada, message, pair, id_).status_code for _ in "ab"] == [204, 204]
    assert pair.messages.count() == 1


def test_it_goes_nowhere_else(forward, message, line, as_, ada, bob, cleo, dan):
    theirs = Conversation.between(bob, dan)
    assert [forward(one, message, to).status_code for one, to in ((cleo, line), (ada, theirs), (dan, theirs))] == [
        404
    ] * 3
    data = {"client_id": str(uuid4()), "to": "x" * 30}
    assert as_(ada).post(address(message), data, **HTMX).status_code == 404
    assert Message.objects.count() == 1


def test_nor_to_whom_one_cannot_reach(forward, message, pair, ada, bob):
    bob.block(ada)
    answer = forward(ada, message, pair)
    assert answer.status_code == 422 and "You can’t message this person now." in answer.content.decode()
    assert not pair.messages.exists()


def test_who_may_not_read_it_forwards_nothing(forward, line, pair, as_, ada, bob, cleo, dan):
    secret = said(line, ada, "between us")
    mine = Conversation.between(cleo, dan)
    for person in (cleo, dan):
        assert forward(person, secret, mine).status_code == 404
        assert as_(person).get(address(secret)).status_code == 404
    assert as_(None).get(address(secret)).status_code == 302
    assert not mine.messages.exists()


def test_what_was_deleted_is_not_forwarded(forward, message, pair, as_, ada, cleo):
    message.delete_by(cleo)
    assert forward(ada, message, pair).status_code == 422
    assert not pair.messages.exists()
    menu = page(as_(ada), reverse("message", args=[message.conversation_id, message.client_id]), **HTMX)
    assert address(message) not in menu


@pytest.mark.parametrize("more", [{"to": ""}, {"client_id": "x"}, {"client_id": ""}])
def test_a_form_that_lacks_something_is_refused(as_, message, pair, ada, more):
    data = {"client_id": str(uuid4()), "to": pair.pk, **more}
    assert as_(ada).post(address(message), data, **HTMX).status_code == 422
    assert not pair.messages.exists()


def test_w10_other_words_in_the_form_do_not_count(forward, message, pair, ada):
    forward(ada, message, pair, body="never said", forwarded="", author=1)
    assert pair.messages.get().body == message.body


@pytest.mark.usefixtures("the_clock_stands")
def test_w5_it_counts_as_writing(forward, message, pair, ada, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "post", (1, 10**6))
    assert [forward(ada, message, pair).status_code for _ in "ab"] == [204, 429]


def test_one_is_offered_where_one_may_write(message, chat, line, pair, as_, ada, bob, cleo, make_person):
    said(pair, bob)
    closed = Conversation.between(ada, make_person("eve"))
    said(closed, ada)
    closed.other_than(ada).block(ada)
    said(other := Conversation.between(bob, cleo), cleo)
    for how in ({}, HTMX):
        offered = page(as_(ada), address(message), **how)
        names = {one: f'value="{one.pk}"' in offered for one in (chat, line, pair, closed, other)}
        assert names == {chat: True, line: True, pair: True, closed: False, other: False}


def test_who_has_nowhere_to_go_is_told_so(chat, message, as_, floor, cleo):
    floor.seat_of(cleo).leave()
    assert "no conversation yet" in page(as_(cleo), address(message), **HTMX)


def test_the_offer_costs_the_same_whatever_is_in_it(message, as_, ada, make_person):
    client = as_(ada)
    said(Conversation.between(ada, make_person("first")), ada)
    few = queries(client, address(message))
    for number in range(6):
        said(Conversation.between(ada, make_person(f"p{number}")), ada)
    assert queries(client, address(message)) == few


@pytest.mark.parametrize("text", hostile.MARKUP[::5])
def test_i11_what_is_forwarded_is_text(chat, pair, ada, text):
    there = said(chat, ada, text).forward(ada, pair, uuid4())
    assert harmless(there.html)
