"""One process of the house: a copy of the supervisor that runs a management command, and never outlives it.

Copied, not started anew: everything is loaded already, so that a process that died is back in a moment.
"""

import ctypes
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

PR_SET_PDEATHSIG, PR_SET_NAME = 1, 15
HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def fork(name: str, words: list[str], lifeline: int, inherits: Iterable[int]) -> tuple[int, int]:
    """Run the command in a new process → its pid, and where to read what it writes.

    `lifeline` is the reading end of a pipe whose other end only the supervisor holds: it closes when the
    supervisor is gone, however it went.
    """
    reading, writing = os.pipe()
    _let_go_of_the_database()
    sys.stdout.flush()
    sys.stderr.flush()
    with _signals_held():
        pid = os.fork()
        if pid == 0:
            _live(name, writing, lifeline, inherits, lambda: call_command(*words))
    os.close(writing)
    os.set_blocking(reading, False)
    return pid, reading


def _let_go_of_the_database() -> None:
    """A connection must not be used by two processes, nor the threads of a pool copied."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        getattr(connection, "close_pool", lambda: None)()


@contextmanager
def _signals_held():
    """A signal that comes meanwhile is for whoever is ready for it."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, HANDLED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _live(name: str, writing: int, lifeline: int, inherits: Iterable[int], command: Callable[[], object]) -> NoReturn:
    """The whole life of the new process; it never returns into the supervisor's code."""
    code = 1
    try:
        os.setpgid(0, 0)  # Ctrl-C reaches the supervisor alone, which then asks each to end
        _die_with_parent(name)
        _own_streams(writing)
        _let_go_of_all_but({lifeline, *inherits})
        threading.Thread(target=_watch, args=(lifeline,), name="lifeline", daemon=True).start()
        _own_signals()
        command()
        code = 0
    except CommandError as problem:
        print(problem, file=sys.stderr)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 whatever it is, it ends here
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _die_with_parent(name: str) -> None:
    """On Linux the kernel sees to it, even while this process is stopped or busy."""
    if sys.platform == "linux":
        prctl = ctypes.CDLL(None).prctl
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        prctl(PR_SET_NAME, name.encode())


def _own_streams(writing: int) -> None:
    nothing = os.open(os.devnull, os.O_RDONLY)
    for ours, standard in ((nothing, 0), (writing, 1), (writing, 2)):
        os.dup2(ours, standard)
    sys.stdout.reconfigure(line_buffering=True)


def _let_go_of_all_but(kept: set[int]) -> None:
    """The supervisor's lock, its end of the lifeline, the others' output: none of it is ours.

    Turned away and not closed: objects copied with us close what they own when they are collected, and by then the
    number would be that of something else.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in [int(one.name) for one in Path("/dev/fd").iterdir()]:
        if number > 2 and number not in {nothing, *kept}:
            os.dup2(nothing, number, inheritable=False)


def _watch(lifeline: int) -> None:
    """Everywhere, and for a supervisor that died before the kernel was asked."""
    while os.read(lifeline, 1):
        pass
    os._exit(1)


def _own_signals() -> None:
    for number in HANDLED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, HANDLED)
