from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from redis.exceptions import RedisError

from rooms import presence

QUIET = 10  # seconds for which one write says enough


class BeingHeard:
    """Whoever asks for a page is still in his room: people without a socket are, too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and _is_news(request.user.pk):
            presence.hear(request.user.pk)
        return self.get_response(request)


def _is_news(person_id: str) -> bool:
    if presence.is_beating(person_id):
        return False
    try:
        return cache.add(f"heard:{person_id}", True, QUIET)
    except (RedisError, OSError):  # a house without its cache goes on
        return True
