"""What a search finds and what the bell tells, for everybody in the table of rights: nothing of what its rows keep from
him."""

import re
from datetime import UTC, datetime
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import Notification
from backchannel import unheard
from tests import matrix
from tests.scene import ACTORS
from tests.test_matrix import HTMX

TALKS = ("chat", "line", "direct", "group")
# Of a closed room its own table says it, and the open one what that leaves out.
READERS = {
    (kind, target): {sign for sign, cell in row.items() if cell == "200"}
    for kind, table in (("open", matrix.OPEN), ("closed", matrix.CLOSED))
    for name, _method, target, row in [*matrix.rows(matrix.OPEN), *matrix.rows(table)]
    if name == "conversation"
}
EVERY = pytest.mark.parametrize(
    ("kind", "target"), [*(("open", target) for target in TALKS), ("closed", "chat"), ("closed", "line")]
)


@pytest.fixture
def made(open_scene, closed_scene, kind):
    return open_scene if kind == "open" else closed_scene


def readers(kind, target):
    return READERS[kind, f"@{target}"]


def get(cookie, path, **options):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    return client.get(path, **options).content.decode()


# Searching --------------------------------------------------------------------------------------------------


@EVERY
def test_a_word_and_a_file_are_found_by_who_may_read_them(made, kind, target):
    scene, cookies = made
    message = scene.say(getattr(scene, target), "bob", "Lapislazuli")
    for asked in ({"q": "lapis"}, {"q": "has:image", "by": message.author.username}):
        path = f"/search/?{urlencode(asked)}"
        answers = {sign: get(cookie, path, headers=HTMX) for sign, cookie in cookies.items()}
        found = {sign for sign, answer in answers.items() if f"?m={message.client_id}" in answer}
        assert found == readers(kind, target), asked


# The bell ---------------------------------------------------------------------------------------------------


@pytest.fixture
def look(time_machine):
    """look(): a moment goes by, and whoever has not read what was written is told."""
    unheard._news.clear()
    unheard._naming.clear()
    time_machine.move_to(datetime.now(UTC), tick=True)

    def after_a_moment():
        time_machine.shift(4)
        unheard.look()

    return after_a_moment


def told(scene, message):
    """The columns of those who have a notification of this message."""
    rows = Notification.objects.filter(kind="mention", subject__endswith=message.client_id.hex)
    people = set(rows.values_list("person", flat=True))
    return {sign for sign in ACTORS if scene.actor(sign) and scene.actor(sign).pk in people}


def rings(cookies, message):
    """The columns of those whose page of notifications leads to it."""
    return {sign for sign, cookie in cookies.items() if f"?m={message.client_id}" in get(cookie, "/notifications/")}


def name_everybody(scene, target):
    """Somebody names all people of the table there, who look elsewhere."""
    names = " ".join(f"@{person.username}" for person in scene.people.values())
    author = {"chat": "eli", "line": "ada", "direct": "bob", "group": "bob"}[target]
    scene.room.seats.update(seen_at=datetime(2020, 1, 1, tzinfo=UTC))
    return getattr(scene, target).post(scene[author], uuid4(), f"Listen {names}")


@EVERY
def test_who_is_named_is_told_if_he_may_read_it(made, kind, target, look):
    scene, cookies = made
    message = name_everybody(scene, target)
    look()
    wanted = {sign for sign in readers(kind, target) if scene.actor(sign) != message.author}
    assert told(scene, message) == rings(cookies, message) == wanted


SHUT_OUT = {
    "chat": ("AU", lambda scene: scene.seat("cleo").remove(scene["ada"])),
    "line": ("SP", lambda scene: scene.seat("bob").move_to_audience(scene["ada"])),
    "direct": ("AU", lambda scene: scene["cleo"].block(scene["bob"])),
    "group": ("AU", lambda scene: scene.company.remove(scene["ada"], scene["cleo"])),
}


@EVERY
def test_whoever_loses_it_is_told_no_more_and_the_others_are(made, kind, target, look):
    scene, cookies = made
    sign, happen = SHUT_OUT[target]
    message = name_everybody(scene, target)
    look()
    before = rings(cookies, message)
    assert sign in before
    happen(scene)
    assert rings(cookies, message) == before - {sign}
    assert re.search(r'id="bell"[^>]*></span>', get(cookies[sign], "/notifications/bell/"))
