"""W2: what a browser may say, and that those who say anything else disturb nobody."""

import json
import logging

import pytest

from live import allowance, codes
from live.consumer import CATCHING_UP
from tests.ears import listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("app")]

BAD = {
    "not JSON": "{",
    "not an object": "[]",
    "a list as type": '{"type": []}',
    "no type": "{}",
    "unknown type": '{"type": "shout"}',
    "a server's type": '{"type": "message"}',
    "the end of a socket": '{"type": "closed"}',
    "unknown key": '{"type": "beat", "admin": true}',
    "wrong value": '{"type": "beat", "cursors": {"c": "1"}}',
    "a truth as number": '{"type": "beat", "cursors": {"c": true}}',
    "negative": '{"type": "beat", "cursors": {"c": -1}}',
    "huge number": '{"type": "beat", "cursors": {"c": 1e400}}',
    "many lists": json.dumps({"type": "beat", "cursors": {f"c{n}": 1 for n in range(201)}}),
    "a place without id": '{"type": "hello", "newest": {"c": [1]}}',
    "a place that is none": '{"type": "hello", "newest": {"c": [1, "m-1"]}}',
    "NUL": '{"type": "sound.leave", "room": "\\u0000"}',
    "half a character": '{"type": "sound.leave", "room": "\\ud800"}',
    "deep": "[" * 30_000,
    "deep object": '{"type": "beat", "cursors": ' + '{"c":' * 5_000 + "1" + "}" * 5_001,
    "too long": '{"type": "beat"' + " " * 66_000 + "}",
    "long SDP": json.dumps({"type": "sound.offer", "room": "r", "sdp": "a" * 17_000, "take": False}),
}


@pytest.mark.parametrize("text", BAD.values(), ids=BAD)
async def test_w2_a_bad_frame_closes_its_socket_only(bob, text):
    async with listening(bob) as bad, listening(bob) as good:
        await bad.say_text(text)
        assert await bad.closed() == codes.BAD_FRAME
        await good.hears_nothing()


async def test_w2_binary_is_refused(bob):
    async with listening(bob) as ear:
        await ear.line.send_to(bytes_data=b"\x00")
        assert await ear.closed() == codes.BINARY


async def test_w2_a_flood_is_closed_and_the_same_persons_other_tab_is_not(bob):
    async with listening(bob) as floods, listening(bob) as other:
        for _ in range(300):
            await floods.say(type="beat")
        assert await floods.closed() == codes.TOO_MUCH
        await other.hears_nothing()


async def test_a_burst_is_no_flood(bob):
    async with listening(bob) as ear:
        for _ in range(60):
            await ear.say(type="beat")
        for _ in range(60):
            await ear.hears(type="heads")
        await ear.hears_nothing()


@pytest.mark.parametrize("kind", ["hello", "resume", "beat"])
async def test_w2_who_has_the_database_work_may_do_so_less_often(bob, monkeypatch, kind):
    """Beats as well, where the page is elsewhere than we are."""
    monkeypatch.setattr(allowance, "RATE", 0)
    async with listening(bob) as ear:
        for _ in range(allowance.BURST // CATCHING_UP - 1):  # one was his first hello
            await ear.say(type=kind, cursors={"elsewhere": 7})
            await ear.hears(type="heads")
        await ear.say(type=kind, cursors={"elsewhere": 7})
        assert await ear.closed() == codes.TOO_MUCH


async def test_w2_w24_one_line_in_ten_seconds_and_never_what_was_said(bob, caplog, monkeypatch):
    monkeypatch.setattr(allowance.refusals, "_at", float("-inf"))
    with caplog.at_level(logging.WARNING, "live"):
        for _ in range(3):
            async with listening(bob) as ear:
                await ear.say_text('{"type": "secret words"}')
                await ear.closed()
    assert len(caplog.records) == 1
    assert "secret" not in caplog.text
