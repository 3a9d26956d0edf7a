"""What has to be there before the processes start."""

from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import connection
from django.utils.translation import gettext as _

from accounts.models import OperatorLink
from backchannel import address, static
from backchannel.management.commands.jobs import make_queue


class Command(BaseCommand):
    help = "Put everything in place that the processes rely on: tables, the queue of jobs, static files."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.check(include_deployment_checks=False)
        _ask_the_database()
        call_command("migrate", verbosity=0, interactive=False)
        make_queue()
        static.collect(Path(settings.STATIC_ROOT))
        if options["verbosity"]:
            tell_operator(self.stdout)


def tell_operator(out: OutputWrapper) -> None:
    """While nobody runs the house, the link by which somebody does."""
    if not get_user_model().objects.filter(is_superuser=True).exists():
        link = address.shown() + OperatorLink.issue()
        out.write(_("Nobody runs this house yet. Your own account, by this link, once: %s") % link)


def _ask_the_database() -> None:
    """Without the pool, which would try again and again and not say why. Raises CommandError."""
    if connection.vendor != "postgresql":
        return
    how = {name: value for name, value in connection.get_connection_params().items() if name != "pool"}
    try:
        psycopg.connect(**how).close()
    except psycopg.OperationalError as problem:
        reason = " ".join(str(problem).split())
        raise CommandError(_("The database does not answer, see DATABASE_URL: %s") % reason) from problem
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")  # a large table takes its time to be changed
