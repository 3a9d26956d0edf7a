"""The mixer has one line, to one of the web processes: everybody hears, wherever his page is, whichever of them dies."""

import asyncio
import contextlib

import pytest

from tests.house.test_two_processes import Scene, only
from tests.product import wait_for
from tests.rooms.sound.peers import Peer, until

pytestmark = pytest.mark.production

MOVED = 5  # seconds for the mixer to find another process


@pytest.fixture
def scene(two_processes):
    made = Scene(two_processes)
    yield made
    made.close()


class Sound:
    """One person's sound, asked for over the page's own socket."""

    def __init__(self, scene, process, name, hz=None):
        with only(scene.house, process):
            self.page = scene.people[name].page()
        self.room, self.peer = scene.room, Peer(hz)

    async def connect(self, seconds=MOVED + 3):
        """As sound.js: ask, and where there is none at the moment ask again."""
        offer = await self.peer.offer()
        answer = {"do": "refused"}
        async with asyncio.timeout(seconds):
            while answer["do"] != "answer" or not answer["sdp"]:
                answer = await asyncio.to_thread(self._ask, offer)
                await asyncio.sleep(0.5)
        await self.peer.accept(answer["sdp"])

    def _ask(self, offer):
        heard = len(self.page.frames)
        self.page.say(type="sound.offer", room=self.room, sdp=offer, take=True)
        return wait_for(lambda: next(filter(is_answer, self.page.frames[heard:]), None), within=8)

    def talking(self):
        """Whether this page was told that somebody talks."""
        return any(frame["type"] == "talking" and frame["seats"] for frame in self.page.frames)

    async def close(self):
        await self.peer.close()
        self.page.close()


def is_answer(frame):
    return frame["type"] == "sound" and frame["do"] in ("answer", "refused")


@contextlib.asynccontextmanager
async def sounding(*wanted):
    """These are connected, one after the other."""
    try:
        for sound in wanted:
            await sound.connect()
        yield
    finally:
        for sound in wanted:
            await sound.close()


async def test_who_is_in_different_processes_hears_each_other(scene):
    ada, bob = Sound(scene, "web1", "ada", 440), Sound(scene, "web2", "bob")
    assert scene.people["ada"].post(f"/rooms/{scene.room}/microphone/", {"muted": "no"}).status < 400
    async with sounding(ada, bob):
        await until(lambda: bob.peer.level(440) > -35, 10)
        await until(lambda: ada.talking() and bob.talking(), 10)


@pytest.mark.full
@pytest.mark.parametrize("process", ["web1", "web2"])
async def test_whichever_process_dies_the_mixer_is_reached_by_the_other(scene, process):
    other = {"web1": "web2", "web2": "web1"}[process]
    ada = Sound(scene, other, "ada", 440)
    before = scene.house.kill(process)
    async with sounding(ada):
        wait_for(lambda: scene.house.pids().get(process, before) != before, within=10)
        bob = Sound(scene, process, "bob")
        async with sounding(bob):
            await until(lambda: bob.peer.packets > 25, 10)
