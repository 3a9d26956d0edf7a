"""How many browsers the mixer carries before it refuses politely."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """`room`: browsers in one room; `all`: in all rooms together."""

    room: int = 100
    all: int = 150

    def refusal(self, sessions, session, room):
        """Why `session` cannot come in beside `sessions` ({id: Session}): "room_full", "full" or None."""
        others = [other for id, other in sessions.items() if id != session]
        if sum(other.room == room for other in others) >= self.room:
            return "room_full"
        return "full" if len(others) >= self.all else None
