"""News leaves after the commit, or not at all."""

import asyncio
import contextlib
import threading

import pytest
from django.db import transaction

import live
from live import frames, publishing
from live.hub import hub
from tests.ears import listening

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("app")]


def note(text):
    return {"type": "notice", "text": text, "level": "polite"}


async def test_nothing_leaves_before_the_commit_or_after_a_rollback(bob):
    def work():
        with transaction.atomic():
            live.tell([bob.pk], note("first"))
            live.tell([bob.pk], note("second"))
            hub.post({"do": "tell", "people": [bob.pk], "text": frames.encode(note("meanwhile"))})
        with contextlib.suppress(LookupError), transaction.atomic():
            live.tell([bob.pk], note("rolled back"))
            raise LookupError
        live.tell([bob.pk], note("third"))

    async with listening(bob) as ear:
        await asyncio.to_thread(work)
        heard = await ear.everything()
    assert [frame["text"] for frame in heard] == ["meanwhile", "first", "second", "third"]


async def test_what_is_told_together_leaves_as_one_or_not_at_all(bob, cleo, monkeypatch):
    parcels, deliver = [], publishing._deliver
    monkeypatch.setattr(publishing, "_deliver", lambda orders: (parcels.append(len(orders)), deliver(orders)))

    def work():
        with contextlib.suppress(LookupError), publishing.together():
            live.tell([bob.pk], note("of a block that failed"))
            raise LookupError
        with transaction.atomic(), publishing.together():
            live.tell([bob.pk], note("one"), note("two"))
            live.tell([cleo.pk], note("hers"))
        live.tell([bob.pk], note("alone"))

    async with listening(bob) as ear, listening(cleo) as other:
        await asyncio.to_thread(work)
        assert [frame["text"] for frame in await ear.everything()] == ["one", "two", "alone"]
        assert [frame["text"] for frame in await other.everything()] == ["hers"]
    assert parcels == [2, 1]


async def test_what_fails_on_the_loop_takes_nothing_with_it(bob, caplog):
    async with listening(bob) as ear:
        with hub.holding():
            hub.soon(lambda: 1 / 0)
            live.tell([bob.pk], note("after it"))
        await ear.hears("after it")
    assert "failed; what came after it was done" in caplog.text


async def test_what_a_thread_holds_the_loop_gets_at_the_end(bob):
    def work():
        with hub.holding():
            hub.post({"do": "tell", "people": [bob.pk], "text": frames.encode(note("held"))})
            thread = threading.Thread(
                target=hub.post, args=({"do": "tell", "people": [bob.pk], "text": frames.encode(note("elsewhere"))},)
            )
            thread.start()
            thread.join()

    async with listening(bob) as ear:
        await asyncio.to_thread(work)
        heard = await ear.everything()
    assert [frame["text"] for frame in heard] == ["elsewhere", "held"]


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
