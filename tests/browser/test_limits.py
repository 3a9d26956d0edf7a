"""Where there is no more room, or no more time, the page says so in plain words, and nothing else is lost."""

import re

import pytest
from playwright.sync_api import expect

from tests.backchannel.files import picture
from tests.browser.acts import press
from tests.browser.talks import message, on_message, pick, start_group, talk_with, text_box, write

pytestmark = [pytest.mark.full, pytest.mark.alike]

FILL = """
from uuid import uuid4
from django.conf import settings
from accounts.models import Person
from backchannel.models import Attachment
ira = Person.objects.get(username={username!r})
size = settings.FILE_QUOTA * 1024 * 1024 - 1000
Attachment.objects.create(person=ira, client_id=uuid4(), size=size, state="ready", kind="file", file="", name="all")
"""
FULL_GROUP = """
from accounts.models import Person
from backchannel.models import Conversation
ira = Person.objects.get(username={username!r})
many = [Person.objects.create_user(f"{username}{{n}}", f"{username}{{n}}@example.org") for n in range({more})]
for one in many:
    one.follow(ira)
Conversation.objects.get(pk={pk!r}).group.add(ira, many)
"""
AGE = """
from datetime import timedelta
from django.db.models import F
from backchannel.models import Message
Message.objects.filter(body={body!r}).update(created_at=F("created_at") - timedelta(hours={hours}))
"""


@pytest.fixture
def ira_and_jon(newcomers, person):
    """(usernames, their pages), in their conversation with each other."""
    names = newcomers("Ira", "Jon", follows=[("Ira", "Jon"), ("Jon", "Ira")])
    pages = [person(name) for name in names]
    pages[1].goto(talk_with(pages[0], names[1]))
    return names, pages


def choose(page, name, content, kind="application/pdf"):
    page.locator("[data-attach]").set_input_files([{"name": name, "mimeType": kind, "buffer": content}])


def test_a_file_of_more_than_50_mb_is_not_even_sent_on_its_way(ira_and_jon, tmp_path):
    _names, (ira, jon) = ira_and_jon
    asked = []
    ira.route("**/files/", lambda route: (asked.append(route), route.abort()))
    large = tmp_path / "large.pdf"
    with large.open("wb") as file:
        file.truncate(50 * 1024 * 1024 + 1)
    ira.locator("[data-attach]").set_input_files(large)
    expect(ira.locator(".tile[data-state=refused]")).to_contain_text("larger than 50 MB")
    text_box(ira).fill("words that stay")
    text_box(ira).press("Enter")
    expect(text_box(ira)).to_have_value("words that stay")
    ira.get_by_role("button", name="Take it out").click()
    text_box(ira).press("Enter")
    expect(message(jon, "words that stay")).to_be_visible()
    assert asked == []


def test_whose_files_take_all_his_space_is_told_what_to_do(ira_and_jon, house, complaints):
    complaints.expect("422")
    (username, _jon), (ira, jon) = ira_and_jon
    house.run(FILL.format(username=username))
    choose(ira, "more.png", picture("PNG", (900, 700)), "image/png")
    refused = ira.locator(".tile[data-state=refused]")
    expect(refused).to_contain_text("Delete messages with large files first")
    ira.get_by_role("button", name="Take it out").click()
    write(ira, "without it")
    choose(jon, "more.pdf", b"%PDF-1.7 " + b"x" * 2000)  # the space of another one is another one's
    jon.locator(".tile[data-state=here]").wait_for()
    write(jon, "with mine")
    expect(message(ira, "with mine").locator(".file--row")).to_contain_text("more.pdf")


def test_a_group_of_fifty_takes_nobody_more(newcomers, person, house, complaints):
    complaints.expect("422")
    names = newcomers("Ira", "Jon", "Kim", "Lea", follows=[("Jon", "Ira"), ("Kim", "Ira"), ("Lea", "Ira")])
    ira, jon, kim = (person(name) for name in names[:3])
    address = start_group(ira, names[1], names[3])
    house.run(FULL_GROUP.format(username=names[0], more=47, pk=address.rstrip("/").rsplit("/", 1)[-1]))
    ira.goto(f"{address}group/")
    ira.get_by_role("link", name="Add people").click()
    pick(ira, names[2])
    press(ira, "Add")
    expect(ira.get_by_text("A group has 50 people at most.")).to_be_visible()
    assert kim.request.get(address).status == 404
    jon.goto(f"{address}group/")
    expect(jon.locator("[id^=member-]")).to_have_count(50)
    jon.get_by_text("Leave the group", exact=True).locator("visible=true").first.click()
    press(jon.locator(".confirm[open]"), "Leave")
    jon.wait_for_url(re.compile(r"/backchannel/$"))
    press(ira, "Add")  # what was picked is there still
    ira.wait_for_url(re.compile("/group/$"))
    assert kim.request.get(address).status == 200


def test_what_is_older_than_a_day_offers_no_change_and_no_page_has_what_it_said_before(ira_and_jon, house):
    (username, _jon), (ira, jon) = ira_and_jon
    write(ira, f"words of {username}")
    edit(ira, f"words of {username}", f"others of {username}")
    expect(message(jon, f"others of {username}")).to_contain_text("(edited)")
    expect(on_message(ira, f"others of {username}").get_by_role("link", name="Edit")).to_be_visible()
    house.run(AGE.format(body=f"others of {username}", hours=25))
    for page in (ira, jon):
        page.reload()
        assert f"words of {username}" not in page.content()
        menu = on_message(page, f"others of {username}")
        expect(menu.get_by_role("link", name="Edit")).to_have_count(0)
        page.keyboard.press("Escape")


def edit(page, text, instead):
    on_message(page, text).get_by_role("link", name="Edit").click()
    form = page.get_by_label("Edit your message")
    form.fill(instead)
    form.press("Enter")
    expect(message(page, instead)).to_be_visible()
