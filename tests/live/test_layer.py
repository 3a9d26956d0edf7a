"""What one web process hears of the others, with a Redis that dies, forgets and sleeps."""

import asyncio
import json
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from redis.asyncio.client import PubSub

import live
from live import frames, process
from live.layer import GROUP, Publisher, publisher
from live.others import others
from tests.ears import listening
from tests.relay import Relay

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("app"), pytest.mark.alike]

PATIENCE = 8  # seconds after a fault until an open page is complete


@pytest.fixture
def layer(settings, redis_server):
    """This process is one of several; the publisher is another."""
    settings.REDIS_URL = redis_server.url
    publisher.begin()
    yield redis_server
    if not redis_server.answers():
        redis_server.start()
    publisher.begin()


@pytest.fixture
def other(layer):
    return Publisher()


def news(person, text):
    return {"do": "tell", "people": [person.pk], "text": frames.encode(notice(text))}


def notice(text):
    return {"type": "notice", "text": text, "level": "polite"}


async def say(who, *orders):
    """As another process would, and as slowly as it likes."""
    await asyncio.to_thread(who.now, *orders)


async def until(what, seconds=PATIENCE):
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.02)


async def joined(ear):
    """Until this process hears the others, and all that the page was told of it has been heard."""
    await until(live.whole)
    await ear.everything()


async def test_what_another_process_says_is_obeyed_in_order_and_once(other, bob, cleo):
    async with listening(bob) as ear, listening(cleo) as stranger:
        await joined(ear)
        await joined(stranger)
        await say(other, *(news(bob, f"news {number}") for number in range(3)))
        assert [(await ear.hears("news"))["text"] for _ in range(3)] == ["news 0", "news 1", "news 2"]
        await say(other, news(bob, "last"))
        await ear.hears("last")
        await ear.hears_nothing()
        await stranger.hears_nothing()


async def test_ones_own_words_are_not_heard_a_second_time(other, bob):
    async with listening(bob) as ear:
        await joined(ear)
        await asyncio.to_thread(live.tell, [bob.pk], notice("mine"))
        await ear.hears("mine")
        await heard_by_all(other, bob, ear)
        assert sum("mine" in json.dumps(frame) for frame in ear.frames) == 1


async def heard_by_all(other, bob, ear):
    """All that was published until now has made its way."""
    number = publisher._number
    await until(lambda: others._numbers.get(publisher.name, 0) >= number)
    await say(other, news(bob, "marker"))
    await ear.hears("marker")


async def test_a_command_that_ends_at_once_has_told_the_web_processes(layer, bob, tmp_path):
    code = f"import django; django.setup(); import live; live.tell([{bob.pk!r}], {notice('from afar')!r})"
    ours = {"DATA_DIR": str(tmp_path), "REDIS_URL": layer.url, "DJANGO_SETTINGS_MODULE": "backchannel.settings"}
    key = {"SECRET_KEY": live.process.settings.SECRET_KEY}
    async with listening(bob) as ear:
        await joined(ear)
        run = asyncio.to_thread(
            subprocess.run, [sys.executable, "-c", code], env={**os.environ, **ours, **key}, capture_output=True
        )
        done = await run
        assert done.returncode == 0, done.stderr
        await ear.hears("from afar")


async def test_another_house_on_the_same_redis_is_not_heard(layer, other, bob, settings):
    async with listening(bob) as ear:
        await joined(ear)
        mine, settings.HOUSE = settings.HOUSE, "backchannel-another"
        await say(other, news(bob, "for others"))
        settings.HOUSE = mine
        await say(Publisher(), news(bob, "for us"))
        await ear.hears("for us")
        assert "for others" not in json.dumps(ear.frames)


async def test_a_lost_order_has_the_pages_ask(other, bob):
    async with listening(bob) as ear:
        await joined(ear)
        await say(other, news(bob, "first"))
        await ear.hears("first")
        await ear.hears_nothing(type="resync")
        other._away_until = float("inf")
        await say(other, news(bob, "lost"))
        other._away_until = 0
        await say(other, news(bob, "next"))
        await ear.hears(type="resync")
        await ear.hears("next")
        await ear.hears_nothing("lost")


