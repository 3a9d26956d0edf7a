"""What one browser says: packets in, a frame of samples every 20 ms out."""

import numpy as np

from rooms.sound.mixer.jitter import LOST, Jitter
from rooms.sound.mixer.opus import FRAME, SILENCE, Decoder


class Voice:
    """Deaf until opened: while shut, packets are dropped before anything is decoded."""

    def __init__(self):
        self.heard = False
        self.jitter = Jitter()
        self.decoder = None
        self._forget()

    def open(self, heard):
        if heard != self.heard:
            self.heard = heard
            self._forget()

    def put(self, number, payload):
        if self.heard:
            self.jitter.put(number, payload)

    def frame(self):
        """The next FRAME samples, or None when there is nothing to hear."""
        if not self.heard:
            return None
        while len(self.samples) < FRAME:
            payload = self.jitter.take()
            if payload is None:
                return None
            self._add(self._concealed() if payload == LOST else self.decoder.pcm(payload))
        frame, self.samples = self.samples[:FRAME], self.samples[FRAME:]
        self.last = frame
        return frame

    def _forget(self):
        self.jitter.reset()
        self.samples, self.last = SILENCE[:0], SILENCE
        self.decoder = Decoder() if self.heard else None

    def _add(self, pcm):
        if not len(pcm):
            pcm = SILENCE
        self.samples = np.concatenate([self.samples, pcm]) if len(self.samples) else pcm

    def _concealed(self):
        """A lost frame fades out what was heard last: no click, no echo of a syllable."""
        return (self.last * np.linspace(0.5, 0.0, FRAME)).astype(np.int16)
