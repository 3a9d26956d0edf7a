"""A group as people see it: made by keys, named in it, pinned, and gone at once for who is removed."""

import re

import pytest
from playwright.sync_api import expect

from tests.backchannel.files import picture
from tests.browser.acts import press
from tests.browser.talks import message, on_message, pick, start_group, talk_with, text_box, write

pytestmark = pytest.mark.full  # a dozen pages


def choose(page, name):
    page.locator("#pick").fill(name)
    page.locator("#pickable .person__name", has_text=name).wait_for()
    if name == "Bob":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space" if name == "Bob" else "Enter")
    page.locator("[data-picked] .person__name", has_text=name).wait_for()


def test_a_group_from_beginning_to_end(person, complaints):
    complaints.expect("404")  # bob's page may be about to note what he read when he is removed
    ada, bob = person("ada"), person("bob")
    ada.goto("/backchannel/new/")
    ada.locator("#pick").focus()
    for name in ("Bob", "Cleo"):
        choose(ada, name)
        assert ada.evaluate("document.activeElement.id") == "pick"
    ada.get_by_label("Name of the group").fill("Garden")
    ada.keyboard.press("Enter")
    ada.locator(".message--event", has_text="Ada added Bob and Cleo").wait_for()
    bob.goto(ada.url)
    _name_bob(ada, bob)
    _pin(ada, bob)
    _remove_bob(ada, bob)


def _name_bob(ada, bob):
    text = ada.locator("[data-composer] textarea")
    text.press_sequentially("Hello @bo")
    ada.locator("[role=option]", has_text="@bob").wait_for()
    assert text.get_attribute("aria-activedescendant") == "completion-1"
    text.press("Enter")
    assert text.input_value() == "Hello @bob "
    text.press_sequentially(":tada")
    ada.locator("[role=option]", has_text="🎉").wait_for()
    text.press("Escape")
    assert ada.locator(".completions").is_hidden()
    text.press_sequentially(":")
    text.press("Enter")
    bob.locator(".mention--me", has_text="@bob").wait_for()
    bob.locator(".message", has_text="🎉").wait_for()
    assert ada.locator(".message[data-seq] .mention:not(.mention--me)").count() == 1


def _pin(ada, bob):
    message = ada.locator(".message[data-seq]:not(.message--event)").last
    message.hover()
    message.get_by_role("link", name="More").click()
    ada.locator("#message-menu").get_by_role("button", name="Pin", exact=True).click()
    bob.locator(".pinned .quote__words", has_text="Hello @bob").click()
    bob.locator(".message--found").wait_for()


def _remove_bob(ada, bob):
    secret = bob.locator(".message", has_text="Hello @bob")
    assert secret.count() == 1
    ada.get_by_role("heading", name="Garden").click()
    ada.wait_for_url("**/group/")
    row = ada.locator("[id^=member-]", has_text="@bob")
    row.locator("summary").first.click()
    row.locator("summary", has_text="Remove").click()
    row.get_by_role("button", name="Remove", exact=True).locator("visible=true").last.click()
    bob.locator(".toast", has_text=re.compile("no longer in")).wait_for()
    bob.locator("[data-conversation]").wait_for(state="detached")
    assert "Hello" not in bob.locator("main").inner_text().split("Backchannel")[-1]
    row.wait_for(state="detached")


# Who belongs to it --------------------------------------------------------------------------------------------


@pytest.fixture
def people(newcomers, person):
    """(usernames, pages) of ira, jon, kim and lea: jon and kim follow ira, lea does not."""
    names = newcomers("Ira", "Jon", "Kim", "Lea", follows=[("Jon", "Ira"), ("Kim", "Ira"), ("Ira", "Lea")])
    return names, [person(name) for name in names]


def on_member(page, address, username, action, confirm=""):
    """What one does with a member, from the group's page."""
    page.goto(f"{address}group/")
    member = page.locator("[id^=member-]", has_text=f"@{username}")
    member.locator("summary").first.click()
    if confirm:
        member.locator("summary", has_text=action).last.click()
        press(member.locator(".confirm[open]"), confirm)
    else:
        press(member, action)
    return member


