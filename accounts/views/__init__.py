from accounts.views.doors import invitation, invitations, operator
from accounts.views.mine import logins, settings
from accounts.views.notifications import bell, notifications, notifications_read
from accounts.views.people import block, follow, photo, profile

__all__ = [
    "bell",
    "block",
    "follow",
    "invitation",
    "invitations",
    "logins",
    "notifications",
    "notifications_read",
    "operator",
    "photo",
    "profile",
    "settings",
]
