"""What goes wrong on people's side: no gesture, no microphone, two tabs, two devices, two clicks, no network."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import (
    a_frequency,
    come_on_stage,
    falls_silent,
    hears,
    join,
    press,
    seat_of,
    start_room,
)
from tests.browser.test_questions import ask, open_questions, question
from tests.browser.wire import Wire
from tests.product import wait_for

pytestmark = pytest.mark.alike

SOON = 10  # s; how fast sound is, is measured in test_sound.py


@pytest.fixture
def voices():
    first = a_frequency()
    second = a_frequency(first)
    return first, second, a_frequency(first, second)


@pytest.fixture
def ada(person, voices):
    """Opens a room and speaks."""
    page = person("ada", tone=voices[0])
    start_room(page)
    press(page, "Unmute")
    page.locator("#controls[data-muted=no]").wait_for()
    return page


SOUND_SAID_ALOUD = """
    let before;
    new MutationObserver(() => {
        const now = document.querySelector("#sound")?.dataset.soundState;
        if (now !== before) console.info(`sound: ${(before = now)}`);
    }).observe(document, {subtree: true, childList: true, attributeFilter: ["data-sound-state"]});
"""


def test_a_tab_that_nobody_touched_asks_for_a_tap(ada, person, voices):
    """The browser was restarted with its tabs: the seat and the tab are the same, and no gesture was made."""
    before = person("bob")
    join(before, ada.url)
    hears(before, voices[0], SOON)
    tab = before.evaluate("import('tab').then(({tab}) => tab())")
    before.context.close()
    bob = person("bob")
    bob.add_init_script(f"sessionStorage.tab = '{tab}'")
    bob.add_init_script(SOUND_SAID_ALOUD)
    # Looking into the page from here would count as a gesture.
    with bob.expect_console_message(lambda line: line.text == "sound: tap"):
        bob.goto(ada.url)
    tap = bob.get_by_role("button", name="Tap to hear")
    box = tap.bounding_box()
    assert box["height"] >= 44 and box["width"] >= 200
    tap.click()
    hears(bob, voices[0], SOON)
    expect(tap).to_be_hidden()


WITHOUT_MICROPHONE = """
    window.trouble = "%s";
    const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = (wanted) =>
        window.trouble ? Promise.reject(new DOMException("", window.trouble)) : real(wanted);
