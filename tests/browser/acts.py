"""What people do with their hands, and what they then hear: the words of the browser tests."""

import json
import secrets

from tests.product import wait_for

LOUD = -45  # dB: what counts as heard
CLOSE = 8  # Hz: how near the frequency must be


def a_frequency(*others):
    """A frequency for one run that nobody could have guessed, well apart from the others and their harmonics."""
    while True:
        hz = 400 + secrets.randbelow(1200)
        if all(abs(hz - other) > 100 and abs(hz - 2 * other) > 100 and abs(2 * hz - other) > 100 for other in others):
            return hz


def start_room(page, title="", kind="Open"):
    """Open a room through the form → its address."""
    page.goto("/")
    page.get_by_role("link", name="Start a room").first.click()
    page.get_by_label("Title").fill(title or f"Two people talk {secrets.token_hex(4)}")
    page.get_by_label(kind, exact=False).first.check()
    page.get_by_role("button", name="Go live").click()
    page.wait_for_url("**/rooms/*/")
    page.locator("#controls[data-role=moderator]").wait_for()
    return page.url


def join(page, address):
    page.goto(address)
    page.get_by_role("button", name="Join and listen").click()
    page.locator("#controls[data-role]").wait_for()


def press(page, name, **options):
    page.get_by_role("button", name=name, exact=True, **options).first.click()


def seat_of(page, name):
    return page.locator("li.seat").filter(has_text=name).first


def on_menu_of(page, name, action):
    """Open a person's menu and press a button in it, its confirmation too."""
    seat_of(page, name).get_by_role("link").click()
    menu = page.locator("#menu")
    menu.get_by_role("button", name=action, exact=True).first.click()
    if action in ("Remove from room", "Block"):
        menu.get_by_role("button", name=action, exact=True).last.click()


def come_on_stage(moderator, page, name):
    """Hand, invitation, acceptance."""
    press(page, "Raise hand")
    moderator.locator("#hands").get_by_text(name).wait_for()
    moderator.locator("#hands").get_by_role("button", name="Invite to stage").click()
    press(page, "Accept")
    page.locator("#controls[data-role=speaker]").wait_for()


def end_room(page):
    """End it, and confirm."""
    page.locator("summary", has_text="Room").first.click()
    page.locator("summary", has_text="End room").click()
    page.get_by_role("button", name="End room", exact=True).last.click()


def peak(page):
    return page.evaluate("heard.peak()")


def hears(page, hz, within=5.0):
    """Wait until the loudest thing this page hears is `hz`, above −45 dB."""

    def now():
        found = peak(page)
        return abs(found["hz"] - hz) <= CLOSE and found["db"] > LOUD

    wait_for(now, within)


def hears_among_others(page, hz, within=5.0):
    """Wait until this page hears `hz`, however loud others are beside it."""
    wait_for(lambda: page.evaluate("hz => heard.level(hz)", hz) > LOUD, within)


def falls_silent(page, hz, within=3.0):
    """Wait until `hz` is not heard any more."""
    wait_for(lambda: page.evaluate("hz => heard.level(hz)", hz) < -70, within)


def stays_silent(page, hz, seconds=2.0):
    """`hz` is not heard at any moment of the next seconds."""
    for _ in range(int(seconds * 10)):
        assert page.evaluate("hz => heard.level(hz)", hz) < -70
        page.wait_for_timeout(100)


def packets_in(page, seconds):
    """How many packets arrive within this time."""
    before = page.evaluate("heard.packets()")["in"]
    page.wait_for_timeout(seconds * 1000)
    return page.evaluate("heard.packets()")["in"] - before


def without_socket(page):
    """From now on this page has no socket, and what is written there goes by form."""
    page.route_web_socket("**/live/", lambda socket: socket.close())
    page.reload()


class Deaf:
    """A page whose socket carries what it says, and loses the answers to it for as long as `losing`. To be made before
    the page is opened."""

    def __init__(self, page):
        self.losing = False
        self.said, self.answers = [], []  # frames: posts, and what was answered
        self.on_answer = None  # called with the first answer that is lost
        page.route_web_socket("**/live/", self._open)

    def _open(self, socket):
        server = socket.connect_to_server()
        socket.on_message(lambda text: self._say(server, text))
        server.on_message(lambda text: self._hear(socket, text))

    def _say(self, server, text):
        self.said += [frame for frame in frames_of(text) if frame["type"] == "post"]
        server.send(text)

    def _hear(self, socket, text):
        answers = [frame for frame in frames_of(text) if frame["type"] in ("ack", "refused")]
        self.answers += answers
        if not self.losing or not any(frame["type"] in ("ack", "refused", "message") for frame in frames_of(text)):
            socket.send(text)
        elif answers and self.on_answer:
            self.on_answer, work = None, self.on_answer
            work()


def frames_of(text):
    """One message of the socket: a frame, or several."""
    found = json.loads(text)
    return found if isinstance(found, list) else [found]
