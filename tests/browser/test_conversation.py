"""Writing and reading in real browsers: at once, exactly once, in order, and nothing lost."""

import re
from uuid import uuid4

import pytest
from playwright.sync_api import expect

from tests.browser.acts import Deaf, come_on_stage, on_menu_of, without_socket
from tests.browser.talks import talk_with
from tests.product import wait_for

pytestmark = pytest.mark.alike


@pytest.fixture
def room(person, house):
    """ada moderates, bob listens, both with the chat before them → (ada's page, bob's page)."""
    address = house.run(OPEN).split()[-1]
    ada, bob = person("ada"), person("bob")
    for page in (ada, bob):
        page.goto(address)
        page.get_by_label("Message everyone in the room").wait_for()
    return ada, bob


# Another title each time: the same within two seconds is a double click, and the same room.
OPEN = """
import secrets
from accounts.models import Person
from rooms.models import Room
room = Room.open(Person.objects.get(username="ada"), title=f"Gardens {secrets.token_hex(3)}")
room.join(Person.objects.get(username="bob"))
print(room.get_absolute_url())
"""


def write(page, text, label="Message everyone in the room"):
    page.get_by_label(label).fill(text)
    page.get_by_label(label).press("Enter")


def shown(page):
    """The texts in the conversation, as they stand there."""
    return [text.strip() for text in page.locator(".log .message .message__text").all_inner_texts()]


def pending(page):
    return page.locator(".log .pending").count()


def sees(page, *texts, within=5):
    wait_for(lambda: [text for text in shown(page) if text in texts] == list(texts) and not pending(page), within)


def test_what_is_written_stands_there_at_once_and_once(room):
    ada, bob = room
    for number in range(5):
        write(ada, f"line {number}")
    for page in room:
        sees(page, *(f"line {number}" for number in range(5)))
        ids = page.locator(".log .message").evaluate_all("all => all.map((one) => one.id)")
        assert len(ids) == len(set(ids)) == 5
    assert ada.locator(".log .message.mine").count() == 5
    assert bob.locator(".log .message.mine").count() == 0
    assert bob.locator(".log .message.grouped").count() == 4
    assert bob.locator(".log .day").inner_text() == "Today"


def test_who_types_is_seen_until_he_has_written(room):
    ada, bob = room
    ada.get_by_label("Message everyone in the room").press_sequentially("so")
    bob.get_by_text("Ada is typing…").wait_for()
    assert ada.get_by_text("is typing…").count() == 0
    write(ada, "something")
    sees(bob, "something")
    bob.get_by_text("Ada is typing…").wait_for(state="detached")


def posts_of(page):
    """The requests by which this page will post."""
    seen = []
    page.on("request", lambda request: is_post(request) and seen.append(request))
    return seen


def is_post(request):
    return request.url.endswith("/messages/")


def test_over_the_open_socket_no_request_is_made(room):
    ada, _ = room
    requests = posts_of(ada)
    write(ada, "by the socket")
    for page in room:
        sees(page, "by the socket")
    assert requests == []


def test_without_a_socket_it_goes_by_form(room):
    ada, _ = room
    requests = posts_of(ada)
    without_socket(ada)
    write(ada, "by form")
    for page in room:
        sees(page, "by form")
    assert len(requests) == 1


def test_what_the_echo_shows_is_text(room, complaints):
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    ada, _ = room
    ada.context.set_offline(True)
    write(ada, "<img src=x onerror=alert(1)>\nsecond")
    echo = ada.locator(".log .message.pending .message__text")
    echo.wait_for()
    assert echo.locator("img").count() == 0
    assert echo.locator("br").count() == 1


def test_u_offline_it_waits_survives_a_reload_and_then_goes_once(room, complaints):
    complaints.expect("ERR_FAILED")
    ada, bob = room
    without_socket(ada)
    ada.route("**/messages/", lambda route: route.abort())
    write(ada, "one")
    write(ada, "two")
    ada.locator(".message.unsent").first.wait_for()
    assert shown(ada) == ["one", "two"]
    ada.reload()
    wait_for(lambda: shown(ada) == ["one", "two"])
    assert shown(bob) == []
    ada.unroute("**/messages/")
    for page in room:
        sees(page, "one", "two", within=12)


