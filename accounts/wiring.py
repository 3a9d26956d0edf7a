"""What this app tells live about itself."""

from collections.abc import Collection

import live
from accounts.models import Login


def still_in(logins: Collection[str]) -> set[str]:
    """Those of these session keys whose log-in still counts: one query for all."""
    return set(Login.objects.valid().filter(session_key__in=logins).values_list("session_key", flat=True))


live.register(still_in=still_in)
