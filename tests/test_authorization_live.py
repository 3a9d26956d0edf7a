"""What the socket answers and whom it tells, cell by cell of tests/matrix.py."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from accounts.ids import random_id
from backchannel import batches, here, posting, typing
from backchannel.bridging import start_room
from backchannel.models import Export, Scheduled
from live import publishing, registry
from live.codes import LOGGED_OUT
from live.registry import Asking
from rooms import broadcasts, presence
from rooms.sound import engine, steering
from tests import matrix
from tests.ears import Ear
from tests.scene import ACTORS

ANSWERED = [
    pytest.param(kind, sign, words, id=f"{kind}-{sign}")
    for _hello, sign, *words in matrix.lines(matrix.ANSWERED)
    for kind in ("open", "closed")
]


# What a page is answered ------------------------------------------------------------------------------


@pytest.mark.parametrize(("kind", "sign", "words"), ANSWERED)
def test_a_page_that_asks_for_everything(open_scene, closed_scene, kind, sign, words):
    """hello, beat and resume are answered by the same question to the apps."""
    scene = (open_scene if kind == "open" else closed_scene)[0]
    outside = kind == "closed" and sign in ("OT", "ST", "SU")
    assert _answered(scene, scene.actor(sign).pk) == (set() if outside else set(words))


def _answered(scene, person_id):
    talks = {"chat": scene.chat, "line": scene.line, "direct": scene.direct, "group": scene.group}
    lists = {kind: f"{kind}:{scene.room.pk}" for kind in ("room", "hands", "questions")}
    cursors, versions = {talk.pk: 0 for talk in talks.values()}, dict.fromkeys(lists.values(), 2**31)
    frames = registry.catch_up([Asking(person_id, cursors, versions)])[0].frames
    heads = frames[-1]
    read = {name for name, talk in talks.items() if talk.pk in heads["conversations"] or _reads(frames, talk)}
    return read | {kind for kind, name in lists.items() if name in heads["versions"]}


def _reads(frames, talk):
    wanted = (("message", talk.pk), ("reload", f"conversation:{talk.pk}"))
    return any((frame["type"], frame.get("conversation") or frame.get("list")) in wanted for frame in frames)


@pytest.mark.parametrize("sign", [sign for sign in ACTORS if sign not in ("AN", "BL", "RM")])
def test_what_was_said_before_and_after_being_on_stage_is_not_ones_own(open_scene, sign):
    """Of the speakers' line only those on stage get a word, whatever cursor their page pretends to have."""
    scene = open_scene[0]
    for cursor in range(5):
        frames = registry.catch_up([Asking(scene.actor(sign).pk, {scene.line.pk: cursor}, {})])[0].frames
        told = any("After you" in frame.get("html", "") for frame in frames)
        assert not told or sign in ("SP", "MO")


@pytest.mark.parametrize("sign", list(ACTORS))
def test_what_a_socket_is_tuned_to(open_scene, closed_scene, sign):
    for scene, _cookies in (open_scene, closed_scene):
        seated = sign in ("AU", "SP", "MO", "DS")
        person = scene.actor(sign)
        assert (scene.room.topic in dict(registry.topics([person.pk if person else ""])[0])) == seated
        assert (person is not None and person.pk in registry.audience(scene.room.topic)[1]) == seated


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("cookie", ["", "x" * 32])
async def test_strangers_are_let_in_to_be_told_that_they_are_logged_out(cookie):
    ear = Ear(cookie)
    assert await ear.connect()
    assert await ear.closed() == LOGGED_OUT
    assert ear.frames == []


# Posts ------------------------------------------------------------------------------------------------


class Line:
    """A socket, as far as a post sees it."""

    def __init__(self, person):
        self.person_id, self.login = person.pk, person.logins.get().session_key


def posts():
    for _post, target, *cells in matrix.lines(matrix.POSTED):
        for sign, cell in zip(matrix.COLUMNS, cells, strict=True):
            if sign != "AN":
                yield pytest.param(target[1:], sign, cell, id=f"{target}-{sign}")


@pytest.mark.parametrize(("target", "sign", "cell"), list(posts()))
@pytest.mark.parametrize("kind", ["open", "closed"])
def test_a_post_over_the_socket(open_scene, closed_scene, kind, target, sign, cell):
    scene = (open_scene if kind == "open" else closed_scene)[0]
    conversation = getattr(scene, target)
    answer = _posted(scene.actor(sign), conversation)
    assert ("ack" if answer["type"] == "ack" else str(answer["status"])) == cell
    assert conversation.messages.filter(body="w0rd").exists() == (cell == "ack")


