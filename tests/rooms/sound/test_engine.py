"""The door that Django uses, against a mixer that is only played."""

import asyncio

import pytest

import live
from rooms.sound import engine, mixer_engine
from tests.rooms.sound.test_sdp import GOOD


class Line:
    """Stands where live's line to the mixer stands."""

    def __init__(self, monkeypatch):
        self.said, self.passed, self.here, self.held, self.reply = [], [], True, True, {"answer": "sdp"}
        monkeypatch.setattr(live, "link", self._link)
        monkeypatch.setattr(live, "say", self._say)
        monkeypatch.setattr(live, "linked", lambda name: name == "mixer" and self.here)
        monkeypatch.setattr(live, "holds", lambda name: name == "mixer" and self.held)
        monkeypatch.setattr(live, "pass_on", lambda name, line: self.passed.append(line))

    def _link(self, name, **callbacks):
        assert name == "mixer"
        self.callbacks = callbacks

    def _say(self, name, line):
        assert name == "mixer"
        self.said.append(line)
        if line["do"] == "join" and self.reply:
            self.answering = asyncio.ensure_future(self.hear({"id": line["id"], **self.reply}))

    async def hear(self, line):
        await self.callbacks["on_line"](line)


@pytest.fixture
def line(monkeypatch):
    line = Line(monkeypatch)
    monkeypatch.setattr(engine, "callbacks", {event: [] for event in engine.EVENTS})
    engine.open()
    return line


async def test_joining_brings_the_answer(line):
    assert await engine.join("s", "r", True, False, 7, GOOD) == "sdp"
    [said] = line.said
    assert {**said, "id": 0} == {
        "id": 0,
        "do": "join",
        "session": "s",
        "room": "r",
        "publish": True,
        "muted": False,
        "version": 7,
        "offer": GOOD,
    }
    assert not mixer_engine.waiting


@pytest.mark.parametrize(
    ("why", "error"),
    [
        ("room_full", engine.RoomFull),
        ("full", engine.Full),
        ("bad_offer", engine.BadOffer),
        ("failed", engine.Away),
        ("anything", engine.Away),
    ],
)
async def test_a_refusal_has_a_name(line, why, error):
    line.reply = {"refused": why}
    with pytest.raises(error):
        await engine.join("s", "r", False, True, 7, GOOD)


async def test_a_bad_offer_never_reaches_the_mixer(line):
    with pytest.raises(engine.BadOffer):
        await engine.join("s", "r", False, True, 7, "v=0")
    assert not line.said


async def test_without_a_mixer_joining_fails_at_once(line):
    line.here = False
    with pytest.raises(engine.Away):
        await engine.join("s", "r", False, True, 7, GOOD)
    assert not line.said


async def test_a_mixer_that_says_nothing_is_away(line, monkeypatch):
    monkeypatch.setattr(mixer_engine, "PATIENCE", 0.05)
    line.reply = None
    with pytest.raises(engine.Away):
        await engine.join("s", "r", False, True, 7, GOOD)
    assert not mixer_engine.waiting
    await line.hear({"id": line.said[0]["id"], "answer": "too late"})


async def test_a_mixer_that_goes_ends_the_waiting_and_tells(line):
    lost = []

    async def on_lost():
        lost.append(True)

    engine.register(on_lost=on_lost)
    line.reply = None
    joining = asyncio.ensure_future(engine.join("s", "r", False, True, 7, GOOD))
    await asyncio.sleep(0)
    await line.callbacks["on_close"]()
    with pytest.raises(engine.Away):
        await joining
    assert lost == [True]


async def test_orders_are_plain_lines(line):
    place = {"room": "r", "publish": False, "muted": True, "version": 9}
    engine.mute("s", True, 7)
    engine.promote("s", 8)
    engine.demote("s", 9)
    engine.cut("s")
    engine.reconcile({"s": place})
    assert line.said == [
        {"do": "mute", "session": "s", "muted": True, "version": 7},
        {"do": "role", "session": "s", "publish": True, "version": 8},
        {"do": "role", "session": "s", "publish": False, "version": 9},
        {"do": "cut", "session": "s"},
        {"do": "reconcile", "sessions": {"s": place}},
    ]


@pytest.mark.django_db(transaction=True)
async def test_news_reach_whoever_registered_plain_or_async(line):
    heard = []

    async def on_talking(*news):
        heard.append(("talking", *news))

    engine.register(
        on_talking=on_talking,
        on_gone=lambda session: heard.append(("gone", session)),
        on_ready=lambda sessions: heard.append(("ready", sessions)),
        on_missing=lambda sessions: heard.append(("missing", sessions)),
    )
    await line.hear({"event": "ready", "sessions": ["s"]})
    await line.hear({"event": "talking", "room": "r", "sessions": ["s"]})
    await line.hear({"event": "missing", "sessions": ["t"]})
    await line.hear({"event": "gone", "session": "s"})
    await line.hear({"event": "something new"})
    assert heard == [("ready", ["s"]), ("talking", "r", ["s"]), ("missing", ["t"]), ("gone", "s")]


async def test_what_was_read_in_another_process_corrects_nobody(line):
    line.held = False
    engine.reconcile({"s": {"room": "r", "publish": False, "muted": True, "version": 1}})
    assert line.said == []


async def test_an_answer_to_another_process_is_passed_on_and_one_passed_on_to_us_is_ours(line):
    await line.hear({"id": "of another process", "answer": "sdp"})
    assert line.passed == [{"id": "of another process", "answer": "sdp"}]
    line.reply = None
    asked = asyncio.create_task(engine.join("s", "r", True, False, 7, GOOD))
    await asyncio.sleep(0)
    await line.callbacks["on_passed"]({"id": "of a third", "answer": "not ours"})
    await line.callbacks["on_passed"]({"id": line.said[0]["id"], "answer": "sdp"})
    assert await asked == "sdp"
    assert len(line.passed) == 1
