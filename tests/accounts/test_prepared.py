"""A question that was put into words once is answered as if it were put anew."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Follow, Person
from accounts.prepared import prepared


@prepared
def followers(username, since):
    return Follow.objects.filter(followed__username=username, created_at__gt=since).select_related("follower")


@prepared
def namesakes(name):
    return Person.objects.filter(name=name).exclude(username=name).order_by("username").values_list("username", "name")


@prepared
def shortened(name):
    return Person.objects.filter(name__startswith=name)


@prepared
def older_than_now(name):
    return Person.objects.filter(name=name, created_at__lt=timezone.now())


@prepared
def people(usernames, ids):
    return (
        Person.objects.filter(username__in=usernames, pk__in=ids)
        .order_by("username")
        .values_list("username", flat=True)
    )


@pytest.fixture
def follows(ada, bob, cleo):
    bob.follow(ada)
    cleo.follow(bob)


def yesterday():
    return timezone.now() - timedelta(days=1)


def test_each_value_has_its_own_answer(follows, ada, bob, cleo):
    assert [follow.follower for follow in followers("ada", yesterday())] == [bob]
    assert [follow.follower for follow in followers("bob", yesterday())] == [cleo]
    assert followers("cleo", yesterday()) == []


def test_the_same_value_has_a_new_answer_when_there_is_one(follows, ada, cleo):
    before = len(followers("ada", yesterday()))
    cleo.follow(ada)
    assert len(followers("ada", yesterday())) == before + 1


def test_moments_are_compared_as_moments(follows):
    assert followers("ada", timezone.now() - timedelta(minutes=1))
    assert not followers("ada", timezone.now() + timedelta(minutes=1))


def test_one_question_each_time_with_all_that_belongs_to_it(follows, django_assert_num_queries):
    followers("ada", yesterday())
    with django_assert_num_queries(1):
        assert followers("ada", yesterday())[0].follower.username == "bob"


def test_a_value_that_stands_there_twice(make_person):
    make_person("eve", name="eve")
    make_person("mallory", name="eve")
    assert namesakes("eve") == [("mallory", "eve")]


@pytest.mark.parametrize("text", ["\ue0000\ue001", "%s", "'; --", "", "é你"])
def test_whatever_a_value_is(make_person, text):
    make_person("eve", name=text or " ")
    assert [username for username, _name in namesakes(text or " ")] == ["eve"]


def test_lists_of_any_length(ada, bob, cleo):
    everybody = {ada.pk, bob.pk, cleo.pk}
    assert people(["ada", "cleo", "nobody"], everybody) == ["ada", "cleo"]
    assert people({"ada": 1, "bob": 2}.keys(), everybody) == ["ada", "bob"]
    assert people(["ada", "cleo"], [cleo.pk]) == ["cleo"]
    assert people(["ada"], []) == people([], everybody) == []
    assert people(["'; --", "%s", '"]'], everybody) == []


def test_a_list_is_one_parameter(ada, django_assert_num_queries):
    people(["ada"], [ada.pk])
    with django_assert_num_queries(1):
        assert people([f"nobody{number}" for number in range(100_000)] + ["ada"], [ada.pk]) == ["ada"]


def test_a_value_that_would_be_changed_on_the_way_is_an_error(db):
    with pytest.raises(ValueError, match="as it is"):
        shortened("A")


def test_a_clock_that_would_stand_still_is_an_error(db):
    with pytest.raises(ValueError, match="changes"):
        older_than_now("ada")
