"""Files in real browsers: chosen, sent on their way, shown to the other one, looked at and heard."""

import re

import pytest
from playwright.sync_api import expect

from tests.backchannel.files import film, picture
from tests.product import wait_for

pytestmark = pytest.mark.alike

OPEN = """
from accounts.models import Person
from backchannel.models import Conversation
ada, bob = (Person.objects.get(username=name) for name in ("ada", "bob"))
print(Conversation.between(ada, bob).get_absolute_url())
"""
EVIL = "<img src=x onerror=alert(1)>\u202egpj.pdf"


@pytest.fixture(scope="module")
def path(house):
    return house.run(OPEN).split()[-1]


@pytest.fixture
def pair(person, path):
    """ada's and bob's pages of their conversation."""
    pages = person("ada"), person("bob")
    for page in pages:
        page.goto(path)
        page.locator(".composer__text").wait_for()
    return pages


def choose(page, *files):
    """Files as a picker gives them: (name, type, bytes)."""
    page.locator("[data-attach]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": content} for name, kind, content in files]
    )


def send(page, text=""):
    page.locator(".composer__text").fill(text)
    page.locator(".composer__text").press("Enter")


def last(page):
    return page.locator(".log .message").last


RED = ("red.jpg", "image/jpeg", picture("JPEG", (1600, 900)))
LETTER = ("letter.pdf", "application/pdf", b"%PDF-1.7 dear bob")


def test_a_picture_and_a_letter_from_one_to_the_other(pair):
    ada, bob = pair
    choose(ada, RED, LETTER)
    expect(ada.locator(".tile[data-state=here]")).to_have_count(2)
    ada.get_by_role("textbox", name="Describe it").fill("All is red")
    send(ada, "Look at this")
    expect(ada.locator(".tile")).to_have_count(0)
    for page in pair:
        shown = last(page).locator("a[data-view] img")
        expect(shown).to_have_attribute("alt", "All is red", timeout=15_000)
        wait_for(lambda: shown.evaluate("one => one.naturalWidth") == 640)  # noqa: B023
        assert shown.evaluate("one => [one.width, one.height]") == [320, 180]
        expect(last(page).locator(".file--row")).to_contain_text("letter.pdf")
    with bob.expect_download() as begun:
        last(bob).locator(".file--row").click()
    assert begun.value.suggested_filename == "letter.pdf"
    assert begun.value.path().read_bytes() == LETTER[2]


def test_a_picture_is_looked_at_by_keys_and_gives_the_focus_back(pair, complaints):
    complaints.expect("404")  # asked for below, when it is gone
    ada, bob = pair
    for colour in ("one", "two"):
        choose(ada, (f"{colour}.png", "image/png", picture("PNG", (900, 700))))
        expect(ada.locator(".tile[data-state=here]")).to_have_count(1)
        send(ada, colour)
        expect(last(bob)).to_contain_text(colour)
        expect(last(bob).locator("a[data-view]")).to_have_count(1, timeout=15_000)
    link = last(bob).locator("a[data-view]")
    link.focus()
    bob.keyboard.press("Enter")
    viewer = bob.locator("dialog[data-viewer]")
    expect(viewer).to_be_visible()
    first = link.get_attribute("href")
    expect(viewer.locator("> img")).to_have_attribute("src", re.compile(re.escape(first) + "$"))
    bob.keyboard.press("ArrowLeft")
    is_first = re.compile(re.escape(first) + "$")
    expect(viewer.locator("a[download]")).not_to_have_attribute("href", is_first)
    bob.keyboard.press("ArrowRight")
    expect(viewer.locator("a[download]")).to_have_attribute("href", is_first)
    bob.keyboard.press("Escape")
    expect(viewer).to_be_hidden()
    expect(link).to_be_focused()
    link.click()
    expect(viewer).to_be_visible()
    # Its message is deleted while it is looked at.
    ada.locator(".log .message.mine").last.locator("[aria-haspopup]").click()
    ada.locator(".confirm summary").click()
    ada.locator(".confirm__body button").click()
    expect(viewer).to_be_hidden()
    expect(bob.locator(f'a[data-view][href="{first}"]')).to_have_count(0)
    assert bob.evaluate("path => fetch(path).then((answer) => answer.status)", first) == 404


