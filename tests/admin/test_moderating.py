"""What a moderator does in the console, and that each of it wants a reason and is kept."""

import pytest
from django.utils import timezone

from accounts.models import ModerationEntry

REASON = "Shouts at people"


@pytest.fixture
def cuts(monkeypatch):
    """The calls by which live was told to close sockets."""
    calls = []
    monkeypatch.setattr("accounts.receivers.live.cut", lambda code, **whose: calls.append((code, whose)))
    return calls


def entry():
    only = ModerationEntry.objects.get()
    return only.actor, only.action, only.target_id, only.reason


def test_suspending_for_a_day(act, mo, cleo, dan, cuts):
    act(mo, "accounts.person", "suspend", [cleo], reason=REASON, hours="24")
    cleo.refresh_from_db()
    assert 23 < (cleo.suspended_until - timezone.now()).total_seconds() / 3600 < 25
    assert not dan.suspended
    assert entry() == (mo, "suspend", cleo.pk, REASON)
    assert cuts == [(4401, {"person_ids": [cleo.pk]})]


def test_suspending_for_good(act, mo, cleo):
    act(mo, "accounts.person", "suspend", [cleo], reason=REASON, hours="")
    cleo.refresh_from_db()
    assert cleo.suspended_for_good


def test_suspending_empties_the_seat(act, mo, cleo, room):
    act(mo, "accounts.person", "suspend", [cleo], reason=REASON, hours="")
    assert room.seat_of(cleo) is None


def test_suspending_ends_the_open_browser(act, as_, mo, cleo):
    browser = as_(cleo)
    act(mo, "accounts.person", "suspend", [cleo], reason=REASON, hours="")
    answer = browser.get("/settings/")
    assert answer.status_code == 403
    assert "suspended it for good" in answer.content.decode()


def test_lifting(act, mo, cleo, operator):
    cleo.suspend(operator, "Mistake")
    act(mo, "accounts.person", "lift", [cleo], reason="Sorry")
    cleo.refresh_from_db()
    assert cleo.may_enter
    assert ModerationEntry.objects.filter(actor=mo, action="lift", reason="Sorry").exists()


def test_ending_a_room(act, mo, room):
    act(mo, "rooms.room", "end", [room], reason=REASON)
    room.refresh_from_db()
    assert not room.live
    assert not room.seats.taken().exists()
    assert entry() == (mo, "end", room.pk, REASON)


def test_removing_from_a_room(act, mo, room, bob, cleo):
    seat = room.seat_of(bob)
    act(mo, "rooms.seat", "remove", [seat], reason=REASON)
    seat.refresh_from_db()
    assert seat.banned
    assert room.seat_of(bob) is None
    assert room.seat_of(cleo) is not None
    assert entry() == (mo, "remove", seat.pk, REASON)


def test_deleting_a_message(act, mo, room, cleo, write):
    message = write(room, "room", cleo, "Something unkind")
    kept = write(room, "room", cleo, "Something kind")
    act(mo, "backchannel.message", "erase", [message], reason=REASON)
    message.refresh_from_db()
    kept.refresh_from_db()
    assert message.deleted_at
    assert "unkind" not in message.body + message.html
    assert not kept.deleted_at
    assert entry() == (mo, "delete", str(message.pk), REASON)


def test_deleting_a_question(act, mo, room, cleo):
    question = room.board.ask(cleo, "Something unkind?")
    act(mo, "backchannel.question", "erase", [question], reason=REASON)
    question.refresh_from_db()
    assert (question.body, question.state) == ("", "withdrawn")
    assert entry() == (mo, "delete", question.pk, REASON)


def test_several_at_once(act, mo, bob, cleo, dan):
    act(mo, "accounts.person", "suspend", [bob, cleo], reason=REASON, hours="1")
    for person in (bob, cleo, dan):
        person.refresh_from_db()
    assert (bob.suspended, cleo.suspended, dan.suspended) == (True, True, False)


def test_a_page_asks_for_the_reason_first(act, mo, cleo):
    page = act(mo, "accounts.person", "suspend", [cleo])
    cleo.refresh_from_db()
    assert 'name="reason"' in page.content.decode()
    assert not cleo.suspended


@pytest.mark.parametrize("reason", ["", "   "])
def test_no_reason_no_action(act, mo, cleo, reason):
    page = act(mo, "accounts.person", "suspend", [cleo], reason=reason, hours="1")
    cleo.refresh_from_db()
    assert page.status_code == 200
    assert not cleo.suspended
    assert not ModerationEntry.objects.exists()


def test_what_fails_is_not_logged(act, mo, room, ada):
    room.end(ada)
    answer = act(mo, "rooms.room", "end", [room], reason=REASON)
    assert answer.status_code == 302
    assert not ModerationEntry.objects.exists()