def line(page, text):
    return page.locator(".message--event:visible", has_text=text)


def closed_to(page, address):
    return page.request.get(address).status == 404


def test_who_does_not_follow_is_asked_and_reads_from_when_he_comes_in(people):
    (_ira, jon_name, _kim, lea_name), (ira, jon, kim, lea) = people
    address = start_group(ira, jon_name, lea_name)
    write(ira, "Before lea")
    lea.goto("/backchannel/")
    row = lea.locator(".inbox__row", has_text="Ira asks you into this group.")
    assert closed_to(lea, address) and closed_to(kim, address)
    row.click()
    expect(lea.get_by_text("2 people are in it.")).to_be_visible()
    assert "Before lea" not in lea.content()
    jon.goto(address)
    press(lea, "Come in")
    for page in (ira, jon):
        expect(line(page, "Lea joined")).to_be_visible()
    write(ira, "Welcome")
    expect(message(lea, "Welcome")).to_be_visible()
    lea.reload()
    assert "Before lea" not in lea.content()
    expect(message(jon, "Before lea")).to_be_visible()


def test_who_declines_is_not_in_it_and_nobody_is_told(people):
    (_ira, jon_name, _kim, lea_name), (ira, jon, _page, lea) = people
    address = start_group(ira, jon_name, lea_name)
    jon.goto(address)
    lea.goto(f"{address}group/invitation/")
    press(lea, "No, thank you")
    lea.wait_for_url("**/backchannel/")
    assert closed_to(lea, address) and closed_to(lea, f"{address}group/invitation/")
    ira.goto(f"{address}group/")
    expect(ira.locator("[id^=member-]")).to_have_count(2)
    write(jon, "Just us")
    assert line(jon, "Lea").count() == 0
    ira.goto("/notifications/")
    assert "Lea" not in ira.locator("main").inner_text()


def test_history_for_new_members_is_what_the_owner_chose(people):
    (_ira, jon_name, kim_name, _lea), (ira, jon, kim, _page) = people
    address = start_group(ira, jon_name, _lea)
    write(ira, "From the beginning")
    jon.goto(f"{address}group/")
    assert jon.get_by_label("What new members can read").count() == jon.get_by_role("radio").count() == 0
    ira.goto(f"{address}group/")
    ira.get_by_role("radio", name="Everything").check()
    press(ira, "Save")
    expect(ira.get_by_text("New members can read everything.")).to_be_visible()
    ira.get_by_role("link", name="Add people").click()
    pick(ira, kim_name)
    kim.goto("/")
    press(ira, "Add")
    expect(kim.locator("#toasts")).to_contain_text("Ira added you to “Garden”.")
    kim.goto(address)
    expect(message(kim, "From the beginning")).to_be_visible()


def test_owner_moderators_and_handing_over(people):
    (ira_name, jon_name, kim_name, _lea), (ira, jon, kim, _page) = people
    address = start_group(ira, jon_name, kim_name)
    for page in (jon, kim):
        page.goto(f"{address}group/")
        assert page.get_by_role("link", name="Add people").count() == 0
        assert page.locator("[id^=member-] summary").count() == 0
    on_member(ira, address, jon_name, "Make a moderator")
    for page in (ira, jon, kim):
        expect(page.locator("[id^=member-]", has_text=f"@{jon_name}").locator(".mark")).to_have_text("Moderator")
    # A moderator adds and removes members, and no more than that.
    jon.reload()
    expect(jon.get_by_role("link", name="Add people")).to_be_visible()
    menus = jon.locator("[id^=member-] summary:visible")
    expect(menus).to_have_count(1)
    menus.click()
    assert jon.get_by_role("button", name="Make a moderator").count() == 0
    on_member(ira, address, kim_name, "Hand over the group", confirm="Hand over")
    for page in (ira, jon, kim):
        expect(page.locator("[id^=member-]", has_text=f"@{kim_name}").locator(".mark")).to_have_text("Owner")
    ira.reload()
    assert ira.get_by_role("radio", name="Everything").count() == 0
    kim.reload()
    expect(kim.get_by_role("radio", name="Everything")).to_be_visible()
    # She removes who founded it: gone at once, and what she had open with it.
    ira.goto(address)
    on_member(kim, address, ira_name, "Remove", confirm="Remove")
    expect(ira.locator("#toasts")).to_contain_text("You are no longer in “Garden”.")
    ira.locator("[data-conversation]").wait_for(state="detached")
    assert closed_to(ira, address) and closed_to(ira, f"{address}group/")


