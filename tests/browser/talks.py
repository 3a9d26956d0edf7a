"""What people do in their conversations: more words of the browser tests."""

import re

from tests.browser.acts import press


def talk_with(page, username):
    """Open the conversation with somebody from his profile → its address."""
    page.goto(f"/@{username}/")
    press(page, "Message")
    page.wait_for_url(re.compile(r"/backchannel/\w{22}/"))
    return page.url


def text_box(page):
    return page.locator("[data-composer] textarea")


def write(page, text):
    """Write it, and wait until it is kept."""
    text_box(page).fill(text)
    text_box(page).press("Enter")
    page.locator(".mine[data-seq]", has_text=text).wait_for()


def message(page, text):
    return page.locator(".log .message[data-seq]", has_text=text).last


def on_message(page, text):
    """The menu of the message with this text, opened."""
    message(page, text).hover()
    message(page, text).get_by_role("link", name="More").click()
    menu = page.locator("#message-menu")
    menu.locator(".menu__item").first.wait_for()
    return menu


# Groups -------------------------------------------------------------------------------------------------------


def start_group(page, *usernames, name="Garden"):
    """Choose them, and begin → the address of the group's conversation."""
    page.goto("/backchannel/new/")
    for username in usernames:
        pick(page, username)
    page.get_by_label("Name of the group").fill(name)
    press(page, "Start writing")
    page.wait_for_url(re.compile(r"/backchannel/\w{22}/$"))
    return page.url


def pick(page, username):
    page.locator("#pick").fill(f"@{username}")
    page.locator("#pickable li", has_text=f"@{username}").locator("label").click()
    page.locator("[data-picked] li", has_text=f"@{username}").wait_for()


# The inbox --------------------------------------------------------------------------------------------------


def names(page):
    return page.locator("#inbox-rows .inbox__name").all_inner_texts()


def row(page, name):
    return page.locator(".inbox__item", has=page.locator(".inbox__name", has_text=name))


def on_row(page, name, action):
    """Open the menu of a conversation and press a button in it."""
    row(page, name).locator(".inbox__menu").click()
    press(page.locator("#conversation-menu"), action)


def filtered(page, name):
    page.get_by_role("navigation", name="Which conversations").get_by_role("link", name=name, exact=True).click()
    page.locator(".filter[aria-current]", has_text=name).wait_for()
