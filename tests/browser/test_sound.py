"""Two people hear each other, in real browsers, through our own pages and the real mixer."""

import signal
from urllib.parse import urlsplit

import pytest

from tests.browser.acts import (
    a_frequency,
    come_on_stage,
    falls_silent,
    hears,
    join,
    on_menu_of,
    packets_in,
    press,
    start_room,
    stays_silent,
)

pytestmark = pytest.mark.alike


@pytest.fixture
def voices():
    first = a_frequency()
    return first, a_frequency(first)


@pytest.fixture
def stage(person, voices):
    """ada moderates and speaks, bob listens → (ada's page, bob's page, the address)."""
    ada, bob = person("ada", tone=voices[0]), person("bob", tone=voices[1])
    address = start_room(ada)
    press(ada, "Unmute")
    ada.locator("#controls[data-muted=no]").wait_for()
    join(bob, address)
    return ada, bob, address


def test_a_listener_hears_the_stage_and_is_never_asked_for_a_microphone(stage, voices):
    ada, bob, _ = stage
    hears(bob, voices[0], within=3)
    assert 40 <= packets_in(bob, 1) <= 60
    ada.evaluate("hz => tone.set(hz)", voices[1])
    hears(bob, voices[1], within=3)
    assert bob.evaluate("heard.asked") == 0


def test_without_the_mixer_it_is_silent(stage, voices, house):
    _, bob, _ = stage
    hears(bob, voices[0])
    house.kill("mixer", signal.SIGSTOP)
    try:
        falls_silent(bob, voices[0])
    finally:
        house.kill("mixer", signal.SIGCONT)
    hears(bob, voices[0], within=10)


def test_a_speaker_hears_the_other_and_not_himself(stage, voices):
    ada, bob, _ = stage
    come_on_stage(ada, bob, "Bob")
    stays_silent(ada, voices[1], 1)
    press(bob, "Unmute")
    hears(ada, voices[1], within=2)
    hears(bob, voices[0])
    own = bob.evaluate("hz => heard.level(hz)", voices[1])
    other = bob.evaluate("hz => heard.level(hz)", voices[0])
    assert other - own >= 40


def test_a_moderators_mute_holds_until_lifted(stage, voices):
    ada, bob, _ = stage
    come_on_stage(ada, bob, "Bob")
    press(bob, "Unmute")
    hears(ada, voices[1])
    on_menu_of(ada, "Bob", "Mute Bob")
    falls_silent(ada, voices[1], within=1.5)
    bob.get_by_text("A moderator muted you").wait_for()
    assert bob.get_by_role("button", name="Unmute", exact=True).count() == 0
    on_menu_of(ada, "Bob", "Let Bob speak")
    stays_silent(ada, voices[1], 1)
    press(bob, "Unmute")
    hears(ada, voices[1])


@pytest.mark.full
def test_moved_to_the_audience_one_listens_on(stage, voices):
    ada, bob, _ = stage
    come_on_stage(ada, bob, "Bob")
    press(bob, "Unmute")
    hears(ada, voices[1])
    on_menu_of(ada, "Bob", "Move to audience")
    falls_silent(ada, voices[1], within=1.5)
    bob.get_by_role("button", name="Raise hand").wait_for()
    hears(bob, voices[0])


def test_sound_goes_on_while_one_looks_around(stage, voices):
    _, bob, address = stage
    hears(bob, voices[0])
    connections = bob.evaluate("heard.connections.length")
    path = urlsplit(address).path
    for _ in range(5):
        bob.get_by_role("link", name="Hallway").first.click()
        bob.wait_for_url(lambda url: urlsplit(url).path == "/")
        hears(bob, voices[0], within=1)
        bob.locator("#mini").locator(f"a[href^='{path}']").click()
        bob.wait_for_url(lambda url: urlsplit(url).path == path)
        hears(bob, voices[0], within=1)
    assert bob.evaluate("heard.connections.length") == connections


@pytest.mark.full
def test_after_a_reload_the_sound_is_back_at_the_most_a_tap_away(stage, voices):
    _, bob, _ = stage
    hears(bob, voices[0])
    bob.reload()
    tap = bob.get_by_role("button", name="Tap to hear")
    bob.locator("#sound[data-sound-state=on], #sound[data-sound-state=tap]").wait_for(state="attached")
    if tap.is_visible():
        tap.click()
    hears(bob, voices[0], within=3)


@pytest.mark.full
def test_the_mixer_killed_comes_back_without_a_click(stage, voices, house):
    ada, bob, _ = stage
    hears(bob, voices[0])
    come_on_stage(ada, bob, "Bob")
    house.kill("mixer")
    falls_silent(bob, voices[0])
    hears(bob, voices[0], within=8)
    assert ada.locator("#controls").get_attribute("data-muted") == "no"
    assert bob.locator("#controls").get_attribute("data-role") == "speaker"
    assert bob.locator("#controls").get_attribute("data-muted") == "yes"
    stays_silent(ada, voices[1], 1)


@pytest.mark.full
def test_the_web_process_killed_does_not_stop_the_sound(stage, voices, house, complaints):
    complaints.expect("WebSocket|Failed to load resource|ERR_")
    _, bob, _ = stage
    hears(bob, voices[0])
    house.kill("web")
    for _ in range(30):
        hears(bob, voices[0], within=0.5)
        bob.wait_for_timeout(100)


@pytest.mark.full
def test_two_tabs_of_one_person_share_one_sound(stage, voices):
    _, bob, address = stage
    hears(bob, voices[0])
    second = bob.context.new_page()
    second.goto(address)
    press(second, "Listen here")
    hears(second, voices[0])
    falls_silent(bob, voices[0])
    bob.get_by_text("Listening elsewhere").wait_for()
