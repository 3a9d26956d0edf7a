"""The one way in which this house asks strangers for something: at addresses that everybody may reach, or not at all.

Somebody writes a link, and this machine opens it: without the guard it would open the doors of its own network for him.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import httpcore
import httpx

from backchannel.links.own import is_own_host

Place = tuple[str, int]  # address and port
Resolve = Callable[[str, int, float], list[Place]]

LONGEST = 2000  # characters of an address
PORTS = (None, 80, 443)  # none is that of the scheme
TRIES = 3  # addresses of one name

# A name with a dot, whose last part is none of the many ways to write a number. Addresses in figures are refused, all
# of them: nobody's page is known by one.
NAME = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])\Z")

# Whatever is not meant for everybody. `is_global` is asked as well, but what it says depends on Python's version.
NOT_FOR_ALL = [
    ipaddress.ip_network(network)
    for network in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        # Of the part of IPv6 that is given out: what wraps an IPv4 address (Teredo, 6to4), and what is for documents.
        *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
    )
]
GIVEN_OUT = ipaddress.ip_network("2000::/3")  # mapped, translated, local and all other addresses lie outside

# Looking a name up takes as long as the resolver likes, and cannot be broken off.
_looking_up = ThreadPoolExecutor(8, thread_name_prefix="names")


class Forbidden(Exception):
    """An address that is not opened from here."""


def checked(address: str) -> httpx.URL:
    """The address of a page that may be asked for, as far as that can be told without its name. Raises Forbidden."""
    try:
        url = httpx.URL(address) if len(address) <= LONGEST else None
    except (httpx.InvalidURL, ValueError) as problem:
        raise Forbidden("not an address") from problem
    if url is None or url.scheme not in ("http", "https") or url.userinfo or url.port not in PORTS:
        raise Forbidden("not the address of a page")
    host = url.raw_host.decode("ascii")
    if not NAME.match(host) or is_own_host(host):
        raise Forbidden("not somebody else's name")
    return url


def is_public(address: str) -> bool:
    """Whether this is an address in the internet that stands for itself, and for one machine."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if found.version == 6 and found not in GIVEN_OUT:
        return False
    return found.is_global and not found.is_multicast and not any(found in network for network in NOT_FOR_ALL)


def resolve(host: str, port: int, seconds: float) -> list[Place]:
    """All places that a name stands for; TimeoutError or OSError if that cannot be told."""
    # With the dot it is looked up as it is, and not in the domains of this machine's own network.
    asked = _looking_up.submit(socket.getaddrinfo, f"{host}.", port, type=socket.SOCK_STREAM)
    return [(str(place[0]), int(place[1])) for *_, place in asked.result(seconds)]


@lru_cache(1)
def trusted() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


class Guard(httpcore.NetworkBackend):
    """Connects to where a name leads, if all that it leads to is public. A name is looked up once for a connection: the
    address that was looked at is the one that is connected to.

    Everything that is asked by one guard has to be there within `seconds`, from now on.
    """

    def __init__(self, seconds: float, resolve: Resolve, is_allowed: Callable[[str], bool]) -> None:
        self._end = time.monotonic() + seconds
        self._resolve, self._is_allowed = resolve, is_allowed
        self._plain = httpcore.SyncBackend()

    def left(self) -> float:
        """Seconds; raises when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("out of time")
        return left

    def connect_tcp(
        self, host: str, port: int, timeout: Any = None, local_address: Any = None, socket_options: Any = None
    ) -> httpcore.NetworkStream:
        places = self._resolve(host, port, self.left())
        if not places or not all(self._is_allowed(address) for address, _port in places):
            raise Forbidden("not public")
        return Stream(self._connect(places[:TRIES]), self)

    def _connect(self, places: list[Place]) -> httpcore.NetworkStream:
        (address, port), *others = places
        try:
            return self._plain.connect_tcp(address, port, self.left() / len(places))
        except (httpcore.NetworkError, httpcore.TimeoutException):
            if not others:
                raise
            return self._connect(others)


class Stream(httpcore.NetworkStream):
    """A connection whose every step ends when the guard's time is over: who sends a byte now and then wins nothing."""

    def __init__(self, inner: httpcore.NetworkStream, guard: Guard) -> None:
        self._inner, self._guard = inner, guard

    def read(self, max_bytes: int, timeout: Any = None) -> bytes:
        return self._inner.read(max_bytes, self._guard.left())

    def write(self, buffer: bytes, timeout: Any = None) -> None:
        self._inner.write(buffer, self._guard.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: Any, server_hostname: Any = None, timeout: Any = None) -> httpcore.NetworkStream:
        return Stream(self._inner.start_tls(ssl_context, server_hostname, self._guard.left()), self._guard)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


class GuardedTransport(httpx.BaseTransport):
    """For httpx: requests leave by the guard. No proxy, no cookies and nothing else from the environment."""

    def __init__(self, guard: Guard, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, network_backend=guard, max_connections=1, max_keepalive_connections=0
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = checked(str(request.url))
        target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = httpcore.Request(request.method, target, headers=request.headers.raw, content=request.stream)
        answer = self._pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=Body(answer))

    def close(self) -> None:
        self._pool.close()


class Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()
