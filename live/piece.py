"""What travels: encoded once, for however many sockets."""

import struct


class Piece:
    """The text of one frame, or of several that belong together as a JSON list.

    latest: set for news that count only while they are new (who talks, who types). A reader who is behind loses
    these first.
    """

    __slots__ = ("_wire", "latest", "size", "text")

    def __init__(self, text, latest=""):
        self.text, self.latest, self.size = text, latest, len(text)
        self._wire = None

    @property
    def wire(self):
        """As the bytes of one WebSocket message: an unmasked text frame (RFC 6455, 5.2)."""
        if self._wire is None:
            payload = self.text.encode()
            self._wire = _header(len(payload)) + payload
        return self._wire


def _header(size):
    if size < 126:
        return struct.pack("!BB", 0x81, size)
    if size < 65536:
        return struct.pack("!BBH", 0x81, 126, size)
    return struct.pack("!BBQ", 0x81, 127, size)


def join(pieces):
    """Several pieces as one, which arrives whole or not at all."""
    if len(pieces) == 1:
        return pieces[0]
    return Piece(f"[{','.join(_bare(piece.text) for piece in pieces)}]")


def _bare(text):
    """A list without its brackets; a single frame is an object."""
    return text[1:-1] if text[0] == "[" else text
