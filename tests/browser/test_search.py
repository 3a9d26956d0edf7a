"""Finding something in real browsers: while typing, by keys alone, without scripts; and going there."""

import json
import secrets

import pytest
from playwright.sync_api import expect

from tests.backchannel.hostile import MARKUP

pytestmark = pytest.mark.alike

WRITTEN = """
import json
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
from rooms.models import Room

ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
pair = Conversation.between(ada, bob)
for text in {texts!r}:
    message = pair.post(bob, uuid4(), text)
print(json.dumps({{"pair": pair.get_absolute_url(), "message": str(message.client_id)}}))
"""


@pytest.fixture
def word():
    """A word that nothing else in the house has."""
    return "q" + "".join(secrets.choice("bcdfghjkm") for _ in range(9))


@pytest.fixture
def written(house):
    """written("text", …): bob writes to ada → the conversation's address and the last message's id."""
    return lambda *texts: json.loads(house.run(WRITTEN.format(texts=list(texts))).splitlines()[-1])


def test_typing_finds_it_and_a_click_goes_there(person, written, word):
    place = written(f"Meet me at the {word}, at noon")
    ada = person("ada")
    ada.goto("/")
    ada.get_by_role("navigation", name="Main").get_by_role("link", name="Search").click()
    field = ada.get_by_role("searchbox")
    expect(field).to_be_focused()
    field.press_sequentially(word[:6], delay=20)
    hit = ada.locator("#found a.hit")
    expect(hit).to_have_count(1)
    expect(hit.locator("mark")).to_have_text(word)
    expect(ada.get_by_role("status").filter(has_text="1 message.")).to_be_visible()
    # Where one types, one stays; what was found can be found again by its address.
    expect(field).to_be_focused()
    assert f"q={word[:6]}" in ada.url
    hit.click()
    ada.wait_for_url(f"**{place['pair']}?m={place['message']}")
    expect(ada.locator(f"#m-{place['message']}")).to_contain_text(word)


@pytest.mark.full
def test_what_is_typed_on_replaces_what_was_found(person, written, word):
    written(f"first {word}", f"second {word}x")
    ada = person("ada")
    ada.goto(f"/search/?q={word}")
    expect(ada.locator("#found a.hit")).to_have_count(2)
    ada.get_by_role("searchbox").press("End")
    ada.get_by_role("searchbox").press_sequentially("x")
    expect(ada.locator("#found a.hit")).to_have_count(1)
    ada.get_by_role("searchbox").press_sequentially("yz")
    expect(ada.get_by_role("status").filter(has_text="Nothing was found.")).to_be_visible()
    expect(ada.locator("#found a.hit")).to_have_count(0)


@pytest.mark.full
def test_by_keys_alone(person, written, word):
    place = written(f"By keys: {word}")
    ada = person("ada")
    ada.goto("/search/")
    ada.keyboard.type(word)
    ada.keyboard.press("Enter")
    expect(ada.locator("#found a.hit")).to_have_count(1)
    for _ in range(12):
        ada.keyboard.press("Tab")
        if ada.evaluate("document.activeElement.matches('a.hit')"):
            break
    ada.keyboard.press("Enter")
    ada.wait_for_url(f"**?m={place['message']}")


@pytest.mark.full
def test_one_kind_and_back_again(person, written, word):
    written(f"Only in letters: {word}")
    ada = person("ada")
    ada.goto(f"/search/?q={word}")
    kinds = ada.get_by_role("navigation", name="What to show")
    kinds.get_by_role("link", name="People").click()
    expect(ada.get_by_role("status").filter(has_text="Nothing was found.")).to_be_visible()
    assert "kind=people" in ada.url
    kinds.get_by_role("link", name="Everything").click()
    expect(ada.locator("#found a.hit")).to_have_count(1)
    ada.go_back()
    expect(ada.locator("#found a.hit")).to_have_count(0)


@pytest.mark.full
def test_in_the_conversation_one_reads(person, written, word):
    place = written(f"In here: {word}")
    ada = person("ada")
    ada.goto(place["pair"])
    ada.get_by_role("link", name="Search in this conversation").click()
    ada.get_by_role("searchbox").press_sequentially(word)
    expect(ada.locator("#found a.hit")).to_have_count(1)
    expect(ada.get_by_text("Only in: With Bob")).to_be_visible()
    ada.get_by_role("link", name="Search everywhere").click()
    expect(ada.get_by_text("Only in:")).to_have_count(0)


def test_without_scripts_it_is_a_form(person, written, word):
    place = written(f"Plainly: {word}")
    ada = person("ada", java_script_enabled=False)
    ada.goto("/")
    ada.get_by_role("searchbox").fill(word)
    ada.get_by_role("button", name="Search").click()
    ada.locator("#found a.hit").click()
    ada.wait_for_url(f"**{place['pair']}?m={place['message']}")


@pytest.mark.full
def test_too_often_says_how_long_and_leaves_what_was_found(person, written, word, complaints, house):
    complaints.expect("429")
    written(f"Often: {word}")
    ada = person("ada")
    ada.goto(f"/search/?q={word}")
    ada.route(
        "**/search/?**",
        lambda route: route.fulfill(
            status=429,
            headers={
                "HX-Reswap": "none",
                "HX-Trigger": json.dumps({"live:notice": {"text": "Try again in 9 seconds."}}),
            },
        ),
    )
    ada.get_by_role("searchbox").press("End")
    ada.get_by_role("searchbox").press_sequentially("x")
    expect(ada.locator("#toasts").get_by_text("Try again in 9 seconds.")).to_be_visible()
    expect(ada.locator("#found a.hit")).to_have_count(1)


@pytest.mark.full
def test_harmful_words_are_words(person, written, word, complaints):
    """None of them opens a dialog, asks another server or is stopped by the policy: a test fails on any complaint."""
    complaints.expect("htmx:(afterRequest|sendAbort)")  # of what is typed on meanwhile
    written(*(f"{word} {text}" for text in MARKUP))
    ada = person("ada")
    dialogs = []
    ada.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    found = 0
    for page in range(1, 4):
        ada.goto(f"/search/?q={word}&kind=messages&page={page}")
        found += ada.locator("#found a.hit").count()
        assert ada.locator("#found a.hit :not(span, mark, time, img)").count() == 0
    for text in MARKUP[:12]:
        ada.get_by_role("searchbox").fill(f"{word} {text}")
        ada.get_by_role("searchbox").press("Enter")
        ada.wait_for_timeout(100)
    assert (found, dialogs) == (len(MARKUP), [])
