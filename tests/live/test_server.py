"""The same on the server that we ship: its own way to close, to buffer and to stop. By each of the ways bytes go."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from live import codes
from live.allowance import BURST

pytestmark = [pytest.mark.browser, pytest.mark.alike]

ROOT = Path(__file__).parents[2]
PREPARE = """
import django
django.setup()
from django.core.management import call_command
from django.test import Client
from accounts.models import Person
call_command("migrate", verbosity=0)
for name in ("bob", "cleo"):
    person = Person.objects.create_user(username=name, email=f"{name}@example.org", password=name, name=name)
    client = Client()
    client.force_login(person)
    print(person.pk, client.cookies["session"].value)
"""
# How bytes go: as shipped, and through the server's own parser and queues, as where something stands before the socket.
WAYS = {
    "direct": "",
    "buffered": "transport._is_bare = transport.can_overhear = lambda protocol: False",
}
# With a handler that takes its time.
SERVE = """
import time
from live import registry, transport
{}
registry.on("sound.leave", lambda socket, frame: time.sleep(1))
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", *sys.argv[1:]])
"""


class House:
    """A web process of its own, with bob and cleo logged in."""

    def __init__(self, folder, way):
        self.folder = folder
        ours = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "backchannel.settings", "DATABASE_URL": ""}
        options = {"cwd": ROOT, "env": {**os.environ, **ours}}
        made = subprocess.run([sys.executable, "-c", PREPARE], **options, check=True, stdout=subprocess.PIPE)
        self.bob, self.cleo = (line.split() for line in made.stdout.decode().splitlines())
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.listening.setblocking(False)
        self.port = self.listening.getsockname()[1]
        number = self.listening.fileno()
        command = [sys.executable, "-c", SERVE.format(WAYS[way]), "web", f"--socket={number}"]
        self.web = subprocess.Popen(command, **options, pass_fds=[number])

    def tell(self, person, count=1, size=0):
        texts = [
            json.dumps({"type": "notice", "text": f"{number}{' ' * size}", "level": "polite"})
            for number in range(count)
        ]
        self.obey(*({"do": "tell", "people": [person[0]], "text": text} for text in texts))

    def obey(self, *orders):
        with socket.socket(socket.AF_UNIX) as seam:
            seam.connect(str(self.folder / "live.sock"))
            for order in orders:
                seam.sendall(json.dumps(order).encode() + b"\n")

    def socket(self, person, **options):
        origin = f"http://127.0.0.1:{self.port}"
        headers = {"Cookie": f"session={person[1]}"}
        address = f"ws://127.0.0.1:{self.port}/live/"
        line = connect(
            address,
            origin=origin,
            additional_headers=headers,
            compression=None,
            open_timeout=30,
            legacy=True,
            **options,
        )
        line.send('{"type": "hello", "tab": "t", "cursors": {}, "versions": {}}')
        assert "welcome" in line.recv(10)
        assert "heads" in line.recv(10)
        return line

    def memory(self):
        """Of the web process, in KiB."""
        status = Path(f"/proc/{self.web.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS")))


@pytest.fixture(scope="module", params=WAYS)
def house(request, tmp_path_factory):
    house = House(tmp_path_factory.mktemp("house"), request.param)
    yield house
    house.web.kill()
    house.web.wait()


def code_of(line):
    """The code with which the server closed."""
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            line.recv(10)
    return closed.value.rcvd and closed.value.rcvd.code


def test_a_command_reaches_a_page(house):
    with house.socket(house.bob) as ear, house.socket(house.cleo) as other:
        house.tell(house.bob)
        assert "notice" in ear.recv(10)
        other.send(BEAT)
        assert "heads" in other.recv(10)


BEAT = '{"type": "beat", "cursors": {}, "versions": {}}'


def sent(text, opcode=Opcode.TEXT, **how):
    """A frame of a browser, as bytes."""
    return Frame(opcode, text.encode() if isinstance(text, str) else text, **how).serialize(mask=True)


PIECEMEAL = {
    "alone": [sent(BEAT)],
    "byte by byte": [bytes([byte]) for byte in sent(BEAT)],
    "with the beginning of a ping": [sent(BEAT) + sent("", Opcode.PING)[:3], sent("", Opcode.PING)[3:]],
    "after the beginning of itself": [sent(BEAT)[:2], sent(BEAT)[2:]],
    "in fragments": [sent(BEAT[:9], fin=False), sent(BEAT[9:], Opcode.CONT)],
    "in fragments around a ping": [
        sent(BEAT[:9], fin=False),
        sent("", Opcode.PING),
        sent(BEAT[9:], Opcode.CONT),
    ],
}


@pytest.mark.parametrize("parts", PIECEMEAL.values(), ids=PIECEMEAL)
def test_a_frame_is_heard_once_however_it_arrives(house, parts):
    with house.socket(house.bob) as page:
        for part in parts:
            page.socket.sendall(part)
            time.sleep(0.005)  # each arrives by itself
        assert "heads" in page.recv(10)
        page.socket.sendall(sent(BEAT) * 3)
        assert ["heads" in page.recv(10) for _ in range(3)] == [True] * 3
        with pytest.raises(TimeoutError):
            page.recv(0.2)


def test_a_text_inside_a_fragmented_one_breaks_the_protocol(house):
    page = house.socket(house.bob)
    page.socket.sendall(sent(BEAT[:9], fin=False))
    time.sleep(0.05)
    page.socket.sendall(sent(BEAT))
    assert code_of(page) is None  # cut without a word


def test_answers_keep_the_order_of_what_was_asked(house):
    """A beat is answered from memory, and yet after the question to the database that came before it."""
    with house.socket(house.bob) as page:
        for _ in range(10):
            page.send('{"type": "resume", "cursors": {"nowhere": 1}, "versions": {}}')
            time.sleep(0.001)  # it arrives by itself
            page.send(BEAT)
            heard = ""
            while heard.count("heads") < 2:
                heard += page.recv(10)
            assert "nowhere" in heard.partition("heads")[0]


# With the code that ends them; None: cut without a word.
WRONG = {
    "half a character": (sent("così".encode()[:-1]), None),
    "not masked": (Frame(Opcode.TEXT, BEAT.encode()).serialize(mask=False), None),
    "a key too many": (sent('{"type": "beat", "admin": true}'), codes.BAD_FRAME),
    "a beat in a list": (sent(f"[{BEAT}]"), codes.BAD_FRAME),
    "no JSON": (sent('{"type": "beat"'), codes.BAD_FRAME),
}


@pytest.mark.parametrize(("data", "code"), WRONG.values(), ids=WRONG)
def test_a_wrong_frame_ends_its_socket_only(house, data, code):
    with house.socket(house.cleo) as other:
        page = house.socket(house.bob)
        page.socket.sendall(data)
        assert code_of(page) == code
        other.send(BEAT)
        assert "heads" in other.recv(10)


def test_beats_without_end_are_a_flood(house):
    page = house.socket(house.bob)
    with contextlib.suppress(OSError):
        for _ in range(5 * BURST):
            page.socket.sendall(sent(BEAT))
            time.sleep(0.001)  # each arrives by itself
    assert code_of(page) == codes.TOO_MUCH


BUSY = '{"type": "sound.leave", "room": "r"}'
LONG = '{"type": "beat", "cursors": {}, "versions": {}' + " " * 60_000 + "}"


def test_what_is_said_to_one_who_is_busy_waits_and_all_of_it_is_heard(house):
    with house.socket(house.bob) as page:
        page.send(BUSY)
        for _ in range(30):
            page.send(LONG)
        heard = ""
        while heard.count("heads") < 30:
            heard += page.recv(10)


def test_w2_a_flood_of_long_frames_while_one_is_busy_stays_with_who_sends_it(house):
    page = house.socket(house.bob)
    page.send(BUSY)
    assert floods(house, page, LONG, 300) < 6 * 1024
    page.socket.close()


def test_w2_a_flood_of_short_frames_while_one_is_busy_is_closed(house):
    page = house.socket(house.bob)
    page.send(BUSY)
    assert floods(house, page, BEAT, 50_000) < 6 * 1024
    assert code_of(page) in (codes.TOO_MUCH, None)  # None: the line was cut while it was still talking
    with house.socket(house.cleo) as other:
        other.send(BEAT)
        assert "heads" in other.recv(10)


def floods(house, page, text, most):
    """Says this as often as it gets rid of it within half a second → by how many KiB the server grew."""
    before, data = house.memory(), sent(text) * (most // 300)
    page.socket.settimeout(0.5)
    with contextlib.suppress(OSError):
        for _ in range(300):
            page.socket.sendall(data)
    grown = house.memory() - before
    page.socket.settimeout(None)
    return grown


def test_a_page_that_beats_is_cut_all_the_same(house):
    with house.socket(house.bob) as page, house.socket(house.cleo) as other:
        page.send(BEAT)
        assert "heads" in page.recv(10)
        house.obey({"do": "cut", "code": codes.LOGGED_OUT, "people": [house.bob[0]]})
        assert code_of(page) == codes.LOGGED_OUT
        other.send(BEAT)
        assert "heads" in other.recv(10)


def test_codes_below_3000_arrive_too(house):
    line = house.socket(house.bob)
    line.send(b"\x00")
    assert code_of(line) == codes.BINARY


def test_w2_a_megabyte_is_refused_before_it_reaches_us(house):
    line = house.socket(house.bob)
    line.send(" " * 2**20)
    assert code_of(line) in (1009, None)  # None: the line was cut while it was still talking


def test_what_we_say_may_be_longer_than_what_we_hear(house):
    with house.socket(house.bob, max_size=None) as ear:
        house.tell(house.bob, size=2**20)
        assert len(ear.recv(10)) > 2**20
        ear.send(BEAT)
        assert "heads" in ear.recv(10)
        ear.send(" " * 2**17)
        assert code_of(ear) in (1009, None)


def test_f9_a_reader_that_stops_is_closed_and_little_is_kept_for_it(house):
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.connect(("127.0.0.1", house.port))
    line = house.socket(house.bob, sock=slow, max_queue=1)
    before = house.memory()
    house.tell(house.bob, count=2_000, size=8_000)
    assert house.memory() - before < 4 * 1024
    with house.socket(house.cleo) as other:
        house.tell(house.cleo)
        assert "notice" in other.recv(10)
    heard = 0
    with pytest.raises(ConnectionClosed):
        while True:
            line.recv(10)
            heard += 1
    assert heard < 1_000


def test_the_server_stops_politely(house):
    line = house.socket(house.bob)
    began = time.monotonic()
    house.web.send_signal(signal.SIGTERM)
    assert code_of(line) == codes.RESTART
    house.web.wait(10)
    assert time.monotonic() - began < 5
