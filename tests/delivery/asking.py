"""HTTP as a page speaks it, many at once: one connection for each question, no answer is None."""

import asyncio
import re
from typing import NamedTuple
from urllib.parse import urlencode

PATIENCE = 10.0  # seconds for an answer


class Answer(NamedTuple):
    status: int
    headers: dict
    text: str

    @property
    def ok(self):
        return 200 <= self.status < 300

    @property
    def wait(self):
        """Seconds after which it is worth trying again, as far as it says so."""
        return float(self.headers.get("retry-after", 0))


class Asking:
    """One browser's way to ask the house at `port`."""

    def __init__(self, cookie, csrf):
        self.cookies, self.csrf = f"{cookie}; csrf={csrf}", csrf

    async def ask(self, port, method, path, fields=None, target="", patience=PATIENCE):
        """The answer, or None where the line broke or nothing came in time. `target`: of a script's request."""
        body = urlencode(fields or {}).encode() if method == "POST" else b""
        head = self._head(port, method, path, body, target)
        try:
            async with asyncio.timeout(patience):
                return await _exchange(port, head + body)
        except (OSError, EOFError, ValueError, TimeoutError):
            return None

    def _head(self, port, method, path, body, target):
        here = f"127.0.0.1:{port}"
        lines = [
            f"{method} {path} HTTP/1.1",
            f"Host: {here}",
            f"Origin: http://{here}",
            f"Cookie: {self.cookies}",
            f"X-CSRFToken: {self.csrf}",
            f"Content-Length: {len(body)}",
            "Connection: close",
        ]
        if method == "POST":
            lines.append("Content-Type: application/x-www-form-urlencoded")
        if target or method == "POST":
            lines += ["HX-Request: true", f"HX-Target: {target}"]
        return "\r\n".join([*lines, "", ""]).encode()


async def _exchange(port, request):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        raw = await reader.read()
    finally:
        writer.transport.abort()
    return _answer(raw)


def _answer(raw):
    """Raises ValueError where the answer broke off."""
    head, ended, body = raw.partition(b"\r\n\r\n")
    if not ended:
        raise ValueError("no answer")
    status, *lines = head.decode("latin1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if headers.get("transfer-encoding") == "chunked":
        body = _joined(body)
    elif len(body) < int(headers.get("content-length", 0)):
        raise ValueError("half an answer")
    return Answer(int(status.split()[1]), headers, body.decode("utf-8", "replace"))


def _joined(body):
    whole = b""
    while (found := re.match(rb"([0-9a-fA-F]+)[^\r\n]*\r\n", body)) and (size := int(found[1], 16)):
        start = found.end()
        whole, body = whole + body[start : start + size], body[start + size + 2 :]
    if not found:
        raise ValueError("half an answer")
    return whole
