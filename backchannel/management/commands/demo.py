"""Something to try things out with."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from accounts.refusals import Refused
from backchannel import address, demo


class Command(BaseCommand):
    help = "Make the demo people and a live room, for trying out on one's own machine."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION or not address.is_loopback(settings.HOST):
            raise CommandError(
                _("The demo is for trying out on this machine: not with PUBLIC_URL, not on another HOST.")
            )
        try:
            room = demo.make()
        except Refused as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(
            _("Demo people: %(names)s. The password of each: %(password)s. mo moderates, at %(console)s.")
            % {
                "names": ", ".join(demo.CAST),
                "password": demo.PASSWORD,
                "console": f"{address.shown()}/admin/",
            }
        )
        self.stdout.write(_("Their live room: %s.") % (address.shown() + room.get_absolute_url()))
        if demo.is_ours(room):
            words = _("Nobody is connected there: ada, bob and cleo keep their seats for %s hours.")
            self.stdout.write(words % (demo.KEPT.seconds // 3600))
