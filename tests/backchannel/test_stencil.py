"""A new message is drawn by filling in what was drawn before: no difference is to be seen."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.utils import translation

from backchannel.models import Conversation, Message
from backchannel.models.message import drawn
from tests.backchannel import hostile
from tests.backchannel.conftest import said

NAMES = ["Ada", "Ada Lovelace", "<b>&\"'", "\ue000 \ue001", "\ue000name", "ä é 你好 👩‍👧", "a" * 50, "{seq} %s"]
BODIES = ["hello", "see https://example.org/?a=1&b=2", "\ue000seq", "\ue000 \ue001", *hostile.ALL[::7]]
TIMES = [datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), datetime(1999, 12, 31, 23, 59, tzinfo=UTC)]


def a_message(author, body="hello", at=TIMES[0], seq=7):
    talk = Conversation(pk="c" * 22, kind="direct")
    return Message(conversation=talk, client_id=uuid4(), author=author, body=body, seq=seq, changed=seq, created_at=at)


def same(message):
    message.draw()
    return message.html == drawn(message)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("photo", ["", "photos/one.webp"])
def test_whoever_wrote_it(ada, name, photo):
    ada.name, ada.photo = name, photo
    assert same(a_message(ada))


@pytest.mark.parametrize("body", BODIES)
def test_whatever_it_says(ada, body):
    assert same(a_message(ada, body))


@pytest.mark.parametrize("at", TIMES)
@pytest.mark.parametrize("seq", [0, 1, 10**15])
def test_whenever_it_was_written(ada, at, seq):
    assert same(a_message(ada, at=at, seq=seq))


def test_in_whatever_time_and_language_somebody_writes(ada, settings):
    settings.TIME_ZONE = "Asia/Kolkata"
    with translation.override("de"):
        message = a_message(ada)
        assert same(message)
    assert "08:34" in message.html


def test_what_was_changed_since_says_so(chat, ada):
    message = said(chat, ada, "first")
    message.edit(ada, "second")
    assert "(edited)" in message.html and "second" in message.html
    message.delete_by(ada)
    assert "Message deleted" in message.html and "second" not in message.html
