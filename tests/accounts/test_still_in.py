"""Which log-ins still count: asked by live at every beat."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.wiring import whose
from live.registry import still_in


@pytest.fixture
def key(as_, bob):
    return as_(bob).session.session_key


@pytest.fixture
def other(as_, cleo):
    return as_(cleo).session.session_key


def test_log_ins_count(key, other):
    assert still_in([key, other, "made up"]) == {key, other}


def test_one_query_for_all(key, other, django_assert_num_queries):
    with django_assert_num_queries(1):
        whose([key, other])


def test_not_when_suspended(key, other, bob, operator):
    bob.suspend(operator, "Shouting")
    assert still_in([key, other]) == {other}


def test_not_when_closed(key, other, bob):
    bob.is_active = False
    bob.save()
    assert still_in([key, other]) == {other}


def test_not_when_the_session_is_gone(key, other):
    Session.objects.filter(session_key=key).delete()
    assert still_in([key, other]) == {other}


def test_not_when_it_has_run_out(key, other):
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert still_in([key, other]) == {other}


def test_each_time_it_is_the_moment_that_counts(key, other, time_machine):
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() + timedelta(hours=1))
    assert still_in([key, other]) == {key, other}
    time_machine.move_to(timezone.now() + timedelta(hours=2))
    assert still_in([key, other]) == {other}


def test_it_says_whose_they_are(key, other, bob, cleo):
    assert whose([key, other, "made up"]) == {key: bob.pk, other: cleo.pk}
