"""What is pressed, refused and told on a page, seen in a real browser."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.alike]


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
