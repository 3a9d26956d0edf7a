"""What follows when something happens to a person or a log-in."""

from allauth.account.signals import password_changed, password_reset, password_set
from django.conf import settings
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import connections
from django.db.models.signals import post_delete, post_migrate
from django.dispatch import receiver

import live
from accounts import followers, letter_index, notifying, storing
from accounts.models import Follow, Login, Person
from accounts.signals import login_ended, login_renewed, person_blocked, person_followed, person_suspended
from accounts.words import has_words
from live.codes import LOGGED_OUT, RESTART


@receiver(user_logged_in)
def remember_login(sender, request, user, **kwargs) -> None:
    if request.session.session_key is None:
        request.session.save()
    Login.remember(user, request.session.session_key)


@receiver(user_logged_out)
def end_login(sender, request, user, **kwargs) -> None:
    for login in Login.objects.filter(session_key=request.session.session_key):
        login.end()


@receiver([password_changed, password_set, password_reset])
def end_other_logins(sender, request, user, **kwargs) -> None:
    """Whoever knew the old password is out; the browser that changed it stays, under a new session key."""
    before = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    if before and request.user == user:
        _carry_on(user, before, request.session.session_key)
    user.log_out_everywhere(but=request.session.session_key)


def _carry_on(user, before: str, key: str) -> None:
    """A log-in has another session key from now on. The old one opens nothing any more, but was not logged out: its
    sockets come back under the new one, or for a moment under the old, until all pages of the browser have the new."""
    Login.renew(user, before, key)
    login_renewed.send(type(user), person=user, before=before, login=key)
    live.cut(RESTART, login=before)


@receiver(login_ended)
def cut_login(sender, person, login, **kwargs) -> None:
    live.cut(LOGGED_OUT, person_ids=[person.pk] if login is None else (), login=login)


@receiver(person_suspended)
def cut_suspended(sender, person, **kwargs) -> None:
    live.cut(LOGGED_OUT, person_ids=[person.pk])


@receiver(post_migrate)
def index_the_names_of_people(sender, using, apps=None, **kwargs) -> None:
    if sender.name == "accounts" and has_words(apps, "accounts.Person"):
        letter_index.install(connections[using], Person._meta.db_table)


@receiver(person_followed, sender=Person)
def tell_whoever_is_followed(sender, follower, followed, **kwargs) -> None:
    followers.followed(followed, follower)


@receiver(post_delete, sender=Person)
def keep_no_photo_of_who_is_gone(sender, instance, **kwargs) -> None:
    storing.discard_photo(instance)


@receiver(post_delete, sender=Follow)
def tell_no_more_of_who_followed(sender, instance, **kwargs) -> None:
    followers.unfollowed(instance.followed_id, instance.follower_id)


@receiver(person_blocked)
def tell_neither_of_the_other(sender, blocker, blocked, **kwargs) -> None:
    notifying.part(blocker, blocked)