def test_a_post_over_the_socket_is_answered_like_the_form():
    form = {target: cells for name, _method, target, cells in matrix.rows(matrix.OPEN) if name == "messages"}
    for _post, target, *cells in matrix.lines(matrix.POSTED):
        assert [cell.replace("ack", "204") for cell in cells] == list(form[target].values())


@pytest.mark.parametrize(("target", "sign", "cell"), list(posts()))
def test_typing_is_heard_where_a_post_would_be(
    open_scene, wire, django_capture_on_commit_callbacks, target, sign, cell
):
    scene = open_scene[0]
    with django_capture_on_commit_callbacks(execute=True):
        _type(scene.actor(sign), getattr(scene, target))
    assert bool(wire.hearers('"type":"typing"')) == (cell == "ack")


@pytest.mark.parametrize("how", ["logged out", "suspended"])
def test_a_post_of_somebody_who_is_nobody_any_more(open_scene, how):
    scene = open_scene[0]
    line = Line(scene["bob"])
    if how == "suspended":
        scene["bob"].suspend(scene["root"], "spam")
    else:
        scene["bob"].logins.get().end()
    assert _posted(scene["bob"], scene.chat, line)["status"] == 401
    assert not scene.chat.messages.filter(body="w0rd").exists()


def _type(person, conversation):
    typing.tell_all([typing.Typing(person.pk, conversation.pk)])


def _posted(person, conversation, line=None):
    """The answer to a post, written in this test's own transaction."""
    frame = {"conversation": conversation.pk, "client_id": str(uuid4()), "body": " w0rd "}
    post = posting.Post(line or Line(person), frame)
    post.check()
    batches.write([post])
    return post.answer()


# Sound ------------------------------------------------------------------------------------------------


class Caller:
    """A socket, as far as the sound's handlers see it."""

    code = None

    def __init__(self, person):
        self.person_id, self.login, self.tab = person.pk, "login", "tab"
        self.frames = []

    async def send(self, frame):
        self.frames.append(frame)


@pytest.fixture
def desk(monkeypatch):
    """What is asked of the engine: [(what, session, publish, muted)]."""
    asked = []

    async def join(session, room, publish, muted, version, offer):
        asked.append(("join", session, publish, muted))
        return "answer"

    async def at_once(function, *args):
        return function(*args)

    monkeypatch.setattr(engine, "join", join)
    for name in ("cut", "demote", "promote"):
        monkeypatch.setattr(engine, name, lambda session, *version, name=name: asked.append((name, session)))
    monkeypatch.setattr(engine, "mute", lambda session, muted, version: asked.append(("mute", session, muted)))
    monkeypatch.setattr(steering, "ask", at_once)
    monkeypatch.setattr(steering, "still_in", set)
    return asked


@pytest.mark.parametrize(
    ("kind", "sign", "cell"), [pytest.param(*line, id="-".join(line)) for line in matrix.lines(matrix.SOUND)]
)
def test_the_sound(open_scene, desk, kind, sign, cell):
    scene = open_scene[0]
    caller = Caller(scene.actor(sign))
    frame = {"room": scene.room.pk, "sdp": "v=0 a=sendrecv", "take": True}
    if kind == "sound.offer":
        _run(steering.offer(caller, frame))
        assert _role(desk, caller) == cell
    else:
        scene.room.seats.update(sound_tab="tab")
        scene.room.seats.filter(person=caller.person_id).update(sound_session=random_id())
        steering.leave(caller, frame)
        assert ("cut" if desk else "nothing") == cell


def _run(coroutine):
    """Runs what never really waits, in this thread and on this test's connection."""
    with pytest.raises(StopIteration):
        coroutine.send(None)


def _role(desk, caller):
    if not desk:
        assert caller.frames[0]["do"] == "refused"
        return "refused"
    _join, _session, publish, muted = desk[0]
    assert muted  # nobody comes in with an open microphone
    assert caller.frames[0]["publish"] == publish
    return "speaks" if publish else "listens"


# What browsers are told -------------------------------------------------------------------------------


