"""One person's place in one room, whichever connection carries it."""

from rooms.sound.mixer.link import Link
from rooms.sound.mixer.opus import Encoder
from rooms.sound.mixer.talking import Level


class Session:
    """`publish` and `muted` are the server's word, as of the room's `version`; what the browser does changes nothing
    about them.

    A new offer makes a second connection beside the first: the old one sounds until the new one is connected.
    """

    def __init__(self, id, room, on_gone):
        self.id, self.room, self.on_gone = id, room, on_gone
        self.publish, self.muted, self.version, self.heard = False, True, -1, False
        self.link, self.coming = None, None
        self.level, self.encoder = Level(), None

    @property
    def connected(self):
        return self.link is not None and self.link.connected

    def allow(self, publish, muted, version):
        """Set who he is now; takes effect with the next frame. What was overtaken by something newer is ignored."""
        if version >= self.version:
            self.publish, self.muted, self.version = publish, muted, version
            self._settle()

    async def answer(self, offer):
        """Answer a (new) offer; whatever is wrong with it raises, and only the new connection ends."""
        link = Link(self.publish, self._connected, self._ended)
        if self.coming:
            self.coming.end()
        self.coming = link
        try:
            return await link.answer(offer)
        except Exception:
            link.end()
            raise

    def listen(self):
        """His next frame, or None; only asked for while he is heard."""
        pcm = self.link.voice.frame()
        self.level.feed(pcm)
        return pcm

    def give(self, packet):
        self.link.give(packet)

    def end(self):
        """Out of the mix and silent at once; `on_gone` is not called. Returns the closing tasks."""
        self.on_gone = lambda session: None
        links = [link for link in (self.link, self.coming) if link]
        return [closing for link in links if (closing := link.end())]

    def _connected(self, link):
        if link is not self.coming:
            return
        old, self.link, self.coming = self.link, link, None
        if old:
            old.end()
        self._settle()

    def _ended(self, link):
        if link is self.coming:
            self.coming = None
        elif link is self.link:
            self.link = None
        self._settle()
        if not self.link and not self.coming:
            self.on_gone(self)

    def _settle(self):
        """Bring ears and encoder in line with what is allowed."""
        heard = self.publish and not self.muted and self.connected
        if self.link:
            self.link.voice.open(heard)
        if heard != self.heard:
            self.heard = heard
            self.level.clear()
            self.encoder = Encoder() if heard else None
