"""What the apps told live about themselves, once, when they were ready."""

import inspect
from concurrent.futures import ThreadPoolExecutor

from channels.db import database_sync_to_async

from live.frames import IN

handlers = {}
links = {}
tickers = []
_asked = {"topics": [], "audience": [], "catch_up": [], "still_in": [], "build": []}

# Few threads, so that a storm of browsers waits here and not inside the database.
_threads = ThreadPoolExecutor(max_workers=4, thread_name_prefix="live")


def on(kind, handler):
    """Calls `handler(socket, frame)` for browsers' frames of this type; "closed": when a socket is gone."""
    if kind not in IN and kind != "closed":
        raise ValueError(f"live/frames.py does not know a frame {kind!r}")
    handlers.setdefault(kind, []).append(handler)


def register(*, topics=None, audience=None, catch_up=None, still_in=None, every=(), build=None):
    """What an app can tell live. Several apps may register each.

    topics(person_id) → [(topic, exits), …]: what this person's sockets are tuned to, and its count of exits
    audience(topic) → (exits, {person_id, …}), or None if the topic belongs to another app
    catch_up(person_id, cursors, versions) → [frame, …]: what this browser lacks. It answers hello, resume and
        every beat. A frame "heads" among them tells where the lists asked about are now; those of all apps
        are joined and sent last.
    still_in(logins) → those of the session keys that are logged in and not suspended
    every: [(seconds, function), …] run in the web process
    build() → the name of this build; pages of another one are told to reload
    """
    given = {"topics": topics, "audience": audience, "catch_up": catch_up, "still_in": still_in, "build": build}
    for name, function in given.items():
        if function is not None:
            _asked[name].append(function)
    tickers.extend(every)


def link(name, *, on_line=None, on_open=None, on_close=None):
    """What to do when the program called `name` connects, says a line (a dict) and goes.

    They are called one after another: one that waits for the program's next line would wait for ever.
    """
    links[name] = {"line": on_line, "open": on_open, "close": on_close}


def topics(person_id):
    return [pair for function in _asked["topics"] for pair in function(person_id)]


def audience(topic):
    answers = (function(topic) for function in _asked["audience"])
    return next((answer for answer in answers if answer is not None), (0, set()))


def still_in(logins):
    logins = set(logins)
    for function in _asked["still_in"]:
        logins &= set(function(logins))
    return logins


def build():
    return "".join(function() for function in _asked["build"])


def catch_up(person_id, cursors, versions):
    """The frames this browser lacks, and one `heads` at their end."""
    heads = {"type": "heads", "conversations": {}, "versions": {}}
    frames = []
    for function in _asked["catch_up"]:
        for frame in function(person_id, cursors, versions):
            if frame["type"] == "heads":
                heads["conversations"].update(frame.get("conversations", {}))
                heads["versions"].update(frame.get("versions", {}))
            else:
                frames.append(frame)
    return [*frames, heads]


async def ask(function, *args):
    """Runs a plain function in a thread, with the database's old connections closed around it."""
    return await database_sync_to_async(function, thread_sensitive=False, executor=_threads)(*args)


async def call(function, *args):
    """Runs an app's function, async or plain."""
    if inspect.iscoroutinefunction(function):
        return await function(*args)
    return await ask(function, *args)
