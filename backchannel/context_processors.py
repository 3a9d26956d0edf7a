"""What every page knows about the build it was drawn by, and about the inbox of who looks at it."""

from functools import cache
from hashlib import sha256

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from backchannel import inbox


def build(request: HttpRequest) -> dict:
    return {"build": build_id()}


def news(request: HttpRequest) -> dict:
    """`unread`: how many conversations have news, `requests`: how many people ask to write, `notifications`: how many
    are unread, `blocked_people`: the ids of whom he has blocked, and `group_invitations`. Asked for, all in one, only
    where a template uses one of them."""
    person = getattr(request, "user", None)  # nobody yet, where the address itself was refused
    if not (person and person.is_authenticated):
        return dict.fromkeys(("unread", "requests", "notifications", "blocked_people"), 0)
    counts = SimpleLazyObject(lambda: inbox.counts(person))
    return {
        "unread": SimpleLazyObject(lambda: counts.unread),
        "requests": SimpleLazyObject(lambda: counts.requests),
        "notifications": SimpleLazyObject(lambda: counts.notifications),
        "blocked_people": SimpleLazyObject(lambda: counts.blocked),
        "group_invitations": SimpleLazyObject(lambda: inbox.group_invitations(person) if counts.invitations else []),
    }


@cache
def build_id() -> str:
    """Names the static files of this build: a browser that holds another one is told to reload."""
    hashes = getattr(staticfiles_storage, "hashed_files", {})
    return sha256(repr(sorted(hashes.values())).encode()).hexdigest()[:12] if hashes else "unbuilt"
