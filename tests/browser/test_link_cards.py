"""The cards of links in real browsers: they come without moving what one reads, show the host, and do no harm."""

from functools import partial
from textwrap import dedent

import pytest
from playwright.sync_api import expect

from tests.browser.talks import message, talk_with, write
from tests.product import wait_for

pytestmark = pytest.mark.alike

# Somebody else's site, the guard that lets these tests reach it, and the jobs done here and now.
BEFORE = """
from uuid import uuid4
from django.conf import settings
from accounts import limits
from accounts.models import Person
from backchannel import jobs
from backchannel.links.looking import look
from backchannel.models import Conversation
from tests.backchannel.sites import Site, page, web
from tests.backchannel.test_link_pages import image

settings.LINK_PREVIEWS = True
jobs.soon = lambda job, ids: None
limits.spend = lambda *words: None
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
pair = Conversation.between(ada, bob)
site = Site()
internet = web({"garden.example": site.place})

def write(body, author=bob):
    return pair.post(author, uuid4(), body)
"""


@pytest.fixture
def beside(house):
    """beside("code") runs it beside the house, with `write(body)`, `site`, `internet` → what it printed."""
    yield lambda code: house.run(BEFORE + dedent(code)).strip()
    house.forget()


@pytest.fixture
def pair(beside, person):
    """ada's and bob's pages of their conversation."""
    path = beside("print(pair.get_absolute_url())")
    pages = person("ada"), person("bob")
    for page in pages:
        page.goto(path)
        page.locator(".composer__text").wait_for()
    return pages


ROSES = """
site.pages = {
    "/roses": page("All about roses", description="Water them well, and not at noon.", site_name="Garden", image="/p"),
    "/p": (200, {"Content-Type": "image/png"}, image()),
}
look(write("http://garden.example/roses").pk, internet)
"""


SHIFTS = """() => {
    window.shifted = 0;
    new PerformanceObserver((list) => list.getEntries().forEach(({ value }) => (window.shifted += value))).observe({
        type: "layout-shift",
    });
}"""


def test_the_card_comes_to_both_and_its_author_takes_it_away(pair, beside):
    ada, bob = pair
    ada.evaluate(SHIFTS)
    beside(ROSES)
    for page in pair:
        card = page.locator(".link-card").last
        card.wait_for()
        assert card.locator(".link-card__host").inner_text() == "garden.example"
        assert "All about roses" in card.inner_text()
        wait_for(partial(card.locator("img").evaluate, "(one) => one.naturalWidth == 360"))
    assert ada.evaluate("window.shifted") < 0.02
    assert not ada.locator(".link-card__remove").last.is_visible()
    bob.get_by_role("button", name="Remove this preview").last.click()
    for page in pair:
        expect(page.locator(".message").last.locator(".link-card")).to_have_count(0)
        assert "http://garden.example/roses" in page.locator(".message").last.inner_text()


@pytest.mark.full
def test_a_card_that_comes_later_moves_nothing_that_one_reads(pair, beside):
    """Nor does the way to the first unread message, which sticks to the top of what is shown."""
    ada, _bob = pair
    path = ada.url
    ada.goto("about:blank")
    beside("""
    print(write("http://garden.example/roses").pk)
    for n in range(50):
        write(f"line {n}\\n\\nand more")
    """)
    log = ada.locator(".log")
    ada.goto(path)
    expect(ada.locator(".log__first")).to_be_visible()
    ada.locator(".composer__text").wait_for()
    while not ada.locator(".message", has_text="garden.example/roses").count():
        log.evaluate("(one) => (one.scrollTop = 0)")
        ada.wait_for_timeout(100)
    log.evaluate("(one) => (one.scrollTop = one.scrollHeight / 2)")
    read = ada.locator(".message", has_text="line 30")
    read.scroll_into_view_if_needed()
    ada.wait_for_timeout(300)
    cards, place = ada.locator(".link-card").count(), read.bounding_box()["y"]
    beside(
        ROSES.replace('look(write("http://garden.example/roses").pk, internet)', "")
        + """
from backchannel.models import LinkPreview
look(LinkPreview.objects.filter(state="waiting", message__conversation=pair).latest("pk").pk, internet)
"""
    )
    wait_for(lambda: ada.locator(".link-card").count() == cards + 1)
    ada.wait_for_timeout(300)
    assert abs(read.bounding_box()["y"] - place) < 1


