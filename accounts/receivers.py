"""What follows when something happens to a person or a log-in."""

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver

import live
from accounts.models import Person
from accounts.signals import login_ended, person_suspended
from live.codes import LOGGED_OUT


@receiver(user_logged_out)
def say_login_ended(sender, request, user, **kwargs) -> None:
    if user is not None:
        login_ended.send(Person, person=user, login=request.session.session_key)


@receiver(login_ended)
def cut_login(sender, person, login, **kwargs) -> None:
    live.cut(LOGGED_OUT, person_ids=[person.pk] if login is None else (), login=login)


@receiver(person_suspended)
def cut_suspended(sender, person, **kwargs) -> None:
    live.cut(LOGGED_OUT, person_ids=[person.pk])