async def test_an_order_that_arrives_twice_is_obeyed_once(other, bob):
    async with listening(bob) as ear:
        await joined(ear)
        parcel = other._numbered([news(bob, "again")])
        for _ in range(2):
            await asyncio.to_thread(other._hand_over, parcel)
        await say(other, news(bob, "next"))
        await ear.hears("again")
        await ear.hears("next")
        assert sum("again" in json.dumps(frame) for frame in ear.frames) == 1


async def test_nonsense_from_redis_harms_nobody(other, layer, bob):
    async with listening(bob) as ear:
        await joined(ear)
        await say(other, {"do": "send"}, {"do": "nothing"}, {}, [], {"do": "beacon"}, news(bob, "among it"))
        await ear.hears("among it")
        channel = f"{process.settings.HOUSE}__group__{GROUP}"
        layer.ask("PUBLISH", channel, b"\xc1")
        layer.ask("PUBLISH", channel, b"\x93\x01\x02\x03")
        await say(other, news(bob, "after"))
        await ear.hears("after")


async def test_f3_while_redis_is_away_this_process_goes_on_and_comes_back_whole(other, layer, bob, caplog):
    async with listening(bob) as ear:
        await joined(ear)
        layer.kill()
        await until(lambda: not live.whole())
        await ear.hears(type="resync")
        for number in range(20):
            await asyncio.to_thread(live.tell, [bob.pk], notice(f"here {number}"))
            await ear.hears(f"here {number}")
        await say(other, news(bob, "lost"))
        layer.start()
        await until(live.whole)
        await ear.hears(type="resync")
        await until(lambda: comes_through(other))
        await say(other, news(bob, "back"))
        await ear.hears("back")
    told = [record.getMessage() for record in caplog.records if record.name.startswith(("live", "channels"))]
    assert sum("what other processes say is not heard" in line for line in told) == 1
    assert len(told) <= 3


def comes_through(other):
    other.now({"do": "leave"})
    return not other._failing


@pytest.mark.parametrize("words", [["FLUSHALL"], ["CONFIG", "SET", "maxmemory", "1"]])
async def test_f4_a_redis_that_forgets_or_is_full_still_passes_on(other, layer, bob, words):
    async with listening(bob) as ear:
        await joined(ear)
        layer.ask(*words)
        await say(other, news(bob, "still"))
        await ear.hears("still")
        layer.ask("CONFIG", "SET", "maxmemory", "0")


async def test_f4_a_reader_that_redis_threw_out_comes_back_and_has_the_pages_ask(other, layer, bob):
    async with listening(bob) as ear:
        await joined(ear)
        assert layer.ask("CLIENT", "KILL", "TYPE", "pubsub")
        await until(lambda: not live.whole())
        await say(other, news(bob, "lost"))
        await until(live.whole)
        await ear.hears(type="resync")
        await say(other, news(bob, "back"))
        await ear.hears("back")


@pytest.mark.full
async def test_f4_a_redis_that_sleeps_is_noticed_by_its_silence(other, layer, bob):
    async with listening(bob) as ear:
        await joined(ear)
        sleep = asyncio.create_task(asyncio.to_thread(layer.ask, "DEBUG", "SLEEP", "10"))
        await until(lambda: not live.whole())
        await sleep
        await until(live.whole)
        await until(lambda: comes_through(other))
        await say(other, news(bob, "back"))
        await ear.hears("back")


@pytest.fixture
def impatient(monkeypatch):
    for name, seconds in {"DEAF": 1, "GIVEN_UP": 1.5, "BEACON": 0.3}.items():
        monkeypatch.setattr(sys.modules["live.others"], name, seconds)


@pytest.mark.usefixtures("impatient")
async def test_f4_a_line_that_is_dead_without_a_word_is_given_up_for_another(layer, bob, settings, caplog):
    async with Relay(layer.port) as relay:
        settings.REDIS_URL = f"redis://127.0.0.1:{relay.port}/0"
        publisher.begin()
        async with listening(bob) as ear:
            await joined(ear)
            relay.forget()
            await until(lambda: not live.whole())
            await ear.hears(type="resync")
            await until(live.whole)
            await ear.hears(type="resync")
            await say(Publisher(), news(bob, "back"))
            await ear.hears("back")
            await process.stop()
    assert sum("what other processes say is not heard" in record.getMessage() for record in caplog.records) == 1


