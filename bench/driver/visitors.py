"""Browsers of a house: logged in, greeted, beating as live.js does, and writing by its socket or by its form."""

import contextlib
import heapq
import json
import random
import re
from collections.abc import Callable
from urllib.parse import urlencode

from bench import processes
from bench.driver.crowd import FILLER, Circle, Crowd
from bench.driver.http import Done, Wires
from bench.driver.line import Line
from bench.driver.loop import Loop, now
from bench.driver.tally import Tally, marked

NUMBER = re.compile(rb'"number":(\d+)')
MESSAGE, RELOAD, RESYNC = b'{"type":"message"', b'"type":"reload"', b'"type":"resync"'
SPREAD = 3  # seconds within which all pages ask, when all are told to
TOKEN = "b" * 32  # a CSRF cookie's secret, which is the browser's own
WRITTEN = 204  # the status of a form that a script posted and that was taken
WIRES = 48  # connections on which forms are posted


class Visitor(Line):
    """One tab: whose it is, and what its page shows."""

    def __init__(self, loop: Loop, port: int, person: dict, cursors: dict, versions: dict, narrow: bool = False):
        headers = {"Cookie": f"session={person['session']}", "Origin": f"http://127.0.0.1:{port}"}
        super().__init__(loop, port, "/live/", headers, narrow)
        self.person, self.cursors, self.versions = person, cursors, versions
        self.newest = b""  # of what has a number
        self.greeted = self.beating = self.reload = False
        self.spread = 1.0  # seconds within which it comes back when the line breaks
        self.waiting: dict[str, int] = {}  # client_id → number, of messages not yet acknowledged

    def tell(self, kind: str) -> None:
        """Say where this page is: a hello, a beat."""
        if found := NUMBER.findall(self.newest):
            for chat in self.cursors:
                self.cursors[chat] = max(self.cursors[chat], int(found[-1]))
        tab = {"tab": self.person["id"]} if kind == "hello" else {}
        frame = {"type": kind, "cursors": self.cursors, "versions": self.versions, **tab}
        self.say(json.dumps(frame).encode())


