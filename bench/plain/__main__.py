"""python -m bench.plain PORT, with DJANGO_SETTINGS_MODULE and REDIS_URL set."""

import sys

import django

django.setup()

from daphne.server import Server  # noqa: E402

from bench.plain.rooms import application  # noqa: E402

# The backlog is what keeps a crowd that comes at once from being turned away; daphne's own is 50.
Server(application, [f"tcp:port={int(sys.argv[1])}:interface=127.0.0.1:backlog=4096"], signal_handlers=True).run()
