"""What every page knows about the room one sits in."""

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.prepared import prepared
from rooms.models import Seat


def my_seat(request: HttpRequest) -> dict:
    """`my_seat`: the seat this person has in a live room, or None. Asked for only where a template uses it."""
    person = getattr(request, "user", None)  # nobody yet, where the address itself was refused
    if not (person and person.is_authenticated):
        return {"my_seat": None}
    return {"my_seat": SimpleLazyObject(lambda: next(iter(_seats_of(person.pk)), None))}


@prepared
def _seats_of(person: str) -> QuerySet:
    return Seat.objects.taken().filter(person=person).select_related("room", "person")
