"""From a room into a conversation and back, with three people: those whom it concerns are told, and nobody else is."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.acts import come_on_stage, join, press, seat_of, start_room
from tests.browser.talks import message, talk_with, text_box, write

pytestmark = [pytest.mark.full, pytest.mark.alike]  # a room and several pages each

CONVERSATION = re.compile(r"/backchannel/\w{22}/")


@pytest.fixture
def people(newcomers, person):
    """(usernames, pages) of ira, jon and kim, who all follow each other but for jon, who does not follow kim."""
    each = [("Jon", "Ira"), ("Kim", "Ira"), ("Ira", "Jon"), ("Ira", "Kim"), ("Kim", "Jon")]
    names = newcomers("Ira", "Jon", "Kim", follows=each)
    return names, [person(name) for name in names]


def test_from_a_person_in_a_room_to_a_message(people):
    _names, (ira, jon, kim) = people
    address = start_room(ira)
    for page in (jon, kim):
        join(page, address)
    seat_of(jon, "Ira").get_by_role("link").click()
    jon.locator("#menu").get_by_role("button", name="Message").click()
    jon.wait_for_url(CONVERSATION)
    write(jon, "Just to you")
    # He still sits in the room, and she has it in her inbox.
    expect(jon.locator(".mini")).to_be_visible()
    expect(ira.locator("#unread")).to_have_text("1")
    ira.goto("/backchannel/")
    ira.locator(".inbox__row", has_text="Just to you").click()
    expect(message(ira, "Just to you")).to_be_visible()
    expect(kim.locator("#unread")).to_have_text("")
    assert kim.request.get(jon.url).status == 404


def test_those_on_stage_become_a_group(people):
    _names, (ira, jon, kim) = people
    address = start_room(ira, "Roses")
    for page in (jon, kim):
        join(page, address)
    come_on_stage(ira, jon, "Jon")
    kim.locator(".room__bridges").get_by_role("link", name="Message the people on stage").click()
    expect(kim.locator("[data-picked] .person__name")).to_have_text(["Ira", "Jon"])
    expect(kim.get_by_label("Name of the group")).to_have_value("Roses")
    press(kim, "Start writing")
    text_box(kim).wait_for()
    write(kim, "To the stage")
    for page in (ira, jon):
        page.goto("/backchannel/")
    ira.locator(".inbox__row", has_text="To the stage").click()
    expect(message(ira, "To the stage")).to_be_visible()
    # Who does not follow her is asked first, and reads nothing before.
    jon.locator(".inbox__row", has_text="Kim asks you into this group.").wait_for()
    assert jon.get_by_text("To the stage").count() == 0
    assert jon.request.get(kim.url).status == 404


def test_a_room_starts_from_a_conversation_and_its_people_come(people):
    (ira_name, _jon, _kim), (ira, jon, kim) = people
    address = talk_with(jon, ira_name)
    write(jon, "Shall we talk?")
    for page in (ira, kim):
        page.goto("/")
    jon.get_by_role("link", name="Start a room").click()
    jon.get_by_label("Title").fill("Over the fence")
    press(jon, "Go live")
    jon.wait_for_url("**/rooms/*/")
    room = jon.url
    # She is told where she is, finds the room's card in the conversation, and comes in by it.
    expect(ira.locator("#toasts")).to_contain_text("Jon started a room: “Over the fence”")
    ira.goto(address)
    card = ira.locator(".link-card").last
    expect(card).to_contain_text("Over the fence")
    card.get_by_role("button", name="Join and listen").click()
    ira.locator("#controls[data-role=listener]").wait_for()
    expect(seat_of(jon, "Ira")).to_be_visible()
    # It is closed: for anybody else there is none.
    assert kim.request.get(room).status == kim.request.get(address).status == 404
    kim.goto("/")
    assert "Over the fence" not in kim.content()


def test_a_room_is_shared_into_a_conversation(people):
    (_ira, jon_name, _kim), (ira, jon, kim) = people
    address = talk_with(ira, jon_name)
    write(ira, "Soon")
    for page in (jon, kim):
        page.goto("/")
    room = start_room(ira, "Come over")
    ira.locator(".room__bridges").get_by_role("link", name="Share this room").click()
    ira.locator("#menu").get_by_role("button", name="Jon").click()
    expect(ira.locator("#toasts")).to_contain_text("The link to this room was sent.")
    expect(jon.locator("#unread")).to_have_text("1")
    jon.goto(address)
    expect(jon.locator(".link-card").last).to_contain_text("Come over")
    press(jon.locator(".link-card").last, "Join and listen")
    jon.locator("#controls[data-role=listener]").wait_for()
    assert jon.url == room
    expect(kim.locator("#unread")).to_have_text("")


def test_the_link_of_a_closed_rooms_moderator_lets_in_and_nobody_elses_does(people):
    (_ira, jon_name, kim_name), (ira, jon, kim) = people
    talk_with(ira, jon_name)
    write(ira, "Soon")
    room = start_room(ira, "Behind walls", kind="Closed")
    ira.locator(".room__bridges").get_by_role("link", name="Share this room").click()
    ira.locator("#menu").get_by_role("button", name="Jon").click()
    expect(ira.locator("#toasts")).to_contain_text("The link to this room was sent.")
    jon.goto("/backchannel/")
    jon.locator(".inbox__row", has_text="Ira").click()
    press(jon.locator(".link-card").last, "Join and listen")
    jon.locator("#controls[data-role=listener]").wait_for()
    # What jon hands on is no key.
    talk_with(jon, kim_name)
    write(jon, f"Come along: {room}")
    kim.goto(jon.url)
    card = kim.locator(".link-card").last
    card.wait_for()
    kim.wait_for_timeout(500)
    assert "Behind walls" not in kim.content() and kim.request.get(room).status == 404


def test_a_question_is_answered_in_backchannel(people):
    _names, (ira, jon, kim) = people
    address = start_room(ira)
    for page in (jon, kim):
        join(page, address)
        page.goto(f"{address}?panel=questions")
    jon.get_by_label("Ask a question").fill("When do you sow beans?")
    press(jon, "Ask")
    expect(kim.locator("li.question", has_text="beans")).to_be_visible()
    assert kim.get_by_role("button", name="Reply in Backchannel").count() == 0
    ira.goto(f"{address}?panel=questions")
    press(ira, "Reply in Backchannel")
    ira.wait_for_url(CONVERSATION)
    expect(text_box(ira)).to_have_value("> When do you sow beans?\n\n")
    text_box(ira).press("End")
    text_box(ira).press_sequentially("In May")
    text_box(ira).press("Enter")
    jon.goto("/backchannel/")
    jon.locator(".inbox__row", has_text="Ira").click()
    answer = message(jon, "In May")
    expect(answer.locator("blockquote")).to_contain_text("When do you sow beans?")
    expect(kim.locator("#unread")).to_have_text("")
    assert kim.request.get(ira.url).status == 404
