"""Without a mouse: where the focus goes, what the arrow keys and Escape do; and what long texts and long talks do."""

import pytest
from playwright.sync_api import expect

from tests.browser.acts import press, start_room

pytestmark = pytest.mark.alike

CHAT = "Message everyone in the room"


@pytest.fixture
def room(person):
    """person(…) options → ada's page of a new room."""

    def open_room(**options):
        page = person("ada", **options)
        start_room(page, "By keys")
        return page

    return open_room


def test_another_page_is_begun_at_its_heading(person, complaints):
    complaints.expect("422")
    page = person("dan")
    page.goto("/")
    for link, heading in [("Help", "Help"), ("Me", "Dan"), ("Hallway", "Live now")]:
        page.get_by_role("link", name=link, exact=True).click()
        expect(page.get_by_role("heading", name=heading, level=1)).to_be_focused()
    page.get_by_role("link", name="Start a room").click()
    page.get_by_label("Title").fill(" ")
    press(page, "Go live")
    expect(page.locator("#form-errors")).to_be_focused()


def test_arrows_go_from_tab_to_tab(room):
    page = room()
    page.get_by_role("tab", name="Chat").focus()
    for key, tab in [
        ("ArrowRight", "Speakers"),
        ("End", "Questions"),
        ("ArrowRight", "Chat"),
        ("ArrowLeft", "Questions"),
    ]:
        page.keyboard.press(key)
        expect(page.get_by_role("tab", name=tab)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label("Ask a question")).to_be_visible()
    expect(page.get_by_role("tab", name="Questions")).to_be_focused()
    assert page.locator("[role=tab]").evaluate_all("tabs => tabs.map((tab) => tab.tabIndex)") == [-1, -1, 0]


@pytest.mark.parametrize(
    "order", ["panel:{room}", pytest.param("", marks=pytest.mark.full)], ids=["the-panel", "the-page"]
)
def test_a_tab_clicked_while_all_is_drawn_anew_opens_nevertheless(room, order):
    page = room()
    room_id = page.url.split("/")[-2]
    slow = iter([200, 800])  # ms; what draws anew is answered first
    page.route(f"**/rooms/{room_id}/*", lambda route: [page.wait_for_timeout(next(slow, 0)), route.continue_()])
    frame = (
        {"type": "reload", "list": order.format(room=room_id)} if order else {"type": "go", "to": f"/rooms/{room_id}/"}
    )
    with page.expect_request(f"**/rooms/{room_id}/*"):
        page.evaluate("frame => document.dispatchEvent(new CustomEvent(`live:${frame.type}`, {detail: frame}))", frame)
    page.get_by_role("tab", name="Questions").click()
    expect(page.get_by_label("Ask a question")).to_be_visible()


def test_escape_puts_the_sheet_of_a_phone_away(room):
    page = room(viewport={"width": 360, "height": 740})
    opener = page.locator(".control--panel")
    opener.click()
    expect(page.get_by_role("tab", name="Chat")).to_be_focused()
    page.get_by_label(CHAT).fill("half a thought")
    page.get_by_label(CHAT).press("Escape")
    expect(page.locator("#panel")).to_be_hidden()
    expect(opener).to_be_focused()
    opener.click()
    expect(page.get_by_label(CHAT)).to_have_value("half a thought")


def test_a_long_text_is_counted_down(room):
    page = room()
    text, left = page.get_by_label(CHAT), page.get_by_text("characters left")
    text.fill("x" * 3499)
    expect(left).to_be_hidden()
    text.press("End")
    text.press_sequentially("x")
    expect(left).to_have_text("500 characters left")
    text.fill("")
    expect(left).to_be_hidden()


ARRIVE = """(count) => {
    const list = document.querySelector("[data-conversation][data-head]");
    const moment = new Date().toISOString();
    for (let n = 1; n <= count; n++)
        document.dispatchEvent(new CustomEvent("live:message", {detail: {
            type: "message", conversation: list.dataset.conversation, number: n,
            html: `<article class="message" id="m-${n}" data-seq="${n}" data-changed="${n}" data-author="eve" data-at="${moment}">` +
                `<header class="message__head"><span class="message__author">Eve</span></header>` +
                `<div class="message__text">line ${n}</div></article>`,
        }}));
}"""


@pytest.mark.full
def test_of_a_long_talk_the_last_300_messages_stay(room):
    page = room()
    page.evaluate(ARRIVE, 340)
    expect(page.locator(".log .message")).to_have_count(300)
    expect(page.locator(".log .message__text").first).to_have_text("line 41")
    expect(page.locator(".log .day")).to_have_count(1)
    assert page.get_by_text("Load earlier").get_attribute("hx-get").endswith("?before=41")
    assert page.locator(".log").evaluate("list => list.scrollHeight - list.scrollTop - list.clientHeight") < 2


LETTERS = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
talk = Conversation.between(ada, bob)
for number in range(30):
    talk.post(bob, uuid4(), f"letter {number}")
