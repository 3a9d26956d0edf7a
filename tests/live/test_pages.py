"""What a page puts where, seen in a real browser."""

import pytest

from tests.live.pages import STAGE, Page, article, log, seat

pytestmark = [pytest.mark.browser, pytest.mark.alike]


def test_messages_stand_in_their_order_and_echoes_after_them(page):
    page.serve(log(article(1), article(2), '<article class="pending" id="m-mine"></article>', head=2))
    page.message(4, article(4))
    page.message(3, article(3))
    page.settled()
    assert page.order("#log > article") == ["m-1", "m-2", "m-3", "m-4", "m-mine"]
    assert page.cursor() == "4"
    page.message(5, article(5, name="m-mine", author="bob"))
    page.settled()
    assert page.order("#log > article") == ["m-1", "m-2", "m-3", "m-4", "m-mine"]
    assert page.tab.locator("#m-mine.pending").count() == 0


def test_w25_a_strangers_message_does_not_take_the_place_of_mine(page):
    page.serve(log('<article class="pending" id="m-x" data-author="bob">mine</article>', head=0))
    page.message(1, article(1, name="m-x", author="dan", text="not mine"))
    page.settled()
    assert page.tab.locator("#log").inner_text().split("\n") == ["not mine", "mine"]


def test_edits_come_once_and_elements_stay_the_same_objects(page):
    page.serve(log(article(1), article(2), head=2))
    page.remember("article")
    page.message(3, article(1, changed=3, text="edited"))
    page.message(3, article(1, changed=3, text="edited"))
    page.message(2, article(1, changed=1, text="stale"))
    page.message(2, article(2))
    page.settled()
    assert page.tab.locator("#m-1").inner_text() == "edited"
    assert page.same("m-2") and page.same("m-1")
    assert page.cursor() == "3"


def test_messages_of_other_conversations_are_told_to_whoever_counts_them(page):
    page.serve(log(head=0))
    page.tab.evaluate("document.addEventListener('live:unseen', ({detail}) => (window.unseen = detail.conversation))")
    page.message(9, article(9), conversation="other")
    page.until("window.unseen === 'other'")
    assert page.order("#log > article") == []


def test_at_the_end_one_stays_at_the_end_and_elsewhere_nothing_moves(page):
    page.serve(log(*map(article, range(1, 31)), head=30))
    scroll = "document.querySelector('#log').scrollTop"
    page.tab.evaluate("document.querySelector('#log').scrollTop = 300")
    before = page.tab.locator("#m-9").bounding_box()
    page.message(31, article(31))
    page.message(32, article(2, changed=32, text="<br>" * 5 + "taller"))
    page.settled()
    assert page.tab.locator("#m-9").bounding_box() == before
    page.tab.evaluate("document.querySelector('#log').scrollTop = 1e6")
    page.message(33, article(33))
    page.settled()
    end = page.tab.evaluate(
        "(({scrollHeight, clientHeight}) => scrollHeight - clientHeight)(document.querySelector('#log'))"
    )
    assert abs(page.tab.evaluate(scroll) - end) < 2


def test_focus_stays_on_what_was_drawn_anew(page):
    page.serve(log(article(1), article(2), head=2))
    page.tab.focus("#link-m-1")
    page.message(3, article(1, changed=3, text="edited"))
    page.settled()
    assert page.tab.evaluate("document.activeElement.id") == "link-m-1"
    assert page.tab.evaluate("document.activeElement.textContent") == "edited"


def test_pieces_find_their_place_and_move_between_lists(page):
    page.serve(STAGE % (seat("a", 1) + seat("c", 10)))
    page.remember("li")
    page.piece(seat("b", 2) + seat("c", 10), version=2)
    page.settled()
    assert page.order("#stage > li") == ["a", "b", "c"]
    assert page.same("a") and page.same("c")
    page.piece(seat("a", 1, "audience"), version=3, gone=["b"])
    page.settled()
    assert page.order("#stage > li") == ["c"]
    assert page.order("#audience > li") == ["a"]
    page.piece(seat("a", 9), version=2)
    page.settled()
    assert page.order("#audience > li") == ["a"], "an older piece changes nothing"


def test_nothing_moves_under_the_pointer(page):
    page.serve(STAGE % (seat("a", 1) + seat("b", 2)))
    page.tab.hover("#a")
    page.piece(seat("a", 5, text="again") + seat("c", 3), version=2)
    page.settled()
    assert page.order("#stage > li") == ["a", "b", "c"]
    assert page.tab.locator("#a").inner_text() == "again"
    page.tab.hover("#elsewhere")
    page.until("[...document.querySelectorAll('#stage > li')].map(({id}) => id).join() === 'b,c,a'")


def test_go_draws_the_page_anew_if_it_is_that_one_and_keeps_the_socket(page):
    page.serve(log(head=1))
    page.mains["/"] = 200, page.whole(log(head=2) + "<h1>Anew</h1>")
    page.sends({"type": "go", "to": "/there/"}, {"type": "go", "to": "/"})
    page.tab.wait_for_selector("h1")
    assert page.asked == ["/", "/"]
    assert page.hears("resume")["cursors"] == {"c": 2}
    assert len(page.sockets) == 1


def test_times_are_told_in_the_viewers_zone(chromium):
    page = Page(chromium)
    page.context.close()
    page = Page(_Zoned(chromium))
    page.serve('<time datetime="2026-01-02T12:30:00+00:00">12:30</time>')
    assert page.tab.locator("time").inner_text() in ("01:30 PM", "1:30 PM", "13:30")
    page.context.close()


class _Zoned:
    def __init__(self, browser):
        self.browser = browser

    def new_context(self):
        return self.browser.new_context(timezone_id="Europe/Rome", locale="en-US")
