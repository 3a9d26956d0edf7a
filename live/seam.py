"""The Unix socket in DATA_DIR on which the web process listens to the house's other processes: JSON lines.

Jobs and commands send orders for the hub. A line {"hello": name} first makes it a line to that program.
"""

import asyncio
import json
import logging
import os
import socket
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from live.hub import hub

logger = logging.getLogger(__name__)

NAME = "live.sock"
MAX_LINE = 4 * 1024 * 1024


class Seam:
    def __init__(self):
        self._server = None
        self._inode = None
        self._callers = set()

    async def open(self):
        """Starts to listen, in the place of whatever socket file was there."""
        if self._server:
            self._server.close()
        listening = _listen()
        self._inode = _path().stat().st_ino
        self._server = await asyncio.start_unix_server(self._serve, sock=listening, limit=MAX_LINE)

    async def answers(self):
        """Whether somebody listens there: we ourselves, or another web process."""
        try:
            if _path().stat().st_ino != self._inode:
                with address() as path:
                    _reader, writer = await asyncio.open_unix_connection(path)
                writer.close()
        except OSError:
            return False
        return True

    def close(self):
        """Stops, and takes its file away unless a newer process has already put its own there."""
        if self._server:
            self._server.close()
            self._server = None
            for writer in self._callers:
                writer.close()
            if _path().exists() and _path().stat().st_ino == self._inode:
                _path().unlink()

    async def _serve(self, reader, writer):
        self._callers.add(writer)
        try:
            await _listen_to(reader, writer)
        except (ConnectionError, asyncio.CancelledError):
            pass
        except Exception:
            logger.exception("A line of the seam was not understood")
        finally:
            self._callers.discard(writer)
            writer.close()


def _path():
    return Path(settings.DATA_DIR) / NAME


def _listen():
    """A listening socket, born private under another name, then moved into place."""
    listening = socket.socket(socket.AF_UNIX)
    os.fchmod(listening.fileno(), 0o600)
    new = f"{NAME}.{os.getpid()}"
    with address(new) as path:
        Path(path).unlink(missing_ok=True)
        listening.bind(path)
        Path(path).chmod(0o600)
    listening.listen(128)
    listening.setblocking(False)
    _path().with_name(new).replace(_path())
    return listening


@contextmanager
def address(name=NAME):
    """The socket's path, by way of its folder's descriptor: Unix sockets allow no path above 107 bytes."""
    path = str(_path().with_name(name))
    if len(os.fsencode(path)) < 100:
        yield path
        return
    folder = os.open(settings.DATA_DIR, os.O_RDONLY)
    try:
        yield f"/proc/self/fd/{folder}/{name}"
    finally:
        os.close(folder)


async def _listen_to(reader, writer):
    async def read_line():
        text = await reader.readline()
        return json.loads(text) if text else None

    first = await read_line()
    if first is not None and "hello" in first:
        await hub.lines.keep(str(first["hello"]), read_line, writer)
    else:
        await _obey_all(first, read_line)


async def _obey_all(order, read_line):
    while order is not None:
        hub.try_to_obey(order)
        order = await read_line()


seam = Seam()
