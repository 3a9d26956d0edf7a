"""The mixing desk: every session, every room, and what the web process orders."""

import asyncio
import logging

from rooms.sound import sdp
from rooms.sound.mixer import offers
from rooms.sound.mixer.ice import NoPort
from rooms.sound.mixer.mixing import Clock, Room
from rooms.sound.mixer.session import Session

logger = logging.getLogger(__name__)


class Desk:
    """`say(line)` goes to the web process; `address` is announced to browsers instead of our own."""

    def __init__(self, limits, say, address=None):
        self.limits, self.say, self.address = limits, say, address
        self.sessions, self.rooms, self.tasks = {}, {}, set()
        self.clock = Clock(self.rooms, self._talking)
        self.orders = {
            "join": self._join,
            "mute": self._mute,
            "role": self._role,
            "cut": self._cut,
            "reconcile": self._reconcile,
        }

    def greet(self):
        """The web process is (again) there: who is here, who talks."""
        self.say({"event": "ready", "sessions": list(self.sessions)})
        for room in self.rooms.values():
            room.told = []

    def obey(self, line):
        """Do what one line says. A line we do not understand is noted and forgotten."""
        try:
            self.orders[line["do"]](line)
        except (KeyError, TypeError, AttributeError, ValueError):
            logger.warning("a line from the web process was not understood")

    async def close(self):
        """Hang up on everybody, quietly."""
        closing = [task for session in list(self.sessions.values()) for task in self._remove(session)]
        await asyncio.gather(*closing, *self.tasks, return_exceptions=True)

    def _join(self, line):
        number, session, room = line["id"], _text(line["session"]), _text(line["room"])
        refusal = self.limits.refusal(self.sessions, session, room)
        if refusal:
            self.say({"id": number, "refused": refusal})
            return
        place = self._place(session, room)
        _allow(place, line)
        task = asyncio.ensure_future(self._answer(number, place, line["offer"]))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    def _place(self, id, room):
        old = self.sessions.get(id)
        if old and old.room == room:
            return old
        if old:
            self._remove(old)
        self.sessions[id] = place = Session(id, room, self._gone)
        self.rooms.setdefault(room, Room()).sessions.add(place)
        self.clock.wanted.set()
        return place

    async def _answer(self, number, place, offer):
        try:
            answer = offers.announced(await place.answer(sdp.check(offer)), self.address)
        except NoPort:
            self._refuse(number, place, "full")
        except sdp.BadOffer:
            self._refuse(number, place, "bad_offer")
        except Exception:
            logger.exception("an offer could not be answered")
            self._refuse(number, place, "failed")
        else:
            self.say({"id": number, "answer": answer})

    def _refuse(self, number, place, why):
        if not place.link and not place.coming and self.sessions.get(place.id) is place:
            self._remove(place)
        self.say({"id": number, "refused": why})

    def _mute(self, line):
        place = self.sessions.get(line["session"])
        if place:
            place.allow(place.publish, line["muted"] is not False, line["version"])

    def _role(self, line):
        place = self.sessions.get(line["session"])
        if place:
            place.allow(line["publish"] is True, place.muted, line["version"])

    def _cut(self, line):
        place = self.sessions.get(line["session"])
        if place:
            self._remove(place)

    def _reconcile(self, line):
        wanted = dict(line["sessions"])
        for id, place in list(self.sessions.items()):
            if id not in wanted or wanted[id]["room"] != place.room:
                self._remove(place)
            else:
                _allow(place, wanted[id])
        self.say({"event": "missing", "sessions": [id for id in wanted if id not in self.sessions]})

    def _remove(self, place):
        """Forget him; his sound is over before this returns."""
        del self.sessions[place.id]
        room = self.rooms[place.room]
        room.sessions.discard(place)
        if not room.sessions:
            del self.rooms[place.room]
            if room.told:
                self._talking(place.room, [])
        return place.end()

    def _gone(self, place):
        if self.sessions.get(place.id) is place:
            self._remove(place)
            self.say({"event": "gone", "session": place.id})

    def _talking(self, room, sessions):
        self.say({"event": "talking", "room": room, "sessions": sessions})


def _allow(place, said):
    place.allow(said["publish"] is True, said["muted"] is not False, said["version"])


def _text(value):
    if not isinstance(value, str) or not 0 < len(value) <= 200:
        raise ValueError("not an id")
    return value
