"""Finding something in real browsers: while typing, by keys alone, without scripts; and going there."""

import json
import secrets
from datetime import UTC, datetime, timedelta

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


# Three people -----------------------------------------------------------------------------------------------

GARDEN = """
from datetime import timedelta
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Attachment, Conversation, Group
ira, jon, kim = people = [Person.objects.get(username=name) for name in {people!r}]
group = Group.start(ira, [jon], "Garden").conversation
group.post(ira, uuid4(), "{word} for all of us, https://garden.example/")
group.post(jon, uuid4(), "{word} from jon")
pair = Conversation.between(ira, jon)
old = pair.post(ira, uuid4(), "{word} long ago")
type(old).objects.filter(pk=old.pk).update(created_at=old.created_at - timedelta(days=30))
Conversation.between(ira, kim).post(ira, uuid4(), "{word} for kim alone")
print(group.get_absolute_url())
"""


@pytest.fixture
def garden(newcomers, person, house, word):
    """(the pages of ira, jon and kim, jon's username, the address of the group of ira and jon)."""
    people = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira"), ("Kim", "Ira")])
    address = house.run(GARDEN.format(people=people, word=word)).split()[-1]
    return [person(name) for name in people], people[1], address


def found(page, query=""):
    """What the page of these searches shows, in the order of its words."""
    page.goto(f"/search/?{query}")
    page.locator("#found-count").wait_for()
    return sorted(text.strip() for text in page.locator("#found .hit__text").all_inner_texts())


@pytest.mark.full
def test_everybody_finds_what_he_may_read_now(garden, word):
    (ira, jon, kim), jon_name, address = garden
    ours = [f"{word} for all of us, https://garden.example/", f"{word} from jon"]
    assert found(ira, f"q={word}") == sorted([*ours, f"{word} long ago", f"{word} for kim alone"])
    assert found(jon, f"q={word}") == sorted([*ours, f"{word} long ago"])
    assert found(kim, f"q={word}") == [f"{word} for kim alone"]
    ira.goto(f"{address}group/")
    member = ira.locator("[id^=member-]", has_text=f"@{jon_name}")
    member.locator("summary").first.click()
    member.locator("summary", has_text="Remove").click()
    member.locator(".confirm[open]").get_by_role("button", name="Remove").click()
    member.wait_for(state="detached")
    assert found(jon, f"q={word}") == [f"{word} long ago"]
    # What he still has before him leads nowhere, and she finds it as before.
    assert jon.request.get(f"/search/?q={word}&in={address.split('/')[-2]}").status == 404
    assert ours[1] in found(ira, f"q={word}")


@pytest.mark.full
def test_messages_are_narrowed_down_by_what_one_fills_in(garden, word):
    (ira, _jon, _kim), jon_name, _address = garden
    ira.goto(f"/search/?q={word}")
    hits = ira.locator("#found .hit__text")
    expect(hits).to_have_count(4)
    ira.get_by_role("button", name="Narrow down the messages").click()
    ira.get_by_label("From whom").fill(f"@{jon_name}")
    expect(hits).to_have_text([f"{word} from jon"])
    ira.get_by_label("From whom").fill("")
    expect(hits).to_have_count(4)
    ira.get_by_label("With", exact=True).select_option(label="A link")
    expect(hits).to_have_text([f"{word} for all of us, https://garden.example/"])
    ira.get_by_label("With", exact=True).select_option(label="Anything")
    ira.get_by_label("Up to this day").fill((datetime.now(UTC) - timedelta(days=7)).strftime("%Y-%m-%d"))
    expect(hits).to_have_text([f"{word} long ago"])
    ira.locator("#found a.hit").click()
    expect(ira.locator(".message--found")).to_contain_text(f"{word} long ago")
