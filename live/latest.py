"""News of which only the newest count (who talks, who types): at most one in a while under each name."""

PAUSE = 0.25  # seconds


class Latest:
    def __init__(self, loop):
        self._loop = loop
        self._next = {}  # name → what goes when its pause is over, None for nothing

    def deliver(self, name, work):
        """Does `work` now, or when the pause after the last one is over, unless something newer comes."""
        if name in self._next:
            self._next[name] = work
        else:
            self._next[name] = None
            self._loop.call_later(PAUSE, self._after_the_pause, name)
            work()

    def _after_the_pause(self, name):
        if work := self._next.pop(name):
            self.deliver(name, work)
