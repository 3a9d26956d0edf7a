"""Who may read what, asked for many at once, is what it is asked for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backchannel.models import Conversation
from rooms.models import Room
from tests.backchannel.conftest import bring_on_stage


@pytest.fixture
def everybody(open_scene, closed_scene, make_person):
    """Both scenes' people and, in ada's open room: one who left, one sent out but not for good, one blocked while he
    sat, one suspended, one with a closed account, one blocked by somebody else, and one who came back."""
    scene = open_scene[0]
    room, ada = scene.room, scene["ada"]
    cast = {name: make_person(name) for name in ("left", "sent", "shut", "slept", "shy", "apart", "back")}
    for person in cast.values():
        bring_on_stage(room, person)
    room.seat_of(cast["left"]).leave()
    room.seat_of(cast["sent"]).remove(ada, ban=False)
    ada.block(cast["shut"])
    scene["cleo"].block(cast["apart"])
    room.seat_of(cast["back"]).remove(ada, ban=False)
    room.join(cast["back"])
    Conversation.between(ada, cast["left"])
    Conversation.between(cast["slept"], cast["shy"])
    group = Conversation.objects.create(kind=Conversation.Kind.GROUP, head=7)
    for number, name in enumerate(("left", "shut", "apart")):
        group.memberships.create(person=cast[name], from_seq=number)
    cast["slept"].suspended_until = timezone.now() + timedelta(hours=1)
    cast["slept"].save()
    cast["shy"].is_active = False
    cast["shy"].save()
    return [*scene.people.values(), *closed_scene[0].people.values(), *cast.values()]


def one_by_one(people):
    return {
        (person.pk, conversation.pk): conversation.from_seq
        for person in people
        for conversation in Conversation.objects.open_to(person).with_history_of(person)
    }


def many(people):
    return Conversation.objects.open_pairs(
        [person.pk for person in people], list(Conversation.objects.values_list("pk", flat=True))
    )


def test_for_many_it_is_what_it_is_for_one(everybody):
    pairs = many(everybody)
    assert pairs == one_by_one(everybody)
    kinds = dict(Conversation.objects.values_list("pk", "kind"))
    assert {kinds[pk] for _person, pk in pairs} == {"direct", "group", "room", "speakers"}
    assert any(pairs.values())


def test_it_stays_so_after_the_end(everybody, open_scene):
    room = open_scene[0].room
    room.end(room.creator)
    assert many(everybody) == one_by_one(everybody)


def test_only_what_was_asked_about_is_told(everybody, open_scene):
    scene = open_scene[0]
    pairs = Conversation.objects.open_pairs([scene["cleo"].pk], [scene.chat.pk, scene.line.pk])
    assert set(pairs) == {(scene["cleo"].pk, scene.chat.pk)}
    assert not Conversation.objects.open_pairs([], [scene.chat.pk])


def test_it_costs_the_same_for_few_and_for_many(everybody, make_person):
    def cost(people):
        with CaptureQueriesContext(connection) as seen:
            many(people)
        return len(seen)

    few = cost(everybody[:2])
    Room.open(make_person("eve"), title="One more")
    assert cost(everybody) == few
