"""The conversation of two people: there is one, whoever begins it and however often, and it stays theirs."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import IntegrityError, connections, transaction

from backchannel.models import Conversation
from backchannel.querysets import pair_of
from rooms.models import Room


def test_whoever_is_named_first_it_is_the_same(ada, bob):
    assert Conversation.between(ada, bob) == Conversation.between(bob, ada) == Conversation.opened_by(bob, ada)


def test_the_database_keeps_no_second_one(ada, bob):
    Conversation.between(ada, bob)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.create(kind="direct", pair=pair_of(bob, ada))


@pytest.mark.parametrize("becomes", [{"kind": "group"}, {"kind": "room"}, {"pair": None}, {"room": True}])
def test_nor_one_that_is_of_two_people_and_something_else(ada, bob, becomes):
    pair = Conversation.between(ada, bob)
    if "room" in becomes:
        becomes = {"room": Room.open(ada, title="Gardens")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Conversation.objects.filter(pk=pair.pk).update(**becomes)
    pair.refresh_from_db()
    assert (pair.kind, pair.pair, pair.room) == ("direct", pair_of(ada, bob), None)


@pytest.mark.django_db(transaction=True)
def test_f14_both_begin_at_once_and_it_is_one(ada, bob):
    together = Barrier(6)

    def begin(one, other):
        together.wait()
        try:
            return Conversation.opened_by(one, other).pk
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        made = [pool.submit(begin, *two) for _ in range(3) for two in ((ada, bob), (bob, ada))]
        assert len({one.result() for one in made}) == 1
    found = Conversation.objects.get(kind="direct")
    assert set(found.people.all()) == {ada, bob} and found.memberships.count() == 2
