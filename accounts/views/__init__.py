from accounts.views.doors import invitation, invitations, operator
from accounts.views.mine import logins, settings
from accounts.views.people import block, follow, photo, profile

__all__ = [
    "block",
    "follow",
    "invitation",
    "invitations",
    "logins",
    "operator",
    "photo",
    "profile",
    "settings",
]
