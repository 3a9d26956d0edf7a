"""The whole story but the sound, by two people whose browsers run no script: plain links and plain forms."""

import secrets

import pytest
from playwright.sync_api import expect

from tests.browser.acts import join, press, seat_of, start_room
from tests.conftest import PASSWORD

CHAT = "Message everyone in the room"
LINE = "Message the people on stage"


@pytest.fixture
def plain(person):
    """plain() → a stranger's page, in a browser of its own where no script runs."""
    return lambda: person(java_script_enabled=False)


@pytest.mark.full
def test_the_whole_story(plain, complaints):
    complaints.expect(r"40[34]|422")  # what was refused, and what is gone
    nora, bob = plain(), plain()
    name = sign_up(nora)
    log_out(nora)
    log_in(nora, name.lower())
    log_in(bob, "bob")
    room = start_room(nora, "Plain talk")
    join(bob, room)
    chat(nora, bob, room)
    change_messages(nora, bob, room)
    raise_and_lower_the_hand(nora, bob, room)
    come_up(nora, bob, room)
    use_the_microphone(bob)
    talk_among_speakers(nora, bob, room)
    be_moderated(nora, bob, room)
    ask_and_answer(nora, bob, room)
    know_each_other(nora, bob, name)
    set_up_the_room(nora, bob, room)
    remove_and_block(nora, bob, room, name)
    end(nora, room)


# Coming in ------------------------------------------------------------------------------------------------


def sign_up(page):
    """A new person → her name; her username is the same in small letters."""
    name = f"Nora{secrets.randbelow(10**6)}"
    page.goto("/")
    page.get_by_role("link", name="Sign up").first.click()
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Username").fill("ada")
    page.get_by_label("E-mail").fill(f"{name}@example.org")
    page.get_by_label("Password").fill(PASSWORD + name)
    press(page, "Sign up")
    # Refused, and nothing of it has to be written again but the password.
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value(name)
    page.get_by_label("Username").fill(name.lower())
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Sign up")
    expect(page.get_by_role("heading", name="Live now")).to_be_visible()
    return name


def log_out(page):
    page.get_by_role("link", name="Me", exact=True).click()
    page.get_by_role("link", name="Log out").click()
    press(page, "Log out")
    expect(page.get_by_role("link", name="Log in").first).to_be_visible()


def log_in(page, username):
    page.goto("/settings/")
    for word in ("wrong word", PASSWORD):
        page.locator("input[name=login]").fill(username)
        page.get_by_label("Password").fill(word)
        press(page, "Log in")
    # To where one wanted to go.
    expect(page.get_by_role("heading", name="Settings")).to_be_visible()
    page.goto("/")


# In the room ----------------------------------------------------------------------------------------------


def write(page, text, label=CHAT):
    page.get_by_label(label).fill(text)
    press(page, "Send")


def look(page, room, tab="chat"):
    page.goto(f"{room}?panel={tab}")
    return page.locator("#panel")


def chat(nora, bob, room):
    look(nora, room)
    write(nora, "Good evening")
    expect(look(bob, room).get_by_text("Good evening")).to_be_visible()
    write(bob, "And to you")
    expect(bob.locator(".log").get_by_text("And to you")).to_be_visible()
    expect(look(nora, room).locator(".message__text")).to_have_text(["Good evening", "And to you"])
    # What is refused stays in the text box.
    bob.get_by_label(CHAT).fill("   ")
    press(bob, "Send")
    expect(bob.get_by_text("Write something first.")).to_be_visible()
    bob.goto(room)


def open_message(page, room, text):
    """The page of one message, by the time that stands beside it."""
    look(page, room).locator(".message", has_text=text).locator(".message__time").click()


def change_messages(nora, bob, room):
    open_message(bob, room, "And to you")
    bob.get_by_label("Edit your message").fill("And to all of you")
    press(bob, "Save")
    expect(bob.get_by_text("(edited)")).to_be_visible()
    open_message(bob, room, "Good evening")
    expect(bob.get_by_label("Edit your message")).to_have_count(0)
    expect(bob.get_by_role("button", name="Delete")).to_have_count(0)
    open_message(nora, room, "And to all of you")
    delete_it(nora)
    look(bob, room)
    write(bob, "Soon gone")
    open_message(bob, room, "Soon gone")
    delete_it(bob)
    expect(look(nora, room).locator(".message__text")).to_have_text(
        ["Good evening", "Message deleted", "Message deleted"]
    )


