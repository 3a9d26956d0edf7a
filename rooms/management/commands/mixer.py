import ipaddress
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from rooms.sound.mixer import ice, process
from rooms.sound.mixer.limits import Limits


class Command(BaseCommand):
    help = "Mixes the sound of all rooms (one process beside the web process; stop it with Ctrl-C)."
    requires_system_checks = ()

    def handle(self, *args, **options):
        limits = Limits(getattr(settings, "MIXER_ROOM_LIMIT", 100), getattr(settings, "MIXER_LIMIT", 150))
        process.run(Path(settings.DATA_DIR) / "live.sock", _address(), _ports(), limits)


def _address():
    text = getattr(settings, "SOUND_ADDRESS", "")
    try:
        return str(ipaddress.ip_address(text)) if text else None
    except ValueError:
        raise CommandError(f"SOUND_ADDRESS has to be an IP address like 203.0.113.7, not {text}.") from None


def _ports():
    text = getattr(settings, "SOUND_PORTS", "")
    try:
        return ice.ports(text)
    except ValueError:
        raise CommandError(f"SOUND_PORTS has to be a range like 40000-40100, not {text}.") from None