def test_whoever_leaves_is_out_and_the_others_stay(people):
    (_ira, jon_name, kim_name, _lea), (ira, jon, kim, _page) = people
    address = start_group(ira, jon_name, kim_name)
    write(ira, "Among us")
    for page in (jon, kim):
        page.goto(address)
    ira.goto(f"{address}group/")
    ira.locator("summary", has_text="Leave the group").click()
    press(ira, "Leave")
    ira.wait_for_url("**/backchannel/")
    for page in (jon, kim):
        expect(line(page, "Ira left")).to_be_visible()
    write(jon, "Without her")
    expect(message(kim, "Without her")).to_be_visible()
    assert closed_to(ira, address) and "Garden" not in ira.locator("main").inner_text()
    jon.goto(f"{address}group/")
    expect(jon.locator("[id^=member-]", has_text="Owner")).to_have_count(1)


def test_name_and_photo_are_seen_by_all_at_once(people):
    (_ira, jon_name, kim_name, _lea), (ira, jon, _kim, lea) = people
    address = start_group(ira, jon_name, kim_name)
    write(ira, "Look")
    jon.goto(address)
    ira.goto(f"{address}group/")
    ira.get_by_label("Name", exact=True).fill("Roses")
    ira.get_by_label("Photo").set_input_files(
        [{"name": "rose.png", "mimeType": "image/png", "buffer": picture("PNG", (300, 200))}]
    )
    press(ira, "Save")
    expect(jon.locator("#conversation-title")).to_have_text("Roses")
    expect(line(jon, "Roses")).to_be_visible()
    photo = jon.locator(".inbox__group img")
    expect(photo).to_have_js_property("naturalWidth", 512)
    assert lea.request.get(photo.get_attribute("src")).status == 404
    expect(jon.locator(".inbox__row", has_text="Roses")).to_be_visible()


def test_somebody_one_blocked_in_it_is_a_warning_for_oneself(people):
    (_ira, jon_name, _kim, lea_name), (ira, jon, _page, lea) = people
    address = start_group(ira, jon_name, lea_name)
    lea.goto(f"/@{jon_name}/")
    lea.locator(".profile__block summary", has_text="Block").click()
    press(lea.locator(".confirm[open]"), "Block")
    expect(lea.get_by_role("button", name="Unblock")).to_be_visible()
    lea.goto(f"{address}group/invitation/")
    warning = lea.get_by_text("Somebody you blocked is in this group:")
    expect(warning).to_contain_text("Jon")
    press(lea, "Come in")
    text_box(lea).wait_for()
    lea.goto(f"{address}group/")
    expect(warning).to_contain_text("Jon")
    for page in (ira, jon):
        page.goto(f"{address}group/")
        expect(page.locator("[id^=member-]", has_text=f"@{lea_name}")).to_be_visible()
        assert "blocked" not in page.locator("main").inner_text()


def test_two_people_have_one_conversation_whoever_begins(people):
    (ira_name, _jon, _kim, lea_name), (ira, _page, _other, lea) = people
    assert talk_with(ira, lea_name) == talk_with(lea, ira_name)
    ira.goto("/backchannel/new/")
    pick(ira, lea_name)
    press(ira, "Start writing")
    ira.wait_for_url(lea.url)


