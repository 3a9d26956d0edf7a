"""The process that does what nobody should wait for."""

import logging
import threading
import time
from typing import Any

from django.utils.module_loading import autodiscover_modules
from huey.contrib.djhuey import HUEY
from huey.contrib.djhuey.management.commands.run_huey import Command as RunHuey
from redis.exceptions import RedisError

from backchannel import health

QUIET = 60.0  # seconds between two lines about the same outage


class Command(RunHuey):
    help = "Run the jobs process: it does in the background what the pages leave to it."

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("jobs")
        make_queue()
        # With a handler of its own, huey leaves the logging to LOGGING; without one it writes everything twice.
        logging.getLogger("huey").addHandler(logging.NullHandler())
        outage = Outage()
        for name in ("huey.consumer.Worker", "huey.consumer.Scheduler"):
            logging.getLogger(name).addFilter(outage)
        threading.Thread(target=health.keep_beating, name="beat", daemon=True).start()
        options.update(disable_autoload=True, graceful_signal="TERM", stop_timeout=5)
        super().handle(*args, **options)


class Outage(logging.Filter):
    """While Redis is away, every look at the queue says so, at length. One line in a while is enough."""

    def __init__(self) -> None:
        super().__init__()
        self.said = float("-inf")

    def filter(self, record: logging.LogRecord) -> bool:
        problem = record.exc_info[1] if record.exc_info else None
        if not isinstance(problem, RedisError):
            return True
        now = time.monotonic()
        if now - self.said < QUIET:
            return False
        self.said = now
        record.msg, record.args, record.exc_info = "Redis is away: jobs wait (%s)", (problem,), None
        return True


def make_queue() -> None:
    """The tables in which jobs wait, if the queue is kept in tables."""
    if hasattr(HUEY.storage, "initialize_schema"):
        HUEY.storage.initialize_schema()
