from accounts.models.circles import Block, Follow
from accounts.models.doors import Invitation, OperatorLink, Site
from accounts.models.login import Login
from accounts.models.moderation import ModerationEntry
from accounts.models.notification import Notification
from accounts.models.person import Person

__all__ = [
    "Block",
    "Follow",
    "Invitation",
    "Login",
    "ModerationEntry",
    "Notification",
    "OperatorLink",
    "Person",
    "Site",
]