@pytest.mark.usefixtures("impatient")
async def test_a_reader_of_the_layer_that_ended_is_begun_again(other, bob, monkeypatch):
    reads, ends = PubSub.get_message, [TimeoutError()]

    async def get_message(*args, **options):
        if ends:
            raise ends.pop()
        return await reads(*args, **options)

    async with listening(bob) as ear:
        await joined(ear)
        monkeypatch.setattr(PubSub, "get_message", get_message)
        await until(lambda: not ends and not live.whole())
        await until(live.whole)
        await say(other, news(bob, "back"))
        await ear.hears("back")


@pytest.mark.parametrize("work", ["listen", "shine"])
@pytest.mark.usefixtures("impatient")
async def test_what_hears_and_is_heard_is_begun_again_when_it_fails(other, bob, monkeypatch, work):
    monkeypatch.setattr(process, "AGAIN", 0.01)
    works, fails = getattr(others, work), [RuntimeError()]

    async def fail_once():
        if fails:
            raise fails.pop()
        await works()

    monkeypatch.setattr(others, work, fail_once)
    async with listening(bob) as ear:
        await joined(ear)
        await say(other, news(bob, "heard"))
        await ear.hears("heard")
        await process.stop()


async def test_a_publisher_that_got_no_thread_gets_one_with_the_next_news(other, bob, monkeypatch):
    async with listening(bob) as ear:
        await joined(ear)
        with monkeypatch.context() as patched, pytest.raises(RuntimeError):
            patched.setattr(threading.Thread, "start", no_more)
            other.soon(news(bob, "first"))
        other.soon(news(bob, "second"))
        await ear.hears("first")
        await ear.hears("second")


def no_more(thread):
    raise RuntimeError("can't start new thread")


async def test_a_start_without_redis_joins_as_soon_as_there_is_one(other, layer, bob):
    layer.kill()
    async with listening(bob) as ear:
        assert not live.whole()
        layer.start()
        await joined(ear)
        await say(other, news(bob, "there"))
        await ear.hears("there")


async def test_a_process_that_falls_silent_may_have_died_before_it_spoke(other, bob, monkeypatch):
    monkeypatch.setattr(sys.modules["live.others"], "DEAF", 1.5)
    monkeypatch.setattr(sys.modules["live.others"], "BEACON", 0.3)
    async with listening(bob) as ear:
        await joined(ear)
        await say(other, {"do": "beacon", "lines": ["mixer"]})
        await until(lambda: live.linked("mixer"))
        assert not live.holds("mixer")
        await ear.hears(type="resync")
        assert not live.linked("mixer")


async def test_a_process_that_takes_its_leave_alarms_nobody(other, bob, monkeypatch):
    monkeypatch.setattr(sys.modules["live.others"], "DEAF", 0.7)
    monkeypatch.setattr(sys.modules["live.others"], "BEACON", 0.3)
    async with listening(bob) as ear:
        await joined(ear)
        await say(other, {"do": "beacon", "lines": []})
        await say(other, {"do": "leave"})
        await asyncio.sleep(1.5)
        await ear.hears_nothing(type="resync")


async def test_a_line_of_another_process_reaches_the_program_and_the_answer_comes_back(other, bob):
    said = asyncio.Queue()
    live.link("mixer", on_passed=said.put)
    await process.start()
    reader, writer = await asyncio.open_unix_connection(str(Path(process.settings.DATA_DIR) / "live.sock"))
    writer.write(b'{"hello":"mixer"}\n')
    await until(lambda: live.holds("mixer") and live.whole())
    await say(other, {"do": "say", "name": "mixer", "line": {"id": "theirs", "do": "join"}})
    assert json.loads(await reader.readline()) == {"id": "theirs", "do": "join"}
    await say(other, {"do": "pass", "name": "mixer", "line": {"id": "ours"}})
    assert await said.get() == {"id": "ours"}
    writer.close()
