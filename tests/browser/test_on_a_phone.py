"""A small screen, with the chat over the stage: whatever asks for an answer is still there to be pressed."""

from playwright.sync_api import expect

from tests.browser.acts import join, press, start_room

PHONE = {"width": 360, "height": 740}


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
