"""What somebody wrote in a group that he was removed from is not lost with it."""

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full

START = """
from accounts.models import Person
from backchannel.models import Group
ada, bob, cleo = (Person.objects.get(username=name) for name in ("ada", "bob", "cleo"))
bob.follow(ada), cleo.follow(ada)
print(Group.start(ada, [bob, cleo], "Garden").conversation.get_absolute_url())
"""
REMOVE = """
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
Conversation.objects.get(pk={pk!r}).group.remove(ada, bob)
"""


@pytest.fixture
def group(house):
    """The address of a new group, and what removes bob from it."""
    address = house.run(START).split()[-1]
    return address, lambda: house.run(REMOVE.format(pk=address.strip("/").split("/")[-1]))


def stranded(page):
    return page.get_by_role("list", name="Not sent").get_by_role("listitem")


def test_words_that_he_was_about_to_send_stay_in_his_inbox(person, group, complaints):
    complaints.expect("404")  # his page may be about to keep the draft
    address, remove = group
    bob, cleo = person("bob"), person("cleo")
    for page in (bob, cleo):
        page.goto(address)
        page.get_by_label("Message everyone in Garden").fill("water the <b>beans</b>")
    remove()
    expect(bob.locator("#toasts")).to_contain_text("You are no longer in “Garden”.")
    expect(bob.get_by_text("This conversation is not here any more")).to_be_visible()
    expect(cleo.get_by_text("This conversation is not here any more")).to_be_hidden()
    for _at_once_and_after_a_reload in range(2):
        expect(stranded(bob)).to_contain_text("water the <b>beans</b>")
        bob.goto("/backchannel/")
    stranded(bob).get_by_role("button", name="Delete").click()
    expect(stranded(bob)).to_have_count(0)
    assert bob.evaluate("document.activeElement !== document.body")
    bob.reload()
    bob.locator("#inbox").wait_for()
    expect(stranded(bob)).to_have_count(0)
    expect(cleo.get_by_label("Message everyone in Garden")).to_have_value("water the <b>beans</b>")
    expect(stranded(cleo)).to_have_count(0)


def test_words_sent_without_a_line_are_not_sent_and_say_so(person, group, complaints):
    complaints.expect("404|ERR_INTERNET_DISCONNECTED|WebSocket|htmx:")
    address, remove = group
    bob, cleo = person("bob"), person("cleo")
    for page in (bob, cleo):
        page.goto(address)
    bob.context.set_offline(True)
    bob.get_by_label("Message everyone in Garden").fill("over and out")
    bob.get_by_label("Message everyone in Garden").press("Enter")
    expect(bob.locator(".log .message", has_text="over and out")).to_be_visible()
    remove()
    bob.context.set_offline(False)
    bob.goto("/backchannel/")
    expect(stranded(bob)).to_contain_text("over and out", timeout=15_000)
    assert cleo.locator(".log").get_by_text("over and out").count() == 0
