"""What every page knows about what its person was not told yet."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from accounts.models.notification import unread_of


def notifications(request: HttpRequest) -> dict:
    """`notifications`: how many are unread. Asked for only where a template uses it."""
    person = getattr(request, "user", None)  # nobody yet, where the address itself was refused
    if not (person and person.is_authenticated):
        return {"notifications": 0}
    return {"notifications": SimpleLazyObject(lambda: unread_of([person.pk]).get(person.pk, 0))}