class House(Crowd):
    """The browsers of a house. `by_socket` says how its messages are written."""

    def __init__(self, loop: Loop, tally: Tally, port: int, by_socket: bool, wires: int = WIRES) -> None:
        super().__init__(loop, tally)
        self.port, self.by_socket = port, by_socket
        self.beat = 15.0
        self.reloads = 0
        self._beats: list = []
        self._slept = 0.0
        self._slept_since: float | None = None
        loop.after(0, self._pump)
        self.filler = FILLER
        self.wires = Wires(loop, port, wires)

    @property
    def way(self) -> str:
        return "written by socket" if self.by_socket else "written by form"

    # Coming in ---------------------------------------------------------------------------------------------

    def add_room(self, room: dict, members: slice = slice(None), **how) -> Circle:
        """People of a room, each with its page open at the chat."""
        versions = {f"room:{room['id']}": room["version"], f"panel:{room['id']}": 0}
        return self._add(
            room["chat"],
            room["people"][members],
            lambda person: (
                {room["chat"]: room["head"]},
                {**versions, f"controls:{room['id']}": person["stamp"]},
            ),
            **how,
        )

    def add_pair(self, pair: dict) -> Circle:
        return self._add(pair["id"], pair["people"], lambda person: ({pair["id"]: 0}, {}))

    def _add(self, chat: str, people: list[dict], shown: Callable[[dict], tuple[dict, dict]], **how) -> Circle:
        circle = self.circle_of(chat, people)
        self.circles.append(circle)
        self._to_open += [self._opener(circle, person, shown(person), how) for person in people]
        return circle

    def circle_of(self, chat: str, people: list[dict]) -> Circle:
        """Those who write in a conversation, whether their pages are open or not."""
        circle = Circle()
        circle.chat, circle.people, circle.writer = chat, people, -1
        return circle

    def _opener(self, circle: Circle, person: dict, shown: tuple[dict, dict], how: dict) -> Callable[[], Line]:
        def connect() -> Line:
            line = Visitor(self.loop, self.port, person, *shown, **how)
            line.opened = lambda line: line.tell("hello")
            line.hear = self._greeted
            circle.lines.append(line)
            return line

        return connect

    def _greeted(self, line: Visitor, payload: bytes) -> None:
        self.hear(line, payload)
        if welcome := re.search(rb'"type":"welcome","beat":(\d+),"spread":(\d+)', payload):
            self.beat, line.spread = float(welcome[1]), float(welcome[2])
        if b'"type":"heads"' in payload:
            line.greeted = True
            self.is_ready(line)
            if not line.beating:
                line.beating = True
                heapq.heappush(self._beats, (self._awake() + random.random() * self.beat, id(line), line))

    def come_back(self, line: Visitor) -> None:
        """The page whose line broke opens another one, and says how far it is."""
        line.waiting.clear()
        line.greeted = False
        line.hear = self._greeted
        line.connect()

    # Beating -----------------------------------------------------------------------------------------------

    def _pump(self) -> None:
        """Each browser tells every `beat` seconds where it is; the time in which the house rests does not count."""
        while self._beats and self._slept_since is None and self._beats[0][0] <= self._awake():
            due, key, line = heapq.heappop(self._beats)
            line.beating = line.open
            if line.open:
                line.tell("beat")
                heapq.heappush(self._beats, (due + self.beat, key, line))
        self.loop.after(0.01, self._pump)

    def _awake(self) -> float:
        return now() - self._slept

    @contextlib.contextmanager
    def resting(self, pids: list[int]):
        """The house and its browsers do nothing until the end of the block."""
        self._slept_since = now()
        with processes.resting(pids):
            yield
        self._slept += now() - self._slept_since
        self._slept_since = None

    # Hearing -----------------------------------------------------------------------------------------------

    def hear(self, line: Visitor, payload: bytes) -> None:
        if payload.startswith(MESSAGE):
            # By far the most, and nothing else to be found in it.
            self.size = len(payload)
            line.newest = payload
            self.tally.hear(payload, line.known)
        else:
            self._hear_several(line, payload)
        if line.waiting:
            self._look_for_answers(line, payload)

    def _hear_several(self, line: Visitor, payload: bytes) -> None:
        if MESSAGE in payload:
            line.newest = payload
            self.tally.hear(payload, line.known)
        if RESYNC in payload:
            self.loop.after(random.random() * SPREAD, lambda: line.open and line.tell("resume"))
        if RELOAD in payload:
            self.reloads += payload.count(RELOAD)
            line.reload = line.reload or RELOAD + b',"list":"conversation:' in payload

    def _look_for_answers(self, line: Visitor, payload: bytes) -> None:
        if b'"client_id"' not in payload:
            return
        frames = json.loads(payload)
        for frame in frames if isinstance(frames, list) else [frames]:
            number = line.waiting.pop(frame.get("client_id"), None)
            if number is not None:
                self.tally.answer(number, ok=frame["type"] == "ack")

    # Writing -----------------------------------------------------------------------------------------------

    def say_in(self, circle: Circle, at: float | None = None) -> int:
        number = self.tally.send(circle.listeners, at)
        client_id = f"{number:08x}-{random.getrandbits(16):04x}-4000-8000-{random.getrandbits(48):012x}"
        text = marked(number, self.filler)
        if self.by_socket:
            line = circle.next_line()
            line.waiting[client_id] = number
            frame = {"type": "post", "conversation": circle.chat, "client_id": client_id, "body": text}
            line.say(json.dumps(frame).encode())
        else:
            self.post_form(circle, client_id, text, lambda status, _body: self.tally.answer(number, status == WRITTEN))
        return number

    def post_form(self, circle: Circle, client_id: str, text: str, done: Done) -> None:
        circle.writer += 1
        person = circle.people[circle.writer % len(circle.people)]
        self.wires.post(
            f"/backchannel/{circle.chat}/messages/",
            f"session={person['session']}",
            urlencode({"client_id": client_id, "body": text}).encode(),
            done,
            token=TOKEN,
        )

    def close(self) -> None:
        super().close()
        self.wires.close()


def takes_posts(loop: Loop, port: int, pair: dict) -> bool:
    """Whether this house lets one write over its socket: the frame is acknowledged, not refused."""
    heard: list[bytes] = []
    line = Visitor(loop, port, pair["people"][0], {}, {})
    line.opened = lambda line: line.tell("hello")
    line.hear = lambda line, payload: heard.append(payload)
    loop.until(lambda: any(b'"heads"' in one for one in heard) or line.code is not None, 10)
    client_id = f"00000000-0000-4000-8000-{random.getrandbits(48):012x}"
    if line.open:
        frame = {"type": "post", "conversation": pair["id"], "client_id": client_id, "body": "Hello."}
        line.say(json.dumps(frame).encode())
    loop.until(lambda: any(b'"ack"' in one for one in heard) or line.code is not None, 3)
    line.close()
    return any(b'"ack"' in one for one in heard)
