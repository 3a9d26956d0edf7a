"""What a page knows that it lacks, and asks for, seen in a real browser."""

import pytest

from tests.live.pages import STAGE, article, log, seat
from tests.product import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.alike]


def test_hello_tells_where_the_page_is(page):
    page.serve(log(article(1), head=4) + '<ul data-list="room:r" data-version="7"></ul>')
    hello = page.hears("hello")
    assert hello["cursors"] == {"c": 4}
    assert hello["versions"] == {"room:r": 7}
    assert hello["tab"]


def test_f22_hello_tells_which_message_is_the_newest_that_has_a_place(page):
    page.serve(log(article(3), article(4, changed=6), '<article id="m-own" class="pending"></article>', head=6))
    assert page.hears("hello")["newest"] == {"c": [4, "4"]}


def test_f22_a_page_without_a_message_names_none(page):
    page.serve(log(head=6))
    assert page.hears("hello")["newest"] == {}


def test_an_edit_of_a_message_that_is_not_loaded_is_counted_not_shown(page):
    page.serve(log(article(40), article(41), head=60))
    page.message(61, article(3, changed=61, text="old"))
    page.settled()
    assert page.order("#log > article") == ["m-40", "m-41"]
    assert page.cursor() == "61"


def test_a_number_that_shows_nothing_is_no_hole(page):
    page.serve(log(head=1))
    page.message(2, "")
    page.message(3, article(3))
    page.settled()
    assert page.cursor() == "3"


def test_a_hole_is_asked_for_once(page):
    page.serve(log(article(1), head=1))
    page.remember("article")
    page.answers = False
    page.message(3, article(3))
    page.settled()
    assert page.order("#log > article") == ["m-1", "m-3"]
    assert page.hears("resume")["cursors"] == {"c": 1}
    page.message(5, article(5))
    page.tab.wait_for_timeout(500)
    assert page.count("resume") == 1
    together = [
        {"type": "message", "conversation": "c", "number": number, "html": article(number)} for number in (2, 3, 4, 5)
    ]
    page.sends([*together, {"type": "heads", "conversations": {"c": 5}, "versions": {}}])
    page.settled()
    page.tab.wait_for_timeout(300)
    assert page.order("#log > article") == ["m-1", "m-2", "m-3", "m-4", "m-5"]
    assert page.same("m-1")
    assert page.cursor() == "5"
    assert page.count("resume") == 1


def test_a_page_that_is_told_to_asks_for_what_it_lacks(page):
    page.serve(log(article(1), head=1))
    assert page.count("resume") == 0
    page.sends({"type": "resync"})
    assert page.hears("resume")["cursors"] == {"c": 1}


def test_another_order_is_no_hole(page):
    page.serve(log(head=0))
    page.message(2, article(2))
    page.message(1, article(1))
    page.settled()
    page.tab.wait_for_timeout(300)
    assert page.count("resume") == 0


def test_f22_a_server_that_knows_less_draws_the_list_anew(page):
    page.mains["/c/"] = 200, page.whole(log(article(1), head=1))
    page.heads = {"conversations": {"c": 1}, "versions": {}}
    page.serve(log(article(1), article(2), head=2))
    page.until("document.querySelector('#log').dataset.head === '1'")
    assert page.order("#log > article") == ["m-1"]
    assert page.asked == ["/", "/c/"]


def test_a_live_piece_that_overtakes_the_heads_is_no_restored_server(page):
    page.answers = False
    page.serve(log(article(1), head=1))
    page.message(2, article(2))
    page.sends({"type": "heads", "conversations": {"c": 1}, "versions": {}})
    page.settled()
    assert page.asked == ["/"]
    assert page.cursor() == "2"


def test_a_missing_version_fetches_the_list_once(page):
    page.mains["/people/"] = 200, (STAGE % seat("b", 1)).replace('version="1"', 'version="3"')
    page.serve(STAGE % seat("a", 1))
    page.piece(seat("c", 3), version=3)
    page.until("document.querySelector('#people').dataset.version === '3'")
    page.settled()
    page.tab.wait_for_timeout(300)
    assert page.order("#stage > li") == ["b"]
    assert page.asked == ["/", "/people/"]


