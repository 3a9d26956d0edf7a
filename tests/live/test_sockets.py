"""Who gets a socket, and what ends it."""

import logging
import time

import pytest

import live
from live import codes, consumer, process
from live.hub import MAX_SOCKETS, hub
from tests.ears import Ear, cookie_of, listening, settled

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("app")]

NOTE = {"type": "notice", "text": "psst", "level": "polite"}


async def test_a_stranger_is_accepted_told_and_closed_for_good():
    ear = Ear()
    assert await ear.connect()
    assert await ear.closed() == codes.LOGGED_OUT
    assert ear.frames == []
    assert codes.LOGGED_OUT in codes.FINAL


@pytest.mark.parametrize("origin", ["https://elsewhere.example", "null", None])
async def test_w1_other_origins_are_refused(bob, as_, origin):
    ear = Ear(cookie_of(as_(bob)), origin)
    assert not await ear.connect()


async def test_hello_is_answered(bob):
    async with listening(bob) as ear:
        assert [frame["type"] for frame in ear.frames] == ["welcome", "heads"]
        assert ear.frames[0]["beat"] == 20 and ear.frames[0]["spread"] == 1


@pytest.mark.parametrize(("pages", "seconds"), [(0, 1), (999, 1), (1000, 2), (5000, 10), (100_000, 10)])
def test_the_more_pages_there_are_the_longer_they_take_to_come_back(pages, seconds):
    assert consumer.spread(pages) == seconds


async def test_what_a_person_is_told_reaches_all_his_tabs_and_nobody_else(bob, cleo):
    async with listening(bob) as one, listening(bob) as two, listening(cleo) as other:
        live.tell([bob.pk], NOTE)
        await one.hears("psst")
        await two.hears("psst")
        await other.hears_nothing()


async def test_w16_logging_out_ends_the_sockets_of_that_login_only(bob, as_):
    here, there = as_(bob), as_(bob)
    async with listening(here) as ended, listening(here) as too, listening(there) as stays:
        live.cut(codes.LOGGED_OUT, login=cookie_of(here))
        assert await ended.closed() == await too.closed() == codes.LOGGED_OUT
        live.tell([bob.pk], NOTE)
        await stays.hears("psst")


async def test_a_person_is_cut_and_others_are_not(bob, cleo):
    async with listening(bob) as cut, listening(cleo) as stays:
        live.cut(codes.LOGGED_OUT, person_ids=[bob.pk])
        live.tell([bob.pk, cleo.pk], NOTE)
        assert await cut.closed() == codes.LOGGED_OUT
        await stays.hears("psst")
    assert not [frame for frame in cut.frames if frame["type"] == "notice"]


async def test_nothing_that_waited_leaves_after_the_cut(bob):
    async with listening(bob) as ear:
        live.tell([bob.pk], NOTE)
        hub.obey({"do": "cut", "code": codes.LOGGED_OUT, "people": [bob.pk]})
        hub.obey({"do": "tell", "people": [bob.pk], "text": "late"})
        assert await ear.closed() == codes.LOGGED_OUT
        assert ear.line.output_queue.empty()


async def test_a_login_that_stopped_counting_is_noticed(bob, cleo, app, as_):
    gone = as_(bob)
    async with listening(gone) as ended, listening(cleo) as stays:
        app.signed_in = lambda logins: set(logins) - {cookie_of(gone)}
        await hub.close_logged_out()
        assert await ended.closed() == codes.LOGGED_OUT
        await stays.hears_nothing()


async def test_a_login_that_does_not_count_gets_no_further(bob, app):
    app.signed_in = lambda logins: set()
    async with listening(bob, hello=False) as ear:
        assert await ear.closed() == codes.LOGGED_OUT
    assert not hub.sockets


async def test_a_silent_socket_is_closed_and_its_person_is_not_present(bob, cleo):
    async with listening(bob) as silent, listening(cleo) as heard:
        next(iter(hub.people[bob.pk])).heard -= 46
        assert live.present_people() == {cleo.pk}
        assert live.present_people(since=time.monotonic()) == set()
        hub.close_silent()
        assert await silent.closed() == codes.SILENT
        await heard.hears_nothing()


async def test_a_page_that_is_silent_for_a_while_is_asked_before_it_is_given_up(bob, cleo):
    async with listening(bob) as silent, listening(cleo) as heard:
        next(iter(hub.people[bob.pk])).heard -= 30
        hub.close_silent()
        assert await silent.hears(type="beat") == {"type": "beat"}
        await heard.hears_nothing(type="beat")
        await silent.say(type="beat")
        await silent.hears(type="heads")
        hub.close_silent()
        await silent.hears_nothing(type="beat")


async def test_w4_of_too_many_tabs_the_one_that_was_silent_longest_is_closed(bob, as_):
    client = as_(bob)
    tabs = [await listening(client) for _ in range(MAX_SOCKETS)]
    await tabs[0].say(type="beat")
    await tabs[0].hears(type="heads")
    tabs.append(await listening(client))
    assert await tabs[1].closed() == codes.TOO_MANY_TABS
    for tab in (tabs[0], tabs[-1]):
        await tab.hears_nothing()
    for tab in tabs:
        await tab.hang_up()


async def test_f10_tries_that_were_given_up_do_not_push_a_tab_out(bob, as_):
    client = as_(bob)
    async with listening(client) as tab:
        given_up = [Ear(cookie_of(client)) for _ in range(MAX_SOCKETS + 2)]
        for ear in given_up:
            await ear.connect()
        assert await given_up[0].closed() == codes.TOO_MANY_TABS
        live.tell([bob.pk], NOTE)
        await tab.hears("psst")
        for ear in given_up:
            await ear.hang_up()


async def test_a_server_that_stops_says_that_it_will_be_back(bob):
    async with listening(bob) as ear:
        await process.stop()
        assert await ear.closed() == codes.RESTART


async def test_a_socket_that_is_gone_leaves_nothing_behind(bob, app):
    app.join("room:r", bob)
    told = []
    live.on("closed", lambda socket, frame: told.append(socket.person_id))
    async with listening(bob):
        assert hub.topics.by_name
    await settled()
    assert told == [bob.pk]
    assert not (hub.sockets or hub.people or hub.logins or hub.topics.by_name)


async def test_a_handler_that_fails_does_not_end_the_socket(bob, caplog):
    def fail(socket, frame):
        raise RuntimeError

    live.on("sound.leave", fail)
    async with listening(bob) as ear:
        with caplog.at_level(logging.CRITICAL, "live"):
            await ear.say(type="sound.leave", room="r")
            await ear.hears_nothing()


async def test_handlers_answer_the_tab_that_asked(bob):
    async def answer(socket, frame):
        await socket.send({"type": "sound", "do": "answer", "tab": socket.tab, "sdp": frame["sdp"]})

    live.on("sound.offer", answer)
    async with listening(bob) as asks, listening(bob, tab="other") as other:
        await asks.say(type="sound.offer", room="r", sdp="v=0", take=False)
        assert (await asks.hears(type="sound"))["tab"] == "tab"
        await other.hears_nothing()