def test_where_the_browser_keeps_nothing_a_message_waits_as_long_as_the_page(room, complaints):
    complaints.expect("ERR_FAILED")
    ada, _ = room
    without_socket(ada)
    ada.evaluate("() => { Storage.prototype.setItem = () => { throw new DOMException('', 'QuotaExceededError'); }; }")
    ada.route("**/messages/", lambda route: route.abort())
    write(ada, "one")
    ada.locator(".message.unsent").first.wait_for()
    ada.unroute("**/messages/")
    for page in room:
        sees(page, "one", within=12)


@pytest.mark.full
def test_f5_told_to_come_again_it_does_by_itself_and_keeps_the_text(room, house, complaints):
    """However often it is told so, and in the order in which it was written."""
    complaints.expect("503")
    ada, bob = room
    without_socket(ada)
    told = []

    def away(route):
        told.append(route.request.post_data)
        if len(told) <= 6:
            route.fulfill(status=503, headers={"Retry-After": "1"}, body="")
        else:
            route.continue_()

    ada.route("**/messages/", away)
    write(ada, "one")
    write(ada, "two")
    wait_for(lambda: ada.wait_for_timeout(20) or len(told) > 2, 10)
    assert shown(ada) == ["one", "two"] and shown(bob) == []
    wait_for(lambda: ada.wait_for_timeout(50) or len(told) >= 8, 25)
    for page in room:
        sees(page, "one", "two")
    assert len(set(told[:7])) == 1


FIFTY_WAIT = """() => Array.from({length: 50}, (_, n) => localStorage.setItem(
    `outbox:${document.body.dataset.me}:${n}`,
    JSON.stringify({id: `${n}`, conversation: "another", body: "words", at: 0, turn: n, tries: 0, refused: true}),
))"""


def test_when_too_many_wait_the_next_one_stays_in_the_box(room):
    ada, _ = room
    ada.evaluate(FIFTY_WAIT)
    write(ada, "one more")
    ada.get_by_text("Too many messages are waiting to be sent.").wait_for()
    assert ada.get_by_label("Message everyone in the room").input_value() == "one more"
    assert shown(ada) == []


def test_d_an_answer_that_is_lost_makes_no_second_message(room, house, complaints):
    """The server keeps it, the browser never hears so: it sends again, with the same id."""
    complaints.expect("ERR_FAILED")
    ada, _ = room
    without_socket(ada)
    lost = []

    def swallow(route):
        if not lost:
            lost.append(route.fetch().status)
            route.abort()
        else:
            route.continue_()

    ada.route("**/messages/", swallow)
    words = f"only once {uuid4()}"
    write(ada, words)
    for page in room:
        sees(page, words)
    assert lost == [204]
    assert_once(ada, house, words)


@pytest.mark.full
def test_d_an_answer_that_is_lost_on_the_socket_makes_no_second_message(room, house):
    """Then the form says so, with the same id; and what was written after it waits its turn."""
    ada, bob = room
    line = Deaf(ada)
    requests = posts_of(ada)
    ada.reload()
    ada.get_by_label("Message everyone in the room").wait_for()
    wait_for(lambda: ada.evaluate("import('live').then((live) => live.state())") == "open")
    line.losing = True
    # Before the form's answer is there: what is written next goes at once, and its answer is not to be lost.
    ada.on("request", lambda request: is_post(request) and setattr(line, "losing", False))
    words = f"only once {uuid4()}"
    write(ada, words)
    write(ada, "and then this")
    sees(bob, words)
    wait_for(lambda: ada.wait_for_timeout(20) or requests, 10)
    for page in room:
        sees(page, words, "and then this")
    assert [frame["type"] for frame in line.answers] == ["ack", "ack"] and len(requests) == 1
    assert_once(ada, house, words)


def assert_once(page, house, words):
    assert house.sql("SELECT count(*) FROM backchannel_message WHERE body = ?", words) == [(1,)]
    assert page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('outbox:'))") == []
    texts = [text for text in shown(page) if text == words]
    assert texts == [words]


def test_what_is_refused_says_why_and_can_be_taken_away(room, complaints):
    complaints.expect("422")
    ada, bob = room
    ada.get_by_label("Message everyone in the room").evaluate("one => one.removeAttribute('maxlength')")
    write(ada, "x" * 4001)
    row = ada.locator(".message.unsent")
    row.get_by_text("4,000 characters at most").wait_for()
    row.get_by_role("button", name="Delete").click()
    wait_for(lambda: shown(ada) == [])
    assert shown(bob) == []


