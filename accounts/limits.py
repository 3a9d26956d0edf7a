"""How often somebody may do something. Counted in the shared cache, for a person or for an address."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Sequence

from django.core.cache import cache
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _later
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from accounts.refusals import Refused

logger = logging.getLogger(__name__)

MINUTE, HOUR = 60, 60 * 60

# name: (how often, within how many seconds). Generous for people, short for scripts.
LIMITS = {
    "post": (60, 30),
    "typing": (40, MINUTE),
    "edit": (30, MINUTE),
    "upload": (60, MINUTE),
    "preview": (20, MINUTE),
    "site": (60, MINUTE),
    "reaction": (60, MINUTE),
    "conversation": (10, HOUR),
    "newcomer": (3, HOUR),  # conversations that a new account begins
    "report": (10, HOUR),
    "keeping": (120, MINUTE),
    "export": (10, HOUR),
    "group": (10, HOUR),
    "member": (60, 10 * MINUTE),
    "stranger": (50, HOUR),
    "question": (6, MINUTE),
    "vote": (60, MINUTE),
    "hand": (20, MINUTE),
    "join": (20, MINUTE),
    "microphone": (60, MINUTE),
    "room": (10, 10 * MINUTE),
    "sound": (30, MINUTE),
    "moderate": (120, MINUTE),
    "profile": (50, MINUTE),
    "search": (60, MINUTE),
    "completion": (120, MINUTE),
    "follow": (30, MINUTE),
    "invitation": (20, MINUTE),
    "settings": (20, MINUTE),
    "operator": (10, MINUTE),
}


class TooMuch(Refused):
    """Too often; `wait` says how many seconds until it works again."""

    def __init__(self, wait: float) -> None:
        self.wait = max(1, math.ceil(wait))
        super().__init__(_("That was a lot at once. Try again in %s.") % in_words(self.wait), status=429)


class Busy(Refused):
    """Not now: the house has more to do, or less to do it with, than usual. Nothing is lost by trying again."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(_later("Busy just now. Try again in a moment."), status=503)


def spend(name: str, key: object) -> None:
    """Count one use of `name` by a person (or an address, as text). Raises TooMuch, which is not counted."""
    for refusal in spend_all(name, [key]):
        if refusal:
            raise refusal


def spend_all(name: str, keys: Sequence[object]) -> list[TooMuch | None]:
    """The same of several, in their order, asking the cache once: what each of them would have raised."""
    often, seconds = LIMITS[name]
    try:
        waits = _count([f"limit:{name}:{getattr(key, 'pk', key)}" for key in keys], often, seconds)
    except (RedisError, OSError):
        # A house without its cache goes on, unlimited for the moment.
        logger.warning("The cache does not answer: limits are not kept")
        return [None for _ in keys]
    return [TooMuch(wait) if wait > 0 else None for wait in waits]


def _count(names: list[str], often: int, seconds: int) -> list[float]:
    """Seconds to wait for each, 0 when counted.

    Counts per window, of which the last one fades while this one fills: as even as a bucket, and made of
    increments only, so that processes counting at once miss nothing.
    """
    window, gone = divmod(time.time(), seconds)
    now = [f"{name}:{window:.0f}" for name in names]
    before = [f"{name}:{window - 1:.0f}" for name in names]
    uses, faded = _increase(now, 2 * seconds), cache.get_many(before)
    waits = [_wait(used, faded.get(key, 0), often, seconds, gone) for used, key in zip(uses, before, strict=True)]
    for key in [key for key, wait in zip(now, waits, strict=True) if wait > 0]:
        cache.decr(key)
    return waits


def _increase(keys: list[str], seconds: int) -> list[int]:
    """One more for each; what is new lasts so long."""
    if hasattr(cache, "increase"):
        return cache.increase(keys, seconds)
    return [_increase_one(key, seconds) for key in keys]


def _increase_one(key: str, seconds: int) -> int:
    cache.add(key, 0, seconds)
    try:
        return cache.incr(key)
    except ValueError:  # thrown out by a full cache since the line before
        return 1


def _wait(used: int, faded: int, often: int, seconds: int, gone: float) -> float:
    if used + faded * (1 - gone / seconds) <= often:
        return 0
    if used > often:
        # This window is full: in the next one it has to fade below the limit.
        return seconds - gone + seconds * (1 - (often - 1) / (used - 1))
    return seconds * (1 - (often - used) / faded) - gone


def in_words(seconds: int) -> str:
    """A waiting time as people say it: seconds below two minutes, else minutes, rounded up."""
    if seconds < 2 * MINUTE:
        return ngettext("%s second", "%s seconds", seconds) % seconds
    minutes = math.ceil(seconds / MINUTE)
    return ngettext("%s minute", "%s minutes", minutes) % minutes
