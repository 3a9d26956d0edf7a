"""What browsers send, bounded before the house looks at it: daphne would put all of it on the disk first."""

from __future__ import annotations

import logging

from daphne.http_protocol import HTTPFactory, WebRequest

LARGEST = 64 * 1024 * 1024  # bytes of one request: a file of 50 MB and what is around it
TOO_LARGE = b"413 Content Too Large"
FULL = b"507 Insufficient Storage"

logger = logging.getLogger(__name__)


class BoundedRequest(WebRequest):
    """A request that is answered, and no longer listened to, once its body is too large. The length it names is not
    believed: what came is counted."""

    came = 0
    is_refused = False

    def gotLength(self, length: int | None) -> None:
        super().gotLength(min(length or 0, LARGEST))
        if length and length > LARGEST:
            self._refuse(TOO_LARGE)

    def handleContentChunk(self, data: bytes) -> None:
        self.came += len(data)
        if self.is_refused:
            return
        if self.came > LARGEST:
            self._refuse(TOO_LARGE)
            return
        try:
            super().handleContentChunk(data)
        except OSError as problem:
            logger.warning("What a browser sends cannot be kept: %s", problem)
            self._refuse(FULL)

    def process(self) -> object:
        return None if self.is_refused else super().process()

    def _refuse(self, status: bytes) -> None:
        self.is_refused = True
        self.content.truncate(0)
        self.channel.transport.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.channel.loseConnection()


def bind(factory: HTTPFactory) -> None:
    """Have the requests of this factory bounded."""
    build = factory.buildProtocol

    def bounded(address: object) -> object:
        protocol = build(address)
        protocol.requestFactory = BoundedRequest
        return protocol

    factory.buildProtocol = bounded