def test_versions_in_another_order_fetch_nothing(page):
    page.serve(STAGE % seat("a", 1))
    page.piece(seat("c", 3), version=3)
    page.piece(seat("b", 2), version=2)
    page.settled()
    page.tab.wait_for_timeout(300)
    assert page.order("#stage > li") == ["a", "b", "c"]
    assert page.asked == ["/"]


def test_a_different_version_in_the_heads_or_a_reload_fetches_the_list(page):
    page.mains["/people/"] = 200, (STAGE % seat("b", 1)).replace('version="1"', 'version="4"')
    page.heads = {"conversations": {}, "versions": {"room:r": 4}}
    page.serve(STAGE % seat("a", 1))
    page.until("document.querySelector('#people').dataset.version === '4'")
    page.sends({"type": "reload", "list": "room:r"})
    page.settled()
    page.tab.wait_for_timeout(100)
    assert page.asked == ["/", "/people/", "/people/"]


def test_what_came_while_a_panel_was_under_way_is_asked_for(page):
    page.mains["/panel/"] = 200, log(article(1), head=1)
    page.serve('<a id="open" href="/panel/" hx-get="/panel/" hx-target="#aside">open</a><aside id="aside"></aside>')
    page.message(2, article(2))
    page.settled()
    page.tab.click("#open")
    assert page.hears("resume")["cursors"] == {"c": 1}


def a_slow_redraw(page, *drawn):
    """The list is fetched anew, as it was with these messages; what the page hears meanwhile is not in it."""
    held = []
    page.tab.route("**/c/", lambda route: held.append(route))
    page.sends({"type": "reload", "list": "conversation:c"})
    page.until("document.querySelector('#log.htmx-request')")
    wait_for(lambda: page.tab.wait_for_timeout(10) or held)
    return lambda: held.pop().fulfill(body=log(*map(article, drawn), head=drawn[-1]), content_type="text/html")


def test_an_answer_to_a_page_that_was_drawn_anew_meanwhile_leaves_no_hole(page):
    page.serve(log(article(1), head=1))
    arrives = a_slow_redraw(page, 1)
    page.message(2, article(2))
    page.settled()
    page.answers = False
    page.sends({"type": "beat"})
    assert page.hears("beat")["cursors"] == {"c": 2}
    arrives()
    page.until("document.querySelector('#log').dataset.head === '1'")
    page.sends({"type": "heads", "conversations": {"c": 2}, "versions": {}})
    assert page.hears("resume")["cursors"] == {"c": 1}
    page.message(2, article(2))
    page.settled()
    assert page.order("#log > article") == ["m-1", "m-2"] and page.cursor() == "2"


def test_what_came_beyond_a_hole_while_the_list_was_under_way_is_asked_for(page):
    page.serve(log(article(1), head=1))
    arrives = a_slow_redraw(page, 1, 2, 3)
    page.message(4, article(4))
    page.message(5, article(5))
    page.until("document.getElementById('m-5')")
    arrives()
    page.until("document.querySelector('#log').dataset.head === '3'")
    page.message(6, article(6))
    assert page.hears("resume")["cursors"] == {"c": 3}
    page.message(4, article(4))
    page.message(5, article(5))
    page.settled()
    assert page.order("#log > article") == [f"m-{seq}" for seq in range(1, 7)] and page.cursor() == "6"


def test_what_is_to_be_asked_while_a_question_is_under_way_is_asked_after_it(page):
    page.serve(log(article(1), head=1))
    arrives = a_slow_redraw(page, 1)
    page.answers = False
    page.sends({"type": "beat"})
    page.hears("beat")
    page.message(2, article(2))
    page.settled()
    arrives()
    page.until("document.querySelector('#log').dataset.head === '1'")
    page.sends({"type": "heads", "conversations": {"c": 1}, "versions": {}})
    assert page.hears("resume")["cursors"] == {"c": 1}