print(talk.get_absolute_url())
"""
AGAIN = """
from backchannel.models import Message
message = Message.objects.get(client_id={client_id!r})
message.edit(message.author, "another letter")
"""


@pytest.mark.full
def test_arrows_go_from_message_to_message(person, house):
    page = person("ada")
    page.goto(house.run(LETTERS).split()[-1])
    messages = page.locator(".log > article")
    with page.expect_response("**/walking*.js"):
        page.locator(".log").focus()
    page.wait_for_function("import('walking')")
    for key, text in [("ArrowUp", "letter 29"), ("ArrowUp", "letter 28"), ("ArrowDown", "letter 29")]:
        page.keyboard.press(key)
        expect(messages.filter(has_text=text).last).to_be_focused()
        expect(messages.filter(has_text=text).last).to_be_in_viewport()
    page.keyboard.press("Home")
    expect(messages.first).to_be_focused()
    page.keyboard.press("End")
    expect(messages.last).to_be_focused()
    house.run(AGAIN.format(client_id=messages.last.get_attribute("id")[2:]))
    expect(messages.last).to_contain_text("another letter")
    page.wait_for_timeout(100)
    expect(messages.last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#message-menu")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#message-menu")).to_be_hidden()
    assert page.evaluate(
        "document.activeElement.closest('article') === [...document.querySelectorAll('.log > article')].at(-1)"
    )
    page.keyboard.press("Escape")
    expect(page.get_by_label("Message Bob")).to_be_focused()


GROUPS = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Group
ada, bob = (Person.objects.get(username=name) for name in {people!r})
for name in ("Lower", "Middle", "Upper"):
    talk = Group.start(ada, [bob], name).conversation
    for number in range(3):
        talk.post(bob, uuid4(), f"https://example.org/{{number}}")
    print(talk.get_absolute_url())
"""


@pytest.fixture
def groups(house, newcomers, person):
    """The page of somebody who is in three groups, and their addresses as they lie in her inbox."""
    people = newcomers("Ira", "Jon", follows=[("Jon", "Ira")])
    return person(people[0]), house.run(GROUPS.format(people=people)).split()[:-4:-1]


@pytest.mark.full
def test_alt_and_an_arrow_lead_to_the_conversation_above_or_below(groups):
    page, addresses = groups
    page.goto(addresses[0])
    page.get_by_label("Message everyone in Upper").fill("half a thought")
    for key, name in [("Alt+ArrowDown", "Middle"), ("Alt+ArrowDown", "Lower"), ("Alt+ArrowUp", "Middle")]:
        page.keyboard.press(key)
        expect(page.get_by_role("heading", name=name, level=1)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Message everyone in Upper")).to_have_value("half a thought")
    page.keyboard.press("Alt+ArrowUp")  # nothing is above the first
    page.wait_for_timeout(200)
    assert page.url.endswith(addresses[0])


@pytest.mark.full
def test_f6_leads_from_part_to_part_and_back(groups):
    page, addresses = groups
    page.goto(addresses[0])
    parts = [
        page.locator(".nav__link").first,
        page.get_by_role("heading", name="Backchannel", level=2),
        page.get_by_role("heading", name="Upper", level=1),
        page.get_by_role("log"),
        page.get_by_label("Message everyone in Upper"),
    ]
    for part in [*parts, parts[0]]:
        page.keyboard.press("F6")
        expect(part).to_be_focused()
    for part in reversed(parts):
        page.keyboard.press("Shift+F6")
        expect(part).to_be_focused()


@pytest.mark.full
def test_f6_leads_through_a_room_too(room):
    page = room()
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _part in range(7):
        page.keyboard.press("F6")
        page.wait_for_timeout(50)
        seen.append(
            page.evaluate(
                "document.activeElement.closest('nav, .stage, .bar, [role=tablist], .log, .composer, main').className.split(' ')[0]"
            )
        )
    assert seen == ["nav", "main", "stage", "bar", "panel__tabs", "log", "composer"]


@pytest.mark.full
def test_for_tab_a_list_of_messages_is_one_stop(groups):
    page, addresses = groups
    page.goto(addresses[0])
    with page.expect_response("**/walking*.js"):
        page.get_by_role("log").focus()
    page.wait_for_function("import('walking')")
    page.keyboard.press("Tab")
    outside = "document.activeElement !== document.body && !document.activeElement.closest('.log')"
    assert page.evaluate(outside)
    page.get_by_role("log").focus()
    page.keyboard.press("End")
    last = page.locator(".log > article").last
    expect(last).to_be_focused()
    for _control in range(last.locator("a, button").count()):
        page.keyboard.press("Tab")
        assert last.evaluate("one => one.contains(document.activeElement) && one !== document.activeElement")
    page.keyboard.press("Tab")
    assert page.evaluate(outside)
    last.locator("a").first.focus()
    page.keyboard.press("Shift+Tab")
    expect(page.get_by_role("log")).to_be_focused()
