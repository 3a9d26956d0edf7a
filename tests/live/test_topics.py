"""What everybody in a room hears, and that nobody hears it after losing access."""

import asyncio
import threading

import pytest

import live
from tests.ears import listening
from tests.live.pretend import message

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = "room:r"


def piece(number):
    return message("c", number, f"<p>{number}</p>")


async def test_a_topic_reaches_those_in_it_and_nobody_else(app, bob, cleo, dan):
    app.join(ROOM, bob, cleo)
    async with listening(bob) as one, listening(cleo) as two, listening(dan) as outside:
        live.send(ROOM, piece(1), exits=0)
        await one.hears("<p>1")
        await two.hears("<p>1")
        await outside.hears_nothing()
    assert app.asked == []


async def test_joining_and_leaving_take_effect_when_retuned(app, bob):
    async with listening(bob) as ear:
        live.send(ROOM, piece(1))
        await ear.hears_nothing()
        app.join(ROOM, bob)
        live.retune([bob.pk])
        assert await ear.everything() == [{"type": "resync"}]
        live.send(ROOM, piece(2))
        await ear.hears("<p>2")
        app.members[ROOM].clear()
        live.retune([bob.pk])
        await ear.hears_nothing()
        live.send(ROOM, piece(3))
        await ear.hears_nothing()


async def test_what_is_said_between_the_pages_question_and_its_being_tuned_is_asked_for(app, bob, cleo):
    started, hold = threading.Event(), threading.Event()
    read = app.topics

    def slow(person_ids):
        started.set()
        hold.wait(3)
        return read(person_ids)

    async with listening(bob, cursors={"c": 0}) as ear, listening(cleo) as other:
        app.join(ROOM, bob)
        live.registry._asked["topics"] = [slow]
        live.retune([bob.pk])
        await asyncio.to_thread(started.wait)
        await ear.say(type="resume", cursors={"c": 0})
        assert (await ear.hears(type="heads"))["conversations"] == {"c": 0}
        live.send(ROOM, app.write("c", "<p>in between"))
        hold.set()
        await ear.hears(type="resync")
        await ear.say(type="resume", cursors={"c": 0})
        await ear.hears("in between")
        live.retune([bob.pk])
        await ear.hears_nothing(type="resync")
        await other.hears_nothing()


async def test_f17_removal_committed_first_and_published_last_leaks_nothing(app, bob, cleo):
    app.join(ROOM, bob, cleo)
    async with listening(bob) as stays, listening(cleo) as removed:
        live.send(ROOM, piece(1), exits=0)
        await removed.hears("<p>1")
        app.remove(ROOM, cleo)  # committed; its own news is late
        live.send(ROOM, piece(2), exits=1)
        live.send(ROOM, piece(3), exits=1)
        live.retune([cleo.pk])
        await stays.hears("<p>2")
        await stays.hears("<p>3")
        await removed.hears_nothing()
    assert app.asked == [ROOM]


async def test_pieces_wait_in_order_while_the_audience_is_asked(app, bob):
    app.join(ROOM, bob)
    hold = threading.Event()
    app.audience = lambda topic, ask=app.audience: hold.wait(3) and ask(topic)
    live.registry._asked["audience"] = [app.audience]
    async with listening(bob) as ear:
        app.exits[ROOM] = 1
        live.send(ROOM, piece(1), exits=0)
        live.send(ROOM, piece(2), exits=1)
        live.send(ROOM, piece(3), exits=0)
        await ear.hears("<p>1")
        live.tell([bob.pk], {"type": "go", "to": "/"})
        await ear.hears(type="go")
        hold.set()
        heard = await ear.everything()
    assert [frame["number"] for frame in heard] == [2, 3]


async def test_an_answer_older_than_a_removal_does_not_tune_back_in(app, bob, cleo):
    app.join(ROOM, bob, cleo)
    started, hold = threading.Event(), threading.Event()
    async with listening(bob) as stays, listening(cleo) as removed:
        read = app.topics

        def late(person_ids):
            answer = read(person_ids)
            started.set()
            hold.wait(3)
            return answer

        live.registry._asked["topics"] = [late]
        live.retune([cleo.pk])
        await asyncio.to_thread(started.wait)
        app.remove(ROOM, cleo)
        live.send(ROOM, piece(1), exits=1)
        await stays.hears("<p>1")
        hold.set()
        await removed.hears_nothing()
        live.send(ROOM, piece(2), exits=1)
        await stays.hears("<p>2")
        await removed.hears_nothing()


async def test_f22_after_a_backup_was_restored_those_who_may_hear_and_no_others_do(app, bob, cleo, dan):
    app.join(ROOM, bob, cleo, dan)
    async with listening(bob) as stays, listening(cleo) as comes_back, listening(dan) as not_yet_there:
        app.exits[ROOM] = 7
        live.send(ROOM, piece(1), exits=7)
        await stays.hears("<p>1")
        await not_yet_there.hears("<p>1")
        app.exits[ROOM], app.members[ROOM] = 2, {bob.pk, cleo.pk}
        live.retune([cleo.pk])
        await comes_back.everything()
        live.send(ROOM, piece(2), exits=2)
        await stays.hears("<p>2")
        await comes_back.hears("<p>2")
        await not_yet_there.hears_nothing("<p>2")
        app.remove(ROOM, cleo)
        live.send(ROOM, piece(3), exits=3)
        await stays.hears("<p>3")
        await comes_back.hears_nothing("<p>3")


async def test_somebody_who_joins_while_the_audience_is_asked_stays(app, bob, cleo):
    app.join(ROOM, bob)
    started, hold = threading.Event(), threading.Event()
    ask = app.audience

    def slow(topic):
        answer = ask(topic)
        started.set()
        hold.wait(3)
        return answer

    live.registry._asked["audience"] = [slow]
    async with listening(bob), listening(cleo) as joins:
        app.exits[ROOM] = 1
        live.send(ROOM, piece(1), exits=1)
        await asyncio.to_thread(started.wait)
        app.join(ROOM, cleo)
        live.retune([cleo.pk])
        await asyncio.sleep(0)
        while cleo.pk in live.hub._tuning:
            await asyncio.sleep(0.005)
        hold.set()
        await joins.hears("<p>1")
        live.send(ROOM, piece(2), exits=1)
        await joins.hears("<p>2")


async def test_if_the_audience_cannot_be_asked_nobody_hears_it(app, bob, caplog):
    app.join(ROOM, bob)
    async with listening(bob) as ear:
        app.audience = live.registry._asked["audience"][0] = lambda topic: 1 / 0
        live.send(ROOM, piece(1), exits=1)
        await ear.hears_nothing()
    assert "Could not ask who may hear" in caplog.text


async def test_pieces_of_one_thread_arrive_in_its_order(app, bob):
    app.join(ROOM, bob)
    async with listening(bob) as ear:

        def publish():
            for number in range(100):
                (live.send(ROOM, piece(number)) if number % 2 else live.tell([bob.pk], piece(number)))

        await asyncio.to_thread(publish)
        heard = await ear.everything()
    assert [frame["number"] for frame in heard] == list(range(100))
