"""A reader that does not read costs little, then goes; nobody else notices."""

import asyncio

import pytest

from live import codes, sockets
from live.sockets import MAX_BYTES, MAX_PIECES, Socket


class Line:
    """An ASGI send that a reader can stop."""

    def __init__(self):
        self.reads = asyncio.Event()
        self.left = []

    async def send(self, event):
        if event["type"] == "websocket.send":
            await self.reads.wait()
        self.left.append(event)


async def stuck_socket(line):
    """A socket with one piece under way to somebody who does not read."""
    opened = asyncio.get_running_loop().create_future()

    async def live_on():
        opened.set_result(Socket(line.send, "bob", "login"))
        await asyncio.Event().wait()

    task = asyncio.create_task(live_on())
    socket = await opened
    assert socket.task is task
    socket.push("first")
    await asyncio.sleep(0)
    return socket


@pytest.mark.parametrize(("text", "fit"), [("x", MAX_PIECES), ("x" * 1024, MAX_BYTES // 1024)])
async def test_f9_past_the_bound_it_is_closed_and_nothing_more_is_kept(text, fit):
    line = Line()
    socket = await stuck_socket(line)
    for _ in range(fit):
        socket.push(text)
    assert socket.code is None
    socket.push(text)
    assert socket.code == codes.TOO_SLOW
    assert not socket._waiting
    line.reads.set()
    await socket.say_goodbye()
    assert [event["type"] for event in line.left] == ["websocket.close"]


async def test_one_who_reads_again_in_time_gets_everything_in_order():
    line = Line()
    socket = await stuck_socket(line)
    for number in range(100):
        socket.push(str(number))
    line.reads.set()
    await asyncio.wait([socket._sender])
    assert [event["text"] for event in line.left] == ["first", *map(str, range(100))]


async def test_a_burst_to_one_who_reads_is_no_reason_to_close():
    line = Line()
    line.reads.set()
    socket = await stuck_socket(line)
    for number in range(2_000):
        socket.push(str(number))
    assert socket.code is None
    await asyncio.wait([socket._sender])
    assert len(line.left) == 2_001


async def test_f9_what_the_server_keeps_for_a_reader_counts_too(monkeypatch):
    line = Line()
    line.reads.set()
    monkeypatch.setattr(sockets, "unsent_bytes", lambda send: MAX_BYTES + 1)
    socket = await stuck_socket(line)
    for _ in range(MAX_PIECES + 1):
        socket.push("x")
    assert socket.code == codes.TOO_SLOW
    assert line.left == []
