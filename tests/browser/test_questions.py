"""Questions on real pages: asked, voted on, sorted, decided, called; and all of it without a script."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import join, on_menu_of, start_room

pytestmark = pytest.mark.alike

MAIN = re.compile("control--main")


def open_questions(page, address):
    page.goto(f"{address}?panel=questions")
    page.locator("#questions").wait_for(state="attached")


def ask(page, text):
    page.get_by_label("Ask a question").fill(text)
    page.get_by_role("button", name="Ask", exact=True).click()


def question(page, text):
    return page.locator("li.question").filter(has_text=text)


def press(page, text, name):
    question(page, text).get_by_role("button", name=name, exact=True).click()


def test_a_question_goes_its_way(person):
    ada, bob, cleo = person("ada"), person("bob"), person("cleo")
    address = start_room(ada)
    for page in (bob, cleo):
        join(page, address)
    for page in (ada, bob, cleo):
        open_questions(page, address)

    # Asked: the field is empty again, everybody has it, the asker may take it back, nobody else.
    ask(cleo, "When do you sow beans?")
    expect(question(ada, "beans")).to_be_visible()
    expect(cleo.get_by_label("Ask a question")).to_have_value("")
    expect(question(cleo, "beans").get_by_role("button", name="Withdraw")).to_be_visible()
    expect(question(bob, "beans").get_by_role("button", name="Withdraw")).to_be_hidden()
    expect(question(bob, "beans").get_by_role("button", name="Answer now")).to_have_count(0)

    # Sorted live: the one with a vote goes up.
    bob.get_by_label("Ask a question").press_sequentially("And peas?")
    bob.get_by_label("Ask a question").press("Enter")
    expect(question(cleo, "peas")).to_be_visible()
    expect(cleo.locator("li.question").first).to_contain_text("beans")
    press(bob, "peas", "Upvote")
    expect(question(bob, "peas").get_by_role("button", name="Upvote")).to_have_attribute("aria-pressed", "true")
    expect(question(cleo, "peas").get_by_role("button", name="Upvote")).to_have_attribute("aria-pressed", "false")
    expect(question(cleo, "peas").locator(".vote__count")).to_have_text("1")
    expect(cleo.locator("li.question").first).to_contain_text("peas")

    # A vote is taken back by the same button.
    press(bob, "peas", "Upvote")
    expect(question(cleo, "peas").locator(".vote__count")).to_have_text("0")
    expect(question(bob, "peas").get_by_role("button", name="Upvote")).to_have_attribute("aria-pressed", "false")

    # Answered, hidden, called.
    press(ada, "beans", "Answer now")
    expect(question(cleo, "beans")).to_have_attribute("data-state", "answering")
    expect(cleo.get_by_text("Your question is being answered now.")).to_be_visible()
    press(ada, "beans", "Answered")
    expect(question(cleo, "beans")).to_have_attribute("data-state", "answered")
    press(ada, "peas", "Hide")
    expect(question(cleo, "peas")).to_have_count(0)
    expect(question(ada, "peas")).to_have_attribute("data-state", "hidden")
    press(ada, "peas", "Back to the list")
    press(ada, "peas", "Call to the stage")
    expect(bob.locator("#controls").get_by_role("button", name="Raise hand")).not_to_have_class(MAIN)
    bob.get_by_role("button", name="Accept", exact=True).click()
    call = question(ada, "peas").get_by_role("button", name="Call to the stage")
    expect(call).to_be_hidden()
    press(bob, "peas", "Upvote")
    expect(question(ada, "peas").locator(".vote__count")).to_have_text("1")
    expect(call).to_be_hidden()
    on_menu_of(ada, "Bob", "Move to audience")
    expect(call).to_be_visible()
    expect(bob.locator("#controls").get_by_role("button", name="Raise hand")).to_have_class(MAIN)


@pytest.mark.full
def test_it_works_without_a_script(person):
    ada, cleo = person("ada"), person("cleo", java_script_enabled=False)
    address = start_room(ada)
    cleo.goto(address)
    cleo.get_by_role("button", name="Join and listen").click()
    open_questions(cleo, address)
    ask(cleo, "Does this work?")
    expect(question(cleo, "Does this work?")).to_be_visible()
    press(cleo, "Does this work?", "Upvote")
    expect(question(cleo, "Does this work?").get_by_role("button", name="Upvote")).to_have_attribute(
        "aria-pressed", "true"
    )
    press(cleo, "Does this work?", "Withdraw")
    expect(question(cleo, "Does this work?")).to_have_count(0)
