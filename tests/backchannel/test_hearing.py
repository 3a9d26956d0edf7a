"""Who hears a message on the socket, and who does not: both halves of each broadcast."""

import contextlib
from datetime import timedelta
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Person
from backchannel import batches
from backchannel.models import Conversation, Message
from backchannel.writing import Draft
from rooms.models import Guest, Room
from tests.backchannel.conftest import bring_on_stage, said
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)

do = sync_to_async(thread_sensitive=True)
say = do(said)


@contextlib.asynccontextmanager
async def ears_of(*people):
    async with contextlib.AsyncExitStack() as stack:
        yield [await stack.enter_async_context(listening(person)) for person in people]


async def test_the_room_hears_its_chat_and_others_do_not(floor, chat, ada, bob, cleo, dan):
    async with ears_of(ada, bob, cleo, dan) as (*inside, outside):
        message = await say(chat, bob, "good evening")
        for ear in inside:
            frame = await ear.hears("good evening", type="message")
            assert (frame["conversation"], frame["number"], frame["html"]) == (chat.pk, message.seq, message.html)
        await outside.hears_nothing()


async def test_the_stage_hears_its_line_and_the_audience_does_not(floor, line, ada, bob, cleo, dan):
    async with ears_of(ada, bob, cleo, dan) as (*stage, listener, outside):
        await say(line, bob, "you next?")
        for ear in stage:
            await ear.hears("you next?", type="message")
        await listener.hears_nothing()
        await outside.hears_nothing()


async def test_two_people_hear_their_conversation(pair, ada, bob, cleo):
    async with ears_of(ada, bob, cleo) as (*both, third):
        await say(pair, bob, "between us")
        for ear in both:
            await ear.hears("between us", type="message")
        await third.hears_nothing()


async def test_the_author_hears_himself_on_all_his_devices(chat, bob):
    async with ears_of(bob, bob) as ears:
        await say(chat, bob, "me")
        for ear in ears:
            await ear.hears("me", type="message")


async def test_i20_a_deletion_carries_no_word(chat, ada, bob):
    message = await say(chat, bob, "forget me")
    async with ears_of(ada) as (ear,):
        await do(message.delete_by)(bob)
        frame = await ear.hears("Message deleted", type="message")
        assert "forget me" not in str(frame)
        assert frame["number"] == message.seq + 1


async def test_i21_who_came_later_on_stage_hears_only_the_number_of_an_older_change(floor, line, ada, bob, cleo):
    message = await say(line, ada, "before cleo")
    await do(bring_on_stage)(floor, cleo)
    async with ears_of(bob, cleo) as (early, late):
        await do(message.edit)(ada, "before cleo, edited")
        await early.hears("edited", type="message")
        frame = await late.hears(type="message")
        assert (frame["number"], frame["html"]) == (message.changed, "")


async def test_i21_in_a_closed_room_too(ada, bob, cleo):
    chat, message = await do(_tea)(ada, bob, cleo)
    async with ears_of(bob, cleo) as (early, late):
        await do(message.edit)(ada, "before cleo, edited")
        await early.hears("edited", type="message")
        frame = await late.hears(type="message")
        assert (frame["number"], frame["html"]) == (message.changed, "")
        await say(chat, ada, "for both")
        await early.hears("for both")
        await late.hears("for both")


def _tea(ada, bob, cleo):
    """A closed room in which something was said before cleo came."""
    room = Room.open(ada, title="Tea", kind="closed")
    for person in (bob, cleo):
        Guest.objects.create(room=room, person=person, invited_by=ada)
    room.join(bob)
    chat = room.conversations.get(kind="room")
    message = said(chat, ada, "before cleo")
    room.join(cleo)
    return chat, message


async def test_news_of_a_direct_conversation_renew_the_inbox(pair, chat, ada, bob, cleo):
    async with ears_of(ada, cleo) as (ear, third):
        await say(pair, bob, "hi")
        await ear.hears('"inbox"', type="reload")
        await say(chat, bob, "hello room")
        await ear.hears("hello room")
        await ear.hears_nothing(type="reload")
        await third.hears_nothing(type="reload")


async def test_reading_tells_ones_other_devices(pair, ada, bob):
    message = await say(pair, bob, "hi")
    async with ears_of(ada, bob) as (mine, his):
        await do(pair.note_reading)(ada, message.seq)
        await mine.hears('"inbox"', type="reload")
        await his.hears_nothing('"inbox"')
        await do(pair.note_reading)(ada, message.seq - 1)
        await mine.hears_nothing()
    assert await do(lambda: pair.memberships.get(person=ada).read_seq)() == message.seq


async def test_after_a_cut_a_page_gets_what_it_missed(chat, ada, bob):
    missed = await say(chat, bob, "while you were away")
    async with listening(ada, hello=False) as ear:
        await ear.say(type="hello", tab="t", cursors={chat.pk: missed.seq - 1}, versions={})
        frame = await ear.hears(type="message")
        assert (frame["number"], frame["html"]) == (missed.seq, missed.html)
        heads = await ear.hears(type="heads")
        assert heads["conversations"] == {chat.pk: missed.seq}