def confirm(page, name):
    """What asks once more is pressed twice, by the same name."""
    press(page, name)
    press(page, name)


def delete_it(page):
    confirm(page, "Delete")
    expect(page.get_by_text("Message deleted").first).to_be_visible()


def hands(page, room):
    page.goto(room)
    return page.locator("#hands")


def raise_and_lower_the_hand(nora, bob, room):
    press(bob, "Raise hand")
    expect(bob.get_by_text("The moderators see your hand.")).to_be_visible()
    expect(hands(nora, room).get_by_text("Bob")).to_be_visible()
    press(bob, "Lower hand")
    expect(hands(nora, room).get_by_text("Bob")).to_have_count(0)
    press(bob, "Raise hand")


def come_up(nora, bob, room):
    invite = hands(nora, room).get_by_role("button", name="Invite to stage")
    invite.click()
    bob.goto(room)
    press(bob, "Not now")
    expect(bob.get_by_role("button", name="Raise hand")).to_be_visible()
    press(bob, "Raise hand")
    hands(nora, room)
    invite.click()
    bob.goto(room)
    press(bob, "Accept")
    expect(bob.locator("#controls[data-role=speaker]")).to_be_visible()
    expect(bob.locator("#stage")).to_contain_text("Bob")


def use_the_microphone(bob):
    press(bob, "Unmute")
    expect(seat_of(bob, "Bob")).to_contain_text("Mic on")
    press(bob, "Mute")
    expect(seat_of(bob, "Bob")).to_contain_text("Muted")


def talk_among_speakers(nora, bob, room):
    bob.get_by_role("tab", name="Speakers").click()
    write(bob, "Between us", LINE)
    expect(bob.get_by_label(LINE)).to_be_visible()
    expect(look(nora, room, "speakers").get_by_text("Between us")).to_be_visible()
    expect(look(nora, room).get_by_text("Between us")).to_have_count(0)


def on_menu(page, room, name, action):
    page.goto(room)
    seat_of(page, name).get_by_role("link").click()
    press(page, action)


def be_moderated(nora, bob, room):
    on_menu(nora, room, "Bob", "Mute Bob")
    bob.goto(room)
    expect(bob.get_by_text("A moderator muted you.")).to_be_visible()
    on_menu(nora, room, "Bob", "Let Bob speak")
    bob.goto(room)
    press(bob, "Unmute")
    on_menu(nora, room, "Bob", "Make moderator")
    bob.goto(room)
    expect(bob.get_by_role("heading", name="Become a moderator?")).to_be_visible()
    press(bob, "Accept")
    expect(bob.locator("#controls[data-role=moderator]")).to_be_visible()
    on_menu(bob, room, "Bob", "Move to audience")
    expect(bob.locator("#controls[data-role=listener]")).to_be_visible()
    expect(bob.get_by_role("tab", name="Speakers")).to_have_count(0)
    bob.goto(f"{room}?panel=speakers")
    expect(bob.get_by_text("Between us")).to_have_count(0)


# Questions ------------------------------------------------------------------------------------------------


def question(page, text):
    return page.locator("li.question").filter(has_text=text)


def decide(page, room, text, action):
    look(page, room, "questions")
    press_in(question(page, text), action)


def press_in(place, name):
    place.get_by_role("button", name=name, exact=True).click()


def ask(page, text):
    page.get_by_label("Ask a question").fill(text)
    press(page, "Ask")


