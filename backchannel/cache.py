"""The shared cache: Redis, and as if it were empty while Redis is away. No page fails for want of it."""

import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError, RedisError

PAUSE = 1.0  # seconds during which a Redis that did not answer is not asked again


class RedisOrNothing(RedisCache):
    """`incr` and `decr` alone raise RedisError: who counts has to know that he does not."""

    away_until = 0.0

    def add(self, *args: Any, **options: Any) -> bool:
        return self._answer(super().add, args, options, instead=True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._answer(super().get, (key, default, version), {}, instead=default)

    def set(self, *args: Any, **options: Any) -> None:
        self._answer(super().set, args, options, instead=None)

    def delete(self, *args: Any, **options: Any) -> bool:
        return self._answer(super().delete, args, options, instead=False)

    def incr(self, *args: Any, **options: Any) -> int:
        return self._ask(super().incr, args, options)

    def _answer(self, ask: Callable, args: tuple, options: dict, instead: Any) -> Any:
        try:
            return self._ask(ask, args, options)
        except RedisError:
            return instead

    def _ask(self, ask: Callable, args: tuple, options: dict) -> Any:
        """One second of quiet after each failure: a page that asks ten times does not wait ten times."""
        if time.monotonic() < RedisOrNothing.away_until:
            raise ConnectionError("Redis did not answer a moment ago")
        try:
            return ask(*args, **options)
        except RedisError:
            RedisOrNothing.away_until = time.monotonic() + PAUSE
            raise
