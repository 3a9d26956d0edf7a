"""A file as an answer: whole, or the part of it that was asked for (RFC 9110, 14)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from typing import BinaryIO, NamedTuple

from asgiref.sync import sync_to_async
from django.core.files import File
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

AT_ONCE = 256 * 1024  # bytes
ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class Part(NamedTuple):
    first: int
    last: int

    @property
    def size(self) -> int:
        return self.last - self.first + 1


def answer(request: HttpRequest, file: File, content_type: str, tag: str) -> HttpResponseBase:
    """The file, which is closed when it was sent. `tag` says which one it is, for who has the beginning already."""
    whole = Part(0, file.size - 1)
    part = _asked(request, whole, tag)
    if part is None:
        file.close()
        return _headed(HttpResponse(status=416, headers={"Content-Range": f"bytes */{whole.size}"}), tag)
    if request.method == "HEAD":
        file.close()
        response: HttpResponseBase = HttpResponse(content_type=content_type)
    else:
        response = StreamingHttpResponse(_bytes(file, part), content_type=content_type)
    if part != whole:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {part.first}-{part.last}/{whole.size}"
    response.headers["Content-Length"] = str(part.size)
    return _headed(response, tag)


def _headed(response: HttpResponseBase, tag: str) -> HttpResponseBase:
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["ETag"] = f'"{tag}"'
    return response


def _asked(request: HttpRequest, whole: Part, tag: str) -> Part | None:
    """What of it was asked for; None where there is nothing of that. What asks for several parts, or makes no sense,
    gets the whole."""
    found = ONE_RANGE.fullmatch(request.headers.get("Range", ""))
    if not found or request.headers.get("If-Range", f'"{tag}"') != f'"{tag}"':
        return whole
    first, last = found.groups()
    if first:
        part = Part(int(first), min(int(last or whole.last), whole.last))
        is_sense = not last or int(last) >= int(first)
    else:
        part = Part(max(0, whole.size - int(last or 0)), whole.last)
        is_sense = bool(last)
    if not is_sense:
        return whole
    return part if part.first <= whole.last else None


async def _bytes(file: BinaryIO | File, part: Part) -> AsyncIterator[bytes]:
    """Read as it is sent: in a thread, and never more than a little at once."""
    try:
        await _in_a_thread(file.seek, part.first)
        left = part.size
        while left and (piece := await _in_a_thread(file.read, min(AT_ONCE, left))):
            left -= len(piece)
            yield piece
    finally:
        file.close()


def _in_a_thread(function, *args):
    return sync_to_async(function, thread_sensitive=False)(*args)
