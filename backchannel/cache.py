"""The shared cache: Redis, and as if it were empty while Redis is away. No page fails for want of it."""

import time
from collections.abc import Callable, Iterable
from typing import Any

from django.core.cache.backends.redis import RedisCache
from redis.exceptions import ConnectionError, RedisError

PAUSE = 1.0  # seconds during which a Redis that did not answer is not asked again


class RedisOrNothing(RedisCache):
    """`increase`, `incr` and `decr` alone raise RedisError: who counts has to know that he does not."""

    away_until = 0.0

    def add(self, *args: Any, **options: Any) -> bool:
        return self._answer(super().add, args, options, instead=True)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._answer(super().get, (key, default, version), {}, instead=default)

    def get_many(self, *args: Any, **options: Any) -> dict:
        return self._answer(super().get_many, args, options, instead={})

    def set(self, *args: Any, **options: Any) -> None:
        self._answer(super().set, args, options, instead=None)

    def set_many(self, data: dict, *args: Any, **options: Any) -> list:
        """The keys that were not kept, all of them where Redis is away."""
        return self._answer(super().set_many, (data, *args), options, instead=list(data))

    def delete(self, *args: Any, **options: Any) -> bool:
        return self._answer(super().delete, args, options, instead=False)

    def incr(self, *args: Any, **options: Any) -> int:
        return self._ask(super().incr, args, options)

    def increase(self, keys: Iterable[str], timeout: int) -> list[int]:
        """`incr` of all of them in one round trip; they are there for so many seconds from now."""
        return self._ask(self._increase, (keys, timeout), {})

    def _increase(self, keys: Iterable[str], timeout: int) -> list[int]:
        pipeline = self._cache.get_client(write=True).pipeline(transaction=False)
        for key in map(self.make_and_validate_key, keys):
            pipeline.incr(key)
            pipeline.expire(key, timeout)
        return pipeline.execute()[::2]

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
