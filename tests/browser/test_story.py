"""The whole story, told once by people who never reload: sign up, open, join, hear, come up, talk back, write, ask."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.acts import (
    a_frequency,
    come_on_stage,
    end_room,
    falls_silent,
    hears,
    hears_among_others,
    press,
    seat_of,
)
from tests.conftest import PASSWORD

TITLE = "Beans and peas"
SOON = 10  # s; how fast sound is, is measured in test_sound.py


@pytest.fixture
def voices():
    first = a_frequency()
    return first, a_frequency(first)


@pytest.fixture
def people(person, voices):
    """A newcomer signs up, bob of the demo logs in, cleo is there already → their pages, and all that reaches cleo's."""
    newcomer, bob, cleo = person(tone=voices[0]), person(tone=voices[1]), person("cleo")
    received = _everything_that_reaches(cleo)
    _sign_up(newcomer)
    _log_in(bob, "bob")
    cleo.goto("/")
    for page in (newcomer, bob, cleo):
        page.get_by_role("heading", name="Live now").wait_for()
        page.evaluate("window.neverReloaded = true")
    return newcomer, bob, cleo, received


def _everything_that_reaches(page):
    """() → all answers and frames that came to the scripts of this page, as one text."""
    frames, answers = [], []

    def note(answer):
        if answer.request.resource_type in ("xhr", "fetch") and answer.status == 200:
            answers.append(answer)

    page.on("response", note)
    page.on("websocket", lambda socket: socket.on("framereceived", lambda text: frames.append(text)))
    return lambda: "\n".join([*frames, *(answer.text() for answer in answers)])


def _sign_up(page):
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    username = f"eve_{secrets.token_hex(4)}"
    page.get_by_label("Name", exact=True).fill("Eve")
    page.get_by_label("Username").fill(username)
    page.get_by_label("E-mail").fill(f"{username}@example.org")
    page.get_by_label("Password").fill("a long enough one")
    page.get_by_role("button", name="Sign up").click()


def _log_in(page, username):
    page.goto("/")
    page.get_by_role("link", name="Log in").first.click()
    page.locator("input[name=login]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def test_two_people_talk_and_a_third_listens(people, voices):
    *pages, received = people
    eve, bob, cleo = pages
    _they_come_and_hear(pages, voices)
    _bob_talks_back(pages, voices)
    _all_write(pages)
    words = _speakers_agree(eve, bob)
    expect(cleo.get_by_role("tab", name="Speakers")).to_have_count(0)
    _a_question_is_answered(pages)
    _it_ends(pages, voices)
    assert not [word for word in words if word in received()] and "Welcome, everybody" in received()
    assert cleo.evaluate("heard.asked") == 0
    assert all(page.evaluate("window.neverReloaded") for page in pages)


def _they_come_and_hear(pages, voices):
    """A room is opened, found in the hallway and joined; the other is heard."""
    eve, *others = pages
    _open_room(eve)
    press(eve, "Unmute")
    for page in others:
        _find_and_join(page)
        hears(page, voices[0], SOON)


def _bob_talks_back(pages, voices):
    eve, bob, cleo = pages
    come_on_stage(eve, bob, "Bob")
    press(bob, "Unmute")
    hears(eve, voices[1], SOON)
    hears_among_others(cleo, voices[1], SOON)


def _all_write(pages):
    """Everybody reads the chat."""
    lines = ["Welcome, everybody", "Glad to be here", "Just listening"]
    for page, words in zip(pages, lines, strict=True):
        _write(page, words, "Message everyone in the room")
    _all_read(pages, lines)


def _speakers_agree(*pages):
    """Those on stage write in their line → what nobody else may ever see."""
    secret = [secrets.token_hex(8) for _ in pages]
    for page, words in zip(pages, secret, strict=True):
        page.get_by_role("tab", name="Speakers").click()
        _write(page, words, "Message the people on stage")
    _all_read(pages, secret)
    return secret


def _a_question_is_answered(pages):
    eve, bob, cleo = pages
    for page in pages:
        page.get_by_role("tab", name="Questions").click()
    cleo.get_by_label("Ask a question").fill("When do you sow beans?")
    press(cleo, "Ask")
    press(bob, "Upvote")
    for page in pages:
        expect(page.locator(".vote__count")).to_have_text("1")
    press(eve, "Answer now")
    expect(cleo.get_by_text("Your question is being answered now.")).to_be_visible()
    _all_see_it(pages, "answering")
    press(eve, "Answered")
    _all_see_it(pages, "answered")


def _it_ends(pages, voices):
    """One leaves quietly, then it is over for everybody."""
    eve, bob, cleo = pages
    press(bob, "Leave quietly")
    bob.get_by_role("heading", name="Live now").wait_for()
    expect(seat_of(eve, "Bob")).to_have_count(0)
    falls_silent(cleo, voices[1], SOON)
    hears(cleo, voices[0], SOON)
    end_room(eve)
    for page in (eve, cleo):
        page.get_by_role("heading", name="This room has ended").wait_for()
    falls_silent(cleo, voices[0], SOON)


def _open_room(page):
    page.get_by_role("link", name="Start a room").first.click()
    page.get_by_label("Title").fill(TITLE)
    page.get_by_label("Open", exact=False).first.check()
    press(page, "Go live")
    page.locator("#controls[data-role=moderator]").wait_for()


def _find_and_join(page):
    page.get_by_role("link", name="Hallway").first.click()
    page.get_by_role("link", name=TITLE).click()
    press(page, "Join and listen")
    page.locator("#controls[data-role=listener]").wait_for()


def _write(page, words, label):
    page.get_by_label(label).fill(words)
    press(page, "Send")


def _all_read(pages, lines):
    for page in pages:
        for words in lines:
            expect(page.locator(".log").get_by_text(words)).to_be_visible()


def _all_see_it(pages, state):
    for page in pages:
        expect(page.locator("li.question")).to_have_attribute("data-state", state)
