"""Who types is told to those who read there, and to nobody else; and only while it is news."""

import pytest
from asgiref.sync import sync_to_async

from backchannel import typing
from backchannel.models import Conversation
from live import process
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


async def test_the_other_one_hears_it_and_oneself_does_not(pair, ada, bob, cleo):
    async with listening(ada) as types, listening(bob) as reads, listening(cleo) as outside:
        await types.say(type="typing", conversation=pair.pk)
        heard = await reads.hears(type="typing")
        assert heard == {"type": "typing", "conversation": pair.pk, "person": ada.pk, "name": "Ada"}
        await types.hears_nothing("typing")
        await outside.hears_nothing("typing")


async def test_beside_a_stage_everybody_hears_it_where_few_sit(chat, ada, bob, cleo, dan, monkeypatch):
    async with listening(cleo) as types, listening(bob) as reads, listening(dan) as outside:
        await types.say(type="typing", conversation=chat.pk)
        await reads.hears(type="typing")
        await outside.hears_nothing("typing")
        monkeypatch.setattr(typing, "MANY", 2)
        reads.frames.clear()
        await types.say(type="typing", conversation=chat.pk)
        await types.hears_nothing()
        await reads.hears_nothing("typing")


async def test_the_line_keeps_it_from_the_audience(line, bob, ada, cleo):
    async with listening(bob) as types, listening(ada) as reads, listening(cleo) as listener:
        await types.say(type="typing", conversation=line.pk)
        await reads.hears(type="typing")
        await listener.hears_nothing("typing")


@pytest.mark.parametrize("conversation", ["", "x", "c" * 22])
async def test_of_what_is_not_there_nobody_hears_and_the_line_stays(ada, bob, conversation):
    async with listening(ada) as types, listening(bob) as other:
        await types.say(type="typing", **({"conversation": conversation} if conversation else {}))
        await types.say(type="beat", cursors={}, versions={})
        await types.hears(type="heads")
        await other.hears_nothing("typing")


async def test_nothing_crosses_a_block(chat, bob, cleo, ada):
    await sync_to_async(bob.block)(cleo)
    async with listening(cleo) as types, listening(bob) as apart, listening(ada) as reads:
        await types.say(type="typing", conversation=chat.pk)
        await reads.hears(type="typing")
        await apart.hears_nothing("typing")


async def test_a_request_tells_neither_what_the_other_does(ada, bob):
    asking = await sync_to_async(Conversation.opened_by)(bob, ada)
    async with listening(ada) as asked, listening(bob) as asks:
        for ear in (asked, asks):
            await ear.say(type="typing", conversation=asking.pk)
        await asked.hears_nothing("typing")
        await asks.hears_nothing("typing")


async def test_who_types_too_much_is_not_heard_for_a_while(pair, ada, bob, monkeypatch):
    monkeypatch.setitem(typing.limits.LIMITS, "typing", (2, 60))
    async with listening(ada) as types, listening(bob) as reads:
        for _ in range(5):
            await types.say(type="typing", conversation=pair.pk)
            await types.hears_nothing()
        assert sum(frame["type"] == "typing" for frame in await reads.everything()) == 2


def test_as_many_questions_for_many_as_for_one(pair, chat, ada, bob, cleo, dan, django_assert_max_num_queries):
    other = Conversation.between(cleo, dan)
    many = [typing.Typing(one.pk, where.pk) for one in (ada, bob, cleo, dan) for where in (pair, chat, other)]
    with django_assert_max_num_queries(14) as few:
        typing.tell_all(many[:2])
    with django_assert_max_num_queries(len(few) + 1):
        typing.tell_all(many)
