"""How bytes come in under daphne. What arrives as one whole text frame is shown to us first; all else, and whatever we
leave, goes Autobahn's way as if nobody had looked.

daphne keeps every frame for an application that is busy, however many there are. Here no more is read from a browser
while it has said PLENTY that nobody has heard yet: it waits in the network, where the browser has to keep it.
"""

from live.allowance import BURST

PLENTY = 8  # frames
PLENTY_BYTES = 64 * 1024


class ReadsAtOnce:
    """Goes before daphne's protocol. `overhear(text)` says whether it has dealt with the frame."""

    overhear = None
    _unheard = 0  # bytes that wait, or more than that
    _pauses = False

    def dataReceived(self, data):
        if self.overhear is None or not self._is_between_frames() or not self._is_dealt_with(text_of(data)):
            super().dataReceived(data)

    def onMessage(self, payload, isBinary):
        """Has it wait for the application, which closes on hearing that more than BURST do."""
        waiting = self.application_queue.qsize()
        if self.state != self.STATE_OPEN or waiting > BURST:
            return
        super().onMessage(payload, isBinary)
        self._unheard = len(payload) + (self._unheard if waiting else 0)
        if waiting >= PLENTY or self._unheard > PLENTY_BYTES:
            self._pauses = True
            self.transport.pauseProducing()

    def read_on(self):
        if self._pauses:
            self._pauses = False
            self.transport.resumeProducing()

    def _is_between_frames(self):
        return self.state == self.STATE_OPEN and not (self.data or self.inside_message or self.current_frame)

    def _is_dealt_with(self, text):
        return text is not None and self.overhear(text)


def can_overhear(protocol):
    """Whether this protocol shows frames, and Autobahn is still as we know it."""
    known = ("current_frame", "data", "inside_message", "state", "STATE_OPEN")
    return isinstance(protocol, ReadsAtOnce) and all(hasattr(protocol, name) for name in known)


def text_of(data):
    """The text, where these bytes are one masked text frame (RFC 6455, 5.2) of less than 64 KiB and nothing more."""
    if len(data) < 6 or data[0] != 0x81 or data[1] < 0x80:
        return None
    short = data[1] & 0x7F
    size, start = (short, 2) if short < 126 else (int.from_bytes(data[2:4]), 4)
    if short == 127 or (short == 126 and size < 126) or len(data) != start + 4 + size:
        return None
    mask, payload = data[start : start + 4] * (size // 4 + 1), data[start + 4 :]
    plain = int.from_bytes(payload) ^ int.from_bytes(mask[:size])
    try:
        return plain.to_bytes(size).decode()
    except UnicodeDecodeError:
        return None
