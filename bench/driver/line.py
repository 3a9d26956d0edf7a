"""One WebSocket of one browser."""

import base64
import os
import socket
from collections.abc import Callable

from bench.driver import frames
from bench.driver.loop import READ, WRITE, Loop

CHUNK = 16 * 1024
BROKEN = 1006  # closed without a word


def silent(_line: "Line", _payload: bytes) -> None:
    """Hears nothing."""


class Line:
    """Connects at once. `opened(line)`, `hear(line, payload)` and `gone(line, code)` are called as it happens."""

    def __init__(self, loop: Loop, port: int, path: str, headers: dict[str, str], narrow: bool = False) -> None:
        self.loop = loop
        self.hear: Callable[[Line, bytes], None] = silent
        self.opened: Callable[[Line], None] = lambda line: None
        self.gone: Callable[[Line, int], None] = lambda line, code: None
        self.known: set[int] = set()  # the marks of the messages heard
        self._port, self._narrow = port, narrow
        self._request = _request(port, path, headers)
        self.connect()

    def connect(self) -> None:
        """Also once more, after it broke: what was heard before is kept."""
        self.open = False
        self.code: int | None = None  # once it is closed
        self._rest, self._unsent = b"", self._request
        self._socket = socket.socket()
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._narrow:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self._number = self._socket.fileno()
        self._socket.connect_ex(("127.0.0.1", self._port))
        self.loop.watch(self._number, self._connected, WRITE)

    @property
    def own_port(self) -> int:
        return self._socket.getsockname()[1]

    def say(self, payload: bytes) -> None:
        self._send(frames.masked(payload))

    def close(self) -> None:
        """Hang up without a goodbye, as a browser that goes."""
        self._end(BROKEN, tell=False)

    def stop_reading(self) -> None:
        self.loop.forget(self._number)

    def read_on(self) -> None:
        self.loop.watch(self._number, self._ready)

    def _connected(self, _events: int) -> None:
        if self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            self._end(BROKEN)
        else:
            self.loop.watch(self._number, self._ready, READ)
            self._send(b"")

    def _ready(self, events: int) -> None:
        if events & WRITE:
            self._send(b"")
        if events & ~WRITE and self.code is None:
            self._read()

    def _send(self, data: bytes) -> None:
        self._unsent += data
        try:
            sent = self._socket.send(self._unsent)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._end(BROKEN)
            return
        waited, self._unsent = bool(self._unsent), self._unsent[sent:]
        if self._unsent or (waited and not data):
            self.loop.watch(self._number, self._ready, READ | WRITE if self._unsent else READ)

    def _read(self) -> None:
        try:
            data = self._socket.recv(CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._end(BROKEN)
        elif self.open:
            self._hear(self._rest + data if self._rest else data)
        else:
            self._answered(self._rest + data)

    def _answered(self, data: bytes) -> None:
        """The server's answer to our request to make a WebSocket of this."""
        head, end, self._rest = data.partition(b"\r\n\r\n")
        if not end:
            self._rest = data
        elif b" 101 " in head.split(b"\r\n")[0]:
            self.open = True
            self.opened(self)
            self._hear(self._rest)
        else:
            self._end(BROKEN)

    def _hear(self, data: bytes) -> None:
        found, self._rest = frames.take(data)
        for kind, payload in found:
            if kind == frames.TEXT:
                self.hear(self, payload)
            elif kind == frames.PING:
                self._send(frames.masked(payload, frames.PONG))
            elif kind == frames.CLOSE:
                self._end(int.from_bytes(payload[:2]) if payload else BROKEN)
                return

    def _end(self, code: int, tell: bool = True) -> None:
        if self.code is None:
            self.code, self.open = code, False
            self.loop.forget(self._number)
            self._socket.close()
            if tell:
                self.gone(self, code)


def _request(port: int, path: str, headers: dict[str, str]) -> bytes:
    lines = {
        "Host": f"127.0.0.1:{port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"GET {path} HTTP/1.1\r\n{head}\r\n".encode()
