"""The socket of a page: how it comes back, beats and is given up, seen in a real browser."""

import pytest

from tests.live.pages import article, log

pytestmark = [pytest.mark.browser, pytest.mark.alike]


@pytest.mark.parametrize("code", [1012, 4408, 4429])
def test_a_broken_line_comes_back(page, code):
    page.serve(log(article(1), head=1))
    page.sockets[-1].close(code=code)
    assert page.hears("hello", 2)["cursors"] == {"c": 1}
    assert page.hears("hello", 2)["tab"] == page.said[0]["tab"]


def test_a_page_comes_back_within_the_time_over_which_its_house_spreads_them(page):
    page.tab.clock.install()
    page.serve(log(head=0))
    page.sends({"type": "welcome", "beat": 20, "spread": 8, "build": "one"})
    page.settled()
    page.tab.evaluate("Math.random = () => 0.5; document.addEventListener('live:lost', () => (window.broken = true))")
    page.sockets[-1].close(code=1012)
    page.until("window.broken")
    page.tab.clock.run_for(3_900)
    assert len(page.sockets) == 1
    page.tab.clock.run_for(200)
    page.hears("hello", 2)


def test_a_final_code_is_not_tried_again(page):
    page.tab.clock.install()
    page.serve(log(head=0))
    page.sockets[-1].close(code=4403)
    page.tab.clock.run_for(60_000)
    assert len(page.sockets) == 1


def test_being_logged_out_asks_for_the_page_once(page):
    page.serve(log(head=0))
    page.sockets[-1].close(code=4401)
    page.hears("hello", 2)
    page.sockets[-1].close(code=4401)
    page.tab.wait_for_timeout(500)
    assert page.asked == ["/", "/"]


def test_too_many_tabs_waits_until_it_is_looked_at(page):
    page.tab.clock.install()
    page.serve(log(head=0))
    page.sockets[-1].close(code=4409)
    page.tab.clock.run_for(60_000)
    assert len(page.sockets) == 1
    page.tab.evaluate("window.dispatchEvent(new Event('focus'))")
    page.hears("hello", 2)


def test_beats_and_a_line_that_fell_silent(page):
    page.tab.clock.install()
    page.serve(log(head=3))
    page.answers = False
    page.tab.clock.run_for(21_000)
    assert page.hears("beat")["cursors"] == {"c": 3}
    page.tab.clock.run_for(31_000)
    page.hears("hello", 2)


def test_a_line_that_does_not_come_up_is_given_up_for_another_one(page):
    page.tab.clock.install()
    page.serve(log(head=3))
    tried = []
    page.tab.evaluate(
        """() => {
            window.WebSocket = class { constructor() { this.readyState = 0; window.tried = (window.tried || 0) + 1; } close() {} };
        }"""
    )
    page.sockets[-1].close(code=1012)
    for seconds in (12, 20, 20):
        page.tab.clock.run_for(seconds * 1000)
        tried.append(page.tab.evaluate("window.tried"))
    assert tried[0] < tried[1] < tried[2]


def test_asked_for_a_beat_a_page_answers_though_its_clock_stands_still(page):
    page.tab.clock.install()
    page.serve(log(head=1))
    page.hears("hello")
    page.tab.clock.pause_at("2100-01-01")
    page.sends({"type": "beat"})
    assert page.hears("beat")["cursors"] == {"c": 1}


def test_told_to_ask_a_page_asks_within_some_seconds(page):
    page.tab.clock.install()
    page.serve(log(head=3))
    asked = page.count("resume")
    page.sends({"type": "resync"})
    page.settled()
    page.tab.clock.run_for(3_100)
    assert page.hears("resume", asked + 1)["cursors"] == {"c": 3}


def test_the_banner_says_what_is_the_matter(page):
    page.tab.clock.install()
    page.serve(log(head=0))
    page.sends({"type": "welcome", "beat": 15, "spread": 1, "build": "one"})
    state = "document.querySelector('#banner').dataset.state"
    page.tab.evaluate("document.dispatchEvent(new CustomEvent('live:lost', {detail: {code: 1006}}))")
    page.tab.clock.run_for(2900)
    assert page.tab.evaluate(state) == ""
    page.tab.clock.run_for(200)
    assert page.tab.evaluate(state) == "reconnecting"
    page.tab.clock.run_for(7000)
    assert page.tab.evaluate(state) == "offline"
    page.sends({"type": "welcome", "beat": 15, "spread": 1, "build": "one"})
    page.until(f"{state} === ''")
    page.sends({"type": "welcome", "beat": 15, "spread": 1, "build": "two"})
    page.until(f"{state} === 'updated'")


def test_a_clock_that_is_put_back_does_not_hide_a_dead_line(page):
    page.tab.clock.install()
    page.serve(log(head=3))
    page.answers = False
    page.tab.evaluate("() => { const real = Date.now; Date.now = () => real() - 3_600_000; }")
    page.tab.clock.run_for(8_000)
    page.hears("hello", 2)
