"""The process that does what nobody should wait for."""

import logging
import threading
from typing import Any

from django.utils.module_loading import autodiscover_modules
from huey.contrib.djhuey import HUEY
from huey.contrib.djhuey.management.commands.run_huey import Command as RunHuey

from backchannel import health


class Command(RunHuey):
    help = "Run the jobs process: it does in the background what the pages leave to it."

    def handle(self, *args: Any, **options: Any) -> None:
        autodiscover_modules("jobs")
        make_queue()
        # With a handler of its own, huey leaves the logging to LOGGING; without one it writes everything twice.
        logging.getLogger("huey").addHandler(logging.NullHandler())
        threading.Thread(target=health.keep_beating, name="beat", daemon=True).start()
        options.update(disable_autoload=True, graceful_signal="TERM", stop_timeout=5)
        super().handle(*args, **options)


def make_queue() -> None:
    """The tables in which jobs wait, if the queue is kept in tables."""
    if hasattr(HUEY.storage, "initialize_schema"):
        HUEY.storage.initialize_schema()
