"""Telling browsers something, from any thread of any process, once it is committed."""

import logging
import threading
from contextlib import contextmanager
from functools import partial

from django.conf import settings
from django.db import transaction

from live import frames, pipe
from live.hub import hub
from live.layer import publisher

logger = logging.getLogger(__name__)
_kept = threading.local()  # orders: what this thread keeps together


@contextmanager
def together():
    """What is told within the block leaves as one; of a block that fails, nothing does."""
    _kept.orders = orders = []
    try:
        yield
    finally:
        _kept.orders = None
    if orders:
        _publish(orders)


def send(topic, frame, *, exits=None, latest=""):
    """To every socket tuned to `topic`.

    exits: how often somebody had lost access by then
    latest: a name under which only the newest counts; what comes too fast under it is left out
    """
    more = {"exits": exits, **({"latest": latest} if latest else {})}
    _order({"do": "send", "topic": topic, "text": frames.encode(frame), **more, **_where(frame)})


def tell(person_ids, frame, *more, latest=False):
    """To all sockets of these people and to nobody else; several frames arrive together.

    latest: it counts only while it is new: a reader who is behind does without
    """
    text = frames.encode_all(frame, *more)
    new = {"latest": frame["type"]} if latest else {}
    _order({"do": "tell", "people": list(person_ids), "text": text, **new, **_where(frame)})


def _where(frame):
    """Where its list stands with this frame, for those that count."""
    if frame["type"] == "message":
        return {"at": (frame["conversation"], frame["number"])}
    if frame["type"] == "piece" and frame.get("version") is not None:
        return {"at": (frame["list"], frame["version"])}
    return {}


def retune(person_ids):
    """Asks again what the sockets of these people are tuned to."""
    _order({"do": "retune", "people": list(person_ids)})


def cut(code, *, person_ids=(), login=None):
    """Closes the sockets of these people, or of this one login, with a code of live/codes.py."""
    _order({"do": "cut", "code": int(code), "people": list(person_ids), "login": login})


def say(name, line):
    """A line (a dict) to the program linked under `name`; dropped if it is not there."""
    _order({"do": "say", "name": name, "line": line})


def pass_on(name, line):
    """What the program called `name` said to this process, to the `on_passed` of all others: it was for one of them."""
    if settings.REDIS_URL:
        publisher.soon({"do": "pass", "name": name, "line": line})


def _order(order):
    if order.get("text", "") is None:
        return
    if (kept := getattr(_kept, "orders", None)) is not None:
        kept.append(order)
    else:
        _publish([order])


def _publish(orders):
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(partial(_deliver, orders), robust=True)
    else:
        _deliver(orders)


def _deliver(orders):
    """News never breaks what it is about: the row is saved, and browsers find it by their cursors."""
    try:
        here = hub.post(*orders)
        if settings.REDIS_URL:
            _tell_others(orders, here)
        elif not here:
            for order in orders:
                pipe.post(order)
    except Exception:
        logger.exception("Could not publish (%s)", ", ".join({order["do"] for order in orders}))


def _tell_others(orders, here):
    """Where the hub is, a thread publishes, and nothing waits; elsewhere it is published when this returns."""
    if not here:
        publisher.now(*orders)
    elif others := [order for order in orders if order["do"] != "say" or not hub.linked(order["name"])]:
        publisher.soon(*others)
