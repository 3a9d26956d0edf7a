"""The web process and the mixer end without a word, in the middle of a room: nobody notices but for a moment."""

from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.browser.acts import Deaf, a_frequency, come_on_stage, hears, join, on_menu_of, press, start_room
from tests.browser.logs import as_kept, kept, moved, remember, waiting, write
from tests.product import wait_for

pytestmark = pytest.mark.alike

BACK = 30  # seconds; jitter, and a machine with other things to do
TOGETHER = ("web", "mixer")
KILLS = [
    pytest.param([TOGETHER], id="together"),
    pytest.param([("web",), ("mixer",), TOGETHER], id="apart-and-together", marks=pytest.mark.full),
]
ROLES = """SELECT id, person_id, role, stage_rank, muted, muted_by_moderator, hand_raised_at, invited_at, stage_at,
    left_at, removed_at, banned FROM rooms_seat WHERE room_id = ? ORDER BY id"""
CONVERSATION = "SELECT id FROM backchannel_conversation WHERE kind = 'room' AND room_id = ?"
STANDS = """() => {
    const {role, muted, mutedBy} = document.querySelector("#controls").dataset;
    const seats = [...document.querySelectorAll("li.seat")].map((seat) => [
        seat.id, seat.parentElement.id, seat.dataset.role, Boolean(seat.querySelector(".seat__mic")),
    ]);
    const hands = [...document.querySelectorAll("#hands li")].map((hand) => hand.dataset.person);
    return {role, muted, mutedBy, seats, hands};
}"""
LISTEN = """() => {
    window.answers = 0;
    document.addEventListener("live:heads", () => (window.answers += 1));
}"""
EVE = """
from accounts.models import Person
if not Person.objects.filter(username="eve").exists():
    Person.objects.create_user(username="eve", email="eve@example.org", password="backchannel", name="Eve")
"""


class Scene:
    """ada hosts and speaks, bob is on stage and silenced, cleo and then dan raised a hand, eve was removed."""

    def __init__(self, person, house):
        self.house = house
        self.tone = a_frequency(440)
        house.run(EVE)
        self.ada, self.bob = person("ada", tone=self.tone), person("bob", tone=440)
        self.cleo, self.dan, self.eve = person("cleo"), person("dan"), person("eve")
        self.lines = {page: Deaf(page) for page in (self.ada, self.bob, self.cleo, self.dan)}
        self.address = start_room(self.ada)
        press(self.ada, "Unmute")
        for page in (self.bob, self.cleo, self.dan, self.eve):
            join(page, self.address)
        self.inside = [self.ada, self.bob, self.cleo, self.dan]
        self._take_places()
        self.room = urlsplit(self.address).path.split("/")[2]
        self.conversation = house.sql(CONVERSATION, self.room)[0][0]

    def _take_places(self):
        come_on_stage(self.ada, self.bob, "Bob")
        on_menu_of(self.ada, "Bob", "Mute Bob")
        self.bob.get_by_text("A moderator muted you").wait_for()
        for page, name in ((self.cleo, "Cleo"), (self.dan, "Dan")):
            press(page, "Raise hand")
            self.ada.locator("#hands").get_by_text(name).wait_for()
        on_menu_of(self.ada, "Eve", "Remove from room")
        self.eve.get_by_role("heading", name="You were removed from this room").wait_for()

    def stands(self):
        """What every page shows, and what the house has written down."""
        return [page.evaluate(STANDS) for page in self.inside], self.house.sql(ROLES, self.room)

    def back(self):
        """Wait until everybody's socket has asked again and been answered, and cleo hears ada."""
        for page in self.inside:
            wait_for(lambda page=page: page.evaluate("answers") > 0, BACK)
        hears(self.cleo, self.tone, within=BACK)


class Posting:
    """What is written in these pages, what of it was acknowledged, and one whose answer never comes."""

    def __init__(self, lines):
        self.pages = list(lines)
        self.lines = lines
        self.texts = {page: [] for page in lines}

    def acknowledged(self):
        """Ids of all messages of which the house said that it keeps them."""
        answers = [frame for line in self.lines.values() for frame in line.answers]
        return {f"m-{frame['client_id']}" for frame in answers if frame["type"] == "ack"}

    def write(self, count):
        for _ in range(count):
            for page in self.pages:
                self._write_one(page)

    def _write_one(self, page):
        self.texts[page].append(f"words {uuid4()}")
        write(page, self.texts[page][-1])

    def write_unanswered(self, page, meanwhile):
        """The house keeps it; `meanwhile` happens before the browser hears so, which it never does."""
        line = self.lines[page]
        wait_for(lambda: page.wait_for_timeout(20) or not waiting(page), 10)
        line.losing, line.on_answer = True, meanwhile
        self._write_one(page)
        wait_for(lambda: page.wait_for_timeout(20) or line.on_answer is None, 10)
        line.losing = False

    def arrive(self):
        """Wait until nothing that was written waits any more in any of the pages."""
        for page in self.pages:
            wait_for(lambda page=page: page.wait_for_timeout(20) or not waiting(page), BACK)

    def assert_once(self, rows):
        """Each once, in the order its author wrote them; none that was acknowledged is missing."""
        for texts in self.texts.values():
            assert [row["text"] for row in rows if row["text"] in texts] == texts
        assert set() < self.acknowledged() <= {row["id"] for row in rows}


@pytest.mark.parametrize("kills", KILLS)
def test_f1_f7_nothing_is_lost_or_moved_by_a_kill(person, house, complaints, kills):
    complaints.expect("WebSocket|Failed to load resource|ERR_|htmx:")
    scene = Scene(person, house)
    posting = Posting({page: scene.lines[page] for page in (scene.ada, scene.cleo, scene.dan)})
    posting.write(3)
    for page in scene.inside:
        as_kept(page, house, scene.conversation)
        page.evaluate(LISTEN)
        remember(page)
    before = scene.stands()
    pages = []
    for page in scene.inside:
        page.on("framenavigated", lambda frame: pages.append(frame.url))

    for names in kills:
        posting.write(2)
        for page in scene.inside:
            page.evaluate("window.answers = 0")
        posting.write_unanswered(scene.dan, lambda names=names: [house.kill(name) for name in names])
        posting.write(3)
        if "web" in names:
            scene.back()
        else:
            hears(scene.cleo, scene.tone, within=BACK)
        posting.arrive()
        for page in scene.inside:
            rows = as_kept(page, house, scene.conversation, within=BACK)
            posting.assert_once(rows)
        assert scene.stands() == before

    assert pages == []
    for page in scene.inside:
        assert not moved(page)["forgotten"] and moved(page)["replaced"] == []
    posting.assert_once(kept(house, scene.conversation))
    scene.eve.goto(scene.address)
    scene.eve.get_by_role("heading", name="You were removed from this room").wait_for()
