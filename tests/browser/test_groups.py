"""A group as people see it: made by keys, named in it, pinned, and gone at once for who is removed."""

import re

import pytest

pytestmark = pytest.mark.full  # a dozen pages


def choose(page, name):
    page.locator("#pick").fill(name)
    page.locator("#pickable .person__name", has_text=name).wait_for()
    if name == "Bob":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space" if name == "Bob" else "Enter")
    page.locator("[data-picked] .person__name", has_text=name).wait_for()


def test_a_group_from_beginning_to_end(person, complaints):
    complaints.expect("404")  # bob's page may be about to note what he read when he is removed
    ada, bob = person("ada"), person("bob")
    ada.goto("/backchannel/new/")
    ada.locator("#pick").focus()
    for name in ("Bob", "Cleo"):
        choose(ada, name)
        assert ada.evaluate("document.activeElement.id") == "pick"
    ada.get_by_label("Name of the group").fill("Garden")
    ada.keyboard.press("Enter")
    ada.locator(".message--event", has_text="Ada added Bob and Cleo").wait_for()
    bob.goto(ada.url)
    _name_bob(ada, bob)
    _pin(ada, bob)
    _remove_bob(ada, bob)


def _name_bob(ada, bob):
    text = ada.locator("[data-composer] textarea")
    text.press_sequentially("Hello @bo")
    ada.locator("[role=option]", has_text="@bob").wait_for()
    assert text.get_attribute("aria-activedescendant") == "completion-1"
    text.press("Enter")
    assert text.input_value() == "Hello @bob "
    text.press_sequentially(":tada")
    ada.locator("[role=option]", has_text="🎉").wait_for()
    text.press("Escape")
    assert ada.locator(".completions").is_hidden()
    text.press_sequentially(":")
    text.press("Enter")
    bob.locator(".mention--me", has_text="@bob").wait_for()
    bob.locator(".message", has_text="🎉").wait_for()
    assert ada.locator(".message[data-seq] .mention:not(.mention--me)").count() == 1


def _pin(ada, bob):
    message = ada.locator(".message[data-seq]:not(.message--event)").last
    message.hover()
    message.get_by_role("link", name="More").click()
    ada.locator("#message-menu").get_by_role("button", name="Pin", exact=True).click()
    bob.locator(".pinned .quote__words", has_text="Hello @bob").click()
    bob.locator(".message--found").wait_for()


def _remove_bob(ada, bob):
    secret = bob.locator(".message", has_text="Hello @bob")
    assert secret.count() == 1
    ada.get_by_role("heading", name="Garden").click()
    ada.wait_for_url("**/group/")
    row = ada.locator("[id^=member-]", has_text="@bob")
    row.locator("summary").first.click()
    row.locator("summary", has_text="Remove").click()
    row.get_by_role("button", name="Remove", exact=True).locator("visible=true").last.click()
    bob.locator(".toast", has_text=re.compile("no longer in")).wait_for()
    bob.locator("[data-conversation]").wait_for(state="detached")
    assert "Hello" not in bob.locator("main").inner_text().split("Backchannel")[-1]
    row.wait_for(state="detached")
