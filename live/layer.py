"""What web processes, jobs and commands tell each other when there is a Redis: one stream of numbered parcels.

All of it travels in one group of the channel layer, which every web process joins (live/others.py). Each publisher
puts its orders into parcels and counts these; a number that is missing tells whoever hears the next one that something
was lost.
"""

import logging
import os
import queue
import secrets
import threading
import time

from channels_redis.pubsub import RedisPubSubChannelLayer, RedisPubSubLoopLayer
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

GROUP = "house"
ANSWER = 0.5  # seconds for Redis to answer
PAUSE = 1.0  # seconds during which a Redis that did not answer is not asked again
TOGETHER = 100  # orders in one parcel, or a few more: what is told as one travels as one

wording = RedisPubSubChannelLayer()  # how a parcel becomes bytes


def make():
    """The channel layer, for the loop that runs. Its prefix is the house's own: databases of one Redis share their
    channels."""
    hosts = [{"address": settings.REDIS_URL, **_patience()}]
    return RedisPubSubLoopLayer(hosts, settings.HOUSE, channel_layer=wording)


def _patience():
    return {"socket_connect_timeout": ANSWER, "socket_timeout": ANSWER}


class Publisher:
    """One per process, whatever it does. `name` and number stand on each of its parcels."""

    def __init__(self):
        self.begin()

    def begin(self):
        self.name = secrets.token_hex(8)
        self._number = 0
        self._lock = threading.Lock()
        self._waiting = queue.SimpleQueue()
        self._thread = None
        self._client = None
        self._away_until = 0.0
        self._failing = False

    def now(self, *orders):
        """Publishes them, or drops them after a moment without an answer: their number is used up either way."""
        error = self._publish(orders)
        if error and not self._failing:
            logger.warning("Redis does not take what is published; browsers will ask for it (%s)", error)
        self._failing = bool(error)

    def soon(self, *orders):
        """The same from a thread of its own, at once: neither a page nor the event loop waits for Redis.

        What waits there is as much as is published in ANSWER at most, so nobody needs to bound it.
        """
        self._waiting.put(orders)
        if self._thread is None:
            self._start()

    def _publish(self, orders):
        """Numbers them as they leave → what went wrong."""
        with self._lock:
            parcel = self._numbered(orders)
            if time.monotonic() < self._away_until:
                return "it did not answer a moment ago"
            try:
                self._hand_over(parcel)
            except (RedisError, OSError) as error:
                self._away_until = time.monotonic() + PAUSE
                return str(error)
        return ""

    def _start(self):
        with self._lock:
            if self._thread is None:
                thread = threading.Thread(target=self._work, name="publisher", daemon=True)
                thread.start()  # where there can't be one more, whoever publishes next tries again
                self._thread = thread

    def _work(self):
        while True:
            orders = [*self._waiting.get()]
            while len(orders) < TOGETHER and not self._waiting.empty():
                orders += self._waiting.get()
            try:
                self._publish(orders)  # that nobody hears us is noticed, and said, by others.py
            except Exception:
                logger.exception("Could not publish %s order(s)", len(orders))

    def _numbered(self, orders):
        self._number += 1
        return {"by": self.name, "number": self._number, "orders": orders}

    def _hand_over(self, parcel):
        if self._client is None:
            self._client = Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **_patience())
        # As channels_redis names the channel of a group.
        self._client.publish(f"{settings.HOUSE}__group__{GROUP}", wording.serialize(parcel))


publisher = Publisher()
# A copy of this process is another publisher: with a name, numbers and a connection of its own.
os.register_at_fork(after_in_child=publisher.begin)
