"""Fake browsers on aiortc, and a desk to play them against, all in one process."""

import asyncio
import contextlib
import itertools

import numpy as np
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError

from rooms.sound.mixer import ice
from rooms.sound.mixer.desk import Desk
from rooms.sound.mixer.limits import Limits
from rooms.sound.mixer.opus import FRAME, RATE, Encoder


class Studio:
    """A running desk; `said` is every line it said."""

    def __init__(self, limits=None):
        ice.use(None)
        self.said, self.peers, self.replies = [], [], {}
        self.desk = Desk(limits or Limits(), self._hear)
        self.numbers, self.versions = itertools.count(1), itertools.count(1)

    async def __aenter__(self):
        self.clock = asyncio.create_task(self.desk.clock.run())
        return self

    async def __aexit__(self, *error):
        for peer in self.peers:
            await peer.close()
        self.clock.cancel()
        await self.desk.close()

    def do(self, do, **line):
        """An order, newer than all before unless it says its version."""
        self.desk.obey({"do": do, "version": next(self.versions), **line})

    async def ask(self, session, offer, room="room", publish=False, muted=False):
        """The reply to a join."""
        number = next(self.numbers)
        self.replies[number] = asyncio.get_running_loop().create_future()
        self.do("join", id=number, session=session, room=room, publish=publish, muted=muted, offer=offer)
        return await asyncio.wait_for(self.replies[number], 5)

    async def enter(self, session, hz=None, **allowed):
        """A browser that is connected: it sends a tone if given one and records what it hears."""
        peer = Peer(hz)
        self.peers.append(peer)
        reply = await self.ask(session, await peer.offer(), **{"publish": bool(hz), **allowed})
        await peer.accept(reply["answer"])
        return peer

    def events(self, event):
        return [line for line in self.said if line.get("event") == event]

    def _hear(self, line):
        self.said.append(line)
        if "id" in line:
            self.replies[line["id"]].set_result(line)


class Peer:
    def __init__(self, hz=None, direction=None):
        self.pc = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.heard, self.packets = np.zeros(0, np.int16), 0
        self.stamp, self.apart = None, RATE  # of the newest packet, and the least between two; in samples
        self.tone = Tone(hz) if hz else None
        self.pc.addTransceiver(self.tone or "audio", direction=direction or ("sendrecv" if hz else "recvonly"))
        self.pc.on("track", self._record)

    async def offer(self):
        await self.pc.setLocalDescription(await self.pc.createOffer())
        return self.pc.localDescription.sdp

    async def accept(self, answer):
        await self.pc.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        await until(lambda: self.pc.connectionState == "connected")

    async def close(self):
        await self.pc.close()

    def forget(self):
        self.heard = np.zeros(0, np.int16)

    def level(self, hz):
        """How loud this tone is in the last quarter of a second, in dB below full scale."""
        samples = self.heard[-RATE // 4 :]
        if len(samples) < RATE // 4:
            return -200.0
        spectrum = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) / (len(samples) / 4)
        at = round(hz * len(samples) / RATE)
        return float(20 * np.log10(max(spectrum[at - 2 : at + 3].max() / 32768, 1e-10)))

    def loud(self):
        """How loud anything was in the last second, in dB."""
        return float(20 * np.log10(max(np.abs(self.heard).max(initial=0) / 32768, 1e-10)))

    def _record(self, track):
        self.recording = asyncio.ensure_future(self._listen(track))

    async def _listen(self, track):
        with contextlib.suppress(MediaStreamError):
            while True:
                frame = await track.recv()
                self.packets += 1
                self._stamped(frame.pts)
                self.heard = np.concatenate([self.heard[-RATE:], frame.to_ndarray()[0][::2]])

    def _stamped(self, stamp):
        if self.stamp is not None:
            self.apart = min(self.apart, stamp - self.stamp)
        self.stamp = stamp


class Tone(MediaStreamTrack):
    kind = "audio"

    def __init__(self, hz, loud=8000):
        super().__init__()
        self.hz, self.loud, self.n, self.encoder = hz, loud, 0, Encoder()

    async def recv(self):
        loop = asyncio.get_running_loop()
        self.start = getattr(self, "start", None) or loop.time()
        await asyncio.sleep(max(0, self.start + self.n * FRAME / RATE - loop.time()))
        at = np.arange(FRAME) + self.n * FRAME
        self.n += 1
        pcm = (self.loud * np.sin(2 * np.pi * self.hz * at / RATE)).astype(np.int16)
        return self.encoder.packet(pcm, self.n * FRAME)


async def until(true, seconds=5.0):
    """Wait for something to become true, or fail saying what did not."""
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.02)
