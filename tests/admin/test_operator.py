"""What the operator does in the console, all of it logged."""

import pytest
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME

from accounts.models import Invitation, ModerationEntry, Site
from rooms.models import Room


def choices(person, **changes):
    return {"is_active": "on" if person.is_active else "", "is_staff": "", "is_superuser": "", **changes}


def test_switching_registration_is_in_force_at_once(as_, operator):
    as_(operator).post(f"/admin/accounts/site/{Site.current().pk}/change/", {"registration": "invite"})
    assert b"By invitation" in as_().get("/accounts/signup/").content
    assert ModerationEntry.objects.filter(actor=operator, target_kind="site").exists()


def test_there_is_one_site_and_it_stays(as_, operator):
    Site.current()
    assert as_(operator).get("/admin/accounts/site/add/").status_code == 403
    assert as_(operator).post("/admin/accounts/site/1/delete/", {"post": "yes"}).status_code == 403


def test_making_somebody_a_moderator(as_, operator, cleo):
    as_(operator).post(f"/admin/accounts/person/{cleo.pk}/change/", choices(cleo, is_staff="on"))
    cleo.refresh_from_db()
    assert cleo.is_staff
    assert ModerationEntry.objects.get().reason == "is_staff"


def test_names_and_addresses_are_not_for_changing(as_, operator, cleo):
    changes = choices(cleo, username="eve", email="eve@example.org", name="Eve", password="x")
    before = cleo.password
    as_(operator).post(f"/admin/accounts/person/{cleo.pk}/change/", changes)
    cleo.refresh_from_db()
    assert (cleo.username, cleo.email, cleo.name, cleo.password) == ("cleo", "cleo@example.org", "Cleo", before)


def test_closing_an_account_acts_at_once(as_, operator, cleo, room):
    browser = as_(cleo)
    as_(operator).post(f"/admin/accounts/person/{cleo.pk}/change/", choices(cleo, is_active=""))
    assert room.seat_of(cleo) is None
    answer = browser.get("/settings/")
    assert (answer.status_code, b"This account is closed" in answer.content) == (403, True)
    assert browser.get("/settings/").status_code == 302


def test_an_operators_code_carries_many(as_, operator):
    as_(operator).post("/admin/accounts/invitation/add/", {"code": "spring", "uses_left": "50"})
    made = Invitation.objects.get()
    assert (made.inviter, made.uses_left) == (None, 50)
    assert b"spring" in as_(operator).get("/admin/accounts/invitation/").content


def test_changing_the_password_goes_through_the_one_place_for_it(as_, operator):
    assert as_(operator).get("/admin/password_change/").url == "/accounts/password/change/"


@pytest.mark.parametrize(("kind", "named"), [("open", True), ("closed", False)])
def test_the_log_that_every_moderator_reads_names_no_closed_room(as_, operator, cleo, mo, kind, named):
    room = Room.open(cleo, title="Quiet plans", kind=kind)
    chosen = {"action": "end", ACTION_CHECKBOX_NAME: room.pk, "reason": "late"}
    as_(operator).post("/admin/rooms/room/", chosen)
    room.refresh_from_db()
    assert not room.live
    log = as_(mo).get("/admin/accounts/moderationentry/").content
    assert b"late" in log
    assert (b"Quiet plans" in log) == named
