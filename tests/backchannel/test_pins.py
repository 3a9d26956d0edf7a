"""Pins: what a group keeps at hand, each member as far as he may read it."""

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from accounts.refusals import Refused
from backchannel.models import Group, Pin
from backchannel.models import pin as pins
from backchannel.models.remains import erase
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, said
from tests.backchannel.test_reading import page
from tests.ears import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(ada, bob):
    bob.follow(ada)
    return Group.start(ada, [bob], "Garden")


@pytest.fixture
def message(garden, ada):
    return said(garden.conversation, ada, "The gate’s code is blue")


def switch(client, message, on="yes", **how):
    return client.post(reverse("pin", args=[message.conversation_id, message.client_id]), {"on": on}, **how)


def row(client, garden):
    return page(client, reverse("pins", args=[garden.pk]), **HTMX)


def test_a_member_pins_and_all_have_it_at_hand(garden, message, as_, ada, bob):
    assert switch(as_(bob), message, **HTMX).status_code == 204
    for person in (ada, bob):
        shown = page(as_(person), garden.conversation.get_absolute_url())
        pinned = shown.split('class="pinned"')[1].split("</div>")[0]
        assert "The gate’s code is blue" in pinned and f"?m={message.client_id}" in pinned
        assert "The gate’s code is blue" in page(as_(person), reverse("pins", args=[garden.pk]))
    assert garden.conversation.messages.filter(body="Bob pinned a message").exists()


def test_pinned_twice_it_is_there_once_and_unpinned_it_is_gone(garden, message, as_, bob):
    client = as_(bob)
    assert [switch(client, message).status_code for _ in "ab"] == [303, 303]
    assert (Pin.objects.count(), garden.conversation.messages.filter(event="pinned").count()) == (1, 1)
    assert [switch(client, message, "no").status_code for _ in "ab"] == [303, 303]
    assert not Pin.objects.exists() and "blue" not in row(client, garden)


def test_the_newest_is_shown(garden, message, as_, ada, bob):
    for one in (message, said(garden.conversation, bob, "It is green now")):
        garden.pin(ada, one, on=True)
    assert "It is green now" in row(as_(bob), garden)


def test_who_came_later_does_not_see_what_he_may_not_read(garden, message, as_, ada, dan):
    garden.pin(ada, message, on=True)
    dan.follow(ada)
    garden.add(ada, [dan])
    for place in (reverse("pins", args=[garden.pk]), garden.conversation.get_absolute_url()):
        assert "blue" not in page(as_(dan), place)
    assert switch(as_(dan), message).status_code == 404


def test_who_is_not_in_it_does_nothing(garden, message, as_, ada, bob, dan):
    garden.pin(ada, message, on=True)
    garden.remove(ada, bob)
    for person in (bob, dan):
        assert switch(as_(person), message, "no").status_code == 404
        assert as_(person).get(reverse("pins", args=[garden.pk])).status_code == 404
    assert switch(as_(None), message, "no").status_code == 302
    assert as_(ada).get(reverse("pin", args=[garden.pk, message.client_id])).status_code == 405
    assert Pin.objects.exists()


def test_only_groups_have_pins(pair, as_, ada):
    message = said(pair, ada)
    assert switch(as_(ada), message).status_code == 404
    assert "Pin<" not in page(as_(ada), reverse("message", args=[pair.pk, message.client_id]), **HTMX)


def test_a_line_cannot_be_pinned(garden, as_, ada):
    assert switch(as_(ada), garden.conversation.messages.first()).status_code == 404


def test_what_is_deleted_is_at_hand_no_longer_and_brought_back_it_is(garden, message, as_, ada, bob):
    garden.pin(bob, message, on=True)
    message.delete_by(ada)
    assert "blue" not in row(as_(bob), garden)
    message.restore_by(ada)
    assert "blue" in row(as_(bob), garden)
    message.delete_by(ada)
    erase(message)
    assert not Pin.objects.exists()
    with pytest.raises(Refused, match="was deleted"):
        garden.pin(bob, message, on=True)


def test_there_is_an_end_to_it(garden, message, ada, bob, monkeypatch):
    monkeypatch.setattr("backchannel.models.group.MOST_PINNED", 1)
    assert pins.MOST == 50
    garden.pin(ada, message, on=True)
    with pytest.raises(Refused, match="Unpin something"):
        garden.pin(ada, said(garden.conversation, bob), on=True)


def test_the_menu_offers_the_one_or_the_other(garden, message, as_, bob):
    address = reverse("message", args=[garden.pk, message.client_id])
    assert "\nPin<" in page(as_(bob), address, **HTMX)
    garden.pin(bob, message, on=True)
    assert "\nUnpin<" in page(as_(bob), address, **HTMX)


@pytest.mark.parametrize("text", hostile.MARKUP[::9])
def test_i11_what_is_pinned_is_text(garden, as_, ada, bob, text):
    garden.pin(ada, said(garden.conversation, ada, text), on=True)
    for shown in (row(as_(bob), garden), page(as_(bob), reverse("pins", args=[garden.pk]))):
        assert "<" not in text or text not in shown


do = sync_to_async(thread_sensitive=True)


@pytest.mark.django_db(transaction=True)
async def test_the_members_are_told_and_nobody_else(garden, message, ada, bob, dan):
    async with listening(bob) as inside, listening(dan) as outside:
        await do(garden.pin)(ada, message, on=True)
        await inside.hears(f"pins:{garden.pk}", type="reload")
        await do(message.edit)(ada, "The gate’s code is red")
        await inside.hears(f"pins:{garden.pk}", type="reload")
        await outside.hears_nothing()
