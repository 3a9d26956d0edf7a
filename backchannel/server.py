"""The web server: daphne, given our socket and our limits, and a polite way to leave."""

import asyncio
import contextlib
import gc
import logging
import os
import re
import signal
import socket
import threading

from daphne.http_protocol import WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from twisted.internet import reactor

from backchannel import bodies
from live import process
from live.reading import ReadsAtOnce

MESSAGE_LIMIT = 64 * 1024  # bytes of one message from a browser
REQUEST_LIMIT = 60  # seconds for one answer
NEVER = 10**9
GARBAGE = 10_000  # things made and not yet thrown away, until the first look for garbage among them
MOMENT = 0.2  # seconds for the last words to reach the network
DRAIN = 3.0  # seconds for requests under way
GONE_BY = 5.0  # seconds after which nothing is waited for any longer

access = logging.getLogger("backchannel.access")
# What follows these in an address lets somebody in: it is not written down.
KEYS = re.compile(r"/(i|operator|key|confirm-email)/[^/]+")


class House(Server):
    """The web process of a house, answering on a listening socket that somebody else opened."""

    def __init__(self, listening: socket.socket) -> None:
        from backchannel.asgi import application

        super().__init__(
            application=application,
            endpoints=["the socket below"],
            signal_handlers=False,
            action_logger=write_down,
            http_timeout=REQUEST_LIMIT,
            websocket_timeout=-1,
            ping_interval=NEVER,  # browsers beat by themselves, and more often
            websocket_max_message_size=MESSAGE_LIMIT,
            websocket_max_frame_size=MESSAGE_LIMIT,
            application_close_timeout=5,
            ready_callable=lambda: reactor.callWhenRunning(self.start),
            server_name="",
        )
        self.endpoints = []  # an endpoint's description can name a socket, but not one of IPv6
        self.listening = listening
        self.leaving: asyncio.Task | None = None

    def start(self) -> None:
        """First everything that pages rely on, then the door."""
        loop = asyncio.get_event_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.leave)
        process.start(loop)
        _spare_what_stays()
        self.ws_factory.protocol = HouseSocket
        bodies.bind(self.http_factory)
        self.port = reactor.adoptStreamPort(self.listening.fileno(), self.listening.family, self.http_factory)
        self.listening.close()

    def leave(self) -> None:
        """Take nobody in any more, tell every open page to come back, finish what was begun, go."""
        if self.leaving is None:
            _gone_by(GONE_BY)
            self.leaving = asyncio.get_event_loop().create_task(self._leave())

    async def _leave(self) -> None:
        self.port.stopListening()
        process.stop()
        await asyncio.sleep(MOMENT)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._requests_done(), DRAIN)
        reactor.stop()

    async def _requests_done(self) -> None:
        while any(_is_under_way(*connection) for connection in self.connections.items()):
            await asyncio.sleep(0.05)


class HouseSocket(ReadsAtOnce, WebSocketProtocol):
    """MESSAGE_LIMIT binds what browsers say, not us: all that somebody missed is one message, however long."""

    def sendMessage(self, *args: object, **options: object) -> None:
        limit, self.maxMessagePayloadSize = self.maxMessagePayloadSize, 0
        try:
            super().sendMessage(*args, **options)
        finally:
            self.maxMessagePayloadSize = limit


def write_down(protocol: str, action: str, details: dict) -> None:
    """One line of the access log (LOG_LEVEL=INFO), without query strings and without keys."""
    path = KEYS.sub(r"/\1/…", details["path"].partition("?")[0])
    if protocol == "http":
        access.info("%s %s %s %s", details["client"], details["method"], path, details["status"])
    else:
        access.info("%s socket %s %s", details["client"], action, path)


def _is_under_way(protocol: object, details: dict) -> bool:
    application = details.get("application_instance")
    return isinstance(protocol, WebRequest) and application is not None and not application.done()


def _spare_what_stays() -> None:
    """Looking for garbage stops everybody: it passes over the program itself, and comes less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GARBAGE)


def _gone_by(seconds: float) -> None:
    timer = threading.Timer(seconds, os._exit, (0,))
    timer.daemon = True
    timer.start()