class Wire:
    """Everything published, with the people it goes to."""

    def __init__(self):
        self.sent = []

    def deliver(self, orders):
        for order in orders:
            if order["do"] == "send":
                self.sent.append((order["text"], registry.audience(order["topic"])[1]))
            elif order["do"] == "tell":
                self.sent.append((order["text"], set(order["people"])))

    def hearers(self, *marks):
        """Everybody who gets a frame with all these marks in it."""
        return set().union(*[people for text, people in self.sent if all(mark in text for mark in marks)])


@pytest.fixture
def wire(monkeypatch):
    wire = Wire()
    monkeypatch.setattr(publishing, "_deliver", wire.deliver)
    return wire


def _in(conversation):
    return f'"conversation":"{conversation.pk}"'


def _list(kind, scene):
    return f'"list":"{kind}:{scene.room.pk}"'


def _fall_silent(scene):
    seat = scene.seat("eli")
    seat.seen_at = timezone.now() - 2 * presence.HERE
    seat.save()
    broadcasts.presence_changed(scene.room, [seat])


def _add_a_follower(scene):
    scene["dora"].follow(scene["ada"])
    scene.company.add(scene["ada"], [scene["dora"]])


def _become_moderator(scene):
    scene.seat("bob").invite(scene["ada"], role="moderator")
    scene.seat("bob").accept()


def _come_on_stage(scene):
    scene.seat("cleo").invite(scene["ada"])
    scene.seat("cleo").accept()


def _read(scene, conversation, by):
    """bob reads what somebody else wrote there just now."""
    message = conversation.post(scene[by], uuid4(), "Read this")
    conversation.note_reading(scene["bob"], message.seq)


def _come(scene):
    """All are here, and bob is seen to come."""
    cache.set_many({f"{here.NOTE}{person.pk}": 1 for person in scene.people.values()})
    here._tell([scene["bob"].pk], [])


# What happens, and the marks of the frame that tells it.
EVENTS = {
    "in the chat": (lambda s: s.say(s.chat, "eli", "w0rd"), lambda s: [_in(s.chat), "w0rd"]),
    "reacting in the chat": (lambda s: s.said.react(s["eli"], "🎉"), lambda s: [_in(s.chat), "🎉"]),
    "reacting in the line": (lambda s: s.agreed.react(s["ada"], "🎉"), lambda s: [_in(s.line), "🎉"]),
    "in the line": (lambda s: s.say(s.line, "ada", "w0rd"), lambda s: [_in(s.line), "w0rd"]),
    "between two": (lambda s: s.say(s.direct, "bob", "w0rd"), lambda s: [_in(s.direct), "w0rd"]),
    "in the group": (lambda s: s.say(s.group, "bob", "w0rd"), lambda s: [_in(s.group), "w0rd"]),
    "reading between two": (lambda s: _read(s, s.direct, "cleo"), lambda s: [f'"list":"seen:{s.direct.pk}"']),
    "reading in the group": (lambda s: _read(s, s.group, "ada"), lambda s: [f'"list":"seen:{s.group.pk}"']),
    "accepting a request": (lambda s: s.asked.accept(s["bob"]), lambda s: [f'"to":"/backchannel/{s.asked.pk}/"']),
    "coming to a page": (_come, lambda s: ['"list":"here"']),
    "naming the group": (
        lambda s: s.company.set_up(s["bob"], "Roses", "joining"),
        lambda s: [f'"list":"group:{s.group.pk}"'],
    ),
    "starting a room": (
        lambda s: start_room(s.group, s["ada"], uuid4(), title="Roses", kind="closed"),
        lambda s: ["started a room: “Roses”"],
    ),
    "pinning in the group": (
        lambda s: s.company.pin(s["cleo"], s.note, on=True),
        lambda s: [f'"list":"pins:{s.group.pk}"'],
    ),
    "adding to the group": (_add_a_follower, lambda s: ["added you to “Gardeners”"]),
    "removing from the group": (
        lambda s: s.company.remove(s["bob"], s["cleo"]),
        lambda s: ["You are no longer in “Gardeners”."],
    ),
    "asking into the group": (lambda s: s.company.add(s["ada"], [s["dan"]]), lambda s: ['"list":"inbox"']),
    "leaving the line": (lambda s: s.seat("bob").move_to_audience(s["ada"]), lambda s: [_in(s.line)]),
    "writing for later": (
        lambda s: Scheduled.put(s["cleo"], s.group, uuid4(), "w0rd", timezone.now() + timedelta(hours=1)),
        lambda s: ['"list":"scheduled"'],
    ),
    "asking for an export": (lambda s: Export.begin(s["cleo"], s.group), lambda s: ['"list":"export"']),
    "coming on stage": (_come_on_stage, lambda s: [_list("panel", s)]),
    "asking": (lambda s: s.room.board.ask(s["eli"], "w0rd"), lambda s: [_list("questions", s), "w0rd"]),
    "voting": (lambda s: s.question.vote(s["dora"], on=True), lambda s: [_list("votes", s)]),
    "answering": (lambda s: s.question.decide(s["ada"], "answering"), lambda s: []),
    "typing in the chat": (lambda s: _type(s["eli"], s.chat), lambda s: [_in(s.chat)]),
    "typing in the line": (lambda s: _type(s["ada"], s.line), lambda s: [_in(s.line)]),
    "typing between two": (lambda s: _type(s["bob"], s.direct), lambda s: [_in(s.direct)]),
    "becoming a moderator": (_become_moderator, lambda s: [_list("questions", s)]),
    "raising a hand": (lambda s: s.seat("eli").raise_hand(), lambda s: [_list("room", s)]),
    "falling silent": (_fall_silent, lambda s: [_list("room", s)]),
    "ending": (lambda s: s.room.end(s["ada"]), lambda s: []),
}
MARKS = {
    "backchannel.inbox_changed": lambda s: ['"list":"inbox"'],
    "backchannel.conversation_closed": lambda s: [_list("conversation", s).replace(s.room.pk, s.line.pk)],
    "backchannel.question_decided": lambda s: ["Your question is being answered now."],
    "backchannel.answering_now": lambda s: ["Answering now: When do you sow beans?"],
    "rooms.own_controls_changed": lambda s: [_list("controls", s)],
    "rooms.hands_changed": lambda s: [_list("hands", s)],
    "rooms.moved": lambda s: [f'"to":"/rooms/{s.room.pk}/"'],
}


