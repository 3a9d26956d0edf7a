"""Back shows nothing that is no longer one's own: not from the browser's memory of whole pages, not from its HTTP cache,
not from htmx's history. The browser is as people have it: it keeps pages whole to come back to them at once."""

import contextlib
import time
from uuid import uuid4

import pytest
from playwright.sync_api import Error

from tests.browser.acts import come_on_stage, end_room, join, on_menu_of, press, start_room
from tests.browser.conftest import FLAGS
from tests.chromium import LIGHT
from tests.product import wait_for

pytestmark = pytest.mark.alike

A_WHILE = 0.7  # seconds in which a page that comes back is looked at again and again


@pytest.fixture(scope="module")
def browser(browser):
    kept_whole = {"ignore_default_args": ["--disable-back-forward-cache"]}
    chromium = browser.browser_type.launch(executable_path=LIGHT, headless=True, args=FLAGS, **kept_whole)
    yield chromium
    chromium.close()


@pytest.fixture
def word():
    """What must not be seen again."""
    return f"word-{uuid4()}"


@pytest.fixture
def room(person):
    """ada moderates, bob speaks → (ada's page, bob's page)."""
    ada, bob = person("ada"), person("bob", fresh=True)
    join(bob, start_room(ada, "Gardens"))
    come_on_stage(ada, bob, "Bob")
    yield ada, bob
    end_room(ada)


def write(page, label, text):
    page.get_by_label(label).fill(text)
    page.get_by_label(label).press("Enter")


def say_in_the_line(page, text):
    page.goto(f"{page.url.partition('?')[0]}?panel=speakers")
    write(page, "Message the people on stage", text)
    page.locator(".message:not(.pending)", has_text=text).wait_for()


def move(page, where):
    """Back (-1) or forward (1) → all that is on the page while it comes up, from the first moment on."""
    page.evaluate("where => { setTimeout(() => history.go(where)); }", where)
    seen, end = "", time.monotonic() + A_WHILE
    while time.monotonic() < end or "complete" not in seen[-10:]:
        with contextlib.suppress(Error):  # one page is going, the other not there yet
            seen += page.evaluate("document.documentElement.outerHTML + document.readyState")
    return seen


def never_again(page, word, steps=(-1, -1, -1, 1)):
    """Through the whole history the word stands nowhere, nor in anything else that a browser keeps."""
    for step in steps:
        assert word not in move(page, step), f"{step}: {page.url}"
    assert page.evaluate("sessionStorage.getItem('htmx-history-cache')") is None


def not_in_the_http_cache(page, *addresses):
    for address in addresses:
        kept = page.evaluate(
            """address => fetch(address, {cache: "only-if-cached", mode: "same-origin"})
                .then((answer) => answer.ok, () => false)""",
            address,
        )
        assert not kept, address


def goes_on(page, *addresses):
    """Real navigations, as by typing an address: each leaves a whole page behind."""
    for address in addresses:
        page.goto(address)


# After a demotion -------------------------------------------------------------------------------------------


@pytest.mark.full
@pytest.mark.parametrize("way", ["clicked", "typed"])
def test_f15_after_a_demotion_the_line_does_not_come_back(room, complaints, word, way):
    complaints.expect("404|ERR_CACHE_MISS|ERR_FAILED")
    ada, bob = room
    say_in_the_line(bob, word)
    panel, line = bob.url, f"/backchannel/{bob.locator('[data-conversation]').get_attribute('data-conversation')}/"
    if way == "typed":
        goes_on(bob, line, panel, "/about/")
    else:
        bob.get_by_role("link", name="Hallway").first.click()
        bob.wait_for_url("**/")
    on_menu_of(ada, "Bob", "Move to audience")
    ada.locator("#audience li.seat", has_text="Bob").wait_for()
    never_again(bob, word)
    not_in_the_http_cache(bob, line, panel)


