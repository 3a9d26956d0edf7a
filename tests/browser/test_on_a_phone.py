"""A small screen, with the chat over the stage: whatever asks for an answer is still there to be pressed."""

import pytest
from playwright.sync_api import expect

from tests.browser.acts import join, press, start_room

pytestmark = pytest.mark.alike

PHONE = {"width": 360, "height": 740}


@pytest.fixture
def page(person):
    """ada's page of a new room, on a phone."""
    page = person("ada", viewport=PHONE)
    start_room(page)
    return page


def test_the_room_says_its_name_and_with_the_chat_open_only_to_those_who_do_not_look(page):
    name = page.get_by_role("heading", level=1)
    assert name.bounding_box()["height"] > 20 and name.bounding_box()["width"] > 100
    expect(page.get_by_text("LIVE")).to_be_in_viewport(ratio=1)
    name.evaluate("name => { window.inSight = (x, y) => document.elementFromPoint(x, y) === name }")
    box = name.bounding_box()
    assert page.evaluate("([x, y]) => inSight(x, y)", [box["x"] + 20, box["y"] + box["height"] / 2])
    page.locator("#controls").get_by_role("link", name="Backchannel").click()
    expect(page.get_by_label("Message everyone in the room")).to_be_visible()
    assert not page.evaluate("([x, y]) => inSight(x, y)", [box["x"] + 20, box["y"] + box["height"] / 2])
    expect(name).to_have_count(1)


def test_with_the_chat_open_one_is_still_asked_to_come_on_stage(person):
    ada, cleo = person("ada"), person("cleo", viewport=PHONE)
    join(cleo, start_room(ada))
    cleo.locator("#controls").get_by_role("link", name="Backchannel").click()
    press(cleo, "Raise hand")
    ada.locator("#hands").get_by_role("button", name="Invite to stage").click()
    cleo.get_by_label("Message everyone in the room").fill("I come")
    press(cleo, "Send")
    press(cleo, "Accept")
    cleo.locator("#controls[data-role=speaker]").wait_for()
    expect(cleo.locator(".log").get_by_text("I come")).to_be_visible()


def test_a_panel_that_is_put_away_stays_away_when_it_is_drawn_anew(page):
    with page.expect_response(page.url):
        reload(page, f"panel:{page.url.split('/')[-2]}")
    settled(page)
    expect(page.locator("#panel")).to_be_hidden()


def test_a_control_drawn_anew_while_it_is_pressed_is_pressed_nevertheless(page):
    hold(page, page.locator(".control--panel"), f"controls:{page.url.split('/')[-2]}")
    page.mouse.up()
    expect(page.get_by_label("Message everyone in the room")).to_be_visible()


def test_another_control_that_came_under_the_finger_is_not_pressed(page):
    hold(page, page.locator(".control--panel"), f"controls:{page.url.split('/')[-2]}")
    page.locator(".control--panel").evaluate("control => control.append('?')")
    page.mouse.up()
    page.wait_for_timeout(300)
    expect(page.locator("#panel")).to_be_hidden()


def hold(page, control, drawn_anew):
    """Press it, and have the list around it drawn anew before anybody lets go."""
    box = control.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    control.evaluate("control => { window.held = control }")
    reload(page, drawn_anew)
    page.wait_for_function("() => !window.held.isConnected")
    settled(page)


def reload(page, name):
    page.evaluate(
        "name => document.dispatchEvent(new CustomEvent('live:reload', {detail: {type: 'reload', list: name}}))", name
    )


def settled(page):
    page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-settling, .htmx-swapping')")
