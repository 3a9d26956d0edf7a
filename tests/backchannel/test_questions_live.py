"""Questions on the wire: who gets which drawing, what a page that missed something is told, and what an asker hears."""

import asyncio
from functools import partial

import pytest
from channels.db import database_sync_to_async

from live import process
from rooms.models import Room
from tests.ears import listening

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


@pytest.fixture
def floor(ada, bob, cleo, dan):
    """ada's room; bob moderates with her, cleo listens, dan is not there."""
    room = Room.open(ada, title="Gardens")
    make_moderator(room, bob, ada)
    room.join(cleo)
    return room


def make_moderator(room, person, by):
    seat = room.join(person)
    seat.invite(by, role="moderator")
    seat.accept()


@pytest.fixture
def asked(floor, cleo):
    return floor.board.ask(cleo, "When do you sow beans?")


async def do(function, *args, **more):
    return await database_sync_to_async(function)(*args, **more)


def questions(floor):
    return f"questions:{floor.pk}"


async def test_a_question_reaches_the_room_drawn_twice(floor, ada, cleo, dan):
    async with listening(ada) as host, listening(cleo) as ear, listening(dan) as outside:
        await do(floor.board.ask, cleo, "Why not?")
        drawn = await ear.hears("Why not?", type="piece")
        assert (drawn["list"], drawn["version"]) == (questions(floor), 1)
        assert "Answer now" not in drawn["html"] and 'data-order="2-99999-' in drawn["html"]
        assert "Answer now" in (await host.hears("Why not?", type="piece"))["html"]
        await outside.hears_nothing("Why not?")


async def test_a_piece_says_nothing_about_who_reads_it(asked, ada, bob, cleo):
    async with listening(cleo) as ear:
        await do(asked.vote, cleo, on=True)
        mine = await ear.hears(f"votes:{asked.board_id}")
        drawn = await ear.hears(questions(asked.room))
        assert asked.pk in mine["html"]
        assert 'aria-pressed="true"' not in drawn["html"] and "question mine" not in drawn["html"]


async def test_my_votes_are_told_to_my_tabs_only(asked, ada, cleo):
    async with listening(cleo) as one, listening(cleo) as other, listening(ada) as host:
        await do(asked.vote, cleo, on=True)
        await one.hears(f"votes:{asked.board_id}")
        await other.hears(f"votes:{asked.board_id}")
        await host.hears_nothing(f"votes:{asked.board_id}")


async def test_hiding_takes_it_away_from_the_others(asked, ada, bob, cleo, make_person):
    eli = await do(make_person, "eli")
    async with listening(eli, asked.room) as ear, listening(cleo) as asker, listening(bob) as moderator:
        await do(asked.decide, ada, "hidden")
        taken = await ear.hears(questions(asked.room), type="piece")
        assert (taken["html"], taken["gone"]) == ("", [f"q-{asked.pk}"])
        assert asked.body in (await moderator.hears(questions(asked.room)))["html"]
        assert asked.body in (await asker.hears(questions(asked.room)))["html"]


async def test_the_asker_hears_when_chosen_and_when_answered(asked, ada, bob, cleo):
    async with listening(cleo) as asker, listening(bob) as other:
        await do(asked.decide, ada, "answering")
        await asker.hears("Your question is being answered now.", type="notice")
        await other.hears("Answering now: When do you sow beans?", type="notice")
        await do(asked.decide, ada, "answered")
        await asker.hears("Your question was answered.", type="notice")
        await other.hears_nothing("Your question", type="notice")


async def test_who_loses_moderating_draws_the_list_anew(floor, ada, bob):
    async with listening(bob) as ear:
        seat = await do(lambda: floor.seats.select_related("room", "person").get(person=bob))
        await do(seat.move_to_audience, ada)
        await ear.hears(f'"{questions(floor)}"', type="reload")


async def test_who_becomes_moderator_draws_the_list_anew(floor, ada, cleo):
    async with listening(cleo) as ear:
        await do(make_moderator, floor, cleo, ada)
        await ear.hears(f'"{questions(floor)}"', type="reload")


@pytest.mark.parametrize(("version", "reloads"), [(1, False), (0, True), (7, True)])
async def test_a_page_with_another_version_is_told_to_ask_again(asked, cleo, version, reloads):
    async with listening(cleo) as ear:
        await ear.say(type="resume", cursors={}, versions={questions(asked.room): version})
        heads = await ear.hears(type="heads")
        assert heads["versions"] == {questions(asked.room): 1}
        assert any(frame["type"] == "reload" for frame in ear.frames) == reloads


async def test_an_outsider_is_told_no_version(asked, dan):
    async with listening(dan) as ear:
        await ear.say(type="resume", cursors={}, versions={questions(asked.room): 0})
        assert (await ear.hears(type="heads"))["versions"] == {}


async def test_of_two_who_answer_at_once_one_is_told(floor, ada, bob, cleo, asked):
    """Two questions, two moderators, the same moment: one question is being answered, nothing is lost."""
    other = await do(floor.board.ask, cleo, "And peas?")
    at_once = partial(database_sync_to_async, thread_sensitive=False)
    await asyncio.gather(
        at_once(asked.decide)(ada, "answering"),
        at_once(other.decide)(bob, "answering"),
        at_once(asked.vote)(bob, on=True),
        at_once(other.vote)(ada, on=True),
    )
    states = await do(lambda: sorted(floor.board.questions.values_list("state", "votes")))
    assert states == [("answered", 1), ("answering", 1)]
