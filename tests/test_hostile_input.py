"""Whatever is typed into a field or put into an address: a plain answer, nothing broken, and nothing typed is lost."""

from html import unescape
from urllib.parse import quote, urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests import matrix
from tests.test_matrix import HTMX, address, data

pytestmark = [pytest.mark.django_db, pytest.mark.alike]

TEXTS = {
    "NUL": b"one\0two",
    "turned around": "one\u202etwo\u2067three".encode(),
    "a tower": ("o" + "\u0301\u0316" * 60).encode(),
    "64 KB": b"word " * 13_108,
    "markup": b"</textarea></title><script>alert(1)</script><img src=x onerror=alert(1)>\"'",
    "a template": b"{{ settings.SECRET_KEY }}{% load static %}",
    "only spaces": " \t\u00a0\u2003 ".encode(),
    "nothing to see": "\u200b\u2060\ufeff".encode(),
    "nothing": b"",
    "no UTF-8": b"one\xff\xfetwo",
    "half a character": b"one\xed\xa0\x80two",
    "control characters": b"one\x07\x1b[2Jtwo\x7f\xc2\x85three",
}

# field: who types there, and where
FIELDS = {
    "rooms:new title": "MO",
    "rooms:new description": "MO",
    "rooms:guests username": "MO",
    "questions body": "AU",
    "messages body": "SP",
    "message body": "SP",
    "new name": "MO",
    "room_from title": "MO",
    "group name": "MO",
    "settings name": "MO",
    "settings bio": "MO",
    "account_signup name": "AN",
    "account_signup username": "AN",
    "account_signup email": "AN",
    "account_login login": "AN",
}
TARGETS = {"messages": "@chat", "message": "@line", "group": "@group", "room_from": "@group"}
REST = {
    "new": {"form_id": uuid4()},
    "rooms:new": {"title": "Roses", "description": "", "kind": "open"},
    "account_signup": {"name": "Eve", "username": "eve", "email": "eve@example.org", "password1": "a long enough one"},
}
GOOD = (200, 204, 302, 303)
REFUSED = (200, 409, 422, 429)


def browser(cookies, sign, headers=None):
    client = Client(headers=headers or {})
    if cookies[sign]:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookies[sign]
    return client


def typed(scene, field, text):
    """The answers to a form with this text in one field, sent by a page with scripts and by one without."""
    name, key = field.split()
    (scene, cookies), target = scene, TARGETS.get(name, "")
    path = address(scene, name, target) if name in matrix.OPEN else reverse(name)
    for headers in (None, HTMX):
        rest = REST.get(name) or data(scene, name, target)
        body = urlencode({**{k: str(v) for k, v in rest.items()}, key: text})
        client = browser(cookies, FIELDS[field], headers)
        yield client.post(path, body, content_type="application/x-www-form-urlencoded")


@pytest.mark.parametrize("kind", TEXTS)
@pytest.mark.parametrize("field", FIELDS)
def test_whatever_is_typed_gets_a_plain_answer_and_what_is_refused_can_be_corrected(open_scene, field, kind):
    plain, piece = typed(open_scene, field, TEXTS[kind])
    for answer in (plain, piece):
        assert answer.status_code in (*GOOD, *REFUSED)
        assert b"<script>alert" not in answer.content and b"<img src=x" not in answer.content
        assert settings.SECRET_KEY.encode() not in answer.content
    if plain.status_code in REFUSED:
        assert TEXTS[kind].decode(errors="replace").strip() in unescape(plain.content.decode())


@pytest.mark.parametrize("kind", ["NUL", "turned around", "a tower", "markup", "no UTF-8", "control characters"])
def test_what_was_kept_is_shown_as_text(open_scene, kind):
    scene, cookies = open_scene
    for field in FIELDS:
        list(typed(open_scene, field, TEXTS[kind]))
    for path in _pages(scene):
        page = browser(cookies, "MO").get(path)
        assert page.status_code == 200
        assert b"<script>alert" not in page.content and b"<img src=x" not in page.content
        assert b"\0" not in page.content and b"\x1b" not in page.content


def _pages(scene):
    room = scene.room.get_absolute_url()
    tabs = [f"{room}?panel={tab}" for tab in ("chat", "speakers", "questions")]
    return ["/", *tabs, scene["ada"].get_absolute_url(), "/settings/", scene.chat.get_absolute_url()]


# In the console ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", TEXTS)
def test_a_moderators_reason_may_be_anything_too(open_scene, kind):
    scene, cookies = open_scene
    body = urlencode({"action": "suspend", "_selected_action": scene["dan"].pk, "hours": "1", "reason": TEXTS[kind]})
    client = browser(cookies, "ST")
    answer = client.post("/admin/accounts/person/", body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in GOOD
    log = client.get("/admin/accounts/moderationentry/").content
    assert b"<script>alert" not in log and b"\0" not in log
    if answer.status_code == 200:
        assert TEXTS[kind].decode(errors="replace").strip() in unescape(answer.content.decode())


# In addresses -----------------------------------------------------------------------------------------

STRANGE = ["a%00b", "%ED%A0%80%FF", "..%2F..%2Fetc", "%3Cscript%3Ealert(1)", "x" * 3000]
OURS = sorted({(name, method, target) for name, method, target, _cells in matrix.rows(matrix.OPEN)})


@pytest.mark.parametrize("strange", STRANGE)
def test_an_address_with_anything_in_it_is_only_not_there(open_scene, strange):
    scene, cookies = open_scene
    for name, method, target in OURS:
        path = quote(address(scene, name, target), safe="/@")
        for part in {part for part in path.split("/") if len(part) > 20}:
            ask = getattr(browser(cookies, "MO"), method.lower())
            answer = ask(path.replace(part, strange), data(scene, name, target) if method == "POST" else None)
            assert answer.status_code in (302, 404, 405, 422), (name, method)
            assert b"<script>alert" not in answer.content


QUERIES = ["panel", "key", "since", "page", "mini", "before", "here", "seen", "next", "m", "reply"]
QUERIES += ["people", "room", "question", "q", "kind", "by", "has", "after", "in"]


@pytest.mark.parametrize("strange", STRANGE)
def test_a_query_with_anything_in_it_breaks_no_page(open_scene, strange):
    scene, cookies = open_scene
    query = "&".join(f"{name}={strange}" for name in QUERIES)
    for name, method, target in OURS:
        if method == "GET" and name not in ("healthz", "readyz"):
            for headers in (None, HTMX):
                answer = browser(cookies, "MO", headers).get(f"{address(scene, name, target)}?{query}")
                assert answer.status_code < 500 and b"<script>alert" not in b"".join(answer), name


# Names for messages -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "client_id", ["", "x", "' or 1=1", "\0", "\ud800".encode("utf-8", "surrogatepass"), "0123456789abcdef" * 4]
)
def test_a_message_without_a_proper_name_is_refused_and_kept_in_the_form(open_scene, client_id):
    scene, cookies = open_scene
    path = reverse("messages", args=[scene.chat.pk])
    body = urlencode({"client_id": client_id, "body": "my own words"})
    for headers in (None, HTMX):
        client = browser(cookies, "SP", headers)
        answer = client.post(path, body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == 422
        assert (b"my own words" in answer.content) == (headers is None)
    assert not scene.chat.messages.filter(body="my own words").exists()
