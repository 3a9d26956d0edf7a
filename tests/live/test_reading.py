"""Which bytes are a whole text frame by themselves. Whatever is not is left to the server, which knows all of RFC 6455."""

import asyncio

import pytest
from websockets.frames import Frame, Opcode

from live.allowance import BURST
from live.reading import PLENTY, PLENTY_BYTES, ReadsAtOnce, text_of


def sent(text, opcode=Opcode.TEXT, *, fin=True, mask=True):
    """As a browser sends it, with a mask of its own each time."""
    data = text.encode() if isinstance(text, str) else text
    return Frame(opcode, data, fin=fin).serialize(mask=mask)


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 125, 126, 127, 128, 1000, 65_535])
def test_a_whole_text_is_read(size):
    text = ("così 🎙 " * size)[:size]
    while len(text.encode()) > size:
        text = text[:-1]
    assert text_of(sent(text)) == text


LEFT = {
    "nothing": b"",
    "a head without its size": sent("beat" * 50)[:3],
    "half a frame": sent("beat")[:-1],
    "a frame and the beginning of another": sent("beat") + b"\x81",
    "two frames": sent("beat") * 2,
    "the first of several": sent("beat", fin=False),
    "a later one of several": sent("beat", Opcode.CONT),
    "not masked": sent("beat", mask=False),
    "compressed": b"\xc1" + sent("beat")[1:],
    "binary": sent("beat", Opcode.BINARY),
    "a ping": sent("beat", Opcode.PING),
    "a goodbye": sent(b"\x03\xe8", Opcode.CLOSE),
    "64 KiB": sent("a" * 65_536),
    "a short one with a long size": b"\x81\xfe\x00\x04\0\0\0\0beat",
    "half a character": sent("così".encode()[:-1]),
    "a half of a pair": sent("\ud83c".encode("utf-8", "surrogatepass")),
    "a longer way to write it": sent(b"\xc0\xaf"),
}


@pytest.mark.parametrize("data", LEFT.values(), ids=LEFT)
def test_everything_else_is_left(data):
    assert text_of(data) is None


class Protocol:
    """As much of daphne's as is needed: it keeps everything."""

    STATE_OPEN = state = 3
    reads = True

    def __init__(self):
        self.application_queue, self.transport = asyncio.Queue(), self

    def onMessage(self, payload, isBinary):
        self.application_queue.put_nowait(payload)

    def pauseProducing(self):
        self.reads = False

    def resumeProducing(self):
        self.reads = True


class Bounded(ReadsAtOnce, Protocol):
    def hears(self, count, size=10):
        for _ in range(count):
            self.onMessage(b"x" * size, False)

    def kept(self):
        return self.application_queue.qsize()


def test_w2_no_more_is_read_while_plenty_waits():
    page = Bounded()
    page.hears(PLENTY)
    assert page.reads
    page.hears(1)
    assert not page.reads
    while page.kept():
        page.application_queue.get_nowait()
    page.read_on()
    assert page.reads
    page.hears(PLENTY)
    assert page.reads


def test_w2_nor_while_much_waits_in_few_frames():
    page = Bounded()
    page.hears(1, PLENTY_BYTES // 2)
    page.hears(1, PLENTY_BYTES // 2)
    assert page.reads
    page.hears(1)
    assert not page.reads


def test_long_frames_that_are_heard_one_by_one_hold_nobody_up():
    page = Bounded()
    for _ in range(PLENTY):
        page.hears(1, PLENTY_BYTES)
        page.application_queue.get_nowait()
        assert page.reads


def test_w2_of_all_that_came_in_one_breath_only_so_much_is_kept_that_it_is_too_much():
    page = Bounded()
    page.hears(10 * BURST)
    assert page.kept() == BURST + 1


def test_what_is_said_after_the_goodbye_is_not_kept():
    page = Bounded()
    page.state = 2
    page.hears(1)
    assert not page.kept()
