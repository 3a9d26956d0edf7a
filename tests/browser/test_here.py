"""A dot says whether the other one of two is here, and goes a while after he went."""

import pytest
from playwright.sync_api import expect

TALK = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
talk = Conversation.between(ada, bob)
talk.post(bob, uuid4(), "Are you here?")
print(talk.get_absolute_url())
"""


@pytest.mark.full  # a round takes ten seconds
def test_who_comes_is_seen_without_a_page_drawn_anew(house, person):
    address = house.run(TALK).split()[-1]
    ada = person("ada")
    ada.goto(address)
    here = ada.locator(".inbox__top .here")
    expect(here).to_have_text("")
    bob = person("bob")
    bob.goto("/")
    expect(here).to_have_text("online", timeout=15_000)
    expect(ada.locator(".inbox__row", has_text="Are you here?").locator(".here--now")).to_be_visible()
