"""The same on the server that we ship: its own way to close, to buffer and to stop. By each of the ways bytes leave."""

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
from websockets.sync.client import connect

from live import codes

pytestmark = pytest.mark.browser

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
# How bytes leave: as shipped, and through the server's own queue, as where something stands before the socket.
WAYS = {
    "direct": "",
    "buffered": "transport._is_bare = lambda protocol: False",
}
SERVE = """
from live import transport
{}
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
        with socket.socket(socket.AF_UNIX) as seam:
            seam.connect(str(self.folder / "live.sock"))
            for number in range(count):
                text = json.dumps({"type": "notice", "text": f"{number}{' ' * size}", "level": "polite"})
                order = {"do": "tell", "people": [person[0]], "text": text}
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
        other.send('{"type": "beat", "cursors": {}, "versions": {}}')
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
        ear.send('{"type": "beat", "cursors": {}, "versions": {}}')
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
