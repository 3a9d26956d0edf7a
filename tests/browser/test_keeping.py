"""How one keeps one's conversations, each for himself: on top, put away, quiet, hidden; and the parts of the inbox."""

import pytest
from playwright.sync_api import expect

from tests.browser.acts import on_menu_of
from tests.browser.talks import filtered, message, names, on_row, row, talk_with, text_box, write
from tests.product import wait_for

pytestmark = [pytest.mark.full, pytest.mark.alike]  # several pages each


@pytest.fixture
def people(newcomers, person):
    """(ira's inbox, jon's and kim's conversations with her): both wrote to her, whom she follows, kim last."""
    ira, jon, kim = newcomers("Ira", "Jon", "Kim", follows=[("Ira", "Jon"), ("Ira", "Kim")])
    pages = person(ira), person(jon), person(kim)
    for page, words in zip(pages[1:], ("from jon", "from kim"), strict=True):
        talk_with(page, ira)
        write(page, words)
    pages[0].goto("/backchannel/")
    wait_for(lambda: names(pages[0]) == ["Kim", "Jon"])
    return ira, *pages


def test_what_is_pinned_stays_on_top_on_all_ones_devices_and_nobody_elses(people, person):
    username, ira, jon, kim = people
    phone = person(username)
    phone.goto("/backchannel/")
    on_row(ira, "Jon", "Pin to the top")
    for page in (ira, phone):
        wait_for(lambda: names(page) == ["Jon", "Kim"])  # noqa: B023
        expect(row(page, "Jon").locator(".inbox__marks")).to_contain_text("Pinned")
    write(kim, "news")
    expect(row(phone, "Kim").locator(".inbox__last")).to_have_text("news")
    phone.mouse.move(2, 2)
    wait_for(lambda: names(phone) == ["Jon", "Kim"])
    jon.goto("/backchannel/")
    expect(row(jon, "Ira").locator(".inbox__marks")).to_have_text("")
    on_row(ira, "Jon", "Unpin")
    wait_for(lambda: names(phone) == ["Kim", "Jon"])


def test_what_is_archived_stands_there_until_something_new_is_written(people):
    _username, ira, jon, _kim = people
    on_row(ira, "Jon", "Archive")
    wait_for(lambda: names(ira) == ["Kim"])
    jon.goto("/backchannel/")
    assert names(jon) == ["Ira"]
    ira.get_by_role("link", name="Archived").click()
    wait_for(lambda: names(ira) == ["Jon"])
    ira.get_by_role("link", name="All conversations").click()
    wait_for(lambda: names(ira) == ["Kim"])
    row(jon, "Ira").locator(".inbox__row").click()
    write(jon, "are you there?")
    wait_for(lambda: names(ira) == ["Jon", "Kim"])


@pytest.mark.parametrize(
    ("button", "says"),
    [("For 1 hour", "muted until"), ("For 8 hours", "muted until"), ("Until I change it", "muted until you change it")],
)
def test_what_is_muted_does_not_count_and_the_other_one_does_not_know(people, button, says):
    _username, ira, jon, _kim = people
    on_row(ira, "Jon", button)
    expect(row(ira, "Jon").locator(".inbox__marks")).to_contain_text("Muted")
    expect(ira.locator("#unread")).to_have_text("1")  # kim's
    write(jon, "loud?")
    expect(row(ira, "Jon").locator(".badge--quiet")).to_have_text("2 unread")
    expect(ira.locator("#unread")).to_have_text("1")
    jon.goto("/backchannel/")
    expect(row(jon, "Ira").locator(".inbox__marks")).to_have_text("")
    row(ira, "Jon").locator(".inbox__menu").click()
    expect(ira.locator("#conversation-menu")).to_contain_text(says)
    ira.locator("#conversation-menu").get_by_role("button", name="Unmute").click()
    expect(ira.locator("#unread")).to_have_text("2")


def test_the_level_says_what_counts(people):
    username, ira, jon, _kim = people
    on_row(ira, "Jon", "Only mentions")
    expect(ira.locator("#unread")).to_have_text("1")
    write(jon, "to nobody")
    expect(row(ira, "Jon").locator(".inbox__last")).to_have_text("to nobody")
    expect(ira.locator("#unread")).to_have_text("1")
    write(jon, f"to you, @{username}")
    expect(ira.locator("#unread")).to_have_text("2")
    on_row(ira, "Jon", "Nothing")
    expect(ira.locator("#unread")).to_have_text("1")
    on_row(ira, "Jon", "Nothing, and hide it")
    wait_for(lambda: names(ira) == ["Kim"])
    write(jon, "and now?")
    message(jon, "and now?").wait_for()
    ira.wait_for_timeout(1_000)
    assert names(ira) == ["Kim"]
    ira.get_by_role("link", name="Archived").click()
    wait_for(lambda: names(ira) == ["Jon"])


