"""What a page learns when it asks where its room is now."""

from __future__ import annotations

from django.urls import reverse

from rooms.models import Room, Seat

KINDS = ("room", "hands", "controls", "mini")


def topics(person_id: str) -> list[tuple[str, int]]:
    """The room this person sits in, which is all that his sockets hear of rooms."""
    seats = Seat.objects.taken().filter(person=person_id, room__ended_at=None).select_related("room")
    return [(seat.room.topic, seat.room.exits) for seat in seats]


def audience(topic: str) -> tuple[int, set[str]] | None:
    """Who sits in the room of this topic, and how many exits that takes into account."""
    kind, _, pk = topic.partition(":")
    if kind != "room":
        return None
    # Exits first: whoever leaves between the two questions counts as not seen yet.
    exits = Room.objects.live().filter(pk=pk).values_list("exits", flat=True).first()
    people = Seat.objects.taken().filter(room=pk, room__ended_at=None)
    return exits or 0, set(people.values_list("person_id", flat=True))


def catch_up(person_id: str, cursors: dict[str, int], versions: dict[str, int]) -> list[dict]:
    """For every list of a room that this page shows: draw it anew if it is another by now."""
    asked = {name: name.partition(":")[2] for name in versions if name.partition(":")[0] in KINDS}
    if not asked:
        return []
    rooms = Room.objects.visible_to(person_id).live().in_bulk(set(asked.values()))
    now = {name: _number(name, rooms[pk], person_id) for name, pk in asked.items() if pk in rooms}
    return [
        *(_no_longer(name, pk) for name, pk in asked.items() if pk not in rooms),
        *({"type": "reload", "list": name} for name, number in now.items() if number != versions[name]),
        {"type": "heads", "versions": {name: now[name] for name in now if not _is_own(name)}},
    ]


def _is_own(name: str) -> bool:
    return name.startswith(("controls:", "mini:"))


def _no_longer(name: str, pk: str) -> dict:
    """Ended, or closed to this person: the small player goes, the page is another one."""
    if name.startswith("mini:"):
        return {"type": "reload", "list": name}
    return {"type": "go", "to": reverse("rooms:room", args=[pk or "-"])}


def _number(name: str, room: Room, person_id: str) -> int:
    """A room's lists have its version; one's own controls have the stamp of one's seat."""
    if not _is_own(name):
        return room.version
    seat = room.seats.taken().filter(person=person_id).first()
    return seat.stamp if seat else 0
