"""A message for later, and a conversation to take along, as people see them."""

import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.acts import press

pytestmark = pytest.mark.full  # several pages each, and a job


def conversation(page, name):
    page.goto(f"/@{name}/")
    press(page, "Message")
    page.wait_for_url("**/backchannel/*/")
    return page.url


def write_for_later(page, words, when):
    page.locator("[data-composer] textarea").fill(words)
    page.get_by_role("button", name="Send later").click()
    expect(page.locator("#later-body")).to_have_value(words)
    press(page, when)
    page.get_by_role("heading", name="Scheduled", exact=True).wait_for()


def test_it_waits_on_all_his_devices_and_comes_when_he_says_so(person):
    page, phone, bob = person("ada", timezone_id="Asia/Tokyo"), person("ada"), person("bob")
    address = conversation(page, "bob")
    for other in (phone, bob):
        other.goto(address)
    page.goto(address)
    write_for_later(page, "Good morning", "Tomorrow at 9")
    expect(page.locator(".scheduled time")).to_have_text(re.compile("9:00"))
    expect(phone.locator(".later-count")).to_be_visible()
    press(page, "Do not send")
    expect(page.locator(".scheduled__one")).to_have_count(0)
    expect(phone.locator(".later-count")).to_be_hidden()
    press(page, "Undo")
    expect(phone.locator(".later-count")).to_be_visible()
    page.get_by_role("link", name="Change").click()
    expect(page.get_by_label("When")).to_have_value(re.compile("T09:00$"))
    page.get_by_label("Message").fill("Good evening")
    press(page, "Save")
    assert bob.locator(".message", has_text="Good").count() == 0
    press(page, "Send now")
    bob.locator(".message", has_text="Good evening").wait_for()
    expect(phone.locator(".later-count")).to_be_hidden()
    page.goto(address)
    expect(page.locator("[data-composer] textarea")).to_have_value("")
    expect(page.locator(".message", has_text="Good")).to_have_count(1)


def test_without_scripts(person):
    page = person("cleo", java_script_enabled=False)
    address = conversation(page, "dan")
    write_for_later(page, "Dear Dan", "On Monday at 9")
    page.get_by_role("link", name="Change").click()
    page.get_by_label("Message").fill("Dear Daniel")
    press(page, "Save")
    press(page, "Send now")
    expect(page.get_by_text("Nothing is scheduled.")).to_be_visible()
    page.goto(address)
    expect(page.locator(".message", has_text="Dear Daniel")).to_have_count(1)
    page.goto(f"{address}export/")
    press(page, "Make an export")
    for _ in range(100):
        if page.get_by_role("link", name="Download").count():
            break
        page.get_by_role("link", name="Look again").or_(page.get_by_role("link", name="Settings")).first.click()
        page.wait_for_timeout(100)
    assert page.request.get(page.get_by_role("link", name="Download").get_attribute("href")).ok


HOSTILE = """
from uuid import uuid4
from accounts.models import Person
from backchannel import jobs
from backchannel.exporting.making import make
from backchannel.models import Conversation, Export
from tests.backchannel.hostile import RUNNING

jobs.soon = lambda job, ids: None
ada, dan = (Person.objects.get(username=name) for name in ("ada", "dan"))
ada.follow(dan)
pair = Conversation.between(dan, ada)
for words in RUNNING:
    pair.post(dan, uuid4(), words)
export = Export.begin(dan, pair)
make(export.pk)
print(len(RUNNING), export.place)
"""


def test_in_an_export_nothing_runs(house, browser, tmp_path):
    """Opened from the disk, where no policy of ours protects it: nothing runs, and nobody is asked for anything."""
    count, place = house.run(HOSTILE).split()[-2:]
    zipfile.ZipFile(place).extractall(tmp_path)
    page = browser.new_page()
    asked, dialogs = [], []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"file://{tmp_path}/conversation.html")
    assert page.locator("article").count() >= int(count)
    page.locator("body").evaluate(
        """body => {
            for (const one of body.querySelectorAll("*"))
                for (const event of ["click", "focus", "mouseover", "pointerenter", "toggle", "error", "load"])
                    if (!one.matches("a[href^=http], a[href^=mailto]")) one.dispatchEvent(new Event(event));
        }"""
    )
    page.wait_for_timeout(200)
    assert dialogs == [] and page.evaluate("window.harmed") is None
    assert [url for url in asked if not url.startswith("file:")] == []
    page.close()
