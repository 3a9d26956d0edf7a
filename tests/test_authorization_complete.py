"""The table is whole: whatever exists has its row, and what all routes have in common holds for each of them."""

import inspect
import re
from functools import partial

import pytest
from django.apps import apps
from django.conf import settings
from django.test import Client
from django.urls import get_resolver, reverse

import backchannel.broadcasts
import rooms.broadcasts
from accounts.ids import random_id
from live import frames, registry
from tests import matrix
from tests.test_matrix import HTMX, address, ask, data

pytestmark = pytest.mark.alike

OURS = {(name, method, target) for name, method, target, _row in matrix.rows(matrix.OPEN)}
ACCOUNT = {(name, method) for name, method, _target, _row in matrix.rows(matrix.ACCOUNT, ("AN", "IN"))}
CONSOLE = {f"admin:{page}" for page, _method, _target, _row in matrix.rows(matrix.ADMIN, ("AN", "IN", "ST", "SU"))}


def routes(patterns=None, namespace=""):
    """The names of all URL patterns; the admin's two that only redirect have none."""
    for entry in patterns or get_resolver().url_patterns:
        if hasattr(entry, "url_patterns"):
            yield from routes(entry.url_patterns, namespace + (f"{entry.namespace}:" if entry.namespace else ""))
        elif entry.name or not namespace.startswith("admin"):
            yield f"{namespace}{entry.name}"


def test_every_route_has_a_row():
    listed = {name for name, _method, _target in OURS} | {name for name, _method in ACCOUNT} | CONSOLE
    assert set(routes()) == listed


def test_every_frame_of_a_browser_has_rows():
    tables = matrix.ANSWERED, matrix.POSTED, matrix.SOUND
    listed = {line[0] for table in tables for line in matrix.lines(table)}
    assert set(frames.IN) == listed | {*matrix.SAME_AS_HELLO, *matrix.SAME_AS_POST}
    assert set(registry.handlers) - {"closed"} <= set(frames.IN)


def test_every_frame_of_the_server_has_a_row():
    """welcome, heads, ack, refused and sound answer the one socket that asked; talking goes where the room's pieces go;
    resync and beat say nothing but that one may ask."""
    answers = {"welcome", "heads", "ack", "refused", "sound", "talking", "resync", "beat"}
    assert set(frames.OUT) == answers | {line[1] for line in matrix.lines(matrix.TOLD)}


@pytest.mark.parametrize("module", [rooms.broadcasts, backchannel.broadcasts], ids=["rooms", "backchannel"])
def test_every_broadcast_has_a_row(module):
    """Whatever a broadcasts module tells somebody; what it only draws or counts returns something."""
    app = module.__name__.partition(".")[0]
    telling = {
        f"{app}.{name}"
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__
        and not name.startswith("_")
        and inspect.get_annotations(function).get("return") == "None"
    }
    assert telling == {line[0] for line in matrix.lines(matrix.TOLD) if line[0].startswith(f"{app}.")}


# Methods ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted({name for name, _method, _target in OURS}))
def test_a_route_answers_only_its_methods(open_scene, name):
    scene, cookies = open_scene
    of_name = {(method, target) for route, method, target in OURS if route == name}
    target = sorted(of_name)[0][1]
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {method for method, _target in of_name}:
        assert ask(scene, cookies["MO"], name, method, target).status_code == 405, method


@pytest.mark.parametrize(
    ("name", "target"), sorted((name, target) for name, method, target in OURS if method == "POST")
)
def test_a_post_needs_the_pages_token(open_scene, name, target):
    scene, cookies = open_scene
    before = counted()
    for headers in (None, HTMX):
        answer = ask(scene, cookies["MO"], name, "POST", target, headers, enforce_csrf_checks=True)
        assert answer.status_code == 403
    assert counted() == before


@pytest.mark.parametrize("name", sorted(name for name, method in ACCOUNT if method == "POST"))
def test_a_post_about_the_account_needs_it_too(open_scene, name):
    scene, cookies = open_scene
    assert ask(scene, cookies["MO"], name, "POST", enforce_csrf_checks=True).status_code == 403


@pytest.mark.parametrize(("name", "target"), sorted((name, target) for name, method, target in OURS if method == "GET"))
def test_reading_changes_nothing(open_scene, name, target):
    scene, cookies = open_scene
    for sign in ("MO", "SP", "OT"):
        before = counted()
        for method in ("GET", "HEAD"):
            answers = [ask(scene, cookies[sign], name, method, target, headers) for headers in (None, HTMX)]
            assert 405 not in {answer.status_code for answer in answers}
        assert counted() == before


def counted():
    return {model._meta.label: model.objects.count() for model in apps.get_models() if hasattr(model, "objects")}


# Not there --------------------------------------------------------------------------------------------


ABSENT = {
    "rooms:room": 1,
    "rooms:people": 1,
    "rooms:controls": 1,
    "rooms:hands": 1,
    "questions": 1,
    "conversation": 1,
    "profile": 1,
}


@pytest.mark.parametrize("name", sorted(ABSENT))
@pytest.mark.parametrize("sign", ["BL", "RM", "OT", "ST"])
def test_not_for_you_looks_like_not_there(closed_scene, name, sign):
    scene, cookies = closed_scene
    target = {"conversation": "@line", "profile": "@ada"}.get(name, "")
    if name == "profile" and sign != "BL":
        sign = "BL"
    forbidden = address(scene, name, target)
    absent = reverse(name, args=[random_id()[:20]])
    get = partial(_get, cookies[sign])
    assert get(forbidden) == get(absent)


def _get(cookie, path):
    """Status, headers and body, less what is new in every answer and the address asked for."""
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    answer = client.get(path)
    assert answer.status_code == 404
    body = re.sub(r'("X-CSRFToken": "|name="csrfmiddlewaretoken" value="|nonce=")[^"]*', r"\1", answer.content.decode())
    headers = {name: value for name, value in answer.headers.items() if name != "Content-Security-Policy"}
    return headers, body.replace(path, "")


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("messages", "@line"),
        ("vote", ""),
        ("rooms:seat", ""),
        ("rooms:removal", ""),
        ("rooms:ending", ""),
        ("message", "@line"),
    ],
)
def test_doing_something_that_is_not_there(closed_scene, name, target):
    scene, cookies = closed_scene
    client = Client(headers=HTMX)
    client.cookies[settings.SESSION_COOKIE_NAME] = cookies["OT"]
    path = address(scene, name, target)
    absent = re.sub(r"/[0-9A-Za-z]{22}/", lambda _: f"/{random_id()}/", path)
    answers = [client.post(address, data(scene, name, target)) for address in (path, absent)]
    assert [answer.status_code for answer in answers] == [404, 404]
    strip = re.compile(rb'(csrf[^"]*" value="|Token": "|nonce=")[^"]*')
    assert len({strip.sub(b"", answer.content) for answer in answers}) == 1
