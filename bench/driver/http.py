"""Requests over connections that are kept, as a browser or the proxy in front keeps them."""

import re
import socket
from collections import deque
from collections.abc import Callable

from bench.driver.loop import READ, Loop

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
Done = Callable[[int, bytes], None]  # called with the status and all that was answered
NO_ANSWER = 0  # the status of a connection that broke


class Wires:
    """So many connections to one port; a request takes the next free one, or waits for it."""

    def __init__(self, loop: Loop, port: int, count: int) -> None:
        self.loop, self.port = loop, port
        self._free = [_Wire(self) for _ in range(count)]
        self._all = list(self._free)
        self._waiting: deque = deque()

    def get(self, path: str, cookie: str, done: Done, piece: bool = False) -> None:
        """A page, or the piece of it that a script asks for."""
        self._ask(_head("GET", path, self.port, cookie, "HX-Request: true\r\n" if piece else ""), done)

    def post(self, path: str, cookie: str, fields: bytes, done: Done, token: str = "") -> None:
        """A form sent by a script: the CSRF cookie's secret goes along as a header."""
        extra = (
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(fields)}\r\n"
            f"HX-Request: true\r\nX-CSRFToken: {token}\r\nOrigin: http://127.0.0.1:{self.port}\r\n"
        )
        self._ask(_head("POST", path, self.port, f"{cookie}; csrf={token}", extra) + fields, done)

    def close(self) -> None:
        for wire in self._all:
            wire.close()

    def _ask(self, request: bytes, done: Done) -> None:
        if self._free:
            self._free.pop().ask(request, done)
        else:
            self._waiting.append((request, done))

    def freed(self, wire: "_Wire") -> None:
        if self._waiting:
            wire.ask(*self._waiting.popleft())
        else:
            self._free.append(wire)


class _Wire:
    def __init__(self, wires: Wires) -> None:
        self.wires = wires
        self._socket: socket.socket | None = None
        self._data = b""
        self._done: Done | None = None  # None while nobody waits for an answer

    def ask(self, request: bytes, done: Done) -> None:
        self._done, self._data = done, b""
        try:
            if self._socket is None:
                self._connect()
            self._socket.sendall(request)
        except OSError:
            self.close()
            # Not at once: whoever asks again would never come back from here.
            self.wires.loop.after(0.02, lambda: self._answer(NO_ANSWER))

    def close(self) -> None:
        if self._socket is not None:
            self.wires.loop.forget(self._socket.fileno())
            self._socket.close()
            self._socket = None

    def _connect(self) -> None:
        self._socket = socket.create_connection(("127.0.0.1", self.wires.port), timeout=5)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wires.loop.watch(self._socket.fileno(), self._ready, READ)

    def _ready(self, _events: int) -> None:
        try:
            data = self._socket.recv(256 * 1024)
        except OSError:
            data = b""
        self._data += data
        if not data:
            self.close()
            self._answer(NO_ANSWER)
        elif (status := whole(self._data)) is not None:
            if b"\r\nconnection: close" in self._data[:2048].lower():
                self.close()
            self._answer(status)

    def _answer(self, status: int) -> None:
        if done := self._done:
            self._done = None
            self.wires.freed(self)
            done(status, self._data)


def whole(data: bytes) -> int | None:
    """The status of an answer that has arrived entirely, else None."""
    head, end, body = data.partition(b"\r\n\r\n")
    if not end:
        return None
    status = int(head[9:12])
    if length := LENGTH.search(head):
        there = len(body) >= int(length[1])
    else:
        there = status in (204, 304) or body.endswith(b"0\r\n\r\n")
    return status if there else None


def _head(method: str, path: str, port: int, cookie: str, extra: str = "") -> bytes:
    return f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {cookie}\r\n{extra}\r\n".encode()