@pytest.mark.full
def test_i11_whatever_a_page_says_of_itself_is_only_text(pair, beside, person):
    """0 dialogs; CSP violations and requests to others are complaints, and fail the test."""
    shown = beside("""
    from tests.backchannel.hostile import ALL
    for payload in ALL:
        quoted = payload.replace("&", "&amp;").replace('"', "&quot;")
        site.pages["/x"] = page("x " + quoted, description="x " + quoted, site_name="x " + quoted)
        look(write("http://garden.example/x").pk, internet)
    print(len(ALL))
    """)
    ada, _bob = pair
    dialogs = []
    ada.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    ada.reload()
    ada.locator(".composer__text").wait_for()
    log = ada.locator(".log")
    while ada.locator(".link-card").count() < int(shown):
        log.evaluate("(one) => (one.scrollTop = 0)")
        ada.wait_for_timeout(100)
    ada.mouse.move(400, 300)
    assert ada.locator(".link-card script, .link-card iframe, .link-card style, .link-card [onerror]").count() == 0
    assert log.evaluate("(one) => one.scrollWidth <= one.clientWidth")
    assert dialogs == []


def test_from_a_card_of_ours_one_joins_the_room(person, house, beside, complaints):
    complaints.expect("404")  # to bob there is no such room
    path = beside(
        """
    from datetime import timedelta
    from django.utils import timezone
    from rooms.models import Room
    cleo = Person.objects.get(username="cleo")
    room = Room.open(cleo, title="Behind the hedge", kind="closed")
    room.seats.update(seen_at=timezone.now() + timedelta(hours=1))  # nobody is connected as cleo
    room.guests.create(person=ada)
    print(pair.get_absolute_url())
    write(f"come: HOUSE{room.get_absolute_url()}")
    """.replace("HOUSE", house.url)
    ).split()[0]
    ada, bob = person("ada"), person("bob")
    for page in (ada, bob):
        page.goto(path)
    joining = ada.locator(".link-card").last.get_by_role("button", name="Join and listen")
    joining.wait_for()
    assert "Behind the hedge" in ada.locator(".link-card").last.inner_text()
    bob.wait_for_timeout(500)
    assert "Behind the hedge" not in bob.content() and "A room here" in bob.locator(".link-card").last.inner_text()
    joining.click()
    ada.get_by_role("button", name="Leave quietly").wait_for()
    assert ada.locator("h1").inner_text() == "Behind the hedge"
    # The room is the page now, and does not stand in the card.
    expect(ada.locator("main")).to_have_count(1)
    expect(ada.locator("#controls")).to_be_visible()
    bob.locator(".link-card").last.get_by_role("link", name="Open").click()
    expect(bob.get_by_role("heading", name="Not here, or not for you")).to_be_focused()
    expect(bob.locator("main")).to_have_count(1)
    bob.go_back()
    expect(bob.locator(".link-card").last).to_contain_text("A room here")


@pytest.mark.full
def test_people_and_messages_have_a_card_for_whom_they_are_there(newcomers, person):
    """kim is shown what leads to jon, and of what he wrote to ira no word."""
    names = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira"), ("Kim", "Ira"), ("Ira", "Kim"), ("Ira", "Jon")])
    ira, jon, kim = (person(name) for name in names)
    talk_with(jon, names[0])
    write(jon, "Between us two")
    here = jon.url.split("/backchannel/")[0]
    place = message(jon, "Between us two").locator(".message__time").get_attribute("href")
    kim.goto(talk_with(ira, names[2]))
    write(ira, f"him: {here}/@{names[1]}/")
    write(ira, f"that: {here}{place}")
    for page, about in ((ira, "Jon wrote"), (kim, "A message here")):
        expect(message(page, "him:").locator(".link-card__title")).to_have_text("Jon")
        expect(message(page, "that:").locator(".link-card")).to_contain_text(about)
    expect(message(ira, "that:").locator(".link-card__line")).to_have_text("Between us two")
    kim.wait_for_timeout(500)
    assert "Between us two" not in kim.content()
    message(ira, "that:").locator(".link-card__title a").click()
    expect(ira.get_by_role("heading", name="Message", exact=True).first).to_be_visible()
    expect(ira.locator("main")).to_have_count(1)
    expect(ira.locator("main")).to_contain_text("Between us two")
