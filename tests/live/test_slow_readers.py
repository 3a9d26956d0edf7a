"""A reader that does not read costs little, then goes; nobody else notices."""

import asyncio

import pytest

from live import codes, outgoing, sockets
from live.outgoing import Outgoing
from live.piece import Piece
from live.sockets import MAX_BYTES, MAX_PIECES, Socket
from live.transport import PlainLine


class Reader:
    """The far end of an ASGI send, which can stop reading."""

    def __init__(self, reads=True):
        self.reads = asyncio.Event()
        self.events, self.broken = [], None
        if reads:
            self.reads.set()

    async def send(self, event):
        if event["type"] == "websocket.send":
            await self.reads.wait()
            if self.broken:
                raise self.broken
        self.events.append(event)

    @property
    def texts(self):
        """All that arrived, without the brackets of what was joined."""
        return [text for event in self.events for text in event["text"].strip("[]").split(",")]


@pytest.fixture(autouse=True)
def looks_often(monkeypatch):
    monkeypatch.setattr(outgoing, "LOOK", 0.001)


async def socket_to(reader):
    opened = asyncio.get_running_loop().create_future()

    async def live_on():
        opened.set_result(Socket(PlainLine(reader.send), Outgoing(asyncio.get_running_loop()), "login"))
        await asyncio.Event().wait()

    task = asyncio.create_task(live_on())
    socket = await opened
    assert socket.task is task
    return socket


async def push(socket, *texts, latest=""):
    for text in texts:
        socket.push(Piece(text, latest))
    await asyncio.sleep(0)


async def stuck():
    """(socket, reader) with one piece under way to somebody who does not read."""
    reader = Reader(reads=False)
    socket = await socket_to(reader)
    await push(socket, "first")
    assert socket.behind
    return socket, reader


async def arrives(reader, count):
    async with asyncio.timeout(2):
        while len(reader.texts) < count:
            await asyncio.sleep(0.001)
    return reader.texts


async def test_what_comes_in_one_turn_is_one_message():
    reader = Reader()
    socket = await socket_to(reader)
    await push(socket, '{"a":1}', '[{"b":2},{"c":3}]', '{"d":4}')
    await push(socket, '{"e":5}')
    assert [event["text"] for event in reader.events] == ['[{"a":1},{"b":2},{"c":3},{"d":4}]', '{"e":5}']


@pytest.mark.parametrize(("text", "fit"), [("x", MAX_PIECES), ("x" * 1024, MAX_BYTES // 1024)])
async def test_f9_past_the_bound_it_is_closed_and_nothing_more_is_kept(text, fit):
    socket, reader = await stuck()
    await push(socket, *[text] * fit)
    assert socket.code is None
    await push(socket, text)
    assert socket.code == codes.TOO_SLOW
    assert not socket.waiting
    reader.reads.set()
    await socket.say_goodbye()
    assert {"type": "websocket.close", "code": codes.TOO_SLOW} in reader.events


async def test_f9_what_is_soon_old_goes_first():
    socket, reader = await stuck()
    await push(socket, *["talks"] * MAX_PIECES, latest="talking")
    await push(socket, *map(str, range(MAX_PIECES)))
    assert socket.code is None
    reader.reads.set()
    assert await arrives(reader, MAX_PIECES + 1) == ["first", *map(str, range(MAX_PIECES))]


async def test_one_who_reads_again_in_time_gets_everything_in_order():
    socket, reader = await stuck()
    await push(socket, *map(str, range(100)))
    reader.reads.set()
    assert await arrives(reader, 101) == ["first", *map(str, range(100))]
    await push(socket, "then")
    assert (await arrives(reader, 102))[-1] == "then"


async def test_a_burst_to_one_who_reads_is_no_reason_to_close():
    reader = Reader()
    socket = await socket_to(reader)
    await push(socket, *map(str, range(2_000)))
    assert socket.code is None
    assert len(reader.texts) == 2_000


async def test_f9_who_takes_nothing_for_long_is_closed_although_little_waits(monkeypatch):
    monkeypatch.setattr(sockets, "PATIENCE", 0.02)
    socket, reader = await stuck()
    async with asyncio.timeout(2):
        while socket.code is None:
            await asyncio.sleep(0.001)
    assert socket.code == codes.TOO_SLOW
    assert reader.events == []


async def test_a_line_that_breaks_while_one_waits_ends_the_socket():
    socket, reader = await stuck()
    reader.broken = ConnectionError()
    reader.reads.set()
    async with asyncio.timeout(2):
        while socket.code is None:
            await asyncio.sleep(0.001)
    assert socket.code == codes.SILENT


async def test_a_line_that_is_broken_ends_the_socket():
    reader = Reader()
    reader.broken = ConnectionError()
    socket = await socket_to(reader)
    await push(socket, "x")
    assert socket.code == codes.SILENT


async def test_a_line_that_breaks_while_it_is_behind_leaves_the_others_their_turn():
    broken, slow = Reader(reads=False), Reader(reads=False)
    first, second = await socket_to(broken), await socket_to(slow)
    second.outgoing = first.outgoing
    for socket in (first, second):
        await push(socket, "one")
        await push(socket, "two")
    first.line.kept = None  # whatever the server has made of it
    first.watched = (0.0, 0)  # long ago
    await asyncio.sleep(0.01)
    slow.reads.set()
    await asyncio.sleep(0.02)
    assert first.code == codes.SILENT
    assert slow.texts == ["one", "two"]
