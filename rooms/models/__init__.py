from rooms.models.room import Guest, Room
from rooms.models.seat import Seat

__all__ = ["Guest", "Room", "Seat"]
