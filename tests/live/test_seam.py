"""Jobs and commands publish from their own process; the mixer keeps a line open."""

import asyncio
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

import live
from live import process
from live.hub import hub
from live.seam import Seam
from tests.ears import listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("app")]

PUBLISH = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "backchannel.settings"
django.setup()
import live
for number in range(3):
    live.tell([{person!r}], {{"type": "notice", "text": f"news {{number}}", "level": "polite"}})
live.say("mixer", {{"do": "mute"}})
"""


def seam():
    return Path(settings.DATA_DIR) / "live.sock"


async def call():
    await process.start()
    return await asyncio.open_unix_connection(str(seam()))


async def ran(person):
    """Publishes from another process, and waits for its end."""
    code = PUBLISH.format(person=person.pk)
    environment = {**os.environ, "DATA_DIR": str(settings.DATA_DIR)}
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], env=environment, capture_output=True, timeout=60
    )
    assert done.returncode == 0, done.stderr


async def test_another_process_reaches_a_socket_in_order_and_a_program(bob, cleo):
    reader, writer = await call()
    writer.write(b'{"hello":"mixer"}\n')
    async with listening(bob) as ear, listening(cleo) as other:
        await ran(bob)
        heard = [await ear.hears("news") for _ in range(3)]
        assert [frame["text"] for frame in heard] == ["news 0", "news 1", "news 2"]
        assert json.loads(await reader.readline()) == {"do": "mute"}
        await other.hears_nothing()
    writer.close()


async def test_nobody_listening_is_no_error(caplog):
    await process.start()
    await process.stop()
    assert not seam().exists()
    with caplog.at_level(logging.DEBUG, "live"):
        await asyncio.to_thread(live.say, "mixer", {"do": "mute"})
    assert "Nobody listens" in caplog.text
    assert "Could not publish" not in caplog.text


async def test_an_order_that_cannot_be_obeyed_takes_nothing_with_it(bob):
    _, writer = await call()
    async with listening(bob) as ear:
        text = json.dumps({"type": "notice", "text": "after it", "level": "polite"})
        for order in ({"do": "tell"}, [], {"do": "tell", "people": [bob.pk], "text": text}):
            writer.write(json.dumps(order).encode() + b"\n")
        await ear.hears("after it")
    writer.close()


async def test_the_socket_is_private_and_a_stale_one_is_replaced():
    seam().unlink(missing_ok=True)
    seam().touch()
    _, writer = await call()
    assert seam().stat().st_mode & 0o777 == 0o600
    writer.close()


async def test_an_older_process_that_ends_leaves_the_newer_ones_socket():
    old, new = Seam(), Seam()
    await old.open()
    await new.open()
    old.close()
    assert seam().exists()
    new.close()
    assert not seam().exists()


async def test_a_web_process_takes_over_when_the_one_that_listened_is_gone():
    dead, other = Seam(), Seam()
    await dead.open()
    assert await dead.answers()
    assert await other.answers()
    dead._server.close()  # as if it had been killed: its file stays
    assert not await other.answers()
    await other.open()
    assert await other.answers()
    seam().unlink()
    assert not await other.answers()
    await other.open()
    _, writer = await asyncio.open_unix_connection(str(seam()))
    writer.close()
    other.close()


async def test_a_long_path_is_no_obstacle(tmp_path, settings):
    settings.DATA_DIR = tmp_path / ("long" * 30)
    settings.DATA_DIR.mkdir()
    old = Seam()
    await old.open()
    assert seam().exists()
    old.close()


async def test_a_line_opens_speaks_and_closes():
    events = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def note(event):  # in a thread of its own
        loop.call_soon_threadsafe(events.put_nowait, event)

    live.link("mixer", on_open=lambda: note("open"), on_line=note, on_close=lambda: note("close"))
    reader, writer = await call()
    writer.write(b'{"hello":"mixer"}\n{"event":"talking"}\n')
    assert [await events.get(), await events.get()] == ["open", {"event": "talking"}]
    assert live.linked("mixer")
    live.say("mixer", {"do": "cut"})
    assert json.loads(await reader.readline()) == {"do": "cut"}
    writer.close()
    assert await events.get() == "close"
    assert not live.linked("mixer")


async def test_a_newcomer_takes_the_place_of_the_old_line_in_order():
    events = asyncio.Queue()

    async def opened():
        await events.put("open")

    async def closed():
        await asyncio.sleep(0)  # however long it takes, the newcomer waits
        await events.put("close")

    live.link("mixer", on_open=opened, on_close=closed)
    old_reader, old = await call()
    old.write(b'{"hello":"mixer"}\n')
    assert await events.get() == "open"
    reader, new = await call()
    new.write(b'{"hello":"mixer"}\n')
    assert [await events.get(), await events.get()] == ["close", "open"]
    assert await old_reader.read() == b""
    live.say("mixer", {"to": "new"})
    assert json.loads(await reader.readline()) == {"to": "new"}
    old.close()
    new.close()


@pytest.mark.parametrize("line", [b"{\n", b"[]\n", b'{"do":"nothing"}\n', b'{"do":"send"}\n'])
async def test_nonsense_ends_that_caller_only(line, bob):
    reader, writer = await call()
    writer.write(line)
    writer.write_eof()
    assert await reader.read() == b""
    _, other = await call()
    async with listening(bob) as ear:
        text = json.dumps({"type": "go", "to": "/"})
        other.write(json.dumps({"do": "tell", "people": [bob.pk], "text": text}).encode() + b"\n")
        await ear.hears(type="go")
    writer.close()
    other.close()


async def test_saying_something_to_nobody_is_no_error():
    await process.start()
    live.say("mixer", {"do": "mute"})
    await asyncio.sleep(0)
    assert "mixer" not in hub.lines
