"""That somebody has read what one wrote: below the newest of one's own messages, without a page drawn anew."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.wire import Wire
from tests.product import wait_for

pytestmark = pytest.mark.alike

TALK = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation, Group
from rooms.models import Room
ada, bob, cleo = (Person.objects.get(username=name) for name in ("ada", "bob", "cleo"))
talk = {made}
talk.post(ada, uuid4(), "First of all")
print(talk.get_absolute_url())
"""
DIRECT = "Conversation.between(ada, bob)"
GROUP = "Group.start(ada, [bob, cleo], 'Garden').conversation"
SEEN = re.compile(r"Seen \d?\d:\d\d")


@pytest.fixture
def talk(house):
    """talk(DIRECT) → the address of a conversation in which ada wrote something nobody has read yet."""
    return lambda made: house.run(TALK.format(made=made)).split()[-1]


def write(page, text):
    page.locator("[data-composer] textarea").fill(text)
    page.keyboard.press("Enter")
    page.locator(".mine[data-seq]", has_text=text).wait_for()


def line(page):
    return page.locator(".message__seen")


@pytest.mark.full
def test_what_the_other_reads_shows_at_once_and_goes_with_the_next_message(person, talk):
    ada, bob = person("ada"), person("bob")
    address = talk(DIRECT)
    ada.goto(address)
    expect(line(ada)).to_have_count(0)
    bob.goto(address)
    expect(line(ada)).to_have_text(SEEN, timeout=15_000)
    assert ada.locator(".message:has(> .message__seen)").get_by_text("First of all").count() == 1
    bob.goto("/")
    write(ada, "And then")
    expect(line(ada)).to_have_count(0)
    bob.goto(address)
    expect(line(ada)).to_have_text(SEEN, timeout=15_000)
    assert ada.locator(".message:has(> .message__seen)").get_by_text("And then").count() == 1
    before = line(ada).inner_text()
    ada.reload()
    expect(line(ada)).to_have_text(before)
    expect(bob.locator(".log .message", has_text="And then")).to_be_visible()
    expect(bob.locator(".message:has(> .message__seen)", has_text="And then")).to_have_count(0)


def test_what_was_read_while_the_line_was_down_shows_when_it_is_back(person, talk, house, complaints):
    complaints.expect("WebSocket|ERR_|Failed to load|htmx:(afterRequest|sendError)")  # its line is cut
    wire = Wire(house.port)
    try:
        address = talk(DIRECT)
        ada, bob = person("ada", by=wire), person("bob")
        ada.goto(address)
        ada.locator(".mine").first.wait_for()
        wait_for(lambda: ada.evaluate("import('live').then(live => live.state())") == "open")
        wire.cut()
        bob.goto(address)
        wait_for(lambda: house.sql("SELECT 1 FROM backchannel_membership WHERE seen_seq > 0 AND seen_at IS NOT NULL"))
        expect(line(ada)).to_have_count(0)
        wire.heal()
        expect(line(ada)).to_have_text(SEEN, timeout=20_000)
    finally:
        wire.close()


@pytest.mark.full
def test_in_a_group_it_counts_and_says_who(person, talk):
    ada, bob, cleo = person("ada"), person("bob"), person("cleo")
    address = talk(GROUP)
    ada.goto(address)
    bob.goto(address)
    expect(line(ada)).to_have_text("Seen by 1")
    cleo.goto(address)
    expect(line(ada)).to_have_text("Seen by 2")
    line(ada).get_by_role("link").click()
    names = ada.locator("#message-menu[open] .person__name")
    expect(names).to_have_text(["Bob", "Cleo"])
    ada.keyboard.press("Escape")
    assert ada.evaluate("document.activeElement.matches('.message__seen a')")