def told():
    for name, frame, *words in matrix.lines(matrix.TOLD):
        signs = [word for word in words if word in ACTORS]
        event = " ".join(word for word in words if word not in ACTORS)
        yield pytest.param(name, frame, set(signs), event, id=f"{name}-{event}")


@pytest.mark.parametrize(("name", "frame", "signs", "event"), list(told()))
def test_who_is_told(open_scene, wire, django_capture_on_commit_callbacks, name, frame, signs, event):
    scene = open_scene[0]
    happen, marks = EVENTS[event]
    with django_capture_on_commit_callbacks(execute=True):
        happen(scene)
    wanted = MARKS.get(name, marks)(scene)
    hearers = wire.hearers(f'"type":"{frame}"', *wanted)
    assert {sign for sign in ACTORS if scene.actor(sign) and scene.actor(sign).pk in hearers} == signs


def test_everything_the_table_says_happens():
    assert {value.values[3] for value in told()} == set(EVENTS)


def test_a_hidden_question_is_told_to_moderators_and_its_asker(open_scene, wire, django_capture_on_commit_callbacks):
    scene = open_scene[0]
    with django_capture_on_commit_callbacks(execute=True):
        scene.question.decide(scene["ada"], "hidden")
    assert wire.hearers("When do you sow beans?") == {scene["ada"].pk, scene["cleo"].pk}
    assert scene["bob"].pk in wire.hearers(f'"gone":["q-{scene.question.pk}"]')


def test_buttons_are_told_to_moderators_only(open_scene, wire, django_capture_on_commit_callbacks):
    scene = open_scene[0]
    with django_capture_on_commit_callbacks(execute=True):
        scene.room.board.ask(scene["eli"], "Who has buttons?")
    assert wire.hearers("Call to the stage") == {scene["ada"].pk}


def test_a_deletion_carries_no_text(open_scene, wire, django_capture_on_commit_callbacks):
    scene = open_scene[0]
    message = scene.chat.post(scene["eli"], uuid4(), "s3cret")
    with django_capture_on_commit_callbacks(execute=True):
        message.delete_by(scene["eli"])
    assert wire.hearers(_in(scene.chat)) and not wire.hearers("s3cret")
