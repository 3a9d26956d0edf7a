"""Lines about the same become one, alike whether they came one by one or stand there already."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.full  # each change is made by another program

START = """
from accounts.models import Person
from backchannel.models import Group
ada, bob, cleo = (Person.objects.get(username=name) for name in ("ada", "bob", "cleo"))
print(Group.start(ada, [bob], "Garden").conversation.get_absolute_url())
"""
JOIN = """
from accounts.models import Person
from backchannel.models import Group, GroupInvitation
group = Group.objects.get(pk={pk!r})
for username, name in {people!r}:
    person = Person.objects.filter(username=username).first()
    person = person or Person.objects.create_user(username, f"{{username}}@example.org", name=name)
    GroupInvitation.objects.get_or_create(group=group, person=person, by=group.owner)
    group.accept(person)
"""
LEAVE = """
from accounts.models import Person
from backchannel.models import Group
group = Group.objects.get(pk={pk!r})
for username in {people!r}:
    group.remove(group.owner, Person.objects.get(username=username))
"""
HOSTILE = "<img src=x onerror=alert(1)> $& {last}"


@pytest.fixture
def group(house):
    address = house.run(START).split()[-1]
    return address, address.strip("/").split("/")[-1]


def lines(page):
    """What the visible lines say, without the time."""
    shown = page.locator(".message--event:not(.folded) > .message__text:visible").all_inner_texts()
    return [re.sub(r"\s*\d+:\d\d.*$", "", text) for text in shown]


def test_who_joins_one_by_one_is_one_line_live_and_after_a_reload(house, person, group):
    address, pk = group
    ada, bob = person("ada"), person("bob")
    for page in (ada, bob):
        page.goto(address)
    house.run(JOIN.format(pk=pk, people=[("fold1", "Fay")]))
    expect(ada.locator(".message--event", has_text="Fay joined")).to_be_visible()
    house.run(JOIN.format(pk=pk, people=[("fold2", HOSTILE), ("fold3", "Gil"), ("fold4", "Hal"), ("fold5", "Ivy")]))
    wanted = f"Fay, {HOSTILE} and 3 others joined"
    for page in (ada, bob):
        expect(page.locator(".message__folds")).to_contain_text(wanted)
        expect(page.locator(".message--event.folded")).to_have_count(4)
    before = lines(ada)
    assert before[-1] == wanted
    house.run(LEAVE.format(pk=pk, people=["fold4", "fold5"]))
    expect(ada.locator(".message__folds").last).to_contain_text("Ada removed Hal and Ivy")
    before = lines(ada)
    ada.reload()
    expect(ada.locator(".message__folds").first).to_contain_text(wanted)
    assert lines(ada) == before == [*before[:-2], wanted, "Ada removed Hal and Ivy"]


def test_what_somebody_says_in_between_divides_them(house, person, group):
    address, pk = group
    ada = person("ada")
    ada.goto(address)
    house.run(JOIN.format(pk=pk, people=[("fold6", "Jon")]))
    expect(ada.locator(".message--event", has_text="Jon joined")).to_be_visible()
    ada.locator("[data-composer] textarea").fill("Welcome")
    ada.keyboard.press("Enter")
    ada.locator(".mine[data-seq]", has_text="Welcome").wait_for()
    house.run(JOIN.format(pk=pk, people=[("fold7", "Kay"), ("fold8", "Lou")]))
    expect(ada.locator(".message__folds")).to_contain_text("Kay and Lou joined")
    assert lines(ada)[-2:] == ["Jon joined", "Kay and Lou joined"]
