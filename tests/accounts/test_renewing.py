"""The browser that changes the password gets another session key: its pages find over to it without being logged out."""

from datetime import UTC, datetime

import pytest
from asgiref.sync import sync_to_async

from accounts.models.login import MOMENT
from accounts.wiring import whose
from live import codes, process
from live.hub import hub
from tests.conftest import PASSWORD
from tests.ears import Ear, cookie_of, listening, settled

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


@pytest.fixture
def later(time_machine):
    """later(seconds): it is that much later."""
    time_machine.move_to(datetime.now(UTC), tick=True)
    return time_machine.shift


def change_password(browser):
    """The session key before, and the one after."""
    before, new = browser.session.session_key, {"password1": "quite another one", "password2": "quite another one"}
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
    return before, browser.session.session_key


def test_the_key_before_stands_for_the_new_one_for_a_moment(as_, bob, later):
    before, after = change_password(as_(bob))
    assert before != after and whose([before, after]) == {before: bob.pk, after: bob.pk}
    later(MOMENT + 1)
    assert whose([before, after]) == {after: bob.pk}


def test_but_it_opens_no_page(as_, bob):
    here, copied = as_(bob), as_(bob)
    copied.cookies = here.cookies.copy()
    change_password(here)
    assert copied.get("/settings/").status_code == 302


@pytest.mark.parametrize("what", ["log out", "log out everywhere", "suspend"])
def test_and_no_longer_than_the_new_one_counts(as_, bob, operator, what):
    browser = as_(bob)
    before, _after = change_password(browser)
    ways = {
        "log out": lambda: browser.post("/accounts/logout/"),
        "log out everywhere": bob.log_out_everywhere,
        "suspend": lambda: bob.suspend(operator, "Shouting"),
    }
    ways[what]()
    assert whose([before]) == {}


async def test_its_sockets_come_back_and_are_let_in_before_the_new_cookie_is_there(as_, bob, later):
    browser = await sync_to_async(as_)(bob)
    old = cookie_of(browser)
    async with listening(browser) as other_tab:
        await sync_to_async(change_password)(browser)
        assert await other_tab.closed() == codes.RESTART
    back, renewed = Ear(old), Ear(cookie_of(browser))
    for ear in (back, renewed):
        await ear.connect()
        await ear.say(type="hello", tab="tab", cursors={}, versions={})
        await ear.hears(type="heads")
    await hub.close_logged_out()
    await settled()
    assert (back.code, renewed.code) == (None, None)
    await back.hears_nothing()
    later(MOMENT + 1)
    await hub.close_logged_out()
    assert await back.closed() == codes.LOGGED_OUT
    await renewed.hears_nothing()
    await renewed.hang_up()


async def test_the_sockets_of_his_other_log_ins_are_ended(as_, bob):
    here, there = await sync_to_async(as_)(bob), await sync_to_async(as_)(bob)
    async with listening(there) as ear:
        await sync_to_async(change_password)(here)
        assert await ear.closed() == codes.LOGGED_OUT
    assert await sync_to_async(whose)([cookie_of(there)]) == {}
