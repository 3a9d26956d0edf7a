"""The bell on every page: it rings for whom a message is, as he wants it, and not for who is looking at it."""

import pytest
from playwright.sync_api import expect

from tests.browser.acts import press
from tests.browser.talks import on_row, talk_with, text_box, write

pytestmark = [pytest.mark.full, pytest.mark.alike]  # several pages each, and the bell waits a moment

RINGS = 12_000  # ms: it waits three seconds for somebody to look, and is busy every other one
GARDEN = """
from accounts.models import Person
from backchannel.models import Group
first, *others = [Person.objects.get(username=name) for name in {people!r}]
print(Group.start(first, others, "Garden").conversation.get_absolute_url())
"""


def bell(page):
    return page.locator("#bell")


def rows(page):
    return page.locator(".notification__words").all_inner_texts()


@pytest.fixture
def garden(newcomers, house):
    """(the usernames of ira, jon and kim, the address of their group)."""
    people = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira"), ("Kim", "Ira"), ("Ira", "Jon")])
    return people, house.run(GARDEN.format(people=people)).split()[-1]


def test_it_rings_where_one_looks_elsewhere_and_stops_where_one_reads(newcomers, person):
    ira, jon, kim = newcomers("Ira", "Jon", "Kim", follows=[("Ira", "Jon")])
    mine, phone, his, hers = person(ira), person(ira), person(jon), person(kim)
    for page in (mine, phone, hers):
        page.goto("/")
    address = talk_with(his, ira)
    write(his, "Where are you?")
    for page in (mine, phone):
        expect(bell(page)).to_have_text("1", timeout=RINGS)
    expect(bell(hers)).to_have_text("")
    write(his, "Hello?")
    mine.get_by_role("link", name="Bell").click()
    expect(mine.locator(".notification")).to_have_count(1)
    assert "wrote to you." in rows(mine)[0]
    for page in (mine, phone):
        expect(bell(page)).to_have_text("")  # the page was looked at
    mine.locator(".notification__link").click()
    text_box(mine).wait_for()
    assert mine.url.startswith(address)
    # Whoever looks at it hears no bell.
    write(his, "There you are")
    mine.locator(".log .message", has_text="There you are").wait_for()
    mine.wait_for_timeout(6_000)
    for page in (mine, phone, hers):
        expect(bell(page)).to_have_text("")


def test_reading_it_on_one_device_stops_it_on_the_other(newcomers, person):
    ira, jon = newcomers("Ira", "Jon", follows=[("Ira", "Jon")])
    phone, his = person(ira), person(jon)
    phone.goto("/")
    address = talk_with(his, ira)
    write(his, "Read me")
    expect(bell(phone)).to_have_text("1", timeout=RINGS)
    expect(phone.locator("#unread")).to_have_text("1")
    desk = person(ira)
    desk.goto(address)
    desk.locator(".log .message", has_text="Read me").wait_for()
    expect(bell(phone)).to_have_text("")
    expect(phone.locator("#unread")).to_have_text("")


def test_who_is_named_is_told_of_that_and_who_wants_nothing_of_nothing(garden, person):
    (ira, jon, kim), address = garden
    mine, his, hers = person(ira), person(jon), person(kim)
    hers.goto("/backchannel/")
    on_row(hers, "Garden", "Nothing")
    his.goto("/")
    before = [int(bell(page).inner_text() or 0) for page in (his, hers)]
    mine.goto(address)
    write(mine, f"What do you say, @{jon}? And @{kim}?")
    expect(bell(his)).to_have_text(str(before[0] + 1), timeout=RINGS)
    his.get_by_role("link", name="Bell").click()
    his.locator(".notification__link", has_text="mentioned you.").click()
    his.locator(".message--found", has_text="What do you say").wait_for()
    assert int(bell(hers).inner_text() or 0) == before[1]
    hers.get_by_role("link", name="Bell").click()
    hers.get_by_role("heading", name="Notifications").wait_for()
    assert not [words for words in rows(hers) if "mentioned" in words or "wrote" in words]


def test_who_is_removed_hears_no_more_of_it(garden, person):
    (ira, jon, kim), address = garden
    mine, his, hers = person(ira), person(jon), person(kim)
    for page in (his, hers):
        page.goto("/notifications/")
    mine.goto(address)
    write(mine, "Among us")
    for page in (his, hers):
        expect(page.locator(".notification", has_text="wrote in Garden.")).to_have_count(1, timeout=RINGS)
        expect(bell(page)).to_have_text("")  # and the page is not drawn anew for that any more
    mine.goto(f"{address}group/")
    member = mine.locator("[id^=member-]", has_text=f"@{jon}")
    member.locator("summary").first.click()
    member.locator("summary", has_text="Remove").click()
    press(member.locator(".confirm__body:visible"), "Remove")
    expect(his.locator(".notification", has_text="wrote in Garden.")).to_have_count(0)
    expect(bell(his)).to_have_text("")
    expect(hers.locator(".notification", has_text="wrote in Garden.")).to_have_count(1)
