"""A mixer with few places, in a product of its own: who comes too late reads and writes, and hears when there is room."""

import os

import pytest
from playwright.sync_api import expect

from tests.browser.acts import a_frequency, hears, join, press, start_room
from tests.product import House, own_database

FULL = "The sound of this room is full. You can read and write along."
LATER = 24_000  # ms after which a page has knocked again at the latest


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    with own_database(os.environ.get("DATABASE_URL", "")) as database:
        folder = tmp_path_factory.mktemp("full") / "data"
        running = House(folder, database, DJANGO_SETTINGS_MODULE="tests.served", MIXER_ROOM_LIMIT="2", MIXER_LIMIT="3")
        try:
            yield running.start("--demo")
        finally:
            running.stop()


@pytest.fixture(scope="module")
def logins():
    return {}


@pytest.mark.full
def test_who_comes_too_late_for_the_sound_is_told_so_writes_along_and_gets_the_next_place(person):
    voice = a_frequency()
    ada, bob, cleo, dan, mo = (person(name, tone=voice) for name in ("ada", "bob", "cleo", "dan", "mo"))
    address = start_room(ada)
    press(ada, "Unmute")
    join(bob, address)
    hears(bob, voice, 10)

    # The third of two in the room.
    cleo.clock.install()
    join(cleo, address)
    expect(cleo.get_by_text(FULL)).to_be_visible(timeout=15_000)
    cleo.get_by_label("Message everyone in the room").fill("I read along")
    press(cleo, "Send")
    expect(ada.locator(".log").get_by_text("I read along")).to_be_visible()

    # The fourth of three in the house.
    start_room(dan)
    dan.locator("#sound[data-sound-state=on]").wait_for(state="attached")
    join(mo, dan.url)
    expect(mo.get_by_text(FULL)).to_be_visible(timeout=15_000)

    # A place is free, and taken without a click.
    press(bob, "Leave quietly")
    bob.get_by_role("heading", name="Live now").wait_for()
    cleo.clock.fast_forward(LATER)
    hears(cleo, voice, 15)
    expect(cleo.get_by_text(FULL)).to_be_hidden()
