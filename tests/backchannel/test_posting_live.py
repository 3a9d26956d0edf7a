"""Writing over the socket: answered when it is kept, in the order it was said, and as the form would be."""

import asyncio
import threading
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import OperationalError

from accounts import limits
from backchannel import batches, posting
from backchannel.models import Conversation, Message
from tests.backchannel.conftest import said
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)

do = sync_to_async(thread_sensitive=True)


async def post(ear, conversation, body="hello", client_id=None, **more):
    id_ = str(client_id or uuid4())
    await ear.say(type="post", conversation=conversation.pk, client_id=id_, body=body, **more)
    return id_


def kept(conversation):
    return list(conversation.messages.order_by("seq").values_list("seq", "body"))


async def test_it_is_kept_acknowledged_and_heard(floor, chat, ada, bob, dan):
    async with listening(ada) as ear, listening(bob) as other, listening(dan) as outside:
        id_ = await post(ear, chat, " over the\r\nsocket ")
        ack = await ear.hears(type="ack")
        [(seq, body)] = await do(kept)(chat)
        assert ack == {"type": "ack", "conversation": chat.pk, "client_id": id_, "seq": seq}
        assert body == "over the\nsocket"
        frame = await other.hears("over the", type="message")
        assert frame["number"] == seq
        await other.hears_nothing(type="ack")
        await outside.hears_nothing()


async def test_what_is_acknowledged_was_committed_before(chat, ada, monkeypatch):
    """When the answer leaves, anybody who asks the database finds the message."""
    found, answer = [], posting._answer

    def looked(drafts):
        found.extend(chat.messages.filter(client_id=draft.client_id).exists() for draft in drafts)
        answer(drafts)

    monkeypatch.setattr(posting, "_answer", looked)
    async with listening(ada) as ear:
        await post(ear, chat)
        await ear.hears(type="ack")
    assert found == [True]


async def test_what_becomes_of_it_in_the_middle_of_a_transaction_is_no_answer_yet(chat, ada, monkeypatch):
    """However late the thread runs that handed it over: the commit may still fail."""
    taken = []

    def take(*drafts):
        for draft in drafts:
            draft.outcome = Message(seq=1)
        taken.extend(drafts)
        return []

    monkeypatch.setattr(posting.writer, "take", take)
    async with listening(ada) as ear:
        await post(ear, chat)
        while not taken:
            await asyncio.sleep(0.01)
        await ear.hears_nothing()
        assert not [frame for frame in ear.frames if frame["type"] in ("ack", "refused")]
        taken[0].outcome = limits.Busy(2)
        taken[0].told(taken)
        assert (await ear.hears(type="refused"))["status"] == 503


async def test_o_many_at_once_keep_their_order(chat, ada):
    async with listening(ada) as ear:
        for number in range(40):
            await post(ear, chat, f"{number:02}")
        acks = [await ear.hears(type="ack") for _ in range(40)]
    rows = await do(kept)(chat)
    assert [body for _seq, body in rows] == [f"{number:02}" for number in range(40)]
    assert [ack["seq"] for ack in acks] == [seq for seq, _body in rows]


async def test_d_the_same_one_again_hears_the_same_number(chat, ada, bob):
    async with listening(ada) as ear, listening(bob) as other:
        id_ = await post(ear, chat, "once")
        first = await ear.hears(type="ack")
        await post(ear, chat, "twice", id_)
        assert await ear.hears(type="ack") == first
        await other.hears("once")
        await other.hears_nothing()
        await post(other, chat, "mine", id_)
        assert (await other.hears(type="refused"))["status"] == 409
    assert await do(kept)(chat) == [(first["seq"], "once")]


@pytest.mark.parametrize(("body", "words"), [("", "Write something"), ("\u200b", "Write"), ("x" * 4001, "4,000")])
async def test_what_is_no_message_is_refused_with_the_forms_words(chat, ada, body, words):
    async with listening(ada) as ear:
        id_ = await post(ear, chat, body)
        no = await ear.hears(type="refused")
        assert (no["client_id"], no["conversation"], no["status"], no["wait"]) == (id_, chat.pk, 422, 0)
        assert words in no["text"]
        await post(ear, chat, "well, then")
        await ear.hears(type="ack")
    assert [body for _seq, body in await do(kept)(chat)] == ["well, then"]


