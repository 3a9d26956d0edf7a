"""What a page learns when it asks where its room is now."""

from __future__ import annotations

from django.urls import reverse

from accounts.ids import among
from live.registry import Asking
from rooms.models import Room, Seat

KINDS = ("room", "hands", "controls", "mini")


def topics(person_ids: set[str]) -> dict[str, list[tuple[str, int]]]:
    """The room each of these people sits in, which is all that their sockets hear of rooms."""
    seats = Seat.objects.taken().filter(person__in=among(person_ids), room__ended_at=None).select_related("room")
    found: dict[str, list[tuple[str, int]]] = {}
    for seat in seats:
        found.setdefault(seat.person_id, []).append((seat.room.topic, seat.room.exits))
    return found


def audience(topic: str) -> tuple[int, set[str]] | None:
    """Who sits in the room of this topic, and how many exits that takes into account."""
    kind, _, pk = topic.partition(":")
    if kind != "room":
        return None
    # Exits first: whoever leaves between the two questions counts as not seen yet.
    exits = Room.objects.live().filter(pk=pk).values_list("exits", flat=True).first()
    people = Seat.objects.taken().filter(room=pk, room__ended_at=None)
    return exits or 0, set(people.values_list("person_id", flat=True))


def heads(names: set[str]) -> dict[str, int]:
    """The versions of those lists that everybody sees alike."""
    asked = {name: _room_of(name) for name in names if _kind_of(name) in KINDS and not _is_own(name)}
    versions = dict(Room.objects.filter(pk__in=asked.values()).values_list("pk", "version")) if asked else {}
    return {name: versions[pk] for name, pk in asked.items() if pk in versions}


def catch_up(askings: list[Asking]) -> list[list[dict]]:
    """For every list of a room that these pages show: draw it anew if it is another by now."""
    asked = [{name: _room_of(name) for name in one.versions if _kind_of(name) in KINDS} for one in askings]
    people: dict[str, set[str]] = {}
    for one, names in zip(askings, asked, strict=True):
        for pk in names.values():
            people.setdefault(pk, set()).add(one.person_id)
    if not people:
        return [[] for _one in askings]
    now = Now(people)
    return [_lacking(one, names, now) for one, names in zip(askings, asked, strict=True)]


class Now:
    """The rooms asked about as they are, who of those who ask may see them, and their seats."""

    def __init__(self, people: dict[str, set[str]]) -> None:
        self.rooms = Room.objects.live().in_bulk(people)
        self.seen = {(one, pk) for pk in self.rooms for one in Room.objects.filter(pk=pk).seen_by(people[pk])}
        seats = Seat.objects.taken().filter(room__in=self.rooms, person__in=among(set().union(*people.values())))
        self.seats = {(seat.person_id, seat.room_id): seat for seat in seats}

    def room(self, pk: str, person_id: str) -> Room | None:
        return self.rooms[pk] if (person_id, pk) in self.seen else None

    def number(self, name: str, room: Room, person_id: str) -> int:
        """A room's lists have its version; one's own controls have the stamp of one's seat."""
        if not _is_own(name):
            return room.version
        seat = self.seats.get((person_id, room.pk))
        if seat is None:
            return 0
        seat.room = room
        return seat.stamp


def _lacking(one: Asking, names: dict[str, str], now: Now) -> list[dict]:
    rooms = {name: now.room(pk, one.person_id) for name, pk in names.items()}
    numbers = {name: now.number(name, room, one.person_id) for name, room in rooms.items() if room}
    return [
        *(_no_longer(name, names[name]) for name, room in rooms.items() if not room),
        *({"type": "reload", "list": name} for name, number in numbers.items() if number != one.versions[name]),
        {"type": "heads", "versions": {name: number for name, number in numbers.items() if not _is_own(name)}},
    ]


def _kind_of(name: str) -> str:
    return name.partition(":")[0]


def _room_of(name: str) -> str:
    return name.partition(":")[2]


def _is_own(name: str) -> bool:
    return name.startswith(("controls:", "mini:"))


def _no_longer(name: str, pk: str) -> dict:
    """Ended, or closed to this person: the small player goes, the page is another one."""
    if name.startswith("mini:"):
        return {"type": "reload", "list": name}
    return {"type": "go", "to": reverse("rooms:room", args=[pk or "-"])}
