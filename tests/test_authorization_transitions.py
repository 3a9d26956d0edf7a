"""Somebody becomes somebody else while his page is open: from then on the table's other column holds for his session
and for the socket he opened before."""

import pytest
from channels.db import database_sync_to_async
from django.conf import settings
from django.test import Client

from live import process
from live.codes import LOGGED_OUT
from tests import matrix
from tests.ears import listening
from tests.scene import Scene
from tests.test_matrix import HTMX, ask, shown

pytestmark = pytest.mark.django_db(transaction=True)

# Rows about things that only the people of the columns themselves have.
NOT_HIS = ("@direct", "@group", "@asked", "@hidden", "@withdraw", "@good", "@own")
SAFE = {"messages", "questions", "vote"}  # of what can be done, that which may be done several times


@pytest.fixture(autouse=True)
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


def come_on_stage(scene, name, _client):
    scene.seat(name).invite(scene["ada"])
    scene.seat(name).accept()


CHANGES = {
    "coming on stage": come_on_stage,
    "leaving the stage": lambda scene, name, _client: scene.seat(name).move_to_audience(scene["ada"]),
    "being removed": lambda scene, name, _client: scene.seat(name).remove(scene["ada"]),
    "a speaker removed": lambda scene, name, _client: scene.seat(name).remove(scene["ada"]),
    "being blocked": lambda scene, name, _client: scene["ada"].block(scene[name]),
    "a speaker blocked": lambda scene, name, _client: scene["ada"].block(scene[name]),
    "leaving quietly": lambda scene, name, _client: scene.seat(name).leave(),
    "being unblocked": lambda scene, name, _client: scene["ada"].unblock(scene[name]),
    "coming in": lambda scene, name, _client: scene.room.join(scene[name]),
    "logging out": lambda _scene, _name, client: client.post("/accounts/logout/"),
    "being suspended": lambda scene, name, _client: scene[name].suspend(scene["mo"], "loud"),
    "the end": lambda scene, _name, _client: scene.room.end(scene["ada"]),
    "the end for a speaker": lambda scene, _name, _client: scene.room.end(scene["ada"]),
}
# Said or done by others afterwards: the mark of its frame, and the line of the table that says who is told.
LATER = {
    "in the chat": ("l4ter-chat", lambda scene: scene.say(scene.chat, "dora", "l4ter-chat")),
    "in the line": ("l4ter-line", lambda scene: scene.say(scene.line, "ada", "l4ter-line")),
    "asking": ("l4ter-question", lambda scene: scene.room.board.ask(scene["dora"], "l4ter-question")),
}


def transitions():
    for words in matrix.lines(matrix.TRANSITIONS):
        *event, name, before, after = words
        yield pytest.param(" ".join(event), name, before, after, id="-".join(event))


def test_every_transition_is_made():
    assert {value.values[0] for value in transitions()} == set(CHANGES)


@pytest.mark.parametrize(("event", "name", "before", "after"), list(transitions()))
async def test_from_then_on_he_is_somebody_else(event, name, before, after):
    scene = await database_sync_to_async(Scene)()
    client = await database_sync_to_async(_client)(scene[name])
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    await database_sync_to_async(_check)(scene, cookie, before, after)
    async with listening(client) as ear:
        await database_sync_to_async(_change)(scene, event, name, client)
        await database_sync_to_async(_check)(scene, cookie, after, before)
        if after == "XX":
            assert await ear.closed() == LOGGED_OUT
        elif after != "END":
            await _hears_as(scene, ear, after)


def _client(person):
    client = Client()
    client.force_login(person)
    return client


def _change(scene, event, name, client):
    CHANGES[event](scene, name, client)
    if event == "coming on stage":
        # His history of the line begins here.
        scene.agreed = scene.say(scene.line, "ada", "Welcome")


def _check(scene, cookie, sign, other):
    """What differs between what he was and what he is now is as the column says, with the session he had."""
    rows = [row for row in _rows(sign) if row not in list(_rows(other))]
    assert rows
    if sign == "XX":
        # The first answer after a suspension says so and logs out.
        assert ask(scene, cookie, "inbox", "GET").status_code in (302, 403)
    for route, method, target, cell in rows:
        assert shown(ask(scene, cookie, route, method, target, HTMX)) == cell, f"{route} {method}{target}"


def _rows(sign):
    columns = ("LEFT", "END")
    table = matrix.rows(matrix.AFTERWARDS, columns) if sign in columns else matrix.rows(matrix.OPEN)
    for route, method, target, row in table:
        if target not in NOT_HIS and (method == "GET" or (route in SAFE and sign not in ("AU", "SP", "DS"))):
            yield route, method, target, row["AN" if sign == "XX" else sign]


async def _hears_as(scene, ear, sign):
    await ear.everything()
    for event, (mark, happen) in LATER.items():
        await database_sync_to_async(happen)(scene)
        frames = [frame for frame in await ear.everything() if mark in str(frame)]
        assert bool(frames) == (sign in _told(event)), f"{event}: {frames}"


def _told(event):
    """The columns of those who are told of it."""
    return {
        word
        for line in matrix.lines(matrix.TOLD)
        if " ".join(line).endswith(f" {event}") and line[1] in ("message", "piece")
        for word in line[2:]
    }


@pytest.mark.parametrize("name", ["cleo", "bob"])
async def test_a_socket_opened_again_gets_no_more(name):
    """Whoever was removed and comes back with his old cursors is told nothing of what he missed."""
    scene = await database_sync_to_async(Scene)()
    cursors = {scene.chat.pk: 0, scene.line.pk: 0}
    await database_sync_to_async(CHANGES["being removed"])(scene, name, None)
    async with listening(scene[name], cursors=cursors, versions={f"questions:{scene.room.pk}": 0}) as ear:
        told = str(ear.frames)
        assert not any(text in told for text in ("Hello everybody", "After you", "sow beans"))
        assert all(frame["type"] in ("welcome", "heads", "piece", "reload", "go") for frame in ear.frames)
        assert ear.frames[-1]["conversations"] == {}