def test_editing_in_place_and_deleting_reach_the_others(room):
    ada, bob = room
    write(ada, "first words")
    sees(bob, "first words")
    ada.get_by_label("Message everyone in the room").press("ArrowUp")
    form = ada.get_by_label("Edit your message")
    form.fill("never mind")
    form.press("Escape")
    sees(ada, "first words")
    expect(ada.get_by_label("Message everyone in the room")).to_be_focused()
    ada.keyboard.press("ArrowUp")
    expect(form).to_be_focused()
    ada.keyboard.type(", then second words")
    form.press("Enter")
    for page in room:
        sees(page, "first words, then second words")
        page.get_by_text("(edited)").wait_for()
    expect(ada.get_by_label("Message everyone in the room")).to_be_focused()
    delete(ada)
    for page in room:
        sees(page, "Message deleted")
    ada.locator("#toasts").get_by_role("button", name="Undo").click()
    for page in room:
        sees(page, "first words, then second words")
    delete(ada)
    wait_for(lambda: not ada.locator("#toasts").get_by_role("button", name="Undo").count(), within=8)
    sees(bob, "Message deleted")


@pytest.mark.full
def test_what_the_menu_opens_to_be_edited_has_the_focus(room):
    ada, _bob = room
    write(ada, "first words")
    menu_of(ada, "first words")
    ada.locator("#message-menu").get_by_role("link", name="Edit").click()
    expect(ada.get_by_label("Edit your message")).to_be_focused()
    ada.keyboard.type(" and others")
    ada.keyboard.press("Enter")
    sees(ada, "first words and others")
    assert ada.evaluate("document.activeElement.matches('.message a')")


def test_what_is_being_edited_stays_when_it_changes_elsewhere(room, person, complaints):
    complaints.expect("409")
    ada, bob = room
    other = person("ada")
    write(ada, "first words")
    sees(bob, "first words")
    other.goto(ada.url)
    for page in (ada, other):
        page.get_by_label("Message everyone in the room").press("ArrowUp")
    forms = [page.get_by_label("Edit your message") for page in (ada, other)]
    forms[1].fill("from the desk")
    forms[0].fill("from the phone")
    forms[0].press("Enter")
    sees(bob, "from the phone")
    assert forms[1].input_value() == "from the desk"
    forms[1].press("Enter")
    other.get_by_text("on another device").wait_for()
    assert other.locator(".message--editing .message__text").inner_text() == "from the phone"
    assert forms[1].input_value() == "from the desk"
    forms[1].press("Enter")
    for page in (ada, bob, other):
        sees(page, "from the desk")


def test_a_reply_quotes_and_its_quote_leads_there(room):
    ada, bob = room
    write(ada, "Beans go in by <b>May</b>")
    sees(bob, "Beans go in by <b>May</b>")
    menu_of(bob, "Beans").get_by_role("link", name="Reply").click()
    box = bob.get_by_label("Message everyone in the room")
    wait_for(lambda: box.evaluate("one => one === document.activeElement"))
    box.fill("Or in June")
    box.press("Enter")
    for page in room:
        sees(page, "Or in June")
        quote = page.locator(".message", has_text="Or in June").locator("a.quote")
        quote.wait_for()
        assert quote.locator(".quote__words").inner_text() == "Beans go in by <b>May</b>"
        quote.click()
        page.locator(".message--found", has_text="Beans").wait_for()
    # The next one replies to nothing.
    write(bob, "Well")
    sees(ada, "Well")
    assert ada.locator(".message", has_text="Well").locator("a.quote").count() == 0


def test_a_reply_can_be_left_and_has_its_quote_before_it_is_sent(room, complaints):
    complaints.expect("ERR_INTERNET_DISCONNECTED")
    ada, bob = room
    write(ada, "Beans")
    sees(bob, "Beans")
    reply = bob.locator(".message", has_text="Beans").get_by_role("link", name="Reply")
    bob.locator(".message", has_text="Beans").hover()
    reply.click()
    bob.get_by_label("Message everyone in the room").press("Escape")
    assert not bob.get_by_role("link", name="Do not reply").is_visible()
    reply.click()
    bob.context.set_offline(True)
    write(bob, "Peas")
    echo = bob.locator(".message.pending", has_text="Peas")
    echo.wait_for()
    assert echo.locator(".quote__by").inner_text() == "Ada"
    assert echo.locator(".quote__words").inner_text() == "Beans"


