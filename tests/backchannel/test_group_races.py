"""Two people at once in a group: whoever is first is first, and it stays whole."""

import threading
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import connections

from accounts.refusals import Refused
from backchannel.models import Group, Membership, Message
from backchannel.models.group_step import MOST

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def garden(ada, bob, cleo):
    for one in (bob, cleo):
        one.follow(ada)
    return Group.start(ada, [bob, cleo], "Garden")


def at_once(*works):
    """Starts all of them together → what each came to: its result, or its refusal."""
    together = threading.Barrier(len(works))

    def run(work):
        together.wait()
        try:
            return work()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


def fresh(group):
    """Each thread has its own."""
    return Group.objects.select_related("conversation").get(pk=group.pk)


def owners(group):
    return list(group.conversation.memberships.filter(role="owner").values_list("person__username", flat=True))


def test_w11_the_fifty_first_does_not_come_in(garden, ada, make_person):
    people = [make_person(f"p{n}") for n in range(MOST + 1)]
    for person in people[: MOST - 4]:
        person.follow(ada)
    garden.add(ada, people[: MOST - 4])
    late = people[-4:]
    garden.add(ada, late)
    came = at_once(*[lambda person=person: fresh(garden).accept(person) for person in late])
    assert garden.conversation.memberships.count() == MOST
    assert [isinstance(one, Refused) for one in came].count(True) == 3


def test_w11_the_owner_leaves_while_handing_over(garden, ada, bob, cleo):
    for _ in range(5):
        group = Group.start(ada, [bob, cleo])
        at_once(lambda g=group: fresh(g).leave(ada), lambda g=group: fresh(g).hand_over(ada, bob))
        assert owners(group) == ["bob"]


def test_w11_the_heir_leaves_while_it_is_handed_over(garden, ada, bob, cleo):
    for _ in range(5):
        group = Group.start(ada, [bob, cleo])
        at_once(lambda g=group: fresh(g).leave(bob), lambda g=group: fresh(g).hand_over(ada, bob))
        assert owners(group) in (["ada"], ["cleo"])


def test_w11_everybody_leaves_at_once(garden, ada, bob, cleo):
    at_once(*[lambda person=person: fresh(garden).leave(person) for person in (ada, bob, cleo)])
    assert not garden.conversation.memberships.exists()
    numbers = list(garden.conversation.messages.order_by("seq").values_list("seq", flat=True))
    assert len(set(numbers)) == len(numbers)


def test_w11_two_moderators_add_the_same_one(garden, ada, bob, dan):
    garden.make(ada, bob, Membership.Role.MODERATOR)
    for one in (ada, bob):
        dan.follow(one)
    at_once(*[lambda by=by: fresh(garden).add(by, [dan]) for by in (ada, bob)])
    assert garden.conversation.memberships.filter(person=dan).count() == 1
    assert garden.conversation.messages.filter(event="added", body__contains="Dan").count() == 1


def test_w11_accepting_while_it_is_taken_back(garden, ada, dan):
    for _ in range(5):
        garden.add(ada, [dan])
        came, _taken = at_once(lambda: fresh(garden).accept(dan), lambda: fresh(garden).withdraw(ada, dan))
        inside = garden.conversation.memberships.filter(person=dan).exists()
        assert inside != isinstance(came, Refused) and not garden.invitations.exists()
        if inside:
            garden.remove(ada, dan)


def test_p_removed_while_writing(garden, ada, bob):
    """What was written before the removal is there, what came after it was refused."""

    def write():
        kept = []
        for number in range(12):
            try:
                kept.append(fresh(garden).conversation.post(bob, uuid4(), f"number {number}").seq)
            except Refused as refusal:
                assert refusal.status == 404
        return kept

    kept, _removed = at_once(write, lambda: fresh(garden).remove(ada, bob))
    removed = garden.conversation.messages.get(event="removed").seq
    assert all(seq < removed for seq in kept)
    written = Message.objects.filter(conversation=garden.conversation, author=bob, event="")
    assert sorted(written.values_list("seq", flat=True)) == sorted(kept)


def test_f14_one_form_sent_twenty_times_makes_one_group(ada, bob, cleo):
    form_id = uuid4()
    made = at_once(*[lambda: Group.start(ada, [bob, cleo], "Garden", form_id) for _ in range(8)])
    assert {group.pk for group in made} == {Group.objects.get().pk}
