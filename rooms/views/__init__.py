"""The pages of rooms, and what one can do there."""

from rooms.views.hallway import hallway, new
from rooms.views.room import controls, hands, menu, people, room
from rooms.views.seat import hand, invitation, leaving, microphone, seat
from rooms.views.stage import ending, guests, removal, role, settings, stage_invitation, their_microphone

__all__ = [
    "controls",
    "ending",
    "guests",
    "hallway",
    "hand",
    "hands",
    "invitation",
    "leaving",
    "menu",
    "microphone",
    "new",
    "people",
    "removal",
    "role",
    "room",
    "seat",
    "settings",
    "stage_invitation",
    "their_microphone",
]
