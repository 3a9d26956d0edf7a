"""Pages and pictures of other people, as far as they are worth a card."""

from __future__ import annotations

import contextlib
import logging
import ssl
import zlib
from collections.abc import Callable, Iterator
from typing import NamedTuple

import httpcore
import httpx

from backchannel.links import guard, page, picture

logger = logging.getLogger(__name__)

SECONDS = 3.0  # for all that one card needs
REDIRECTS = 3
MOST_OF_A_PAGE = 512 * 1024  # bytes; what matters stands at its beginning
MOST_OF_A_PICTURE = 2 * 1024 * 1024
HEADERS = {
    "User-Agent": "Mozilla/5.0 (compatible; Backchannel link preview bot)",
    "Accept-Encoding": "gzip",
    "Accept-Language": "*",
}
FAILED = (
    guard.Forbidden,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpx.InvalidURL,
    OSError,  # no such name, among others
    ValueError,  # a header that is none
    zlib.error,
)


class Card(NamedTuple):
    """What is shown of a page, and where it was found in the end."""

    address: str
    title: str
    description: str
    site: str
    picture: bytes | None


class Answer(NamedTuple):
    url: httpx.URL
    kind: str  # its content type
    body: bytes
    whole: bool


class Nothing(Exception):
    """There is no card to be had there."""


class Web:
    """Everybody else's pages. What it is made with is what another network has to have other than the internet."""

    def __init__(
        self,
        resolve: guard.Resolve = guard.resolve,
        is_allowed: Callable[[str], bool] = guard.is_public,
        trusted: Callable[[], ssl.SSLContext] = guard.trusted,
    ) -> None:
        self._resolve, self._is_allowed, self._trusted = resolve, is_allowed, trusted

    def card(self, address: str) -> Card | None:
        """The card of the page at this address; None for whatever reason there is none."""
        try:
            with self._visiting() as visit:
                return _card(visit, address)
        except (Nothing, *FAILED) as reason:
            # Neither the address nor what the other side said: there may be secrets in both.
            logger.info("No card of a link: %s", type(reason).__name__)
            return None

    @contextlib.contextmanager
    def _visiting(self) -> Iterator[Visit]:
        limits = guard.Guard(SECONDS, self._resolve, self._is_allowed)
        with guard.GuardedTransport(limits, self._trusted()) as transport:
            yield Visit(transport)


class Visit:
    def __init__(self, transport: httpx.BaseTransport) -> None:
        self._transport = transport

    def get(self, address: str, kinds: tuple[str, ...], most: int) -> Answer:
        """The beginning of what is there, after redirects, if it is of one of these kinds. Raises Nothing, or one of
        FAILED."""
        for _step in range(1 + REDIRECTS):
            url = guard.checked(address)
            with contextlib.closing(self._ask(url, kinds)) as response:
                if not response.has_redirect_location:
                    return Answer(url, *_told(response, kinds, most))
                address = str(url.join(response.headers["Location"]))
        raise Nothing("sent on too often")

    def _ask(self, url: httpx.URL, kinds: tuple[str, ...]) -> httpx.Response:
        accept = ", ".join(kind + "*" if kind.endswith("/") else kind for kind in kinds)
        return self._transport.handle_request(httpx.Request("GET", url, headers={**HEADERS, "Accept": accept}))


def _told(response: httpx.Response, kinds: tuple[str, ...], most: int) -> tuple[str, bytes, bool]:
    kind = response.headers.get("Content-Type", "").lower()
    if response.status_code != 200 or not kind.startswith(kinds):
        raise Nothing("nothing of the kind")
    return kind, *_body(response, most)


def _body(response: httpx.Response, most: int) -> tuple[bytes, bool]:
    """At most so much of it, and whether that is all; unpacked no further than that, whatever it would become."""
    unpack = _unpacking(response.headers.get("Content-Encoding", "identity").lower())
    body, received = b"", 0
    for chunk in response.stream:
        received += len(chunk)
        body += unpack(chunk, most + 1 - len(body))
        if max(received, len(body)) > most:
            return body[:most], False
    return body, True


def _unpacking(coding: str) -> Callable[[bytes, int], bytes]:
    if coding == "identity":
        return lambda chunk, most: chunk[:most]
    if coding in ("gzip", "x-gzip"):
        return zlib.decompressobj(16 + zlib.MAX_WBITS).decompress
    raise Nothing("packed in a way nobody asked for")


def _card(visit: Visit, address: str) -> Card:
    answer = visit.get(address, ("text/html", "application/xhtml+xml"), MOST_OF_A_PAGE)
    found = page.read(answer.body, answer.kind)
    if not found.title:
        raise Nothing("no title")
    image = _picture(visit, answer.url, found.picture) if found.picture else None
    return Card(str(answer.url), found.title, found.description, found.site, image)


def _picture(visit: Visit, base: httpx.URL, address: str) -> bytes | None:
    """A card without a picture is a card all the same."""
    try:
        answer = visit.get(str(base.join(address)), ("image/",), MOST_OF_A_PICTURE)
    except (Nothing, *FAILED):
        return None
    return picture.small(answer.body) if answer.whole else None