@pytest.mark.full
def test_a_voice_note_is_recorded_sent_and_heard(person, path, complaints):
    ada, bob = person("ada", tone=440), person("bob")
    for page in (ada, bob):
        page.goto(path)
    ada.get_by_role("button", name="Record a voice note").click()
    expect(ada.locator("[data-recording] [data-time]")).to_have_text("0:02", timeout=10_000)
    ada.get_by_role("button", name="Done").click()
    expect(ada.locator(".tile[data-state=here]")).to_have_count(1)
    send(ada)
    player = last(bob).locator(".file--sound:has([data-play])")
    player.wait_for(timeout=15_000)
    expect(player.locator("[data-time]")).to_have_text(re.compile("0:0[1-5]"))
    player.get_by_role("button", name="Play").click()
    expect(player.locator("[data-play]")).to_have_attribute("aria-pressed", "true")
    expect(player.locator(".sound__played")).to_have_count(1)
    expect(player.locator("[data-play]")).to_have_attribute("aria-pressed", "false", timeout=9_000)


@pytest.mark.full
def test_a_video_plays(pair):
    ada, bob = pair
    choose(ada, ("a.webm", "video/webm", film("webm", "libvpx", (320, 240))))
    send(ada, "see")
    video = last(bob).locator("video")
    video.wait_for(timeout=15_000)
    assert video.evaluate("one => one.play().then(() => one.videoWidth)") == 320


def test_what_is_not_taken_says_so_and_the_words_stay(pair, complaints):
    complaints.expect("422")
    ada, bob = pair
    choose(ada, ("a.exe", "application/x-dosexec", b"MZ\x90"), ("none.txt", "text/plain", b""))
    refused = ada.locator(".tile[data-state=refused]")
    expect(refused).to_have_count(2)
    expect(refused.first).to_contain_text("Files of this kind cannot be sent")
    expect(refused.last).to_contain_text("empty")
    send(ada, "words that stay")
    expect(ada.locator("#toasts")).to_contain_text("could not be sent")
    expect(ada.locator(".composer__text")).to_have_value("words that stay")
    for _ in range(2):
        ada.get_by_role("button", name="Take it out").first.click()
    ada.locator(".composer__text").press("Enter")
    expect(last(bob)).to_contain_text("words that stay")


