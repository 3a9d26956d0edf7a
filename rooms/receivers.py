"""What rooms do when something happens to a person, and what sound does when something happens to a seat."""

from django.db import connections
from django.db.models.signals import post_migrate
from django.dispatch import receiver

from accounts import letter_index
from accounts.signals import login_ended, login_renewed, person_blocked, person_suspended
from accounts.words import has_words
from rooms.models import Room, Seat
from rooms.signals import seat_changed
from rooms.sound import steering


@receiver(person_suspended)
def give_up_seat(sender, person, **kwargs) -> None:
    for seat in _seats_of(person):
        seat.leave()


def _seats_of(person):
    return Seat.objects.taken().filter(person=person).select_related("room", "person")


@receiver(login_ended)
def leave_with_the_login(sender, person, login, **kwargs) -> None:
    for seat in _seats_of(person):
        seat.leave_with(login)


@receiver(login_renewed)
def keep_the_sound_with_the_login(sender, person, before, login, **kwargs) -> None:
    Seat.objects.filter(person=person, sound_login=before).update(sound_login=login)


@receiver(person_blocked)
def leave_blockers_room(sender, blocker, blocked, **kwargs) -> None:
    """A room created by somebody who blocks me does not exist for me, so I no longer sit in it."""
    for seat in _seats_of(blocked).filter(room__creator=blocker):
        seat.leave()


@receiver(seat_changed, sender=Seat)
def sound_follows_the_seat(sender, seat, **kwargs) -> None:
    steering.follow(seat)


@receiver(post_migrate)
def index_the_names_of_rooms(sender, using, apps=None, **kwargs) -> None:
    if sender.name == "rooms" and has_words(apps, "rooms.Room"):
        letter_index.install(connections[using], Room._meta.db_table)
