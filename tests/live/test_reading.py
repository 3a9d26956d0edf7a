"""Which bytes are a whole text frame by themselves. Whatever is not is left to the server, which knows all of RFC 6455."""

import pytest
from websockets.frames import Frame, Opcode

from live.reading import text_of


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