@pytest.mark.full
def test_f15_after_a_demotion_the_page_itself_has_nothing_left(room, word):
    """What a screen reader was told included."""
    ada, bob = room
    bob.goto(f"{bob.url}?panel=speakers")
    bob.get_by_label("Message the people on stage").wait_for()
    say_in_the_line(ada, word)
    bob.locator("#announcer", has_text=word).wait_for()
    on_menu_of(ada, "Bob", "Move to audience")
    bob.locator("#controls[data-role=listener]").wait_for()
    wait_for(lambda: word not in bob.content(), 1)
    bob.wait_for_timeout(1000)
    assert word not in bob.content()


@pytest.mark.full
def test_f15_after_a_demotion_the_queue_of_hands_does_not_come_back(room, person, complaints):
    complaints.expect("ERR_CACHE_MISS|ERR_FAILED")
    ada, bob = room
    cleo = person("cleo")
    join(cleo, ada.url)
    on_menu_of(ada, "Bob", "Make moderator")
    press(bob, "Accept")
    bob.locator("#controls[data-role=moderator]").wait_for()
    press(cleo, "Raise hand")
    bob.locator("#hands").get_by_text("Cleo").wait_for()
    goes_on(bob, "/about/")
    on_menu_of(ada, "Bob", "Move to audience")
    ada.locator("#audience li.seat", has_text="Bob").wait_for()
    never_again(bob, 'id="hands-queue"', steps=(-1, 1, -1))
    not_in_the_http_cache(bob, ada.url, f"{ada.url}hands/")


# After a log-out --------------------------------------------------------------------------------------------


def private_pages(bob, word):
    """bob sees a letter, his own settings and the line, each on a page of its own, one after the other."""
    say_in_the_line(bob, word)
    speakers = bob.url
    bob.goto("/@ada/")
    bob.locator("main").get_by_role("button", name="Message").first.click()
    write(bob, "Message Ada", word)
    bob.locator(".message:not(.pending)", has_text=word).wait_for()
    addresses = [speakers, bob.url, "/backchannel/", "/settings/"]
    goes_on(bob, *addresses)
    return addresses


def log_out(page):
    page.goto("/accounts/logout/")
    page.locator("main").get_by_role("button", name="Log out").click()
    page.get_by_role("link", name="Log in").first.wait_for()


def test_f15_after_logging_out_nothing_comes_back(room, complaints, word):
    complaints.expect("ERR_CACHE_MISS|ERR_FAILED|WebSocket")
    _, bob = room
    addresses = private_pages(bob, word)
    log_out(bob)
    mine = (word, "@bob", "bob@example.org", ">Bob<")  # a token may have these three letters by chance
    for step in (-1, -1, -1, -1, -1, 1):
        seen = move(bob, step)
        assert not [text for text in mine if text in seen], (step, bob.url)
    not_in_the_http_cache(bob, *addresses)


@pytest.mark.full
def test_f15_after_being_logged_out_from_elsewhere_nothing_comes_back(room, person, complaints, word, logins):
    """Nothing changes in this browser, its cookie neither: only the house knows."""
    complaints.expect("ERR_CACHE_MISS|ERR_FAILED|WebSocket")
    _, bob = room
    addresses = private_pages(bob, word)
    goes_on(bob, "/about/")
    logins.pop("bob", None)
    elsewhere = person("bob", fresh=True)
    elsewhere.goto("/settings/")
    elsewhere.get_by_role("button", name="Log out everywhere").click()
    elsewhere.get_by_text("You are logged out on all devices.").wait_for()
    wait_for(lambda: not bob.evaluate("document.body.dataset.me"))
    never_again(bob, word, steps=(-1, -1, -1, -1, 1))
    not_in_the_http_cache(bob, *addresses)


@pytest.mark.full
def test_f15_after_logging_out_the_console_does_not_come_back(person, complaints, logins):
    complaints.expect("ERR_CACHE_MISS|ERR_FAILED|WebSocket")
    mo = person("mo", fresh=True)
    goes_on(mo, "/admin/", "/admin/accounts/person/", "/about/")
    log_out(mo)
    never_again(mo, "cleo@example.org", steps=(-1, -1, -1, -1, 1))
    not_in_the_http_cache(mo, "/admin/accounts/person/")
