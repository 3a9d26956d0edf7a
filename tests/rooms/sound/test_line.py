"""The process and its line to the web process, over a real Unix socket."""

import asyncio
import json
import os
import signal
import subprocess
import sys

import pytest
from django.conf import settings

import live
from live import process, registry
from rooms.sound import engine
from tests.rooms.sound.peers import Peer, until


class Web:
    """Stands where the web process stands: listens on the socket, keeps what the mixer says."""

    def __init__(self, path):
        self.path, self.lines, self.greetings, self.writer = path, [], 0, None

    async def open(self):
        self.server = await asyncio.start_unix_server(self._hear, self.path, limit=1 << 20)

    async def close(self):
        """As if it had been killed."""
        self.server.close()
        self.writer.transport.abort()
        self.writer = None
        self.path.unlink()

    def say(self, line):
        self.writer.write((line if isinstance(line, bytes) else json.dumps(line).encode()) + b"\n")

    async def ask(self, number, **line):
        self.say({"id": number, "do": "join", "room": "r", "publish": False, "muted": False, "version": 1, **line})
        await until(lambda: any(line.get("id") == number for line in self.lines))
        return next(line for line in self.lines if line.get("id") == number)

    async def _hear(self, reader, writer):
        hello = json.loads(await reader.readline())
        if hello == {"hello": "mixer"}:
            self.writer, self.greetings = writer, self.greetings + 1
        while line := await reader.readline():
            self.lines.append(json.loads(line))


def mixer(folder):
    environment = {**os.environ, "DATA_DIR": str(folder), "MIXER_ROOM_LIMIT": "2"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    return subprocess.Popen([sys.executable, "manage.py", "mixer"], env=environment)


@pytest.fixture
async def web(tmp_path):
    """The web process's side, with `manage.py mixer` started against it."""
    web = Web(tmp_path / "live.sock")
    await web.open()
    web.mixer = mixer(tmp_path)
    try:
        await until(lambda: web.writer, 20)
        yield web
    finally:
        web.mixer.kill()
        web.mixer.wait()
        web.server.close()


async def test_sound_goes_on_while_the_web_process_is_away_and_nonsense_is_forgiven(web):
    await until(lambda: web.lines)
    assert web.lines.pop() == {"event": "ready", "sessions": []}
    for nonsense in (b"{", b"[]", b"\xff\xfe", b'{"do": "mute"}', b""):
        web.say(nonsense)
    bob, cleo = Peer(440), Peer()
    await bob.accept((await web.ask(1, session="bob", publish=True, offer=await bob.offer()))["answer"])
    await cleo.accept((await web.ask(2, session="cleo", offer=await cleo.offer()))["answer"])
    assert (await web.ask(3, session="dan", offer=await Peer().offer()))["refused"] == "room_full"
    await until(lambda: cleo.level(440) > -35)
    await web.close()
    packets = cleo.packets
    await until(lambda: cleo.packets > packets + 25, 1)
    web.lines.clear()
    await web.open()
    await until(lambda: web.greetings == 2, 2)
    await until(lambda: {"event": "ready", "sessions": ["bob", "cleo"]} in web.lines)
    await until(lambda: {"event": "talking", "room": "r", "sessions": ["bob"]} in web.lines)
    assert cleo.level(440) > -35
    await bob.close()
    await cleo.close()


async def test_it_ends_when_told_to(web):
    web.mixer.send_signal(signal.SIGTERM)
    await until(lambda: web.mixer.poll() is not None, 4)
    assert web.mixer.returncode == 0


@pytest.mark.django_db(transaction=True)
async def test_the_door_the_line_and_the_mixer_fit_together(monkeypatch):
    monkeypatch.setattr(registry, "links", {})
    monkeypatch.setattr(registry, "tickers", [])
    monkeypatch.setattr(engine, "callbacks", {event: [] for event in engine.EVENTS})
    here, gone, bob = [], [], Peer(440)
    engine.register(on_ready=here.append, on_gone=gone.append)
    engine.open()
    await process.start()
    program = mixer(settings.DATA_DIR)
    try:
        await until(lambda: here, 20)
        assert live.linked("mixer")
        await bob.accept(await engine.join("bob", "r", True, False, 1, await bob.offer()))
        await bob.close()
        await until(lambda: gone == ["bob"])
    finally:
        program.kill()
        program.wait()
        await process.stop()