def test_a_line_that_breaks_loses_nothing(pair, complaints):
    complaints.expect("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    ada, bob = pair
    ada.route("**/files/", lambda route: route.abort())
    choose(ada, LETTER)
    expect(ada.locator(".tile[data-state=failed]")).to_have_count(1)
    ada.unroute("**/files/")
    ada.get_by_role("button", name="Try again").click()
    expect(ada.locator(".tile[data-state=here]")).to_have_count(1)
    ada.reload()
    expect(ada.locator(".tile[data-state=here]")).to_contain_text("letter.pdf")
    send(ada, "after all")
    expect(last(bob).locator(".file--row")).to_contain_text("letter.pdf")
    expect(ada.locator(".tile")).to_have_count(0)


def test_a_message_waits_for_its_files_and_one_can_be_taken_out_on_its_way(pair):
    ada, bob = pair
    held = []
    ada.route("**/files/", lambda route: held.append(route))
    choose(ada, LETTER, ("second.pdf", "application/pdf", b"%PDF-2"))
    expect(ada.locator(".tile[data-state=sending]")).to_have_count(2)
    ada.locator(".tile", has_text="second").get_by_role("button", name="Take it out").click()
    send(ada, "soon")
    expect(ada.locator("#toasts")).to_contain_text("as soon as its files are here")
    assert ada.locator(".log .message", has_text="soon").count() == 0
    held[0].continue_()
    expect(last(bob)).to_contain_text("soon")
    expect(last(bob).locator(".file--row")).to_have_count(1)
    ada.unroute("**/files/")


@pytest.mark.full
def test_a_message_goes_when_its_files_are_here_wherever_its_author_is_by_then(pair):
    ada, bob = pair
    held = []
    ada.route("**/files/", lambda route: held.append(route))
    choose(ada, LETTER)
    send(ada, "on its way")
    expect(ada.locator("#toasts")).to_contain_text("as soon as its files are here")
    ada.get_by_role("link", name="Hallway").first.click()
    ada.wait_for_url("**/")
    held[0].continue_()
    expect(last(bob)).to_contain_text("on its way")
    expect(last(bob).locator(".file--row")).to_contain_text("letter.pdf")
    ada.unroute("**/files/")
    ada.go_back()
    expect(ada.locator(".composer__text")).to_have_value("")
    expect(ada.locator(".tile")).to_have_count(0)


@pytest.mark.full
def test_one_is_asked_before_a_file_on_its_way_is_left_behind(pair):
    ada, _bob = pair
    held = []
    ada.route("**/files/", lambda route: held.append(route))
    ada.locator(".composer__text").click()
    choose(ada, LETTER)
    expect(ada.locator(".tile[data-state=sending]")).to_have_count(1)
    with ada.expect_event("dialog") as asked:
        ada.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    held[0].continue_()
    expect(ada.locator(".tile[data-state=here]")).to_have_count(1)
    with ada.expect_event("close"):  # nothing is lost any more, so nothing is asked
        ada.close(run_before_unload=True)


@pytest.mark.full
def test_what_was_recorded_waits_where_it_was_to_be_sent(person, path):
    ada = person("ada", tone=440)
    ada.goto(path)
    tiles = ada.locator(".tile[data-state=here]")
    before = tiles.count()
    ada.get_by_role("button", name="Record a voice note").click()
    expect(ada.locator("[data-recording] [data-time]")).to_have_text("0:01", timeout=10_000)
    with ada.expect_response("**/files/"):
        ada.get_by_role("link", name="Hallway", exact=True).click()
    ada.get_by_role("link", name="Backchannel", exact=False).nth(1).click()
    ada.locator(f".inbox__row[href='{path}']").click()
    expect(tiles).to_have_count(before + 1)


GIVE = """([name, at]) => {
  const data = new DataTransfer();
  data.items.add(new File(["%PDF-1.7"], "given.pdf", { type: "application/pdf" }));
  const about = name === "paste" ? { clipboardData: data } : { dataTransfer: data };
  const event = new (name === "paste" ? ClipboardEvent : DragEvent)(name, { bubbles: true, cancelable: true, ...about });
  document.querySelector(at).dispatchEvent(event);
}"""


def test_files_are_pasted_and_dropped_too(pair):
    ada, _bob = pair
    for count, (name, at) in enumerate([("paste", ".composer__text"), ("drop", ".log")], 1):
        ada.evaluate(GIVE, [name, at])
        expect(ada.locator(".tile[data-state=here]")).to_have_count(count)
    for _ in range(2):
        ada.get_by_role("button", name="Take it out").first.click()
    expect(ada.locator("[data-tiles]")).to_be_hidden()


def test_i11_a_name_is_only_a_name(pair):
    ada, bob = pair
    for page in pair:
        page.on("dialog", lambda dialog: pytest.fail(dialog.message))
    choose(ada, (EVIL, "application/pdf", b"%PDF-"))
    expect(ada.locator(".tile__name")).to_have_text("<img src=x onerror=alert(1)>gpj.pdf")
    send(ada, "named")
    expect(last(bob).locator(".file__name")).to_have_text("<img src=x onerror=alert(1)>gpj.pdf")


def test_without_scripts_a_form_takes_files(person, path):
    page = person("ada", java_script_enabled=False)
    page.goto(path)
    page.locator("input[name=upload]").set_input_files(
        [{"name": "plain.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-"}]
    )
    page.locator(".composer__send").click()
    expect(page.locator(".log .message").last.locator(".file--row")).to_contain_text("plain.pdf")


def test_what_is_prepared_takes_the_place_that_was_kept(pair, house):
    ada, bob = pair
    choose(ada, ("large.png", "image/png", picture("PNG", (3000, 2000))))
    send(ada, "wide")
    kept = bob.locator(".message:has-text('wide') .file")
    kept.wait_for()
    before = kept.bounding_box()
    last(bob).locator("a[data-view] img").wait_for(timeout=15_000)
    after = last(bob).locator("a[data-view]").bounding_box()
    assert (before["width"], before["height"]) == (after["width"], after["height"])
