"""The cache that several processes share, and what is left of it while Redis is away."""

import pytest
from django.core.cache import caches
from redis.exceptions import RedisError

from accounts import limits
from backchannel.cache import RedisOrNothing


@pytest.fixture
def shared(redis_server, settings, monkeypatch):
    monkeypatch.setattr(RedisOrNothing, "away_until", 0.0)
    made = RedisOrNothing(redis_server.url, {"KEY_PREFIX": "house", "OPTIONS": {"socket_timeout": 0.5}})
    monkeypatch.setattr(limits, "cache", made)
    yield made
    if not redis_server.answers():
        redis_server.start()


def test_what_one_process_counts_the_other_has_counted(shared, redis_server, monkeypatch):
    other = RedisOrNothing(redis_server.url, {"KEY_PREFIX": "house"})
    for cache in (shared, other, shared, other, shared, other):
        monkeypatch.setattr(limits, "cache", cache)
        limits.spend("question", "bob")
    with pytest.raises(limits.TooMuch):
        limits.spend("question", "bob")
    limits.spend("question", "cleo")


@pytest.mark.parametrize("together", [True, False])
def test_several_are_counted_in_their_order_and_what_is_refused_is_not(shared, monkeypatch, together):
    if not together:
        monkeypatch.setattr(limits, "cache", caches["default"])
        limits.cache.clear()
    often = limits.LIMITS["question"][0]
    told = limits.spend_all("question", ["eli", *["dora"] * (often + 2), "eli"])
    assert [bool(one) for one in told] == [False] * (often + 1) + [True, True, False]
    assert 0 < told[-2].wait <= limits.MINUTE * 2
    assert not any(limits.spend_all("question", ["eli"] * (often - 2)))
    assert all(limits.spend_all("question", ["dora"]))


def test_houses_that_share_a_redis_share_nothing_else(shared, redis_server):
    shared.set("key", "ours")
    assert RedisOrNothing(redis_server.url, {"KEY_PREFIX": "another"}).get("key") is None


def test_while_redis_is_away_it_is_empty_and_limits_are_not_kept(shared, redis_server):
    shared.set("key", "value")
    assert shared.set_many({"one": 1, "two": 2}, 60) == []
    assert shared.get_many(["one", "two", "three"]) == {"one": 1, "two": 2}
    redis_server.kill()
    assert shared.set_many({"one": 1, "two": 2}, 60) == ["one", "two"]
    assert shared.get_many(["one"]) == {}
    assert shared.get("key", "nothing") == "nothing"
    assert shared.add("key", "value")
    assert shared.set("key", "value") is None
    assert shared.delete("key") is False
    with pytest.raises(RedisError):
        shared.incr("key")
    for _ in range(10):
        limits.spend("question", "bob")


def test_when_redis_is_back_it_is_asked_again(shared, redis_server):
    redis_server.kill()
    assert shared.get("key") is None
    redis_server.start()
    RedisOrNothing.away_until = 0.0
    shared.set("key", "value")
    assert shared.get("key") == "value"


def test_a_redis_that_is_full_is_as_good_as_none(shared, redis_server):
    redis_server.ask("CONFIG", "SET", "maxmemory", "1")
    try:
        limits.spend("question", "bob")
        assert shared.set("key", "value") is None
    finally:
        redis_server.ask("CONFIG", "SET", "maxmemory", "0")