# Parts --------------------------------------------------------------------------------------------------------

FILL = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
ira = Person.objects.get(username={ira!r})
for number in range({many}):
    other = Person.objects.create_user(f"{{ira.username}}_{{number}}"[-20:], f"{{ira.username}}{{number}}@example.org", name=f"Other {{number}}")
    Conversation.between(ira, other).post(other, uuid4(), f"line {{number}}")
"""


def test_each_part_says_when_it_is_empty_and_shows_what_belongs_there(newcomers, person):
    ira, jon, kim = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira"), ("Kim", "Ira"), ("Ira", "Kim")])
    pages = mine, his, hers = person(ira), person(jon), person(kim)
    mine.goto("/backchannel/")
    expect(mine.get_by_text("No conversations yet")).to_be_visible()
    for part, says in (("Unread", "Nothing unread"), ("Rooms", "No room chats yet"), ("Groups", "No groups yet")):
        filtered(mine, part)
        expect(mine.get_by_text(says)).to_be_visible()
    mine.get_by_role("link", name="Archived").click()
    expect(mine.get_by_text("Nothing archived")).to_be_visible()
    mine.goto("/backchannel/")
    # Somebody she follows is in the main part, somebody she does not asks.
    talk_with(hers, ira)
    write(hers, "from kim")
    wait_for(lambda: names(mine) == ["Kim"])
    talk_with(his, ira)
    write(his, "from jon")
    mine.get_by_role("link", name="Requests (1)").click()
    wait_for(lambda: names(mine) == ["Jon"])
    filtered(mine, "Unread")
    wait_for(lambda: names(mine) == ["Kim"])
    row(mine, "Kim").locator(".inbox__row").click()
    text_box(mine).wait_for()
    wait_for(lambda: mine.locator("#unread").inner_text() == "")
    filtered(mine, "Unread")
    expect(mine.get_by_text("Nothing unread")).to_be_visible()
    for page in pages:
        page.close()


TALKS = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Group
from rooms.models import Room
ira, jon = (Person.objects.get(username=name) for name in {people!r})
Group.start(jon, [ira], "Garden").conversation.post(jon, uuid4(), "among us")
room = Room.open(jon, title="Behind the hedge")
room.join(ira)
room.conversations.get(kind="room").post(jon, uuid4(), "in the chat")
room.conversations.get(kind="speakers").post(jon, uuid4(), "on stage")
print(room.get_absolute_url())
"""


def test_rooms_and_groups_have_a_part_each(newcomers, person, house):
    people = newcomers("Ira", "Jon", follows=[("Ira", "Jon")])
    room = house.run(TALKS.format(people=people)).split()[-1]
    ira, jon = (person(name) for name in people)
    talk_with(jon, people[0])
    write(jon, "to you alone")
    ira.goto("/backchannel/")
    for part, wanted in (("All", ["Jon", "Garden"]), ("Groups", ["Garden"]), ("Rooms", ["Behind the hedge"])):
        filtered(ira, part)
        wait_for(lambda: names(ira) == wanted)  # noqa: B023
    assert "on stage" not in ira.content()
    row(ira, "Behind the hedge").locator(".inbox__row").click()
    expect(message(ira, "in the chat")).to_be_visible()
    # Whoever was removed from the room finds its chat there no more.
    jon.goto(room)
    on_menu_of(jon, "Ira", "Remove from room")
    ira.goto("/backchannel/?show=rooms")
    expect(ira.get_by_text("No room chats yet")).to_be_visible()


def test_fifty_at_a_time_and_more_where_one_asks(newcomers, person, house):
    ira, jon = newcomers("Ira", "Jon", follows=[("Ira", "Jon")])
    house.run(FILL.format(ira=ira, many=60))
    page, other = person(ira), person(jon)
    page.goto("/backchannel/")
    expect(page.locator(".inbox__item")).to_have_count(50)
    assert names(page)[0] == "Other 59"
    page.get_by_role("link", name="Show more").click()
    expect(page.locator(".inbox__item")).to_have_count(60)
    expect(page.get_by_role("link", name="Show more")).to_have_count(0)
    page.mouse.move(2, 2)
    # What comes then leaves the list as long as it is.
    talk_with(other, ira)
    write(other, "and me")
    wait_for(lambda: names(page)[0] == "Jon")
    expect(page.locator(".inbox__item")).to_have_count(61)
