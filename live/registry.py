"""What the apps told live about themselves, once, when they were ready."""

import inspect
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

from channels.db import database_sync_to_async

from live.frames import IN, encode
from live.piece import Piece, join

handlers = {}
links = {}
tickers = []
_asked = {"topics": [], "audience": [], "catch_up": [], "heads": [], "whose": [], "build": []}

# Few threads, so that a storm of browsers waits here and not inside the database.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


def on(kind, handler):
    """Calls `handler(socket, frame)` for browsers' frames of this type; "closed": when a socket is gone."""
    if kind not in IN and kind != "closed":
        raise ValueError(f"live/frames.py does not know a frame {kind!r}")
    handlers.setdefault(kind, []).append(handler)


class Asking(NamedTuple):
    """What one page says it has: a number for each conversation and each list it shows; on a new line also the newest
    message of each conversation, [seq, client_id]."""

    person_id: str
    cursors: dict
    versions: dict
    newest: dict = {}


class Answer(NamedTuple):
    """The frames a page lacks, with one `heads` last, and as what travels; then where its lists are, apart those of its
    person alone."""

    frames: list
    piece: Piece
    shared: dict
    own: dict


def register(*, topics=None, audience=None, catch_up=None, heads=None, whose=None, every=(), build=None):
    """What an app can tell live. Several apps may register each. They are asked about many at once.

    topics(person_ids) → {person_id: [(topic, exits), …]}: what these people's sockets are tuned to, and its exits
    audience(topic) → (exits, {person_id, …}), or None if the topic belongs to another app
    catch_up([Asking, …]) → a list of [frame, …] for each: what that page lacks. It answers hello and resume, and
        beats of pages that are not where we are. A frame "heads" among them tells where the lists asked about are
        now: "conversations", "versions", and "own" for versions that mean something to this person alone. Those of
        all apps are joined and sent last.
    heads(names) → {name: number}: where these lists are now, as far as they are known to the app
    whose(logins) → {session key: person_id} of those that are logged in and not suspended
    every: [(seconds, function), …] run in the web process
    build() → the name of this build; pages of another one are told to reload
    """
    given = {
        "topics": topics,
        "audience": audience,
        "catch_up": catch_up,
        "heads": heads,
        "whose": whose,
        "build": build,
    }
    for name, function in given.items():
        if function is not None:
            _asked[name].append(function)
    tickers.extend(every)


def link(name, *, on_line=None, on_open=None, on_close=None, on_passed=None):
    """What to do when the program called `name` connects, says a line (a dict) and goes.

    It is connected to one of the web processes; on_passed(line) is called in the others by `live.pass_on`.
    They are called one after another: one that waits for the program's next line would wait for ever.
    """
    links[name] = {"line": on_line, "open": on_open, "close": on_close, "passed": on_passed}


def topics(person_ids):
    """What each of these people is tuned to, in their order."""
    answers = [function(set(person_ids)) for function in _asked["topics"]]
    return [[pair for answer in answers for pair in answer.get(person_id, ())] for person_id in person_ids]


def audience(topic):
    answers = (function(topic) for function in _asked["audience"])
    return next((answer for answer in answers if answer is not None), (0, set()))


def whose(logins):
    """Whose each of these session keys is, in their order; None for one that does not count."""
    found = {}
    for function in _asked["whose"]:
        found |= function(set(logins))
    return [found.get(login) for login in logins]


def still_in(logins):
    """Those of these session keys that count."""
    logins = list(logins)
    return {login for login, person_id in zip(logins, whose(logins), strict=True) if person_id is not None}


def build():
    return "".join(function() for function in _asked["build"])


def heads(names):
    """Where these lists are now."""
    return {name: number for function in _asked["heads"] for name, number in function(set(names)).items()}


def catch_up(askings):
    """For each page an Answer."""
    answers = [function(askings) for function in _asked["catch_up"]]
    texts = {}  # a frame that many pages get is encoded once
    return [_joined([frame for answer in answers for frame in answer[at]], texts) for at in range(len(askings))]


def _joined(frames, texts):
    told = [frame for frame in frames if frame["type"] == "heads"]
    conversations, versions, own = (
        {name: number for frame in told for name, number in frame.get(key, {}).items()}
        for key in ("conversations", "versions", "own")
    )
    heads = {"type": "heads", "conversations": conversations, "versions": versions | own}
    others = [frame for frame in frames if frame["type"] != "heads"]
    for frame in others:
        if id(frame) not in texts:
            texts[id(frame)] = encode(frame)
    piece = join([Piece(text) for text in [*(texts[id(frame)] for frame in others), encode(heads)] if text])
    return Answer([*others, heads], piece, conversations | versions, own)


async def ask(function, *args):
    """Runs a plain function in a thread, with the database's old connections closed around it."""
    return await database_sync_to_async(function, thread_sensitive=False, executor=_threads)(*args)


async def call(function, *args):
    """Runs an app's function, async or plain."""
    if inspect.iscoroutinefunction(function):
        return await function(*args)
    return await ask(function, *args)