async def test_a_post_without_all_its_parts_is_refused(chat, ada):
    async with listening(ada) as ear:
        for frame in ({}, {"body": "x"}, {"body": "x", "client_id": str(uuid4())}, {"conversation": chat.pk}):
            await ear.say(type="post", **frame)
            assert (await ear.hears(type="refused"))["status"] in (404, 422)
    assert await do(kept)(chat) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"client_id": "1"},
        {"client_id": "A" * 36},
        {"body": 1},
        {"body": "x" * 16385},
        {"conversation": "/"},
        {"seq": 1},
    ],
)
async def test_w2_what_is_no_post_is_not_listened_to(chat, ada, wrong):
    async with listening(ada) as ear:
        await ear.say(**{"type": "post", "conversation": chat.pk, "client_id": str(uuid4()), "body": "x"} | wrong)
        assert await ear.closed() == 4003
    assert await do(kept)(chat) == []


async def test_absent_and_forbidden_are_answered_alike(chat, line, cleo):
    async with listening(cleo) as ear:
        answers = []
        for conversation in (line, Conversation()):
            await post(ear, conversation, "let me in")
            no = await ear.hears(type="refused")
            answers.append((no["text"], no["status"], no["wait"]))
    assert answers[0] == answers[1] and answers[0][1] == 404


async def test_p_who_lost_access_with_the_socket_open_writes_nothing_more(floor, line, chat, ada, bob):
    mine = await do(said)(line, bob, "while I was up there")
    async with listening(bob) as ear:
        await do(lambda: floor.seat_of(bob).move_to_audience(ada))()
        await post(ear, line, "still here")
        assert (await ear.hears(type="refused"))["status"] == 404
        await post(ear, line, "again", mine.client_id)
        assert (await ear.hears(type="refused"))["status"] == 404
        await do(lambda: floor.seat_of(bob).leave())()
        await post(ear, chat, "from outside")
        no = await ear.hears(type="refused")
        assert (no["status"], no["text"]) == (422, "Only people in the room can write here.")
    assert [body for _seq, body in await do(kept)(line)] == ["while I was up there"]
    assert await do(kept)(chat) == []


@pytest.mark.usefixtures("the_clock_stands")
async def test_w5_flooding_is_told_how_long_to_wait(chat, ada, as_, write, monkeypatch):
    """Both ways in spend the same."""
    monkeypatch.setitem(limits.LIMITS, "post", (3, 10**6))
    await do(write)(ada, chat, "by form")
    async with listening(ada) as ear:
        for number in range(3):
            await post(ear, chat, f"{number}")
        answers = [await ear.hears('"client_id"') for _ in range(3)]
    no = next(answer for answer in answers if answer["type"] == "refused")
    assert (no["status"], no["wait"] > 0) == (429, True)
    assert len(await do(kept)(chat)) == 3


async def test_while_a_post_waits_the_socket_goes_on_and_too_many_are_refused(chat, ada, monkeypatch):
    real, open_ = batches.write, threading.Event()

    def slow(drafts, **options):
        assert open_.wait(10)
        return real(drafts, **options)

    monkeypatch.setattr(batches, "write", slow)
    monkeypatch.setattr("backchannel.writing.MOST", 2)
    async with listening(ada) as ear:
        for number in range(3):
            await post(ear, chat, f"{number}")
        no = await ear.hears(type="refused")
        assert (no["status"], no["wait"], "Busy" in no["text"]) == (503, 2, True)
        await ear.say(type="beat", cursors={}, versions={})
        await ear.hears(type="heads")
        open_.set()
        for _ in range(2):
            await ear.hears(type="ack")
    assert [body for _seq, body in await do(kept)(chat)] == ["0", "1"]


async def test_f5_without_the_database_nothing_is_acknowledged(chat, ada, monkeypatch):
    def gone(*args):
        raise OperationalError("gone")

    async with listening(ada) as ear:
        with monkeypatch.context() as patch:
            patch.setattr(batches, "_locked", gone)
            id_ = await post(ear, chat, "later")
            no = await ear.hears(type="refused")
            assert (no["status"], no["wait"]) == (503, 2)
        await post(ear, chat, "later", id_)
        await ear.hears(type="ack")
    assert [body for _seq, body in await do(kept)(chat)] == ["later"]
