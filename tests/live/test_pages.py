"""What the browser does with frames, seen in a real one."""

import pytest
from playwright.sync_api import sync_playwright

from tests.chromium import LIGHT
from tests.live.pages import Page, article, log
from tests.product import wait_for

pytestmark = [pytest.mark.browser, pytest.mark.alike]


@pytest.fixture(scope="module")
def chromium():
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=LIGHT, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium):
    page = Page(chromium)
    yield page
    page.context.close()
    assert page.errors == []


def cursor(page):
    return page.tab.evaluate("document.querySelector('#log').dataset.head")


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


def test_messages_stand_in_their_order_and_echoes_after_them(page):
    page.serve(log(article(1), article(2), '<article class="pending" id="m-mine"></article>', head=2))
    page.message(4, article(4))
    page.message(3, article(3))
    page.settled()
    assert page.order("#log > article") == ["m-1", "m-2", "m-3", "m-4", "m-mine"]
    assert cursor(page) == "4"
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
    assert cursor(page) == "3"


def test_an_edit_of_a_message_that_is_not_loaded_is_counted_not_shown(page):
    page.serve(log(article(40), article(41), head=60))
    page.message(61, article(3, changed=61, text="old"))
    page.settled()
    assert page.order("#log > article") == ["m-40", "m-41"]
    assert cursor(page) == "61"


def test_a_number_that_shows_nothing_is_no_hole(page):
    page.serve(log(head=1))
    page.message(2, "")
    page.message(3, article(3))
    page.settled()
    assert cursor(page) == "3"


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
    assert cursor(page) == "5"
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
    assert cursor(page) == "2"


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


STAGE = (
    '<div id="people" data-list="room:r" data-version="1" data-address="/people/">'
    '<ul id="stage">%s</ul><ul id="audience"></ul></div><p id="elsewhere">elsewhere</p>'
)


def seat(name, order, into="stage", text=""):
    return f'<li id="{name}" data-into="{into}" data-order="{order}"><a href="#">{text or name}</a></li>'


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


def test_go_draws_the_page_anew_if_it_is_that_one_and_keeps_the_socket(page):
    page.serve(log(head=1))
    page.mains["/"] = 200, page.whole(log(head=2) + "<h1>Anew</h1>")
    page.sends({"type": "go", "to": "/there/"}, {"type": "go", "to": "/"})
    page.tab.wait_for_selector("h1")
    assert page.asked == ["/", "/"]
    assert page.hears("resume")["cursors"] == {"c": 2}
    assert len(page.sockets) == 1


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
    assert page.order("#log > article") == ["m-1", "m-2"] and cursor(page) == "2"


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
    assert page.order("#log > article") == [f"m-{seq}" for seq in range(1, 7)] and cursor(page) == "6"


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


def test_a_clock_that_is_put_back_does_not_hide_a_dead_line(page):
    page.tab.clock.install()
    page.serve(log(head=3))
    page.answers = False
    page.tab.evaluate("() => { const real = Date.now; Date.now = () => real() - 3_600_000; }")
    page.tab.clock.run_for(8_000)
    page.hears("hello", 2)


@pytest.mark.parametrize(
    ("status", "body", "shown"),
    [
        (429, "Wait 3 seconds.", "Wait 3 seconds."),
        (409, "<p>The room has <b>ended</b>.</p>", "The room has ended."),
        (500, "<html><body>Trace</body></html>", "That did not work."),
        (503, "", "That did not work."),
    ],
)
def test_a_refusal_is_a_line_and_the_target_keeps_what_it_has(page, status, body, shown):
    page.mains["/try/"] = status, body
    page.serve('<a id="try" href="/try/" hx-get="/try/" hx-target="#kept">try</a><p id="kept">kept</p>')
    page.tab.click("#try")
    page.tab.wait_for_selector("[data-toast]")
    assert page.tab.locator("[data-toast] span").inner_text() == shown
    assert page.tab.locator("#kept").inner_text() == "kept"
    page.tab.click("[data-dismiss]")
    page.tab.locator("[data-toast]").wait_for(state="detached")
    page.errors.clear()  # Chromium and htmx write refusals to the console


def test_a_notice_is_text_and_nothing_else(page):
    page.serve("")
    page.sends({"type": "notice", "text": "<b>You were muted</b>", "level": "assertive"})
    page.tab.wait_for_selector("[data-toast][role=alert]")
    assert page.tab.locator("[data-toast] span").inner_text() == "<b>You were muted</b>"


ACTS = """<form id="act" method="post" hx-boost="false" hidden><input name="token" value="t"></form>
<button form="act" formaction="/acts/" name="on" value="yes">Vote</button>
<button form="act" formaction="/acts/" name="on" value="no">Take back</button>
<button form="act" formaction="/acts/" name="hide" value="it">Hide</button>"""


class Acts:
    """What was posted to /acts/, answered by hand."""

    def __init__(self, page):
        self.tab, self.bodies, self.open = page.tab, [], []
        page.tab.route("**/acts/", self._take)

    def _take(self, route):
        self.bodies.append(route.request.post_data)
        self.open.append(route)

    def press(self, *names):
        for name in names:
            self.tab.get_by_role("button", name=name, exact=True).click()

    def answer(self, status=204):
        self.tab.wait_for_timeout(50)
        self.open.pop(0).fulfill(status=status)
        self.tab.wait_for_timeout(50)


def test_what_is_pressed_before_an_answer_came_waits_for_its_turn(page):
    page.serve(ACTS)
    acts = Acts(page)
    acts.press("Vote", "Hide", "Take back")
    acts.answer()
    assert acts.bodies == ["token=t&on=yes", "token=t&hide=it"]
    acts.answer()
    acts.answer()
    assert acts.bodies == ["token=t&on=yes", "token=t&hide=it", "token=t&on=no"]


def test_the_same_pressed_twice_goes_once(page):
    page.serve(ACTS)
    acts = Acts(page)
    acts.press("Hide", "Vote", "Vote", "Hide")
    acts.answer()
    acts.answer()
    assert acts.bodies == ["token=t&hide=it", "token=t&on=yes"]
    acts.press("Hide")
    acts.answer()
    assert len(acts.bodies) == 3


def test_a_press_that_is_refused_does_not_hold_up_the_next(page):
    page.serve(ACTS)
    acts = Acts(page)
    acts.press("Vote", "Hide")
    acts.answer(500)
    page.tab.wait_for_selector("[data-toast]")
    acts.answer()
    assert acts.bodies == ["token=t&on=yes", "token=t&hide=it"]
    page.errors.clear()


def test_a_menu_is_fetched_closes_by_escape_and_gives_the_focus_back(page):
    page.mains["/menu/"] = 200, "<p>Menu</p><button data-close>Close</button>"
    opener = '<li id="seat"><a id="opener" href="/menu/" hx-get="/menu/" hx-target="#menu">Ada</a></li>'
    page.serve(f'<ul>{opener}</ul><dialog id="menu"></dialog><details data-menu><summary>More</summary></details>')
    for leave in (lambda: page.tab.keyboard.press("Escape"), lambda: page.tab.click("[data-close]")):
        page.tab.click("#opener")
        page.tab.wait_for_selector("dialog[open]")
        leave()
        page.tab.wait_for_selector("dialog:not([open])", state="attached")
        page.until("document.activeElement.id === 'opener'")
    page.tab.click("summary")
    page.tab.keyboard.press("Escape")
    assert page.tab.locator("details[open]").count() == 0
    page.tab.click("summary")
    page.tab.click("main", position={"x": 300, "y": 5})
    assert page.tab.locator("details[open]").count() == 0


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
