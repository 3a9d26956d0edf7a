"""The lists of one page that have a version: who is in the room, its questions, hands, one's own controls.

The rules are those of static/js/holes.js and pieces.js: a piece fits if none before it is missing; what misses one waits,
and if that does not come the list is fetched anew. Of people and questions it is kept what stands there; of other lists
only the version.
"""

from tests.delivery.drawn import items_of, lists_of


class Lists:
    """`redraw(name)` fetches one anew; `later(name, work)` calls work(name) in a moment, once."""

    def __init__(self, redraw, later):
        self.redraw, self.later = redraw, later
        self.all = {}
        self._latest = {}
        self._held = []

    def draw(self, html):
        """Another page stands here now."""
        self.all = lists_of(html)

    def renew(self, name, html):
        """This one, with all that is in it, was fetched anew."""
        self.all.pop(name, None)
        if name.startswith("panel:"):
            self.all.pop(name.replace("panel:", "questions:"), None)
        self.all |= lists_of(html)
        self.look()

    def look(self):
        """What came while a list was under way is not in it."""
        for name in self.all:
            if self._is_behind(name):
                self._ask_soon(name)

    def versions(self):
        return {name: one.version for name, one in self.all.items()}

    def piece(self, frame):
        name, version, shown = frame["list"], frame["version"], self.all.get(frame["list"])
        if version is not None:
            self._latest[name] = max(version, self._latest.get(name, version))
        if shown is None:
            return
        if version is None or shown.version <= version <= shown.version + 1:
            self._put(shown, frame)
            self._try_held(name)
        elif version > shown.version:
            self._held.append(frame)
            self._ask_soon(name)

    def _put(self, shown, frame):
        shown.items.update(items_of(frame["html"]))
        for id in frame["gone"] or ():
            shown.items.pop(id, None)
        if frame["version"] is not None:
            shown.version = frame["version"]

    def _try_held(self, name):
        mine = [frame for frame in self._held if frame["list"] == name]
        self._held = [frame for frame in self._held if frame["list"] != name]
        for frame in mine:
            self.piece(frame)

    def settle(self, told, now):
        """Where the server's lists are, after this page told where it was."""
        for name, version in now.items():
            before = told.get(name, 0)
            if version < before:
                self._latest.pop(name, None)
            if version < before or (name in self.all and version > self.all[name].version):
                self.redraw(name)

    def _ask_soon(self, name):
        self.later(name, lambda name: self._is_behind(name) and self.redraw(name))

    def _is_behind(self, name):
        return name in self.all and self._latest.get(name, 0) > self.all[name].version
