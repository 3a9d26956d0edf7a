"""What the operator does in the console, all of it logged."""

import pytest
from allauth.account.models import EmailAddress
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


KEYS = ["is_active", "is_staff", "is_superuser"]


@pytest.mark.parametrize("key", KEYS)
def test_the_operator_cannot_lock_himself_out(as_, operator, key):
    answer = as_(operator).post(f"/admin/accounts/person/{operator.pk}/change/", dict.fromkeys(set(KEYS) - {key}, "on"))
    operator.refresh_from_db()
    assert operator.is_active and operator.is_staff and operator.is_superuser
    assert "You cannot take this from yourself" in answer.content.decode()


def test_but_another_operator_can_take_it_from_him(as_, operator, make_person):
    other = make_person("otto", is_staff=True, is_superuser=True)
    as_(operator).post(f"/admin/accounts/person/{other.pk}/change/", choices(other, is_staff="on"))
    other.refresh_from_db()
    assert (other.is_active, other.is_staff, other.is_superuser) == (True, True, False)


@pytest.fixture
def unverified(cleo):
    return EmailAddress.objects.create(user=cleo, email=cleo.email, primary=True, verified=False)


def test_an_address_is_neither_added_nor_changed_by_hand(as_, operator, cleo, unverified):
    browser = as_(operator)
    fields = {"email": "eve@example.org", "user": cleo.pk, "primary": "on", "verified": "on"}
    assert browser.post("/admin/account/emailaddress/add/", fields).status_code == 403
    assert browser.post(f"/admin/account/emailaddress/{unverified.pk}/change/", fields).status_code == 403
    assert browser.post(f"/admin/account/emailaddress/{unverified.pk}/delete/", {"post": "yes"}).status_code == 403
    assert EmailAddress.objects.get().email == cleo.email


def test_but_where_no_letter_arrives_the_operator_verifies_it(act, as_, operator, mo, cleo, unverified):
    assert cleo.email in as_(operator).get("/admin/account/emailaddress/").content.decode()
    act(mo, "account.emailaddress", "verify", [unverified], reason="Friend")
    assert not EmailAddress.objects.get().verified
    act(operator, "account.emailaddress", "verify", [unverified], reason="Met her")
    assert EmailAddress.objects.get().verified
    assert ModerationEntry.objects.get().reason == "Met her"


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
