"""A room's page on which nothing happens: its beats cost the database nothing, whoever looks at it."""

import pytest
from channels.db import database_sync_to_async

from live import registry
from tests.backchannel.conftest import said
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)


@database_sync_to_async
def shown(room, person):
    """(cursors, versions) of his page, with the chat open."""
    room.refresh_from_db()
    chat, seat = room.conversations.get(kind="room"), room.seat_of(person)
    own = {"controls": seat.stamp, "mini": seat.stamp, "panel": int(seat.on_stage)}
    lists = {"room": room.version, "hands": room.version, "questions": room.board.version, **own}
    return {chat.pk: chat.head}, {f"{kind}:{room.pk}": number for kind, number in lists.items()}


@pytest.fixture
def asked(monkeypatch):
    """The askings that reached the apps."""
    asked, catch_up = [], registry.catch_up
    monkeypatch.setattr("live.consumer.lacking._function", lambda askings: asked.extend(askings) or catch_up(askings))
    return asked


async def test_beats_of_those_on_stage_and_of_those_who_listen(floor, ada, bob, cleo, asked):
    for person in (ada, bob, cleo):
        cursors, versions = await shown(floor, person)
        async with listening(person, cursors=cursors, versions=versions) as ear:
            assert {frame["type"] for frame in ear.frames} == {"welcome", "heads"}
            asked.clear()
            await ear.say(type="beat", cursors=cursors, versions=versions)
            await ear.hears(type="heads")
            assert asked == []


async def test_a_beat_that_news_have_not_reached_in_time_brings_them(floor, cleo, ada, asked, monkeypatch):
    monkeypatch.setattr("live.heads.UNDER_WAY", 0)
    cursors, versions = await shown(floor, cleo)
    chat = next(iter(cursors))
    async with listening(cleo, cursors=cursors, versions=versions) as ear:
        await database_sync_to_async(said)(await floor.conversations.aget(kind="room"), ada, "news")
        await ear.hears("news")
        asked.clear()
        await ear.say(type="beat", cursors=cursors, versions=versions)
        assert (await ear.hears(type="heads"))["conversations"] == {chat: cursors[chat] + 1}
        assert len(asked) == 1
