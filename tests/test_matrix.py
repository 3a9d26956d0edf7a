"""Every cell of tests/matrix.py is a test of one request."""

from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests import matrix

pytestmark = pytest.mark.alike

HTMX = {"HX-Request": "true"}

DATA = {
    "rooms:new": {"title": "Roses", "kind": "open"},
    "rooms:hand": {"raised": "yes"},
    "rooms:microphone": {"muted": "no"},
    "rooms:invitation": {"answer": "accept"},
    "rooms:their_microphone": {"muted": "yes"},
    "rooms:role": {"role": "moderator"},
    "rooms:removal": {"ban": "yes"},
    "rooms:settings": {"hands": "off"},
    "questions": {"body": "And when do you water them?"},
    "question": {"state": "answering"},
    "question@withdraw": {"state": "withdrawn"},
    "vote": {"on": "yes"},
    "message": {"body": "Hello all"},
    "deletion@restore": {"on": "no"},
    "reactions": {"emoji": "🎉"},
    "reading": {"seq": "1"},
    "top": {"on": "yes"},
    "archive": {"on": "yes"},
    "mute": {"until": "hour"},
    "level": {"level": "nothing"},
    "draft": {"body": "Dear"},
    "report_message": {"reason": "spam"},
    "report_conversation": {"reason": "spam"},
    "report_person": {"reason": "spam"},
    "member": {"role": "removed"},
    "group_invitation": {"answer": "accept"},
    "pin": {"on": "yes"},
    "scheduled_one": {"when": "tomorrow", "body": "Good morning"},
    "scheduled_cancelling": {"on": "yes"},
    "file": {"alt": "A rose"},
    "follow": {"on": "yes"},
    "block": {"on": "yes"},
    "account_login": {"login": "nobody", "password": "wrong"},
    "account_signup": {"username": "!"},
    "account_reset_password": {"email": "nobody@example.org"},
    "account_change_password": {"oldpassword": "wrong"},
}
FRESH = {
    "files": lambda scene: {"client_id": uuid4(), "file": SimpleUploadedFile("a.pdf", b"%PDF-")},
    "messages": lambda scene: {"client_id": uuid4(), "body": "One more thing"},
    "later": lambda scene: {"client_id": uuid4(), "body": "Good morning", "when": "tomorrow"},
    "new": lambda scene: {"people": [scene["eli"].pk], "form_id": uuid4()},
    "group": lambda scene: {"name": "Roses", "history": "joining"},
    "members": lambda scene: {"people": [scene["eli"].pk]},
    "sharing": lambda scene: {"client_id": uuid4(), "to": scene.chat.pk},
    "room_from": lambda scene: {"title": "Roses", "kind": "closed", "client_id": uuid4()},
    "forwarding": lambda scene: {"client_id": uuid4(), "to": scene.chat.pk},
    "rooms:guests": lambda scene: {"username": scene["dan"].username},
    "settings": lambda scene: {"name": "Another", "messages_from": "everyone", "theme": "dark"},
}
SEATS = ("menu", "stage_invitation", "their_microphone", "role", "removal")
FILES = ("attachment", "attachment_small")
MESSAGES = (
    "pin",
    "message",
    "editing",
    "reactions",
    "forwarding",
    "deletion",
    "card_picture",
    "card_removal",
    "unread_from",
    "report_message",
    "seen",
    *FILES,
)
PEOPLE = ("profile", "follow", "block", "direct", "report_person")


def address(scene, name, target=""):
    """The path of a row's route in this scene."""
    if name == "operator" and target == "@good":
        return scene.operator_path
    if name == "own_card":
        to = address(scene, "rooms:room") if target == "@room" else address(scene, "message", target)
        return f"{reverse(name)}?{urlencode({'to': to})}"
    if name == "completions":
        return f"{reverse(name, args=_arguments(scene, name, target.removeprefix('@')))}?q=@"
    if name == "search" and target:
        return f"{reverse(name)}?in={_arguments(scene, 'conversation', target.removeprefix('@'))[0]}"
    return reverse(name, args=_arguments(scene, name, target.removeprefix("@")))


