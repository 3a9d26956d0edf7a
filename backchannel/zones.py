"""Time zones, by the names that browsers and people give them."""

import contextlib
import zoneinfo
from datetime import tzinfo

from django.utils import timezone


def zone_named(name: str) -> tzinfo:
    """The time zone of this name; one's own, or the house's, where this machine does not know it."""
    if name:
        with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
            return zoneinfo.ZoneInfo(name)
    return timezone.get_current_timezone()
