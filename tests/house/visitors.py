"""People at a running house without a browser: a log-in, requests, and an open page that does what live.js does."""

import asyncio
import contextlib
import http.client
import json
import random
import re
import socket
import ssl
import threading
import time
import urllib.parse
import uuid
from typing import NamedTuple

from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import connect

SPREAD = 3  # seconds over which pages ask that are told to; as in live.js
HOLE = 0.2  # seconds until a page asks for what lies between two messages; as in holes.js
SECRET = "a" * 32  # of a visitor's own making, as his cookies are
TRUSTING = ssl.create_default_context()
TRUSTING.check_hostname, TRUSTING.verify_mode = False, ssl.CERT_NONE
ARTICLE = re.compile(r'<article [^>]*id="(m-[^"]+)"[^>]* data-seq="(\d+)"')


class Answer(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    text: str


class Visitor:
    """One person's cookies. `url` is the address that people use, `port` where it is in truth."""

    def __init__(self, url, port=None, session="", source="127.0.0.1"):
        self.url = url
        parts = urllib.parse.urlsplit(url)
        self.host, self.secure = parts.netloc, parts.scheme == "https"
        self.port, self.source = port or parts.port, (source, 0)
        prefix = "__Host-" if self.secure else ""
        self.csrf, self.session = f"{prefix}csrf", f"{prefix}session"
        self.cookies = {self.csrf: SECRET, **({self.session: session} if session else {})}

    def get(self, path, **headers):
        return self._ask("GET", path, None, headers)

    def post(self, path, fields=(), **headers):
        token = self.cookies[self.csrf]
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token, **dict(fields)})
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": self.url, "Referer": f"{self.url}/"}
        return self._ask("POST", path, body, {**kind, **headers})

    def sign_up(self, username, address="/accounts/signup/"):
        self.get(address)
        words = {"username": username, "name": username.capitalize(), "email": f"{username}@example.org"}
        return self.post(address, {**words, "password1": "a long way home"})

    def log_in(self, username, password):
        self.get("/accounts/login/")
        return self.post("/accounts/login/", {"login": username, "password": password})

    def say(self, conversation, body, client_id=None, seconds=30):
        """Posts a message, and the same again while the house does not take it → the answers it got."""
        fields = {"client_id": str(client_id or uuid.uuid4()), "body": body}
        answers, end = [], time.monotonic() + seconds
        while not answers or (answers[-1] != 204 and time.monotonic() < end):
            try:
                answers.append(
                    self.post(f"/backchannel/{conversation}/messages/", fields, **{"HX-Request": "true"}).status
                )
            except (OSError, http.client.HTTPException) as error:
                answers.append(type(error).__name__)
                time.sleep(0.2)
        return answers

    def page(self, *conversations):
        return Page(self, conversations)

    def _ask(self, method, path, body, headers):
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        how = {"context": TRUSTING} if self.secure else {}
        line = kind("127.0.0.1", self.port, timeout=20, source_address=self.source, **how)
        try:
            line.request(method, path, body, {"Host": self.host, "Cookie": self.cookie(), **headers})
            answer = line.getresponse()
            for crumb in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = crumb.partition(";")[0].partition("=")
                self.cookies[name] = value
            return Answer(answer.status, answer.headers, answer.read().decode())
        finally:
            line.close()

    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def line(self, **options):
        """A socket, as a browser opens it."""
        line = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        if self.secure:
            line = _beyond_tls(line, self.host)
        headers = {"Cookie": self.cookie()}
        return connect(
            f"ws://{self.host}/live/", sock=line, origin=self.url, additional_headers=headers, max_size=None, **options
        )


def _beyond_tls(line, host):
    """A plain socket whose other end speaks TLS on this line.

    The client reads in one thread and writes in another, which a connection of OpenSSL does not bear: now and then what
    came in was never heard of. Here a loop of its own does both.
    """
    near, far = socket.socketpair()
    threading.Thread(target=asyncio.run, args=(_carry(far, line, host),), daemon=True).start()
    return near


async def _carry(far, line, host):
    inside, to_inside = await asyncio.open_connection(sock=far)
    try:
        outside, to_outside = await asyncio.open_connection(sock=line, ssl=TRUSTING, server_hostname=host)
        await asyncio.gather(_pour(inside, to_outside), _pour(outside, to_inside), return_exceptions=True)
    except OSError:  # the client hears that there is nobody
        line.close()
    finally:
        to_inside.close()


async def _pour(source, into):
    try:
        while piece := await source.read(65536):
            into.write(piece)
            await into.drain()
    finally:
        into.close()


class Page:
    """An open page that shows these conversations. `shown` is what stands there, {conversation: {id: (seq, html)}}."""

    def __init__(self, visitor, conversations, tab=None):
        self.visitor, self.tab = visitor, tab or uuid.uuid4().hex
        self.heads = dict.fromkeys(conversations, 0)
        self.shown = {conversation: {} for conversation in conversations}
        self.frames, self.pushed, self.codes = [], [], []
        self.open, self.ended = threading.Event(), False
        self._thread = threading.Thread(target=self._live, daemon=True)
        self._thread.start()
        assert self.open.wait(20), (self.codes, self.frames, getattr(self, "socket", None))

    def order(self, conversation):
        """The texts that stand there, from top to bottom."""
        pieces = sorted(self.shown[conversation].values())
        return [
            re.sub(r"<[^>]+>", "", html.partition("message__text")[2].partition(">")[2].partition("</div>")[0]).strip()
            for _, html in pieces
        ]

    def say(self, **frame):
        self.socket.send(json.dumps(frame))

    def ask(self, kind="resume", **more):
        self.say(type=kind, cursors=self.heads, versions={}, **more)

    def close(self):
        self.ended = True
        self.socket.close()
        self._thread.join(10)

    def _live(self):
        while not self.ended:
            try:
                with self.visitor.line(open_timeout=10) as self.socket:
                    if self.ended:
                        return
                    self.ask("hello", tab=self.tab)
                    for text in self.socket:
                        self._hear(json.loads(text))
                    self.codes.append(self.socket.close_code)
            except ConnectionClosed as closed:
                self.codes.append(closed.rcvd.code if closed.rcvd else 1006)
            except (OSError, EOFError, WebSocketException) as error:
                self.codes.append(type(error).__name__)
            self.open.clear()
            time.sleep(0 if self.ended else random.uniform(0.1, 1))

    def _hear(self, told):
        several = told if isinstance(told, list) else [told]
        asked_for = several[-1]["type"] == "heads"
        for frame in several:
            self.frames.append(frame)
            if frame["type"] == "message" and frame["conversation"] in self.heads:
                self._show(frame, asked_for)
            elif frame["type"] == "heads":
                self.heads.update(frame["conversations"])
                self.open.set()
            elif frame["type"] == "resync":
                threading.Timer(random.uniform(0, SPREAD), self._ask_if_open).start()

    def _show(self, frame, asked_for):
        conversation, number = frame["conversation"], frame["number"]
        if not asked_for:
            self.pushed.append((conversation, number))
        if found := ARTICLE.search(frame["html"]):
            self.shown[conversation][found[1]] = int(found[2]), frame["html"]
        if number > self.heads[conversation] + 1:
            threading.Timer(HOLE, self._ask_if_open).start()
        elif number == self.heads[conversation] + 1:
            self.heads[conversation] = number

    def _ask_if_open(self):
        with contextlib.suppress(ConnectionClosed, OSError):  # then it will say hello
            self.ask()
