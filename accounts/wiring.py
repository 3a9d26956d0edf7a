"""What this app tells live about itself."""

from collections.abc import Collection

import live
from accounts import catching_up, followers
from accounts.models import Login


def whose(logins: Collection[str]) -> dict[str, str]:
    """The person of each of these session keys whose log-in still counts: one query for all."""
    return Login.people(logins)


live.register(whose=whose, catch_up=catching_up.catch_up)
followers.register()
