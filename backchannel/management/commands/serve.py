"""The whole house in one command."""

import os
import sys
import time
from argparse import BooleanOptionalAction
from importlib import import_module
from typing import Any, NoReturn

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser, SystemCheckError
from django.utils.translation import gettext as _

from backchannel import address, folder
from backchannel.management.commands.prepare import tell_operator
from backchannel.supervisor import Child, Supervisor

REFUSED = 2


class Command(BaseCommand):
    help = "Start Backchannel: prepare the data folder, then run the web, jobs and sound processes."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--demo",
            action=BooleanOptionalAction,
            default=None,
            help="make the demo people and a live room, or do not, without asking",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        os.umask(0o077)
        if options["demo"] and not _demo_allowed():
            self.refuse(_("The demo is for trying out on this machine: not with PUBLIC_URL, not on another HOST."))
        try:
            with folder.held(settings.DATA_DIR), address.listen(settings.HOST, settings.PORT) as listening:
                self.prepare(options["demo"])
                self.greet()
                _load_for_the_web_process()
                Supervisor(_children(listening.fileno())).run()
        except (folder.Unusable, address.Taken, SystemCheckError, CommandError) as problem:
            self.refuse(str(problem))

    def refuse(self, sentence: str) -> NoReturn:
        self.stderr.write(sentence)
        sys.exit(REFUSED)

    def prepare(self, demo: bool | None) -> None:
        """Everything the processes find ready: tables, static files, first people."""
        call_command("prepare", verbosity=0)
        if self.wants_demo(demo):
            call_command("demo", stdout=self.stdout)

    def wants_demo(self, demo: bool | None) -> bool:
        """What was said on the command line; else a new house on this machine gets it, asked if possible."""
        if demo is not None:
            return demo
        if not _demo_allowed() or get_user_model().objects.exists():
            return False
        if not sys.stdin.isatty():
            self.stdout.write(_("A new house: making demo people and a live room (--no-demo makes none)."))
            return True
        return input(_("A new house. Make demo people and a live room? [Y/n] ")).strip().lower() in (
            "",
            "y",
            "yes",
        )

    def greet(self) -> None:
        """Say where it is, and what only the person at this console may know."""
        self.stdout.write(_("Backchannel is at %s/ (Ctrl-C ends it)") % address.shown())
        if not settings.PRODUCTION and not address.is_loopback(settings.HOST):
            self.stdout.write(
                _(
                    "Browsers give microphones only to https or localhost: "
                    "from other machines people will hear, and speak only through a proxy with a certificate."
                )
            )
        tell_operator(self.stdout)


def _load_for_the_web_process() -> None:
    """What takes it longest to import is copied with us: when it died, it is back the sooner. Not daphne itself, whose
    import chooses an event loop for all."""
    for name in ("autobahn.twisted.websocket", "twisted.web.http", "channels.routing", settings.ROOT_URLCONF):
        import_module(name)


def _demo_allowed() -> bool:
    return not settings.PRODUCTION and address.is_loopback(settings.HOST)


def _children(listening: int) -> list[Child]:
    after_the_pages = time.monotonic() + 1.0
    several = settings.WEB_PROCESSES > 1
    names = [f"web{number}" for number in range(1, settings.WEB_PROCESSES + 1)] if several else ["web"]
    return [
        *(Child(name, ["web", "--socket", str(listening)], inherits=(listening,)) for name in names),
        Child("jobs", ["jobs"], due_at=after_the_pages),
        Child("mixer", ["mixer"], due_at=after_the_pages),
    ]
