"""The other end of the seam: how jobs and commands hand their news to the web process."""

import json
import logging
import os
import socket
import threading

from live.seam import address

logger = logging.getLogger(__name__)

CONNECT = 1  # seconds

_lock = threading.Lock()
_kept = {"pid": None, "socket": None}


def post(order):
    """Sends one order, in the order of calls; dropped if nobody listens."""
    line = json.dumps(order, separators=(",", ":"), default=str).encode() + b"\n"
    with _lock:
        # The second try is for a web process that was restarted since the last order.
        if not (_send(line) or _send(line)):
            logger.debug("Nobody listens on the seam; dropped (%s)", order["do"])


def _send(line):
    try:
        _connected().sendall(line)
    except OSError:
        _forget()
        return False
    return True


def _connected():
    if _kept["socket"] is None or _kept["pid"] != os.getpid():
        client = socket.socket(socket.AF_UNIX)
        client.settimeout(CONNECT)
        with address() as path:
            client.connect(path)
        _kept.update(pid=os.getpid(), socket=client)
    return _kept["socket"]


def _forget():
    if _kept["socket"] is not None:
        _kept["socket"].close()
    _kept["socket"] = None