# Losing access ----------------------------------------------------------------------------------------


async def test_p_who_leaves_the_stage_hears_nothing_after_it_and_drops_what_he_has(floor, line, ada, bob):
    async with ears_of(ada, bob) as (host, demoted):
        await do(lambda: floor.seat_of(bob).move_to_audience(ada))()
        number = (await do(Conversation.objects.get)(pk=line.pk)).head
        for n in range(5):
            await say(line, ada, f"secret {n}")
        assert (await host.hears("secret 4"))["number"] == number + 5
        await demoted.hears_nothing("secret")
    heard = demoted.frames
    assert [
        frame["gone"] for frame in heard if frame["type"] == "piece" and f"conversation:{line.pk}" == frame["list"]
    ] == [[f"conversation-{line.pk}", f"group-{line.pk}"]]
    assert {"type": "reload", "list": f"panel:{floor.pk}"} in heard
    assert all(frame["number"] < number for frame in heard if frame["type"] == "message")


async def test_who_comes_on_stage_is_given_the_tab_and_hears_from_then_on(floor, line, ada, cleo):
    await say(line, ada, "too early")
    async with ears_of(cleo) as (ear,):
        await do(bring_on_stage)(floor, cleo)
        await ear.hears(f"panel:{floor.pk}", type="reload")
        await say(line, ada, "welcome")
        await ear.hears("welcome", type="message")
    assert "too early" not in str(ear.frames)


@pytest.mark.parametrize("how", ["remove", "block"])
async def test_p_who_is_shut_out_of_the_room_hears_no_more_of_its_chat(floor, chat, ada, bob, cleo, how):
    async with ears_of(bob, cleo) as (stays, goes):
        if how == "remove":
            await do(lambda: floor.seat_of(cleo).remove(ada))()
        else:
            await do(ada.block)(cleo)
        for n in range(5):
            await say(chat, ada, f"without her {n}")
        await stays.hears("without her 4")
        await goes.hears_nothing("without her")
    assert any(f"conversation-{chat.pk}" in frame.get("gone", []) for frame in goes.frames)


async def test_who_leaves_quietly_keeps_what_he_reads(floor, chat, cleo):
    async with ears_of(cleo) as (ear,):
        await do(lambda: floor.seat_of(cleo).leave())()
        await ear.hears_nothing("gone")
    assert not any(f"conversation-{chat.pk}" in frame.get("gone", []) for frame in ear.frames)


async def test_a_hole_after_somebody_left_is_announced_to_those_who_stay(floor, line, ada, bob):
    async with ears_of(ada) as (ear,):
        await do(lambda: floor.seat_of(bob).move_to_audience(ada))()
        frame = await ear.hears(type="message")
        assert (frame["conversation"], frame["html"]) == (line.pk, "")


async def test_a_suspended_person_hears_no_more(floor, chat, ada, cleo, mo):
    async with ears_of(cleo) as (ear,):
        await do(lambda: Person.objects.get(pk=cleo.pk).suspend(mo, "spam"))()
        await say(chat, ada, "without her")
        assert await ear.closed() == 4401
    assert "without her" not in str(ear.frames)


async def test_in_a_closed_room_one_hears_what_one_may_read_afterwards_and_no_more(ada, bob, cleo):
    """Whoever sat down while a message was written already; or the clock was put back meanwhile."""
    room = await do(Room.open)(ada, title="Tea", kind="closed")
    chat = await room.conversations.aget(kind="room")
    for person in (bob, cleo):
        await Guest.objects.acreate(room=room, person=person, invited_by=ada)
        await do(room.join)(person)
    await room.seats.filter(person=bob).aupdate(since=timezone.now() + timedelta(minutes=1))
    async with ears_of(ada, bob, cleo) as (author, later, there):
        message = await say(chat, ada, "nearly")
        for ear, html in [(author, message.html), (later, ""), (there, message.html)]:
            frame = await ear.hears(type="message")
            assert (frame["number"], frame["html"]) == (message.seq, html)
    may = [await do(Message.objects.readable_by(person).filter(pk=message.pk).exists)() for person in (ada, bob, cleo)]
    assert may == [True, False, True]


async def test_a_closed_room_does_not_cost_more_for_each_message_of_a_batch(ada, bob):
    room = await do(Room.open)(ada, title="Tea", kind="closed")
    chat = await room.conversations.aget(kind="room")
    counts = [await do(queries_of)(chat, ada, count) for count in (1, 20)]
    assert counts[0] == counts[1]


def queries_of(chat, author, count):
    drafts = [Draft(chat.pk, author.pk, uuid4(), f"{number}") for number in range(count)]
    with CaptureQueriesContext(connection) as seen:
        batches.write(drafts)
    return len(seen)
