"""Runs one management command as a child of the supervisor, and never longer than it.

    python -m backchannel.child PIPE COMMAND [WORD …]

PIPE is the reading end of a pipe whose other end only the supervisor holds: it closes when the
supervisor is gone, however it went.
"""

import ctypes
import os
import signal
import sys
import threading

PR_SET_PDEATHSIG = 1


def main() -> None:
    pipe = int(sys.argv[1])
    _die_with_parent()
    threading.Thread(target=_watch, args=(pipe,), name="lifeline", daemon=True).start()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backchannel.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["manage.py", *sys.argv[2:]])


def _die_with_parent() -> None:
    """On Linux the kernel sees to it, even while this process is stopped or busy."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _watch(pipe: int) -> None:
    """Everywhere, and for a parent that died before the kernel was asked."""
    while os.read(pipe, 1):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
