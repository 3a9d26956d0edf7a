"""A conversation, or all that one wrote, to take along: made for the one who asked, and for nobody else."""

import io
import json
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.acts import press
from tests.browser.talks import message, on_message, write

pytestmark = [pytest.mark.full, pytest.mark.alike]  # three pages, and a job

GARDEN = """
from accounts.models import Person
from backchannel.models import Group
ira, jon = [Person.objects.get(username=name) for name in {people!r}]
print(Group.start(ira, [jon], "Garden").conversation.get_absolute_url())
"""
# What was deleted cannot be brought back any more.
TOO_LATE = """
from datetime import timedelta
from django.utils import timezone
from backchannel import jobs
from backchannel.models import SealedText
SealedText.objects.update(sealed_at=timezone.now() - timedelta(minutes=1))
jobs.erase_deleted_messages.call_local()
"""


@pytest.fixture
def garden(newcomers, person, house):
    """The pages of ira and jon, and of kim, who is not in their group, of which jon's username and the address."""
    people = newcomers("Ira", "Jon", "Kim", follows=[("Jon", "Ira")])
    address = house.run(GARDEN.format(people=people[:2])).split()[-1]
    return [person(name) for name in people], people[1], address


def ready(page):
    """The address of what was made, once it is."""
    download = page.get_by_role("link", name="Download")
    download.wait_for(timeout=20_000)
    return download.get_attribute("href")


def fetched(page, path):
    answer = page.request.get(path)
    assert answer.ok
    return zipfile.ZipFile(io.BytesIO(answer.body()))


def statuses(pages, path):
    return [page.request.get(path).status for page in pages]


def test_a_member_takes_a_conversation_along_with_its_files(garden, complaints):
    complaints.expect("404|htmx:responseError")  # his page looks whether it is there, and he is out
    (ira, jon, kim), jon_name, address = garden
    ira.goto(address)
    jon.goto(address)
    ira.locator("[data-attach]").set_input_files(
        [{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 beds"}]
    )
    ira.locator(".tile[data-state=here]").wait_for()
    write(ira, "The plan")
    message(jon, "The plan").wait_for()
    write(jon, "I like it")
    jon.locator(".inbox__top").get_by_role("link", name="More").click()
    jon.locator("#conversation-menu").get_by_role("link", name="Export").click()
    press(jon, "Make an export")
    path = ready(jon)
    made = fetched(jon, path)
    page = made.read("conversation.html").decode()
    assert "The plan" in page and "I like it" in page and "Garden" in page
    assert b"%PDF-1.7 beds" in [made.read(name) for name in made.namelist()]
    # It is his alone: not hers, who is in the same conversation, nor anybody else's.
    assert statuses([ira, jon, kim], path) == [404, 200, 404]
    for other in (ira, kim):
        other.goto("/notifications/")
        assert "export" not in other.locator("main").inner_text().lower()
    assert kim.request.get(f"{address}export/").status == 404
    # Removed from the group he has it no more.
    ira.goto(f"{address}group/")
    member = ira.locator("[id^=member-]", has_text=f"@{jon_name}")
    member.locator("summary").first.click()
    member.locator("summary", has_text="Remove").click()
    press(member.locator(".confirm[open]"), "Remove")
    member.wait_for(state="detached")
    assert statuses([ira, jon, kim], path) == [404, 404, 404]


def test_the_bell_tells_who_went_on_that_it_is_ready_and_a_deletion_takes_it_away(garden, house):
    (ira, jon, _kim), _jon_name, address = garden
    ira.goto(address)
    write(ira, "Not for ever")
    jon.goto(f"{address}export/")
    press(jon, "Make an export")
    path = ready(jon)
    expect(jon.locator("#bell")).not_to_have_text("")
    jon.get_by_role("link", name="Bell").click()
    expect(jon.locator(".notification", has_text="export")).to_have_count(1)
    menu = on_message(ira, "Not for ever")
    menu.locator(".confirm summary").click()
    press(menu.locator(".confirm__body"), "Delete")
    ira.locator(".message--deleted").wait_for()
    house.run(TOO_LATE)
    expect(jon.locator(".notification", has_text="export")).to_have_count(0)
    assert jon.request.get(path).status == 404


def test_all_that_one_wrote_and_nothing_of_others(garden):
    (ira, jon, kim), _jon_name, address = garden
    for page, words in ((ira, "By ira"), (jon, "By jon")):
        page.goto(address)
        write(page, words)
    jon.goto("/settings/data/")
    press(jon, "Make an export")
    path = ready(jon)
    made = fetched(jon, path)
    kept = " ".join(made.read(name).decode() for name in made.namelist() if name.endswith(".json"))
    assert "By jon" in kept and "By ira" not in kept
    assert all(json.loads(made.read(name)) is not None for name in made.namelist() if name.endswith(".json"))
    assert statuses([ira, jon, kim], path) == [404, 200, 404]
