"""The mix of one room, and the clock that turns all of them every 20 ms."""

import asyncio
import logging

import numpy as np

from rooms.sound.mixer.opus import FRAME, RATE, Encoder

logger = logging.getLogger(__name__)

TICK = FRAME / RATE
# Further behind than this (a paused process, a sleeping laptop), frames are left out and not hurried through.
PATIENCE = 0.2


def clip(total):
    """Sums of voices as 16-bit samples."""
    return np.clip(total, -32768, 32767).astype(np.int16)


class Room:
    """Added once, encoded once for everybody who is not heard just now; each who is heard gets the others."""

    def __init__(self):
        self.sessions = set()
        self.shared = Encoder()
        self.told = []

    def tick(self, pts):
        """Take a frame from everybody who may be heard, give everybody his packet."""
        voices = self._voices()
        total = np.sum(list(voices.values()), axis=0, dtype=np.int32) if voices else None
        shared = None
        for session in self.sessions:
            if session.heard:
                session.give(self._own(session, total, voices, pts))
            elif session.connected:
                shared = shared or self.shared.packet(None if total is None else clip(total), pts)
                session.give(shared)

    def talking(self):
        """Who talks now, if that is news; None otherwise."""
        now = sorted(session.id for session in self.sessions if session.level.talking)
        if now == self.told:
            return None
        self.told = now
        return now

    def _voices(self):
        voices = {}
        for session in self.sessions:
            if session.heard:
                pcm = session.listen()
                if pcm is not None:
                    voices[session] = pcm
        return voices

    def _own(self, session, total, voices, pts):
        """Nobody hears himself; and when he is the only one to say something, there is nothing to encode."""
        others = len(voices) - (session in voices)
        if not others:
            return session.encoder.packet(None, pts)
        return session.encoder.packet(clip(total - voices.get(session, 0)), pts)


class Clock:
    """Turns `rooms` ({id: Room}) while there are any; tells `news(room id, talking)` every EVERY turns."""

    EVERY = 12  # 240 ms

    def __init__(self, rooms, news):
        self.rooms, self.news = rooms, news
        self.pts, self.turns = 0, 0
        self.wanted = asyncio.Event()

    async def run(self):
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            if not self.rooms:
                self.wanted.clear()
                await self.wanted.wait()
                due = loop.time()
            await asyncio.sleep(max(0.0, due - loop.time()))
            due = self._caught_up(due, loop.time())
            self.turn()
            due += TICK

    def turn(self):
        for id, room in list(self.rooms.items()):
            try:
                room.tick(self.pts)
                self._tell(id, room)
            except Exception:
                logger.exception("one frame of a room was lost")
        self.pts += FRAME
        self.turns += 1

    def _caught_up(self, due, now):
        if now - due <= PATIENCE:
            return due
        missed = int((now - due) / TICK)
        self.pts += missed * FRAME
        return due + missed * TICK

    def _tell(self, id, room):
        if self.turns % self.EVERY == 0:
            talking = room.talking()
            if talking is not None:
                self.news(id, talking)
