"""Every page and state (states.py) in real browsers, light and dark: nothing that axe calls serious or critical,
nothing to scroll sideways to on a small phone, nothing that the content security policy had to stop."""

import json

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests import matrix
from tests.browser import states

pytestmark = pytest.mark.alike

AXE = """
async (rules) => {
    const changing = document.getAnimations().filter((one) => one instanceof CSSTransition);
    changing.forEach((one) => one.finish());
    const found = await axe.run(document, {resultTypes: ["violations"], preload: false, ...rules});
    return found.violations
        .filter(({impact}) => ["serious", "critical"].includes(impact))
        .map(({id, nodes}) => `${id}: ${nodes.map(({target, failureSummary}) => `${target} (${failureSummary})`).join(", ")}`);
}
"""
COLOURS = {"runOnly": ["color-contrast"]}  # all that another theme can change
WIDER = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
STOPPED = "document.addEventListener('securitypolicyviolation', (event) => console.error('stopped: ' + event.violatedDirective))"
TABLES = {"doors": states.DOORS, "places": states.PLACES, "room": states.ROOM, "console": states.CONSOLE}
SMALL, PHONE, TABLET, DESKTOP = (
    {"width": width, "height": height} for width, height in ((320, 640), (360, 740), (720, 900), (1280, 800))
)

SCENE = """
import json
from datetime import timedelta
from uuid import uuid4
from django.db import transaction
from django.utils import timezone
from backchannel import address
from rooms.models import Room
from tests.scene import Scene

scene = Scene()
past = Room.open(scene["dan"], title="What was")
past.join(scene["rex"])
past.end(scene["dan"])
scene["cleo"].follow(scene["ada"])
scene.company.add(scene["ada"], [scene["dan"]])
scene["dora"].suspend(scene["root"], "Shouts at people")
scene.say(scene.chat, "bob", "**Look**: `code`, https://example.org\\n> and a quote").edit(scene["bob"], "> Look:\\n\\n`code`")
scene.say(scene.chat, "eli", "Never mind").delete_by(scene["eli"])
with scene.chat.taking_a_number() as number:
    scene.say(scene.chat, "bob", "https://garden.example/roses").show_card(number())
scene.say(scene.chat, "bob", address.shown() + scene.room.get_absolute_url())
scene.chat.post(scene["bob"], uuid4(), "Good evening", reply_to=scene.said.client_id)
with transaction.atomic():
    scene.said.react(scene["bob"], "🎉")
scene.room.board.ask(scene["eli"], "Who waters them?").decide(scene["ada"], "answering")
scene.room.board.ask(scene["eli"], "How deep?").vote(scene["bob"], on=True)
scene.group.note_reading(scene["cleo"], scene.group.head)
scene.wake()
scene.room.seats.update(seen_at=timezone.now() + timedelta(hours=1))
print(json.dumps({
    "cookies": scene.cookies(),
    "room": scene.room.get_absolute_url(),
    "past": past.get_absolute_url(),
    "chat": scene.chat.get_absolute_url(),
    "line": scene.line.get_absolute_url(),
    "direct": scene.direct.get_absolute_url(),
    "asked": scene.asked.get_absolute_url(),
    "group": scene.group.get_absolute_url(),
    "room_id": scene.room.pk,
    "direct_id": scene.direct.pk,
    "waiting": f"/backchannel/scheduled/{scene.waiting.pk}/",
    "said": f"{scene.chat.get_absolute_url()}messages/{scene.said.client_id}/",
    "letter": f"{scene.direct.get_absolute_url()}messages/{scene.letter.client_id}/",
    "bob": f"{scene.room.get_absolute_url()}seats/{scene.seat('bob').pk}/",
    "operator": scene.operator_path,
}))
"""


@pytest.fixture(scope="module")
def scene(house):
    """Addresses and cookies of a room with everybody in it, beside the demo's; it goes when all was looked at."""
    yield json.loads(house.run(SCENE).splitlines()[-1])
    house.run("from accounts.models import Person; Person.objects.filter(username__endswith='_open').delete()")


@pytest.fixture
def looking(person, scene, house, complaints):
    """looking("AU", viewport) → a page of that column's browser."""
    complaints.expect(r"Failed to load resource.* (403|404|422|429) ")
    complaints.expect("the server responded with a status of 4")

    def look(who, viewport):
        page = person(viewport=viewport)
        page.add_init_script(STOPPED)
        if cookie := scene["cookies"][who]:
            page.context.add_cookies([{"name": "session", "value": cookie, "url": house.url}])
        return page

    return look


@pytest.mark.parametrize(
    "table", [name if name == "room" else pytest.param(name, marks=pytest.mark.full) for name in TABLES]
)
def test_everybody_can_use_every_page(table, looking, scene):
    found = []
    for who in dict.fromkeys(line[0] for line in states.states(TABLES[table])):
        page = looking(who, DESKTOP)
        for state in states.states(TABLES[table]):
            if state[0] == who:
                found += wrong_with(page, state, scene)
    assert not found, "\n".join(found)


@pytest.mark.full
@pytest.mark.parametrize("table", [name for name in TABLES if name != "console"])
def test_everybody_can_use_every_page_on_a_phone(table, looking, scene):
    found = []
    for who in dict.fromkeys(line[0] for line in states.states(TABLES[table])):
        page = looking(who, PHONE)
        for state in states.states(TABLES[table]):
            if state[0] == who:
                found += wrong_with(page, state, scene)
    assert not found, "\n".join(found)


def wrong_with(page, state, scene):
    """What is wrong with a page in this state, one line each."""
    who, _name, address, act = state
    size = page.viewport_size
    page.emulate_media(color_scheme="light")
    page.goto(address.format(**scene))
    if act:
        getattr(states, act)(page)
    page.evaluate(AXE_SCRIPT)
    found = page.evaluate(AXE, {})
    page.emulate_media(color_scheme="dark")
    found += page.evaluate(AXE, COLOURS)
    for small in () if address.startswith("/admin/") else (SMALL, TABLET):
        page.set_viewport_size(small)
        if (wider := page.evaluate(WIDER)) > 0:
            found.append(f"{wider} px too wide for {small['width']} px")
    page.set_viewport_size(size)
    return [f"{who} {address} {act}: {line}" for line in found]


def test_every_page_of_the_table_of_rights_is_looked_at():
    looked = {name for table in TABLES.values() for _who, name, *_ in states.states(table)}
    pages = {name for name, method, *_ in matrix.rows(matrix.OPEN) if method == "GET"}
    pages |= {name for name, method, *_ in matrix.rows(matrix.ACCOUNT, ("AN", "IN")) if method == "GET"}
    assert pages - looked - set(states.NO_PAGES) == set()
    assert set(states.NO_PAGES) <= pages