def test_reactions_are_seen_by_all_and_pressed_by_those_who_gave_them(room):
    ada, bob = room
    write(ada, "Beans")
    sees(bob, "Beans")
    menu_of(bob, "Beans").get_by_role("button", name="🎉").click()
    reacts(ada, "🎉 1", pressed=False)
    reacts(bob, "🎉 1", pressed=True)
    ada.locator(".reaction").click()
    for page in room:
        reacts(page, "🎉 2", pressed=True)
    menu = menu_of(ada, "Beans")
    menu.get_by_label("Any other emoji").fill("🌱")
    menu.get_by_role("button", name="React", exact=True).click()
    wait_for(lambda: bob.locator(".reaction").count() == 2)
    bob.locator(".reaction").first.click()
    reacts(bob, "🎉 1", pressed=False)


def reacts(page, text, *, pressed):
    chip = page.locator(".reaction").first
    wait_for(lambda: chip.count() and chip.inner_text().replace("\n", " ") == text)
    wait_for(lambda: chip.get_attribute("aria-pressed") == str(pressed).lower())


LETTERS = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
talk = Conversation.between(ada, bob)
lines = [talk.post(ada, uuid4(), f"line {number}") for number in range(70)]
answer = talk.post(bob, uuid4(), "an answer", reply_to=lines[5].client_id)
print(talk.get_absolute_url(), lines[5].element_id, lines[6].element_id)
"""


def test_a_quote_leads_to_what_is_not_in_the_page_and_what_changes_there_arrives(person, house):
    address, quoted, after = house.run(LETTERS).split()[-3:]
    ada, bob = person("ada"), person("bob")
    ada.goto(address)
    assert ada.locator(f"#{quoted}").count() == 0
    ada.locator("a.quote").last.click()
    found = ada.locator(f"#{quoted}.message--found")
    found.wait_for()
    middle = found.bounding_box()["y"]
    assert 60 < middle < 560
    # An edit comes into this part of the history, a new message does not; writing leads to the end.
    bob.goto(address)
    write(bob, "newest of all", label="Message Ada")
    bob.locator(".log").get_by_text("newest of all").wait_for()
    house.run(EDIT.format(element=after))
    ada.locator(f"#{after}").get_by_text("(edited)").wait_for()
    assert ada.locator(".log").get_by_text("newest of all").count() == 0
    write(ada, "from above", label="Message Bob")
    sees(ada, "newest of all", "from above")


@pytest.mark.full
def test_a_link_to_what_is_not_there_says_so_where_one_looks(person, house):
    address = house.run(LETTERS).split()[-3]
    ada = person("ada")
    ada.goto(f"{address}?m=00000000-0000-4000-8000-000000000000")
    expect(ada.locator(".log .message").last).to_be_in_viewport()
    expect(ada.get_by_text("That message is not here, or not for you.")).to_be_in_viewport()


EDIT = """
from backchannel.models import Message
message = Message.objects.get(client_id="{element}"[2:])
message.edit(message.author, "another line")
"""


def test_forwarding_leads_into_another_conversation(room, house):
    house.run(LETTERS)
    ada, bob = room
    write(bob, "Beans go in by May")
    sees(ada, "Beans go in by May")
    menu = menu_of(ada, "Beans")
    menu.get_by_role("link", name="Forward").click()
    menu.get_by_role("button", name="Bob").click()
    ada.get_by_text("Message forwarded.").wait_for()
    bob.goto("/backchannel/")
    bob.locator(".inbox__row", has=bob.get_by_text("Ada", exact=True)).click()
    last = bob.locator(".log .message").last
    last.get_by_text("Forwarded").wait_for()
    assert last.locator(".message__text").inner_text() == "Beans go in by May"


def menu_of(page, text=""):
    """The menu of the message with this text, opened."""
    message = page.locator(".log .message", has_text=text).last
    message.hover()
    message.get_by_role("link", name="More").click()
    page.locator("#message-menu .menu__item").first.wait_for()
    return page.locator("#message-menu")


def delete(page):
    menu = menu_of(page)
    menu.get_by_role("button", name="Delete", exact=True).first.click()
    menu.get_by_role("button", name="Delete", exact=True).last.click()


@pytest.mark.full
def test_only_ones_own_messages_offer_to_be_changed(room):
    ada, bob = room
    write(bob, "mine")
    sees(ada, "mine")
    offers = [menu_of(page).locator(".menu__item").all_inner_texts() for page in (bob, ada)]
    assert [("Edit" in offer, "Delete" in offer) for offer in offers] == [(True, True), (False, True)]


@pytest.mark.full
def test_a_draft_stays_with_its_conversation_over_pages(room):
    ada, _ = room
    come_up = ada.get_by_label("Message everyone in the room")
    come_up.fill("half a thought")
    ada.get_by_role("tab", name="Speakers").click()
    line = ada.get_by_label("Message the people on stage")
    line.wait_for()
    assert line.input_value() == ""
    ada.get_by_role("tab", name="Chat").click()
    wait_for(lambda: ada.get_by_label("Message everyone in the room").input_value() == "half a thought")
    ada.reload()
    assert ada.get_by_label("Message everyone in the room").input_value() == "half a thought"


@pytest.mark.full
def test_what_was_earlier_comes_in_without_moving_what_one_reads(room, house):
    ada, bob = room
    fill(house, ada.url, 120)
    bob.reload()
    log = bob.locator(".log")
    assert bob.locator(".log .message").count() == 40
    assert at_end(log)
    before = log.evaluate(
        """list => {
            list.scrollTop = 300;
            const one = [...list.querySelectorAll(".message")].find((one) => one.offsetTop >= list.scrollTop + list.offsetTop);
            return [one.id, one.getBoundingClientRect().top];
        }"""
    )
    bob.get_by_text("Load earlier").evaluate("link => link.click()")
    wait_for(lambda: bob.locator(".log .message").count() == 80)
    top = bob.evaluate("id => document.getElementById(id).getBoundingClientRect().top", before[0])
    assert abs(top - before[1]) <= 1
    write(ada, "news")
    pill = bob.get_by_role("button", name=re.compile("new message"))
    pill.wait_for()
    assert pill.inner_text().strip() == "1 new message"
    assert abs(bob.evaluate("id => document.getElementById(id).getBoundingClientRect().top", before[0]) - top) <= 1
    pill.click()
    wait_for(lambda: at_end(log))
    assert not pill.is_visible()


def fill(house, address, count):
    """Many lines by cleo, who is in the room."""
    room = re.search(r"/rooms/(\w+)/", address)[1]
    house.run(
        f"""