# What happens in it --------------------------------------------------------------------------------------------


def test_who_types_is_seen_by_the_others_in_it_and_nobody_else(people):
    (_ira, jon_name, kim_name, _lea), (ira, jon, kim, lea) = people
    address = start_group(ira, jon_name, kim_name)
    for page in (jon, kim):
        page.goto(address)
    lea.goto("/backchannel/")
    text_box(jon).press_sequentially("so")
    for page in (ira, kim):
        expect(page.get_by_text("Jon is typing…")).to_be_visible()
    text_box(kim).press_sequentially("and")
    expect(ira.get_by_text("Jon and Kim are typing…")).to_be_visible()
    assert jon.get_by_text("Jon is typing").count() == lea.get_by_text("typing").count() == 0
    # Whoever goes on and says nothing more is not seen for ever.
    expect(ira.get_by_text("typing…")).to_have_count(0, timeout=12_000)


def test_members_alone_are_offered_to_be_named(people):
    (_ira, jon_name, kim_name, lea_name), (ira, jon, _kim, lea) = people
    address = start_group(ira, jon_name, kim_name)
    jon.goto(address)
    lea.goto("/")
    text_box(ira).press_sequentially(f"@{jon_name[:6]}")
    expect(ira.get_by_role("option")).to_have_count(1)
    ira.get_by_role("option").click()
    expect(text_box(ira)).to_have_value(f"@{jon_name} ")
    with ira.expect_response(lambda answer: answer.url.endswith(lea_name[:6])):
        text_box(ira).press_sequentially(f"and @{lea_name[:6]}")
    ira.wait_for_timeout(300)
    expect(ira.locator(".completions")).to_be_hidden()
    text_box(ira).press_sequentially(lea_name[6:])
    text_box(ira).press("Enter")
    named = message(jon, "and").locator(".mention")
    expect(named).to_have_text([f"@{jon_name}"])
    expect(named).to_have_class(re.compile("mention--me"))
    lea.wait_for_timeout(6_000)
    lea.goto("/notifications/")
    assert "mentioned" not in lea.locator("main").inner_text()


def test_what_is_pinned_is_at_hand_for_all_until_it_is_not(people):
    (_ira, jon_name, kim_name, _lea), (ira, jon, kim, lea) = people
    address = start_group(ira, jon_name, kim_name)
    for page in (jon, kim):
        page.goto(address)
    for words in ("First rule", "Second rule"):
        write(ira, words)
        press(on_message(ira, words), "Pin")
        for page in (jon, kim):
            expect(page.locator(".pinned .quote__words")).to_have_text(words)
    jon.get_by_role("link", name="All pinned").click()
    expect(jon.locator("main")).to_contain_text("First rule")
    assert closed_to(lea, f"{address}pins/")
    press(on_message(ira, "Second rule"), "Unpin")
    expect(kim.locator(".pinned .quote__words")).to_have_text("First rule")


def test_a_file_is_gone_for_who_was_removed_and_there_for_the_others(people):
    (_ira, jon_name, kim_name, _lea), (ira, jon, kim, lea) = people
    address = start_group(ira, jon_name, kim_name)
    for page in (jon, kim):
        page.goto(address)
    ira.locator("[data-attach]").set_input_files(
        [{"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7 beds"}]
    )
    ira.locator(".tile[data-state=here]").wait_for()
    write(ira, "The plan")
    expect(message(jon, "The plan").locator(".file--row")).to_contain_text("plan.pdf")
    path = message(jon, "The plan").locator(".file--row").get_attribute("href")
    assert [page.request.get(path).status for page in (ira, jon, kim, lea)] == [200, 200, 200, 404]
    on_member(ira, address, jon_name, "Remove", confirm="Remove").wait_for(state="detached")
    assert [page.request.get(path).status for page in (ira, jon, kim, lea)] == [200, 404, 200, 404]
    kim.context.clear_cookies()
    assert kim.request.get(path).status == 404