def ask_and_answer(nora, bob, room):
    look(bob, room, "questions")
    for text in ("When to sow?", "When to reap?", "Never mind?"):
        ask(bob, text)
    be_refused(bob)
    press_in(question(bob, "Never mind?"), "Withdraw")
    expect(bob.locator(".question__text")).to_have_text(["When to sow?", "When to reap?"])
    decide(nora, room, "When to reap?", "Upvote")
    expect(nora.locator(".question__text")).to_have_text(["When to reap?", "When to sow?"])
    decide(nora, room, "When to reap?", "Upvote")
    expect(question(nora, "When to reap?").locator(".vote__count")).to_have_text("0")
    press_in(question(nora, "When to sow?"), "Answer now")
    look(bob, room, "questions")
    expect(question(bob, "When to sow?")).to_contain_text("Answering now")
    press_in(question(nora, "When to sow?"), "Answered")
    press_in(question(nora, "When to reap?"), "Hide")
    look(bob, room, "questions")
    expect(question(bob, "When to sow?")).to_contain_text("Answered")
    expect(question(bob, "When to reap?")).to_contain_text("Hidden")
    press_in(question(nora, "When to reap?"), "Back to the list")
    press_in(question(nora, "When to reap?"), "Call to the stage")
    bob.goto(room)
    press(bob, "Accept")
    expect(bob.locator("#stage")).to_contain_text("Bob")


def be_refused(page):
    """In plain words, with the text that was written, and a way back to where one was."""
    ask(page, "And a fourth?")
    expect(page.get_by_role("heading", name="That did not work")).to_be_visible()
    expect(page.get_by_text("You have three open questions.")).to_be_visible()
    expect(page.get_by_label("What you wrote")).to_have_value("And a fourth?")
    page.get_by_role("link", name="Go back").click()
    expect(page.locator(".question__text")).to_have_count(3)


# Each other -----------------------------------------------------------------------------------------------


def know_each_other(nora, bob, name):
    bob.goto(f"/@{name.lower()}/")
    press(bob, "Follow")
    expect(bob.get_by_role("button", name="Unfollow")).to_be_visible()
    press(bob, "Message")
    write(bob, "A letter", f"Message {name}")
    expect(bob.get_by_text("You can write more once your first message was answered.")).to_be_visible()
    nora.goto("/")
    expect(nora.locator("#unread")).to_have_text("")
    nora.get_by_role("link", name="Backchannel", exact=False).last.click()
    nora.get_by_role("link", name="Requests (1)").click()
    nora.locator(".inbox__row", has_text="A letter").click()
    press(nora, "Accept")
    expect(nora.locator("#unread")).to_have_text("1")
    press(nora, "Mark as read")
    write(nora, "An answer", "Message Bob")
    expect(nora.locator("#unread")).to_have_text("")
    change_settings(nora)


def change_settings(page):
    page.goto("/settings/")
    page.get_by_label("About me").fill("I sow and reap.")
    page.get_by_label("Name", exact=True).fill(" ")
    press(page, "Save")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("About me")).to_have_value("I sow and reap.")
    page.get_by_label("Name", exact=True).fill("Nora")
    press(page, "Save")
    expect(page.get_by_text("Saved.")).to_be_visible()


# The end --------------------------------------------------------------------------------------------------


def set_up_the_room(nora, bob, room):
    nora.goto(room)
    nora.locator("summary").get_by_text("Room", exact=True).click()
    nora.get_by_label("Who may raise a hand").select_option("off")
    press(nora, "Save")
    bob.goto(room)
    press(bob, "Leave quietly")
    expect(bob.get_by_role("heading", name="Live now")).to_be_visible()
    join(bob, room)
    expect(bob.get_by_text("Hands are off", exact=True)).to_be_visible()


def remove_and_block(nora, bob, room, name):
    nora.goto(room)
    seat_of(nora, "Bob").get_by_role("link").click()
    confirm(nora, "Remove from room")
    expect(nora.locator("li.seat").filter(has_text="Bob")).to_have_count(0)
    bob.goto(room)
    expect(bob.get_by_role("heading", name="You were removed from this room")).to_be_visible()
    nora.goto("/@bob/")
    confirm(nora, "Block")
    expect(nora.get_by_role("heading", name="People you blocked")).to_be_visible()
    bob.goto(f"/@{name.lower()}/")
    expect(bob.get_by_role("heading", name="Not here, or not for you")).to_be_visible()
    press(nora, "Unblock")
    expect(nora.get_by_role("heading", name="People you blocked")).to_have_count(0)


def end(nora, room):
    nora.goto(room)
    nora.locator("summary").get_by_text("Room", exact=True).click()
    confirm(nora, "End room")
    expect(nora.get_by_role("heading", name="This room has ended")).to_be_visible()
