"""What somebody wrote whom one has blocked lies folded in groups and beside stages, for oneself alone."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full

START = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Group
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
eve = Person.objects.filter(username="eve").first()
eve = eve or Person.objects.create_user("eve", "eve@example.org", password="backchannel", name="Eve")
bob.unblock(eve), bob.follow(ada), eve.follow(ada)
talk = Group.start(ada, [bob, eve], "Garden").conversation
bob.block(eve)
talk.post(eve, uuid4(), "weeds everywhere")
print(talk.get_absolute_url())
"""
SAY = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
talk = Conversation.objects.get(pk={pk!r})
for username, words in {said!r}:
    talk.post(Person.objects.get(username=username), uuid4(), words)
"""


def test_it_opens_when_one_wants_to_see_it(person, house):
    address = house.run(START).split()[-1]
    ada, bob = person("ada"), person("bob")
    for page in (ada, bob):
        page.goto(address)
    expect(ada.get_by_text("weeds everywhere").last).to_be_visible()
    first = bob.locator(".log .message", has_text="weeds everywhere")
    expect(first).to_contain_text("From somebody you blocked.")
    expect(first.locator(".message__text")).to_be_hidden()
    said = [("eve", "weeds again"), ("ada", "roses")]
    house.run(SAY.format(pk=address.strip("/").split("/")[-1], said=said))
    expect(bob.locator(".log").get_by_text("roses")).to_be_visible()
    expect(bob.locator(".log").get_by_text("weeds again")).to_be_hidden()
    expect(ada.locator(".log").get_by_text("weeds again")).to_be_visible()
    first.get_by_role("button", name="Show").click()
    expect(first.locator(".message__text")).to_be_visible()
    expect(first.get_by_role("button", name="Show")).to_have_count(0)
    expect(bob.locator(".log").get_by_text("weeds again")).to_be_hidden()
    assert bob.evaluate("document.activeElement.closest('.message') !== null")
    expect(ada.locator("#blocked")).to_have_count(0)


QUOTED = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
ada, eve = (Person.objects.get(username=name) for name in ("ada", "eve"))
talk = Conversation.objects.get(pk={pk!r})
said = talk.post(eve, uuid4(), "nettles make good soup")
talk.post(ada, uuid4(), "do they?", reply_to=said.client_id)
talk.group.pin(ada, said, on=True)
"""


def test_where_others_quote_or_pin_it_its_words_are_not_shown(person, house):
    address = house.run(START).split()[-1]
    ada, bob = person("ada"), person("bob")
    for page in (ada, bob):
        page.goto(address)
    expect(bob.locator(".log .message--blocked")).to_have_count(1)
    house.run(QUOTED.format(pk=address.strip("/").split("/")[-1]))
    for _live_and_after_a_reload in range(2):
        expect(ada.get_by_text("nettles make good soup").locator("visible=true")).to_have_count(3)
        expect(bob.locator(".log").get_by_text("do they?")).to_be_visible()
        expect(bob.locator(".pinned .quote")).to_have_text("Pinned: From somebody you blocked.", use_inner_text=True)
        expect(bob.locator(".message__quote .quote")).to_contain_text("From somebody you blocked.")
        expect(bob.get_by_text("nettles make good soup").locator("visible=true")).to_have_count(0)
        expect(bob.locator(".quote").get_by_text("Eve").locator("visible=true")).to_have_count(0)
        ada.reload(), bob.reload()