def _arguments(scene, name, target):
    room, _, noun = name.rpartition(":")
    spoken = {
        "chat": (scene.chat, scene.said),
        "line": (scene.line, scene.agreed),
        "direct": (scene.direct, scene.letter),
        "asked": (scene.asked, scene.request),
        "group": (scene.group, scene.note),
        "restore": (scene.chat, scene.taken_back),
    }
    asked = scene.hidden if target == "hidden" else scene.question
    if room == "rooms":
        own = [] if noun in ("hallway", "new") else [scene.room.pk]
        return own + ([scene.seat("eli").pk] if noun in SEATS else [])
    if name in PEOPLE:
        return [scene["ada"].username if target == "ada" else "nobody_at_all"]
    if name in ("member", "group_photo"):
        return [scene.group.pk, scene["eli"].username if name == "member" else _stamp(scene.company.photo_address)]
    if target in spoken:
        conversation, message = spoken[target]
        stamp = [message.preview.stamp] if name == "card_picture" else []
        stamp += [message.attachments.get().pk] if name in FILES else []
        return [conversation.pk] + ([message.client_id] if name in MESSAGES else []) + stamp
    return {
        "scheduled_one": [scene.waiting.pk],
        "scheduled_sending": [scene.waiting.pk],
        "scheduled_cancelling": [scene.waiting.pk],
        "export_file": [scene.taken_along.pk],
        "export_removal": [scene.taken_along.pk],
        "file": [scene.unsent.pk],
        "file_removal": [scene.unsent.pk],
        "questions": [scene.room.pk],
        "question": [scene.room.pk, asked.pk],
        "vote": [scene.room.pk, asked.pk],
        "call_asker": [scene.room.pk, asked.pk],
        "reply_to_asker": [scene.room.pk, asked.pk],
        "sharing": [scene.room.pk],
        "photo": scene["ada"].photo_address.removesuffix(".webp").split("/")[-2:],
        "invitation": [scene.invitation.code],
        "operator": ["no-such-token"],
        "account_confirm_email": ["no-such-key"],
        "account_reset_password_from_key": ["1", "no-key"],
    }.get(name, [])


def _stamp(photo_address):
    return photo_address.removesuffix(".webp").split("/")[-1]


def data(scene, name, target=""):
    return FRESH[name](scene) if name in FRESH else DATA.get(name + target, DATA.get(name, {}))


def ask(scene, cookie, name, method, target="", headers=None, **options):
    """The answer to a request by whoever has this session."""
    client = Client(**options)
    if cookie:
        client.cookies[settings.SESSION_COOKIE_NAME] = cookie
    path = address(scene, name, target)
    if method == "POST":
        return client.post(path, data(scene, name, target), headers=headers)
    return client.generic(method, path, headers=headers)


def shown(answer):
    """An answer as a cell of the table says it."""
    login = answer.status_code == 302 and answer["Location"].startswith(reverse("account_login"))
    return "L" if login else str(answer.status_code)


def cells(table, columns=matrix.COLUMNS):
    return [
        pytest.param(name, method, target, sign, cell, id=f"{name}-{method}{target}-{sign}")
        for name, method, target, row in matrix.rows(table, columns)
        for sign, cell in row.items()
    ]


OPEN = pytest.mark.parametrize(("name", "method", "target", "sign", "cell"), cells(matrix.OPEN))
CLOSED = pytest.mark.parametrize(("name", "method", "target", "sign", "cell"), cells(matrix.CLOSED))


@OPEN
def test_in_an_open_room(open_scene, name, method, target, sign, cell):
    scene, cookies = open_scene
    assert shown(ask(scene, cookies[sign], name, method, target, HTMX)) == cell


@CLOSED
def test_in_a_closed_room(closed_scene, name, method, target, sign, cell):
    scene, cookies = closed_scene
    assert shown(ask(scene, cookies[sign], name, method, target, HTMX)) == cell


def plain_cells(table):
    """Those that say the same without scripts: not where a form was taken (a test below), nor where questions are looked at."""
    return [
        cell
        for cell in cells(table)
        for name, method, _, _, answer in [cell.values]
        if answer not in ("200", "201", "204") or (method == "GET" and name != "questions")
    ]


@pytest.mark.full
@pytest.mark.parametrize(("name", "method", "target", "sign", "cell"), plain_cells(matrix.OPEN))
def test_without_scripts_in_an_open_room(open_scene, name, method, target, sign, cell):
    scene, cookies = open_scene
    assert shown(ask(scene, cookies[sign], name, method, target)) == cell


@pytest.mark.full
@pytest.mark.parametrize(("name", "method", "target", "sign", "cell"), plain_cells(matrix.CLOSED))
def test_without_scripts_in_a_closed_room(closed_scene, name, method, target, sign, cell):
    scene, cookies = closed_scene
    assert shown(ask(scene, cookies[sign], name, method, target)) == cell


@pytest.mark.parametrize(("name", "method", "target", "sign", "cell"), cells(matrix.ACCOUNT, ("AN", "IN")))
def test_with_an_account(open_scene, name, method, target, sign, cell):
    scene, cookies = open_scene
    assert shown(ask(scene, cookies["AU" if sign == "IN" else sign], name, method, target)) == cell


@pytest.mark.parametrize(
    ("name", "target", "sign"),
    [
        pytest.param(name, target, sign, id=f"{name}{target}-{sign}")
        for name, method, target, row in matrix.rows(matrix.OPEN)
        for sign, cell in row.items()
        if cell == "204" and method == "POST"
    ],
)
def test_a_plain_form_goes_back_to_its_page(open_scene, name, target, sign):
    scene, cookies = open_scene
    assert shown(ask(scene, cookies[sign], name, "POST", target)) == "303"
