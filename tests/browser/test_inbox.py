"""The inbox in real browsers: nothing moves under the pointer, and all devices of a person agree."""

import pytest
from playwright.sync_api import expect

from tests.product import wait_for

pytestmark = pytest.mark.alike

WROTE = """
import sys
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
to = Person.objects.get(username="mo")
for name, text in {lines!r}:
    by = Person.objects.filter(username=name).first() or Person.objects.create_user(name, f"{{name}}@example.org", name=name.capitalize())
    Conversation.between(by, to).post(by, uuid4(), text)
"""


@pytest.fixture
def write(house):
    """write(("ira", "hello"), …): they write to mo, from another process."""
    return lambda *lines: house.run(WROTE.format(lines=lines))


@pytest.fixture
def mo(person, write):
    """mo's inbox, in which ira, jon and kim wrote, kim most recently; an hour ago he had read everything."""
    write(("ira", "from ira"), ("jon", "from jon"), ("kim", "from kim"))
    page = person("mo")
    page.goto("/backchannel/")
    wait_for(lambda: names(page)[:3] == ["Kim", "Jon", "Ira"])
    return page


def names(page):
    return page.locator(".inbox__item .inbox__name").all_inner_texts()


def row(page, name):
    return page.locator(".inbox__item", has=page.locator(".inbox__name", has_text=name))


def test_rows_stay_under_the_pointer_and_move_when_it_is_gone(mo, write):
    row(mo, "Jon").hover()
    before = row(mo, "Jon").bounding_box()
    write(("ira", "again"), ("lea", "I am new"))
    expect(row(mo, "Ira").locator(".inbox__last")).to_have_text("again")
    assert row(mo, "Jon").bounding_box() == before and names(mo)[:3] == ["Kim", "Jon", "Ira"]
    mo.mouse.move(2, 2)
    wait_for(lambda: names(mo)[:4] == ["Lea", "Ira", "Kim", "Jon"])


def test_rows_stay_where_the_focus_is(mo, write):
    row(mo, "Jon").locator(".inbox__row").focus()
    write(("ira", "once more"))
    expect(row(mo, "Ira").locator(".inbox__last")).to_have_text("once more")
    assert names(mo)[:3] == ["Kim", "Jon", "Ira"]
    assert mo.evaluate("document.activeElement.textContent").strip().find("Jon") >= 0
    mo.locator("#filter-all").focus()
    wait_for(lambda: names(mo)[0] == "Ira")
    assert mo.evaluate("document.activeElement.id") == "filter-all"


def test_what_is_begun_here_goes_on_there(mo, person):
    other = person("mo")
    other.goto("/backchannel/")
    row(mo, "Kim").locator(".inbox__row").click()
    mo.get_by_label("Message Kim").fill("half a sentence")
    expect(row(other, "Kim").locator(".inbox__last")).to_have_text("Draft: half a sentence")
    row(other, "Kim").locator(".inbox__row").click()
    expect(other.get_by_label("Message Kim")).to_have_value("half a sentence")
    other.get_by_label("Message Kim").press("Enter")
    mo.goto("/backchannel/")
    expect(row(mo, "Kim").locator(".inbox__last")).to_have_text("You: half a sentence")
    row(mo, "Kim").locator(".inbox__row").click()
    expect(mo.get_by_label("Message Kim")).to_have_value("")


@pytest.mark.full
def test_new_ones_begin_below_a_line_and_are_unread_again_where_one_says_so(mo, person, write):
    write(("kim", "second"), ("kim", "third"))
    other = person("mo")
    other.goto("/")
    row(mo, "Kim").locator(".inbox__row").click()
    expect(mo.locator(".log > .new + .message .message__text")).to_have_text("from kim")
    expect(mo.locator(".log > .new")).to_have_text("New – 3")
    wait_for(lambda: not row(mo, "Kim").locator(".badge").count())
    unread = int(other.locator("#unread").inner_text() or 0)
    second = mo.locator(".message", has_text="second")
    second.hover()
    second.get_by_role("link", name="More").click()
    mo.get_by_role("button", name="Mark unread from here").click()
    expect(mo.locator(".log > .new")).to_have_text("New – 2")
    expect(row(mo, "Kim").locator(".badge")).to_have_text("2 unread")
    for page in (mo, other):
        expect(page.locator("#unread")).to_have_text(str(unread + 1))
        assert page.title().startswith(f"({unread + 1}) ")
    # It stays so as long as this page is open.
    mo.wait_for_timeout(2500)
    expect(row(mo, "Kim").locator(".badge")).to_have_text("2 unread")


def test_what_was_done_in_the_list_can_be_undone_at_once(mo, write):
    write(("jon", "read me"))
    expect(row(mo, "Jon").locator(".badge")).to_be_visible()
    unread = mo.locator("#unread").inner_text()
    mo.get_by_role("button", name="Mark all as read").click()
    expect(mo.locator("#unread")).to_have_text("")
    mo.get_by_role("button", name="Undo").click()
    expect(mo.locator("#unread")).to_have_text(unread)
    row(mo, "Jon").get_by_role("link", name="More about Jon").click()
    mo.get_by_role("button", name="Archive").click()
    expect(row(mo, "Jon")).to_have_count(0)
    assert mo.evaluate("document.activeElement.matches('.inbox__row')")
    mo.get_by_role("button", name="Undo").click()
    expect(row(mo, "Jon")).to_have_count(1)


def test_a_list_that_cannot_be_fetched_says_so_and_stays(mo, write, complaints):
    complaints.expect("500|Failed to load")
    mo.route("**/backchannel/?*", lambda route: route.fulfill(status=500, body=""))
    mo.route("**/backchannel/", lambda route: route.fulfill(status=500, body=""))
    write(("jon", "are you there?"))
    expect(mo.locator("[data-inbox-failed]")).to_be_visible()
    assert names(mo)
    mo.unroute_all()
    mo.locator("[data-inbox-again]").click()
    expect(row(mo, "Jon").locator(".inbox__last")).to_have_text("are you there?")
    expect(mo.locator("[data-inbox-failed]")).to_be_hidden()


def test_what_a_page_does_by_itself_complains_to_nobody_and_is_done_later(mo, write, complaints):
    complaints.expect("ERR_FAILED|htmx:(afterRequest|sendError)")
    mo.route("**/reading/", lambda route: route.abort())
    row(mo, "Jon").locator(".inbox__row").click()
    write(("jon", "do you read me?"))
    for _ in range(2):
        mo.wait_for_event("requestfailed", lambda request: request.url.endswith("/reading/"))
    expect(mo.locator("#toasts > *")).to_have_count(0)
    mo.unroute_all()
    expect(row(mo, "Jon").locator(".badge")).to_have_count(0)


BADGE = """
window.badges = [];
navigator.setAppBadge = (count) => (badges.push(count), Promise.resolve());
navigator.clearAppBadge = () => (badges.push(0), Promise.resolve());
"""


@pytest.mark.full
def test_the_icon_of_an_installed_page_counts_what_is_unread(mo, person, write):
    write(("jon", "are you there?"))
    page = person("mo")
    page.add_init_script(BADGE)
    page.goto("/")
    shown = int(page.locator("#unread").inner_text())
    wait_for(lambda: page.evaluate("badges") == [shown])
    write(("pia", "nobody wrote you this before"))
    wait_for(lambda: page.evaluate("badges") == [shown, shown + 1])
    mo.get_by_role("button", name="Mark all as read").click()
    wait_for(lambda: page.evaluate("badges") == [shown, shown + 1, 0])
    assert not page.title().startswith("(")
