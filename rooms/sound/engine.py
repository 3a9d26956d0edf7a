"""The door to the sound: what rooms may ask of whichever engine carries it (setting SOUND_ENGINE).

    answer = await engine.join(session, room, publish, muted, version, offer)
    engine.mute(session, True, version)    engine.demote(session, version)    engine.promote(session, version)
    engine.cut(session)                    engine.reconcile({session: {"room", "publish", "muted", "version"}})

`session` and `room` are random names that mean nothing outside: engines and networks learn nothing from them.
Who may publish is decided by the caller, always; an engine obeys. All but `join` may be called from any thread
and process, so orders may arrive in another order than they were decided in. Therefore each carries the version of
the room that made it true, and an engine lets no order older than the last one change what a session may do.

An engine is a module with these same functions and `open()`, which it is called with once per web process.
"""

from importlib import import_module

from django.conf import settings

from rooms.sound.sdp import BadOffer, check

__all__ = ["Away", "BadOffer", "Full", "Refused", "RoomFull", "check", "register"]

EVENTS = ("talking", "gone", "ready", "missing", "lost")
callbacks: dict[str, list] = {event: [] for event in EVENTS}


class Refused(Exception):
    """The engine did not let this session in."""


class RoomFull(Refused):
    """As many browsers in this room as the engine carries."""


class Full(Refused):
    """As many browsers in all rooms together as the engine carries."""


class Away(Refused):
    """There is no engine at the moment, or it did not answer."""


def register(*, on_talking=None, on_gone=None, on_ready=None, on_missing=None, on_lost=None):
    """What to do when the engine tells something. Plain functions run in a thread, async ones on the loop.

    on_talking(room, sessions)   who talks now
    on_gone(session)             its browser is no longer connected
    on_ready(sessions)           the engine is (again) there, and these are in it
    on_missing(sessions)         reconcile named these, but the engine has no sound for them
    on_lost()                    the engine cannot be reached; its sound may go on
    They are called one after another, so none of them may wait for `join`.
    """
    for event, function in zip(EVENTS, (on_talking, on_gone, on_ready, on_missing, on_lost), strict=True):
        if function is not None:
            callbacks[event].append(function)


def open():
    """Ready to hear the engine; called once, when the apps are ready."""
    _engine().open()


async def join(session, room, publish, muted, version, offer):
    """The answer to a browser's offer. Raises BadOffer, RoomFull, Full or Away.

    A session that is already there is carried on: its old connection sounds until the new one does.
    """
    return await _engine().join(session, room, publish, muted, version, check(offer))


def mute(session, muted, version):
    _engine().mute(session, muted, version)


def promote(session, version):
    """He may be heard from now on; his browser has to make a new offer first."""
    _engine().promote(session, version)


def demote(session, version):
    """Nothing of his is heard from the next frame on; he keeps listening."""
    _engine().demote(session, version)


def cut(session):
    """Out at once: he hears nothing and nobody hears him."""
    _engine().cut(session)


def reconcile(wanted):
    """The whole truth, as above, for every session: who is not in it is cut, the rest corrected."""
    _engine().reconcile(wanted)


def _engine():
    return import_module(settings.SOUND_ENGINE)
