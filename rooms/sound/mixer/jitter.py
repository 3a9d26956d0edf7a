"""Packets come when they like; the mix wants one every 20 ms. In between: a small, soft buffer per speaker.

It starts playing with START packets in hand. When it runs dry it waits and so grows by itself; when it has held
more than it needed for LOOK frames it drops one and so shrinks again. That also absorbs clocks that run apart.
"""

START = 2
MOST = 10
LOOK = 100
SPARE = 2
DRY = 5
LOST = b""


class Jitter:
    def __init__(self):
        self.reset()

    def reset(self):
        self.packets, self.next, self.newest = {}, None, None
        self.dry, self.low, self.looked = 0, MOST, 0

    def put(self, number, payload):
        """Keep the packet with this 16-bit sequence number; late, doubled and empty ones are nothing."""
        number = self._unwrapped(number)
        if not payload or (self.next is not None and number < self.next):
            return
        self.packets[number] = payload
        if len(self.packets) > MOST:
            self._skip_to(sorted(self.packets)[-START])

    def take(self):
        """The next payload; LOST for one that is missing; None when there is nothing to play."""
        if self.next is None and not self._start():
            return None
        if not self.packets:
            return self._ran_dry()
        self.dry = 0
        payload = self.packets.pop(self.next, LOST)
        self.next += 1
        self._shrink()
        return payload

    def _unwrapped(self, number):
        if self.newest is None:
            self.newest = number
        ahead = (number - self.newest + 0x8000) % 0x10000 - 0x8000
        if abs(ahead) > 1000:
            self.reset()
            self.newest, ahead = number, 0
        number = self.newest + ahead
        self.newest = max(self.newest, number)
        return number

    def _start(self):
        if len(self.packets) < START:
            return False
        self.next = min(self.packets)
        return True

    def _ran_dry(self):
        self.dry += 1
        if self.dry >= DRY:
            self.reset()
            return None
        return LOST

    def _shrink(self):
        self.low, self.looked = min(self.low, len(self.packets)), self.looked + 1
        if self.looked == LOOK:
            if self.low > SPARE:
                self._skip_to(self.next + 1)
            self.low, self.looked = MOST, 0

    def _skip_to(self, number):
        self.packets = {n: payload for n, payload in self.packets.items() if n >= number}
        self.next = number
