"""How news reaches a page.

    live.send(topic, frame, exits=None, latest="")      to every socket tuned to the topic
    live.tell(person_ids, frame, latest=False)  to all sockets of these people and nobody else
    live.retune(person_ids)                  somebody joined or left: ask `topics` again
    live.cut(code, person_ids=…, login=…)    close these sockets now
    live.say(name, line)                     a line to a program of the house (the mixer)
    live.pass_on(name, line)                 what that program said, to the other web processes
    live.on(type, handler)                   what to do with a browser's frame; "closed": a socket is gone
    live.whole()                             whether this process hears all that the others publish
    live.register(topics=…, audience=…, catch_up=…, heads=…, whose=…, every=[…])
    live.Gathered(function)                  a question that many sockets ask, answered for all of them at once
    live.link(name, on_line=…, on_open=…, on_close=…, on_passed=…)
    live.linked(name), live.holds(name)      whether it is connected to any web process, to this one

Publishing works from any thread and any process; inside a transaction it waits for the commit. If nobody
listens it is dropped: the database is the truth, and browsers ask for what they missed.

Handlers, `every` functions and the callbacks of a line may be `async` (then they run on the event loop and
must not touch the database themselves) or plain (then they run in a thread of their own). Everything given
to `register` is plain.
"""

from live.gathering import Gathered
from live.hub import hub
from live.others import others
from live.publishing import cut, pass_on, retune, say, send, tell
from live.registry import link, on, register

holds = hub.linked
present_people = hub.present_people
whole = others.is_whole


def linked(name):
    return holds(name) or others.linked(name)


__all__ = [
    "Gathered",
    "cut",
    "holds",
    "link",
    "linked",
    "on",
    "pass_on",
    "present_people",
    "register",
    "retune",
    "say",
    "send",
    "tell",
    "whole",
]