from uuid import uuid4
from accounts.models import Person
from rooms.models import Room
room = Room.objects.get(pk={room!r})
cleo = Person.objects.get(username="cleo")
room.join(cleo)
for n in range({count}):
    room.conversations.get(kind="room").post(cleo, uuid4(), f"line {{n}}")
"""
    )


def at_end(log):
    return log.evaluate("list => list.scrollHeight - list.scrollTop - list.clientHeight < 2")


def test_a_listener_who_comes_up_gets_the_tab_and_loses_it_on_going_down(room):
    ada, bob = room
    assert "Speakers" not in bob.content()
    come_on_stage(ada, bob, "Bob")
    bob.get_by_role("tab", name="Speakers").click()
    bob.get_by_label("Message the people on stage").wait_for()
    ada.get_by_role("tab", name="Speakers").click()
    write(ada, "between us", "Message the people on stage")
    sees(bob, "between us")
    on_menu_of(ada, "Bob", "Move to audience")
    bob.get_by_label("Message everyone in the room").wait_for()
    assert "between us" not in bob.content()
    assert "Speakers" not in bob.locator("#panel").inner_text()


@pytest.mark.full
def test_the_inbox_counts_what_came_and_reading_it_is_noticed(newcomers, person):
    names = newcomers("Ada", "Bob", follows=[("Ada", "Bob"), ("Bob", "Ada")])
    ada, bob = (person(name) for name in names)
    letter, answer = f"a letter {uuid4()}", f"an answer {uuid4()}"
    ada.goto(f"/@{names[1]}/")
    ada.get_by_role("button", name="Message").click()
    ada.get_by_label("Message Bob").wait_for()
    bob.goto("/")
    write(ada, letter, "Message Bob")
    bob.locator("#unread", has_text="1").wait_for()
    bob.goto("/backchannel/")
    row = bob.locator(".inbox__row", has_text=letter)
    row.locator(".badge").wait_for()
    row.click()
    bob.get_by_label("Message Ada").wait_for()
    wait_for(lambda: not bob.locator("#unread").inner_text(), 8)
    write(bob, answer, "Message Ada")
    sees(ada, letter, answer)
    bob.get_by_role("link", name="Backchannel", exact=False).last.click()
    assert not bob.locator(".inbox__row", has_text=answer).locator(".badge").is_visible()


@pytest.mark.full
def test_f15_without_a_login_no_draft_and_no_message_stays_in_the_browser(person, room):
    ada, _ = room
    ada.get_by_label("Message everyone in the room").fill("nobody's business")
    assert kept(ada) >= 1
    ada.context.clear_cookies()
    ada.goto("/accounts/login/")
    wait_for(lambda: kept(ada) == 0)


def kept(page):
    return page.evaluate("Object.keys(localStorage).filter((name) => /^(draft|outbox)/.test(name)).length")


# Three people: two who talk, and one who has no business there --------------------------------------------------


@pytest.fixture
def pair(newcomers, person):
    """The pages of ira and jon with their conversation before them, and kim's, elsewhere."""
    names = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira"), ("Ira", "Jon")])
    ira, jon, kim = (person(name) for name in names)
    jon.goto(talk_with(ira, names[1]))
    kim.goto("/")
    return ira, jon, kim


