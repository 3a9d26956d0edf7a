"""What a browser missed is what it gets when it asks, whatever it was."""

import pytest

import live
from live import registry
from tests.ears import listening
from tests.live.pretend import message

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def history(app):
    for html in ("<p>made</p>", "<p>edited</p>", "<p>tombstone</p>"):
        app.write("c", html)
    return app


async def test_hello_brings_what_came_after_the_cursor(history, bob):
    async with listening(bob, cursors={"c": 1}) as ear:
        assert [frame.get("html") for frame in ear.frames[1:]] == ["<p>edited</p>", "<p>tombstone</p>", None]
        assert ear.frames[-1]["conversations"] == {"c": 3}


@pytest.mark.parametrize("kind", ["resume", "beat"])
async def test_so_do_resume_and_beat(history, bob, kind):
    async with listening(bob) as ear:
        await ear.say(type=kind, cursors={"c": 2}, versions={})
        await ear.hears("tombstone")
        assert (await ear.hears(type="heads"))["conversations"] == {"c": 3}


async def test_what_is_published_during_the_question_is_not_missed(history, bob):
    history.join("room:r", bob)
    ask = history.catch_up

    def overtaken(askings):
        answer = ask(askings)
        live.send("room:r", history.write("c", "<p>meanwhile</p>"))
        return answer

    registry._asked["catch_up"] = [overtaken]
    async with listening(bob, hello=False) as ear:
        await ear.say(type="hello", cursors={"c": 3})
        await ear.hears("meanwhile")


async def test_the_heads_of_all_apps_are_one_frame(app, bob):
    live.register(catch_up=lambda askings: [[{"type": "heads", "versions": {"room:r": 7}}] for _one in askings])
    async with listening(bob, cursors={"c": 0}) as ear:
        assert ear.frames[-1] == {"type": "heads", "conversations": {"c": 0}, "versions": {"room:r": 7}}
        assert [frame["type"] for frame in ear.frames].count("heads") == 1


async def test_a_long_catch_up_is_no_flood(app, bob):
    app.log["c"] = [message("c", number, "x" * 5_000) for number in range(1, 201)]
    async with listening(bob, cursors={"c": 0}) as ear:
        assert [frame["number"] for frame in ear.frames[1:-1]] == list(range(1, 201))
