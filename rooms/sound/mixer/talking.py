"""Who is talking: the level over 200 ms, with some patience so that a pause between words is no silence."""

import numpy as np

OVER = 10  # frames, 200 ms
PATIENCE = 30  # frames, 600 ms
LOUD = 330.0  # about -40 dB below full scale


class Level:
    """Fed with every frame of one speaker (None: nothing came); `talking` is the answer."""

    def __init__(self):
        self.clear()

    def clear(self):
        self.powers = [0.0] * OVER
        self.at, self.quiet, self.talking = 0, PATIENCE, False

    def feed(self, pcm):
        self.powers[self.at] = 0.0 if pcm is None else float(np.mean(np.square(pcm, dtype=np.float32)))
        self.at = (self.at + 1) % OVER
        loud = sum(self.powers) / OVER >= LOUD**2
        self.quiet = 0 if loud else self.quiet + 1
        self.talking = loud or (self.talking and self.quiet < PATIENCE)