FORMATTED = "**bold** and *soft*, `code` :tada:\n> quoted\n\nhttps://garden.example/roses <b>as it is</b>"


@pytest.mark.full
def test_what_is_written_with_marks_is_drawn_so_for_both(pair):
    ira, jon, _kim = pair
    write(ira, "words", "Message Jon")
    sees(jon, "words")
    write(ira, FORMATTED, "Message Jon")
    for page in (ira, jon):
        text = page.locator(".log .message[data-seq]", has_text="bold").locator(".message__text")
        text.wait_for()
        for tag, words in (("strong", "bold"), ("em", "soft"), ("code", "code"), ("blockquote", "quoted")):
            assert text.locator(tag).inner_text().strip() == words
        assert text.locator("a").get_attribute("href") == "https://garden.example/roses"
        assert "🎉" in text.inner_text() and "<b>as it is</b>" in text.inner_text()


@pytest.mark.full
def test_a_copied_link_leads_who_may_read_it_to_the_message_and_nobody_else(pair, complaints):
    complaints.expect("404")
    ira, jon, kim = pair
    for number in range(3):
        write(ira, f"line {number}", "Message Jon")
        sees(ira, f"line {number}")
    ira.context.grant_permissions(["clipboard-read", "clipboard-write"])
    menu_of(ira, "line 1").get_by_role("link", name="Copy link").click()
    ira.get_by_text("Link copied.").wait_for()
    link = ira.evaluate("navigator.clipboard.readText()")
    jon.goto("/")
    jon.goto(link)
    found = jon.locator(".message--found")
    found.wait_for()
    assert found.locator(".message__text").inner_text() == "line 1"
    kim.goto(link)
    kim.get_by_role("heading", name="Not here, or not for you").wait_for()
    assert "line" not in kim.locator("main").inner_text()


LONG = """
from uuid import uuid4
from backchannel.models import Conversation, Membership
talk = Conversation.objects.get(pk={pk!r})
by = talk.memberships.get(person__name="Ira").person
for number in range(60):
    talk.post(by, uuid4(), f"line {{number}}")
"""


@pytest.mark.full
def test_the_way_to_the_first_unread_leads_there_and_reading_on_is_noted(pair, person, house):
    ira, jon, kim = pair
    write(jon, "read", "Message Ira")
    sees(ira, "read")
    path, other = jon.url, kim
    jon.goto("/")
    house.run(LONG.format(pk=path.strip("/").split("/")[-1]))
    jon.goto(path)
    jon.get_by_role("link", name="Jump to the first unread").click()
    first = jon.locator(".message--found")
    first.wait_for()
    assert first.locator(".message__text").inner_text() == "line 0"
    assert jon.locator(".log > .new").inner_text().startswith("New – ")
    # From there on to the end, which is when all is read.
    jon.get_by_role("link", name="Jump to the newest").click()
    sees(jon, "line 59")
    wait_for(lambda: not jon.locator("#unread").inner_text(), 8)
    ira.locator(".message__seen").wait_for()
    assert other.locator("#unread").inner_text() == ""
