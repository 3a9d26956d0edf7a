"""The moderators' console in a real browser, under the same strict policy as every other page."""

import re

import pytest

pytestmark = pytest.mark.alike

LISTS = ["person", "site", "invitation", "moderationentry", "room", "seat", "message", "question", "report"]
REASON = "Sings over everybody"


def test_a_moderator_looks_around_and_nothing_breaks_the_policy(person):
    mo = person("mo")
    for name in LISTS:
        mo.goto("/admin/")
        mo.locator(f"#content .model-{name} th a").click()
        mo.locator("#changelist").wait_for()
        first = mo.locator("#result_list tbody th a").first
        if first.count():
            first.click()
            mo.locator(".readonly").first.wait_for()
    mo.goto("/admin/")
    assert mo.locator("#content .module th a").count() == len(LISTS)


def _choose(mo, action):
    mo.goto("/admin/accounts/person/?q=dan")
    mo.locator("#result_list tr", has_text="dan").locator("input[type=checkbox]").check()
    mo.get_by_label("Action:").select_option(label=action)
    mo.get_by_role("button", name="Go", exact=True).click()
    mo.get_by_label("Reason:").fill(REASON)


def test_suspending_shuts_an_open_page_at_once(person, complaints):
    complaints.expect("403")
    mo, dan = person("mo"), person("dan", fresh=True)
    with dan.expect_websocket(lambda socket: "/live/" in socket.url) as opened:
        dan.goto("/settings/")
    _choose(mo, "Suspend")
    mo.get_by_label("How long:").select_option(label="for an hour")
    with opened.value.expect_event("close", timeout=3000):
        mo.get_by_role("button", name="Suspend", exact=True).click()
    mo.get_by_text(re.compile("done")).wait_for()
    dan.get_by_role("heading", name="This account is suspended").wait_for()
    _choose(mo, "Lift the suspension")
    mo.get_by_role("button", name="Lift the suspension", exact=True).click()
    mo.get_by_text(re.compile("done")).wait_for()
    mo.goto("/admin/accounts/moderationentry/")
    assert mo.get_by_text(REASON).count() == 2


@pytest.mark.full
def test_the_operator_comes_in_by_the_link_and_closes_the_house(person, house):
    olga = person()
    olga.goto(house.run("from accounts.models import OperatorLink; print(OperatorLink.issue())").split()[-1])
    olga.get_by_label("Username").fill("olga")
    olga.get_by_label("E-mail").fill("olga@example.org")
    olga.get_by_label("Password").fill("a long enough one")
    olga.get_by_role("button", name="Make my account").click()
    olga.wait_for_url(f"{house.url}/")
    for choice in ("By invitation", "Open to everybody"):
        olga.goto("/admin/accounts/site/1/change/")
        olga.get_by_label("Registration:").select_option(label=choice)
        olga.get_by_role("button", name="Save", exact=True).click()
        stranger = person()
        stranger.goto("/accounts/signup/")
        assert stranger.get_by_role("heading", name="By invitation").count() == (choice == "By invitation")
    olga.goto("/admin/auth/group/")
    olga.get_by_role("link", name="Moderators").click()
    olga.locator(".selector").first.wait_for()
    olga.goto("/admin/accounts/person/")
    olga.get_by_role("link", name="cleo").click()
    olga.locator(".selector").first.wait_for()
