"""What this app tells live about itself."""

from collections.abc import Collection

import live
from accounts.ids import among
from accounts.models import Login


def whose(logins: Collection[str]) -> dict[str, str]:
    """The person of each of these session keys whose log-in still counts: one query for all."""
    return dict(Login.objects.valid().filter(session_key__in=among(logins)).values_list("session_key", "person_id"))


live.register(whose=whose)
