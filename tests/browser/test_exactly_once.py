"""Whatever the line between a browser and the house loses: each message once, in order, as it is now, in the page that
was there before."""

import re
import time
from typing import NamedTuple
from uuid import uuid4

import pytest

from tests.browser.logs import as_kept, at_end, kept, moved, remember, scroll_up, waiting, write
from tests.browser.wire import Wire
from tests.product import wait_for

pytestmark = pytest.mark.alike

BEFORE = 50  # messages that stand there; a page loads 40 of them
BEAT = 20  # seconds; what was lost last is noticed with the next beat at the latest
JITTER = 10  # seconds between two tries of a browser, at the most

FAULTS = [
    ("cut", 3),
    pytest.param("cut", 30, marks=pytest.mark.full),
    pytest.param("hold", 3, marks=pytest.mark.full),
    pytest.param("hold", 30, marks=pytest.mark.full),
]


class Place(NamedTuple):
    address: str
    conversation: str
    room: str


@pytest.fixture
def wire(house):
    made = Wire(house.port)
    yield made
    made.close()


@pytest.fixture(params=["room", pytest.param("direct", marks=pytest.mark.full)])
def place(request, house):
    """A room's chat or a direct conversation of ada and bob, with a history."""
    words = house.run(HISTORY.format(room=request.param == "room", before=BEFORE)).split()
    return Place(words[-2], words[-1], request.param == "room" and words[-2].split("/")[2])


HISTORY = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
from rooms.models import Room
ada, bob, cleo = (Person.objects.get(username=name) for name in ("ada", "bob", "cleo"))
if {room}:
    place = Room.open(ada, title="Exactly once")
    place.join(bob)
    place.join(cleo)
    log = place.conversations.get(kind="room")
else:
    place = log = Conversation.between(ada, bob)
for n in range({before}):
    log.post((ada, bob)[n % 2], uuid4(), f"before {{n}}")
print(place.get_absolute_url(), log.pk)
"""

# 60 messages, 5 edits, 5 deletions: of what the page shows, of what it has not loaded, and of what is new itself.
MEANWHILE = """
from uuid import uuid4
from accounts.models import Person
from backchannel.models import Conversation
bob = Person.objects.get(username="bob")
log = Conversation.objects.get(pk="{conversation}")
old = list(log.messages.filter(author=bob, deleted_at=None).order_by("-seq")[:{before} // 2])
edited, deleted = [*old[0:6:2], old[-1]], [*old[1:7:2], old[-2]]
for n in range(60):
    new = log.post(bob, uuid4(), f"meanwhile {{n}}")
    if n == 0: edited.append(new)
    if n == 1: deleted.append(new)
    if n % 12 == 5: edited.pop().edit(bob, f"edited {{n}}")
    if n % 12 == 11: deleted.pop().delete_by(bob)
"""


def meanwhile(house, place):
    house.run(MEANWHILE.format(conversation=place.conversation, before=BEFORE))


class Watched:
    """ada's page behind the wire, and what it did that it should not."""

    def __init__(self, page, place):
        self.page = page
        page.goto(place.address)
        page.locator("[data-composer]").wait_for()
        wait_for(lambda: page.evaluate("import('live').then((live) => live.state())") == "open")
        self.pages = self.fetched = 0
        page.on("framenavigated", lambda _frame: self._navigated())
        page.on("request", lambda request: self._asked(request, place))

    def _navigated(self):
        self.pages += 1

    def _asked(self, request, place):
        if request.method == "GET" and re.search(rf"/backchannel/{place.conversation}/$", request.url):
            self.fetched += 1

    def stayed(self):
        """The page, its elements and what was looked at are where they were."""
        now = moved(self.page)
        assert not now["forgotten"] and self.pages == 0
        assert now["replaced"] == []
        assert now["pixels"] <= 1


@pytest.fixture
def pages(wire, person, place, complaints):
    """ada behind the wire, bob beside her → (ada watched, bob's page)."""
    complaints.expect("WebSocket|Failed to load resource|ERR_|htmx:(afterRequest|sendError)")
    bob = person("bob")
    bob.goto(place.address)
    return Watched(person("ada", by=wire), place), bob


@pytest.mark.parametrize(("fault", "seconds"), FAULTS)
def test_o_after_a_cut_everything_stands_there_once(pages, place, wire, house, fault, seconds):
    """However the line goes, with a word or silently; one reads further up meanwhile."""
    ada, bob = pages
    typed = [f"typed {n} {uuid4()}" for n in range(3)]
    getattr(wire, fault)()
    healed_at = time.monotonic() + seconds
    for text in typed:
        write(ada.page, text)
    meanwhile(house, place)
    scroll_up(ada.page)
    remember(ada.page)
    wait_for(lambda: time.monotonic() > healed_at, seconds)
    assert waiting(ada.page) == typed
    assert not any(row["text"] in typed for row in kept(house, place.conversation))

    wire.heal()
    rows = as_kept(ada.page, house, place.conversation, within=3 * JITTER)
    assert [row["text"] for row in rows if row["text"] in typed] == typed
    assert waiting(ada.page) == []
    ada.stayed()
    as_kept(bob, house, place.conversation)
    assert wire.asked[place.conversation] + ada.fetched <= 1


@pytest.mark.full
def test_o_of_every_ten_pieces_one_is_lost_while_the_socket_stays_open(pages, place, wire, house):
    """Noticed by the hole it leaves, and what is lost last with the next beat."""
    ada, bob = pages
    scroll_up(ada.page)
    remember(ada.page)
    wire.lose(10)
    meanwhile(house, place)
    as_kept(ada.page, house, place.conversation, within=BEAT + 10)
    assert wire.lost >= 6
    ada.stayed()

    ada.page.locator("[data-jump]").click()
    ada.page.set_viewport_size({"width": 1280, "height": 560})
    typed = [f"typed {n} {uuid4()}" for n in range(20)]
    for text in typed:
        write(ada.page, text)
    rows = as_kept(ada.page, house, place.conversation, within=BEAT + 10)
    assert [row["text"] for row in rows if row["text"] in typed] == typed
    assert at_end(ada.page)
    as_kept(bob, house, place.conversation)
