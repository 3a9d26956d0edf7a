"""News leaves after the commit, or not at all."""

import asyncio

import pytest
from django.db import transaction

import live
from live import publishing
from tests.ears import listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("app")]


def note(text):
    return {"type": "notice", "text": text, "level": "polite"}


async def test_nothing_leaves_before_the_commit_or_after_a_rollback(bob):
    def work():
        with transaction.atomic():
            live.tell([bob.pk], note("first"))
            live.tell([bob.pk], note("second"))
            at_once.append(published())
        transaction.set_autocommit(True)
        try:
            with transaction.atomic():
                live.tell([bob.pk], note("rolled back"))
                raise LookupError
        except LookupError:
            pass
        live.tell([bob.pk], note("third"))

    at_once = []
    async with listening(bob) as ear:
        published = lambda: len(ear.frames)  # noqa: E731
        before = len(ear.frames)
        await asyncio.to_thread(work)
        heard = await ear.everything()
    assert at_once == [before]
    assert [frame["text"] for frame in heard] == ["first", "second", "third"]


async def test_news_that_cannot_leave_breaks_nothing(bob, monkeypatch, caplog):
    def fail(order):
        raise OSError

    monkeypatch.setattr(publishing.hub, "post", fail)

    def work():
        with transaction.atomic():
            live.tell([bob.pk], note("lost"))
        live.tell([bob.pk], note("lost too"))

    await asyncio.to_thread(work)
    assert caplog.text.count("Could not publish") == 2
