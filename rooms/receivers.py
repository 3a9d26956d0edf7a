"""What rooms do when something happens to a person."""

from django.dispatch import receiver

from accounts.models import Person
from accounts.signals import person_blocked, person_suspended
from rooms.models import Seat


@receiver(person_suspended)
def give_up_seat(sender, person, **kwargs) -> None:
    for seat in Seat.objects.taken().filter(person=person).select_related("room", "person"):
        seat.leave()


@receiver(person_blocked)
def leave_blockers_room(sender, blocker, blocked, **kwargs) -> None:
    """A room created by somebody who blocks me does not exist for me, so I no longer sit in it."""
    seats = Seat.objects.taken().filter(person=blocked, room__creator=blocker)
    for seat in seats.select_related("room", "person"):
        seat.leave()