"""


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ("NotAllowedError", "The browser does not let us use the microphone."),
        pytest.param("NotFoundError", "No microphone was found.", marks=pytest.mark.full),
        pytest.param("NotReadableError", "The microphone is in use by another program.", marks=pytest.mark.full),
    ],
)
def test_without_a_microphone_one_hears_is_told_why_and_tries_again(ada, person, voices, trouble, words):
    bob = person("bob", tone=voices[1])
    bob.add_init_script(WITHOUT_MICROPHONE % trouble)
    join(bob, ada.url)
    come_on_stage(ada, bob, "Bob")
    why = bob.get_by_text(words)
    why.wait_for()
    hears(bob, voices[0], SOON)
    press(bob, "Unmute")
    press(bob, "Mute")
    expect(why).to_be_visible()
    bob.evaluate("window.trouble = ''")
    press(bob, "Unmute")
    hears(ada, voices[1], SOON)
    expect(why).to_be_hidden()


def test_sound_is_in_one_of_two_tabs_and_goes_where_it_is_called(ada, person, voices):
    first = person("bob")
    join(first, ada.url)
    hears(first, voices[0], SOON)
    second = first.context.new_page()
    second.goto(ada.url)
    second.get_by_text("Listening elsewhere").wait_for()
    for here, there in ((second, first), (first, second)):
        press(here, "Listen here")
        hears(here, voices[0], SOON)
        there.get_by_text("Listening elsewhere").wait_for()
        wait_for(lambda there=there: not there.evaluate("heard.aloud()"), SOON)


def test_a_tab_duplicated_from_another_is_a_tab_of_its_own(ada, person, voices):
    first = person("bob")
    join(first, ada.url)
    hears(first, voices[0], SOON)
    with first.context.expect_page() as opened:
        first.evaluate("window.open(location.href)")  # takes a copy of what the tab remembers
    opened.value.get_by_text("Listening elsewhere").wait_for()
    assert first.evaluate("heard.aloud()")


@pytest.mark.full
def test_two_devices_of_one_person_agree(ada, person, voices):
    """What one does on the one is seen on the other; heard and spoken is through the one that was called last."""
    phone, desk = person("bob", tone=voices[1]), person("bob", tone=voices[2])
    join(phone, ada.url)
    desk.goto(ada.url)
    come_on_stage(ada, phone, "Bob")
    press(phone, "Unmute")
    desk.locator("#controls[data-role=speaker][data-muted=no]").wait_for()
    hears(ada, voices[1], SOON)
    assert desk.evaluate("heard.asked") == 0
    press(desk, "Listen here")
    hears(ada, voices[2], SOON)
    falls_silent(ada, voices[1], SOON)
    hears(desk, voices[0], SOON)
    phone.get_by_text("Listening elsewhere").wait_for()
    press(phone, "Mute")
    desk.locator("#controls[data-muted=yes]").wait_for()
    falls_silent(ada, voices[2], SOON)
    press(desk, "Leave quietly")
    phone.get_by_role("button", name="Join and listen").wait_for()


@pytest.mark.full
def test_two_clicks_do_it_once(person, house):
    ada, bob = person("ada"), person("bob")
    ada.goto("/rooms/new/")
    ada.get_by_label("Title").fill("Twice is once")
    ada.get_by_role("button", name="Go live").dblclick()
    ada.locator("#controls[data-role=moderator]").wait_for()
    assert house.sql("SELECT count(*) FROM rooms_room WHERE title = ?", "Twice is once") == [(1,)]
    bob.goto(ada.url)
    bob.get_by_role("button", name="Join and listen").dblclick()
    bob.get_by_role("button", name="Raise hand").dblclick()
    bob.get_by_role("button", name="Lower hand").wait_for()
    expect(ada.locator("#hands li[data-person]")).to_have_count(1)
    bob.get_by_label("Message everyone in the room").fill("once")
    bob.get_by_role("button", name="Send").dblclick()
    expect(ada.locator(".log .message")).to_have_count(1)
    open_questions(bob, ada.url)
    bob.get_by_label("Ask a question").fill("Only once?")
    bob.get_by_role("button", name="Ask", exact=True).dblclick()
    question(bob, "Only once?").get_by_role("button", name="Upvote").dblclick()
    open_questions(ada, ada.url)
    expect(question(ada, "Only once?")).to_have_count(1)
    expect(seat_of(ada, "Bob")).to_be_visible()


@pytest.mark.full
def test_what_happened_while_the_line_was_cut_is_there_afterwards(ada, person, house, complaints):
    complaints.expect("WebSocket|ERR_|Failed to load|htmx:")
    wire = Wire(house.port)
    try:
        cleo, bob, dan = person("cleo", by=wire), person("bob"), person("dan")
        for page in (bob, cleo):
            join(page, ada.url.replace(house.url, wire.url if page is cleo else house.url))
        open_questions(cleo, ada.url.replace(house.url, wire.url))
        cleo.evaluate("window.neverReloaded = true")
        wire.cut()
        come_on_stage(ada, bob, "Bob")
        join(dan, ada.url)
        open_questions(dan, ada.url)
        ask(dan, "Was I missed?")
        open_questions(ada, ada.url)
        question(ada, "Was I missed?").get_by_role("button", name="Answer now").click()
        question(ada, "Was I missed?").get_by_role("button", name="Answered").click()
        assert seat_of(cleo, "Dan").count() == 0
        wire.heal()
        expect(question(cleo, "Was I missed?")).to_have_attribute("data-state", "answered", timeout=20_000)
        expect(cleo.locator("#stage").get_by_text("Bob")).to_be_visible()
        expect(cleo.locator("#audience").get_by_text("Dan")).to_be_visible()
        assert cleo.evaluate("window.neverReloaded")
    finally:
        wire.close()


@pytest.mark.full
def test_hands_raised_while_a_moderators_line_was_cut_wait_for_him(person, house, complaints):
    complaints.expect("WebSocket|ERR_|Failed to load|htmx:")
    wire = Wire(house.port)
    try:
        ada, bob, cleo = person("ada", by=wire), person("bob"), person("cleo")
        address = start_room(ada).replace(wire.url, house.url)
        for page in (bob, cleo):
            join(page, address)
        press(bob, "Raise hand")
        ada.locator("#hands").get_by_text("Bob").wait_for()
        wire.cut()
        press(cleo, "Raise hand")
        press(bob, "Lower hand")
        bob.get_by_role("button", name="Raise hand").wait_for()
        cleo.get_by_role("button", name="Lower hand").wait_for()
        wire.heal()
        expect(ada.locator("#hands li[data-person]")).to_have_text(re.compile("Cleo"), timeout=20_000)
    finally:
        wire.close()
