"""Who writes to somebody he is not followed by asks: read without a sign of it, and taken in, deleted, shut out or told
to the moderators, while a third one sees nothing of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import join, press, start_room
from tests.browser.talks import message, on_message, row, talk_with, text_box, write

pytestmark = [pytest.mark.full, pytest.mark.alike]  # three pages each

ASKED = "You can write more once your first message was answered."


@pytest.fixture
def asked(newcomers, person):
    """jon wrote to ira, who follows nobody: their usernames and pages, ira on another page; kim has nothing to do with
    it."""
    people = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira")])
    ira, jon, kim = (person(name) for name in people)
    kim.goto("/")
    ira.goto("/notifications/")
    expect(ira.locator("#bell")).to_have_text("")  # that jon follows her she has read
    talk_with(jon, people[0])
    write(jon, "May I? See https://garden.example/roses")
    return people, ira, jon, kim


def open_request(page, name):
    page.goto("/backchannel/")
    page.get_by_role("link", name="Requests (1)").click()
    row(page, name).locator(".inbox__row").click()
    page.get_by_role("heading", name=f"{name} would like to write to you").wait_for()


def nothing_told(page):
    """Neither that it was read nor what was decided."""
    page.reload()
    expect(page.get_by_text(ASKED)).to_be_visible()
    assert page.locator(".message__seen").count() == 0
    expect(page.locator("#bell")).to_have_text("")


def test_once_it_was_sent_there_is_nothing_to_write_in(asked):
    _people, _ira, jon, _kim = asked
    expect(jon.get_by_text(ASKED)).to_be_visible()
    expect(message(jon, "May I?")).to_be_visible()
    expect(jon.locator(".composer__text")).to_have_count(0)
    assert jon.evaluate("document.activeElement !== document.body")


def test_it_counts_nowhere_and_is_read_without_a_sign(asked):
    _people, ira, jon, kim = asked
    open_request(ira, "Jon")
    expect(message(ira, "May I?")).to_be_visible()
    expect(ira.locator(".request")).to_contain_text("Follows you")
    assert message(ira, "May I?").locator("a[href^='https://garden']").count() == 0
    assert ira.locator("#unread").inner_text() == ira.locator("#bell").inner_text() == ""
    # A while later, with ira's page in front of her and her typing an answer.
    text_box(ira).press_sequentially("I do not kn")
    jon.wait_for_timeout(4_000)
    assert jon.get_by_text("is typing").count() == 0
    nothing_told(jon)
    assert ira.locator("#unread").inner_text() == ira.locator("#bell").inner_text() == ""
    kim.goto("/backchannel/")
    expect(kim.get_by_text("No conversations yet")).to_be_visible()
    assert kim.request.get(jon.url).status == 404


def test_accepted_both_write_and_who_asked_is_told(asked):
    _people, ira, jon, _kim = asked
    address = jon.url
    open_request(ira, "Jon")
    jon.goto("/")
    press(ira, "Accept")
    text_box(ira).wait_for()
    expect(ira.get_by_role("heading", name="would like to write to you")).to_have_count(0)
    expect(jon.locator("#bell")).to_have_text("1")
    jon.get_by_role("link", name="Bell").click()
    jon.locator(".notification__link", has_text="accepted your request.").click()
    expect(message(jon, "May I?").locator("a[href^='https://garden']")).to_have_count(1)
    write(jon, "Thank you")
    expect(message(ira, "Thank you")).to_be_visible()
    write(ira, "Not at all")
    expect(message(jon, "Not at all")).to_be_visible()
    ira.goto("/backchannel/")
    expect(row(ira, "Jon")).to_have_count(1)
    assert jon.url.startswith(address)


def test_an_answer_accepts(asked):
    _people, ira, jon, _kim = asked
    open_request(ira, "Jon")
    write(ira, "You may")
    expect(message(jon, "You may")).to_be_visible()
    jon.reload()
    write(jon, "Then I shall")
    expect(message(ira, "Then I shall")).to_be_visible()


def test_deleted_it_is_gone_for_her_and_as_before_for_him(asked):
    _people, ira, jon, _kim = asked
    address = jon.url
    open_request(ira, "Jon")
    press(ira, "Delete")
    expect(ira.get_by_text("No requests")).to_be_visible()
    ira.goto(address)
    assert ira.get_by_text("May I?").count() == 0
    nothing_told(jon)
    expect(message(jon, "May I?")).to_be_visible()


def test_blocked_he_reads_what_he_read_before(asked, complaints):
    complaints.expect("404")
    (ira_name, jon_name, _kim), ira, jon, _page = asked
    open_request(ira, "Jon")
    press(ira, "Block")
    ira.goto("/backchannel/")
    assert "Jon" not in ira.locator("main").inner_text()
    jon.reload()
    expect(message(jon, "May I?")).to_be_visible()
    assert jon.locator(".message__seen").count() == 0
    assert "block" not in jon.locator("main").inner_text().lower()
    for page, name in ((jon, ira_name), (ira, jon_name)):
        page.goto("/backchannel/new/")
        page.locator("#pick").fill(f"@{name}")
        expect(page.get_by_text("Nobody here takes messages from you by that name.")).to_be_visible()


def test_it_says_where_both_were(newcomers, person):
    ira, jon = newcomers("Ira", "Jon")
    hers, his = person(ira), person(jon)
    address = start_room(hers, "Behind the hedge")
    join(his, address)
    talk_with(his, ira)
    write(his, "I liked that")
    hers.goto("/backchannel/?show=requests")
    expect(row(hers, "Jon").locator(".inbox__reason")).to_contain_text("You were both in Behind the hedge")
    row(hers, "Jon").locator(".inbox__row").click()
    expect(hers.locator(".request")).to_contain_text("You were both in Behind the hedge")


def test_who_is_new_here_asks_few_and_is_told_how_long_to_wait(newcomers, person, complaints):
    complaints.expect("429")
    jon, *others = newcomers("Jon", "Ann", "Ben", "Cid", "Dot")
    page = person(jon)
    for username in others[:3]:
        talk_with(page, username)
        write(page, "Hello")
    page.goto(f"/@{others[3]}/")
    press(page, "Message")
    expect(page.locator("main, #toasts").filter(has_text=re.compile(r"Try again in \d+ minutes"))).to_be_visible()
    last = person(others[3])
    last.goto("/backchannel/")
    expect(last.get_by_text("No conversations yet")).to_be_visible()


# Reports ----------------------------------------------------------------------------------------------------


def report(page, words, *, block=False):
    page.get_by_role("radio").first.check()
    page.get_by_label("Anything the moderators should know").fill(words)
    if block:
        page.get_by_label("Block as well").check()
    press(page, "Send to the moderators")
    page.get_by_role("heading", name="Thank you").wait_for()


def read_report(mo, words):
    """What the moderators have of the report with these words."""
    mo.goto("/admin/backchannel/report/")
    mo.locator("#result_list tbody th a").first.click()
    mo.locator(".readonly").first.wait_for()
    assert words in mo.locator("#content").inner_text()
    return mo.locator("#content").inner_text()


def test_a_message_a_conversation_and_a_person_are_reported_and_nobody_is_told(newcomers, person):
    people = newcomers("Ira", "Jon", "Kim", follows=[("Ira", "Jon"), ("Jon", "Ira")])
    ira, jon, kim, mo = (person(name) for name in (*people, "mo"))
    talk_with(jon, people[0])
    for number in range(3):
        write(jon, f"bad line {number}")
    ira.goto(jon.url)
    on_message(ira, "bad line 1").get_by_role("link", name="Report").click()
    expect(ira.locator(".report__what")).to_contain_text("bad line 1")
    report(ira, "the message")
    assert re.search("bad line 0.*bad line 1.*bad line 2", read_report(mo, "the message"), re.DOTALL)
    ira.goto(jon.url)
    ira.locator(".inbox__top").get_by_role("link", name="More").click()
    ira.locator("#conversation-menu").get_by_role("link", name="Report").click()
    report(ira, "the conversation")
    assert "bad line 2" in read_report(mo, "the conversation")
    ira.goto(f"/@{people[1]}/")
    ira.get_by_role("link", name="Report").click()
    report(ira, "the person", block=True)
    assert people[1] in read_report(mo, "the person")
    # The one it is about, and somebody else.
    jon.reload()
    assert "report" not in jon.locator("main").inner_text().lower()
    expect(jon.locator("#bell")).to_have_text("")
    for page in (jon, kim):
        page.goto("/")
        assert page.request.get("/admin/backchannel/report/").status == 404
    ira.goto("/settings/")
    expect(ira.get_by_role("heading", name="People you blocked")).to_be_visible()


def test_a_request_is_reported_like_any_conversation(asked):
    _people, ira, jon, _kim = asked
    open_request(ira, "Jon")
    ira.locator(".request").get_by_role("link", name="Report").click()
    report(ira, "what he asked")
    nothing_told(jon)
