"""When pieces leave: with the next turn of the loop, so that what comes in a burst shares one frame and one write."""

LOOK = 0.05  # seconds between looks at those who are behind


class Outgoing:
    def __init__(self, loop):
        self._loop = loop
        self._ready = {}  # sockets with something waiting, in the order it came
        self._behind = {}

    def add(self, socket):
        if not self._ready:
            self._loop.call_soon(self._flush)
        self._ready[socket] = True

    def _flush(self):
        ready, self._ready = self._ready, {}
        shared = {}
        for socket in ready:
            socket.leave(shared)

    def watch(self, socket):
        """A reader who is behind is fed again when he has taken what he was given."""
        if not self._behind:
            self._loop.call_later(LOOK, self._look)
        self._behind[socket] = True

    def _look(self):
        for socket in [socket for socket in self._behind if socket.look()]:
            del self._behind[socket]
            if socket.waiting:
                self.add(socket)
        if self._behind:
            self._loop.call_later(LOOK, self._look)
