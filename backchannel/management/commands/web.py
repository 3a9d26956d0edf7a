"""The process that answers browsers."""

import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backchannel import address


class Command(BaseCommand):
    help = "Run the web process: pages, and the live socket of every open page."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--socket", type=int, help="a listening socket that was inherited, by its number")

    def handle(self, *args: Any, **options: Any) -> None:
        # Importing daphne chooses Twisted's event loop, which must not happen to the other commands.
        from backchannel.server import House

        House(_listening(options["socket"])).run()


def _listening(inherited: int | None) -> socket.socket:
    if inherited is not None:
        listening = socket.socket(fileno=inherited)
        listening.setblocking(False)
        return listening
    try:
        return address.listen(settings.HOST, settings.PORT)
    except address.Taken as taken:
        raise CommandError(taken) from taken
