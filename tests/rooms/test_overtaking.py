"""Two changes of a seat at once: the mixer ends up with the later one, in whatever order it is told."""

import pytest

import live
from rooms.models import Seat
from rooms.sound import steering, watching
from rooms.sound.mixer.desk import Desk
from rooms.sound.mixer.limits import Limits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def said(monkeypatch):
    """Every order to the mixer."""
    lines = []
    monkeypatch.setattr(live, "say", lambda name, line: lines.append(line))
    monkeypatch.setattr(live, "holds", lambda name: True)
    return lines


@pytest.fixture
def orders(said):
    """orders(act, …) → what was said because of it."""

    def during(act, *args):
        said.clear()
        act(*args)
        return list(said)

    return during


@pytest.fixture
def sounding(full, bob):
    """bob's seat as somebody reads it, connected to the sound."""
    Seat.objects.filter(person=bob).update(sound_session="his")
    return lambda: full.seats.select_related("room", "person").get(person=bob)


@pytest.fixture
def place(full):
    """place(orders, …) → what bob may in a mixer that is told these, one after another: (publish, muted)."""

    def told(*orders):
        desk = Desk(Limits(), lambda line: None)
        his = desk._place("his", full.sound_name)
        for order in orders:
            for line in order:
                desk.obey(line)
        return his.publish, his.muted

    return told


def test_a_mute_told_before_the_unmute_it_follows(sounding, place, orders, ada):
    unmute = orders(lambda: sounding().unmute())
    mute = orders(lambda: sounding().mute_by(ada))
    assert place(unmute) == (True, False)
    assert place(unmute, mute) == place(mute, unmute) == (True, True)


def test_a_move_to_the_audience_told_before_the_unmute_it_follows(sounding, place, orders, ada):
    unmute = orders(lambda: sounding().unmute())
    demote = orders(lambda: sounding().move_to_audience(ada))
    assert place(unmute, demote) == place(demote, unmute) == (False, True)


def test_an_unmute_told_before_the_coming_on_stage_it_follows(sounding, place, orders, ada):
    sounding().move_to_audience(ada)
    sounding().invite(ada)
    accept = orders(lambda: sounding().accept())
    unmute = orders(lambda: sounding().unmute())
    assert place(accept, unmute) == place(unmute, accept) == (True, False)


def test_the_whole_truth_told_after_the_mute_it_does_not_know(sounding, place, orders, ada):
    sounding().unmute()
    truth = orders(watching.reconcile)
    mute = orders(lambda: sounding().mute_by(ada))
    assert place(truth) == (True, False)
    assert place(mute, truth) == (True, True)


def test_a_settled_answer_told_after_the_mute_it_does_not_know(sounding, place, orders, ada):
    sounding().unmute()
    settled = orders(steering._settle, sounding())
    mute = orders(lambda: sounding().mute_by(ada))
    assert place(settled) == (True, False)
    assert place(mute, settled) == (True, True)


def test_orders_of_a_change_carry_the_version_it_was_committed_as(sounding, orders):
    assert {line["version"] for line in orders(lambda: sounding().unmute())} == {sounding().room.version}
