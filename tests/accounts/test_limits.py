import pytest

from accounts import limits
from accounts.refusals import Refused


@pytest.fixture
def thrice(monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "post", (3, 60))


@pytest.fixture
def clock(monkeypatch):
    """clock(seconds) sets the time that limits go by."""
    now = [60_000.0]
    monkeypatch.setattr("accounts.limits.time.time", lambda: now[0])

    def set_to(seconds):
        now[0] = 60_000.0 + seconds

    return set_to


def spend(times, key="ada"):
    for _ in range(times):
        limits.spend("post", key)


def test_as_often_as_allowed_and_no_more(thrice, clock):
    spend(3)
    with pytest.raises(limits.TooMuch):
        spend(1)


def test_one_person_does_not_use_up_what_is_anothers(thrice, clock):
    spend(3, "ada")
    spend(3, "bob")


def test_one_limit_does_not_use_up_another(thrice, clock):
    spend(3)
    limits.spend("vote", "ada")


@pytest.mark.parametrize("at", [0, 7, 31, 59])
def test_waiting_as_long_as_it_says_is_enough(thrice, clock, at):
    clock(at)
    spend(3)
    with pytest.raises(limits.TooMuch) as refused:
        spend(1)
    clock(at + refused.value.wait)
    spend(1)


def test_waiting_half_as_long_is_not(thrice, clock):
    spend(3)
    with pytest.raises(limits.TooMuch) as refused:
        spend(1)
    clock(refused.value.wait / 2)
    with pytest.raises(limits.TooMuch):
        spend(1)


def test_no_double_portion_where_two_windows_meet(thrice, clock):
    clock(59)
    spend(3)
    clock(61)
    with pytest.raises(limits.TooMuch):
        spend(1)


def test_what_is_refused_is_not_counted(thrice, clock):
    spend(3)
    for _ in range(50):
        with pytest.raises(limits.TooMuch):
            spend(1)
    clock(119)
    spend(2)


def test_it_comes_back_bit_by_bit(thrice, clock):
    spend(3)
    clock(81)
    spend(1)
    with pytest.raises(limits.TooMuch):
        spend(1)


def test_many_at_once_get_together_what_one_gets(thrice, clock):
    from concurrent.futures import ThreadPoolExecutor

    def attempt(_number):
        try:
            spend(1)
        except limits.TooMuch:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(attempt, range(40))) == 3


def test_without_its_cache_the_house_goes_on(thrice, monkeypatch):
    def fails(*args):
        raise ConnectionError

    monkeypatch.setattr("accounts.limits.cache.add", fails)
    spend(10)


def test_a_refusal_says_how_long_to_wait():
    refused = limits.TooMuch(11.2)
    assert isinstance(refused, Refused)
    assert (refused.wait, refused.status) == (12, 429)
    assert "12 seconds" in refused.sentence


@pytest.mark.parametrize(("seconds", "words"), [(1, "1 second"), (119, "119 seconds"), (121, "3 minutes")])
def test_waiting_in_words(seconds, words):
    assert limits.in_words(seconds) == words
