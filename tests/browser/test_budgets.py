"""What a page may weigh, as it really travels: everything a speaker's first look at a room brings with it."""

import gzip
import re

import pytest

pytestmark = pytest.mark.alike

KB = 1024
SCRIPTS, STYLES, PAGE = 45 * KB, 16 * KB, 20 * KB
ELEMENTS = 1500


class Arrived:
    """All answers to one page, by kind, with the size they had on the way."""

    def __init__(self, page):
        self.all = []
        page.on("requestfinished", lambda request: self.all.append(request))

    def of(self, kind):
        return [request for request in self.all if request.resource_type == kind]

    def weight(self, kind):
        return sum(max(0, request.sizes()["responseBodySize"]) for request in self.of(kind))


@pytest.fixture(scope="module")
def address(house):
    """A room of ada's in which much was written."""
    return house.run(MUCH).split()[-1]


MUCH = """
from uuid import uuid4
from accounts.models import Person
from rooms.models import Room

ada = Person.objects.get(username="ada")
room = Room.open(ada, title="Weighed")
for number in range(42):
    room.conversations.get(kind="room").post(ada, uuid4(), f"A line of some length, number {number}")
print(room.get_absolute_url())
"""


@pytest.fixture
def cold(person, address):
    """A speaker's page of that room, opened by a browser that has nothing of ours → (page, what came)."""
    page = person("ada")
    came = Arrived(page)
    page.goto(address)
    page.wait_for_load_state("networkidle")
    return page, came


def test_what_a_speakers_first_look_at_a_room_weighs(cold, house):
    page, came = cold
    assert 0 < came.weight("script") <= SCRIPTS, came.weight("script")
    assert 0 < came.weight("stylesheet") <= STYLES, came.weight("stylesheet")
    assert {request.url.startswith(house.url) for request in came.all} == {True}
    assert came.of("font") == []
    html = came.of("document")[0].response().body()
    assert len(gzip.compress(html)) <= PAGE, len(gzip.compress(html))
    assert page.locator(".log .message").count() == 40
    assert page.evaluate("document.querySelectorAll('*').length") <= ELEMENTS


def test_what_stays_the_same_travels_packed_and_is_asked_for_once(cold):
    page, came = cold
    for request in came.of("script") + came.of("stylesheet"):
        headers = request.response().all_headers()
        assert headers["content-encoding"] in ("gzip", "br"), request.url
        assert re.search(r"immutable", headers["cache-control"]), request.url
    again = Arrived(page)
    page.reload()
    page.wait_for_load_state("networkidle")
    assert again.weight("script") + again.weight("stylesheet") == 0
