"""What travels, and how often."""

import asyncio
import json

import pytest

import live
from live import latest
from live.latest import Latest
from live.piece import Piece, join
from tests.ears import listening


@pytest.mark.parametrize(
    ("size", "head"),
    [(1, "8101"), (125, "817d"), (126, "817e007e"), (65535, "817effff"), (65536, "817f0000000000010000")],
)
def test_a_piece_is_one_text_frame_of_a_server(size, head):
    wire = Piece("x" * size).wire
    assert wire[: len(head) // 2].hex() == head
    assert len(wire) == len(head) // 2 + size


def test_bytes_are_counted_not_characters():
    assert Piece("é").wire.hex() == "8102c3a9"


def test_joined_pieces_are_one_list():
    pieces = [Piece(json.dumps(frames)) for frames in ({"a": 1}, [{"b": "]["}, {"c": 3}], {"d": 4})]
    assert json.loads(join(pieces).text) == [{"a": 1}, {"b": "]["}, {"c": 3}, {"d": 4}]
    assert join(pieces[:1]) is pieces[0]


async def test_of_what_comes_too_fast_the_first_and_the_last_are_told(monkeypatch):
    monkeypatch.setattr(latest, "PAUSE", 0.02)
    told = []
    news = Latest(asyncio.get_running_loop())
    for number in range(10):
        news.deliver("one", lambda number=number: told.append(number))
    news.deliver("other", lambda: told.append("other"))
    assert told == [0, "other"]
    await asyncio.sleep(0.03)
    assert told == [0, "other", 9]
    await asyncio.sleep(0.05)
    news.deliver("one", lambda: told.append("later"))
    assert told == [0, "other", 9, "later"]


@pytest.mark.django_db(transaction=True)
async def test_only_the_newest_state_reaches_the_page(app, bob, monkeypatch):
    monkeypatch.setattr(latest, "PAUSE", 0.05)
    app.join("room:r", bob)
    async with listening(bob) as ear:
        for number in range(20):
            live.send("room:r", {"type": "talking", "room": "r", "seats": [number]}, latest="talking")
        await ear.hears('"seats": [19]')
    assert [frame["seats"] for frame in ear.frames if frame["type"] == "talking"] == [[0], [19]]
