"""Programs of the house that keep a line open to this process, each under its name."""

import asyncio
import json
import logging

from live import registry

logger = logging.getLogger(__name__)

MAX_UNREAD = 1024 * 1024


class Lines:
    def __init__(self):
        self._open = {}

    def __contains__(self, name):
        return name in self._open

    def names(self):
        return list(self._open)

    def say(self, name, line):
        writer = self._open.get(name, (None, None))[0]
        if writer is None:
            logger.debug("%s is not there to hear", name)
        elif writer.transport.get_write_buffer_size() > MAX_UNREAD:
            writer.transport.abort()  # it stopped reading; it will connect anew
        else:
            writer.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")

    async def keep(self, name, read_line, writer):
        """Holds the line until either side hangs up. A newcomer takes the place of the old one."""
        while name in self._open:
            old, ended = self._open[name]
            old.close()
            await ended.wait()
        ended = asyncio.Event()
        self._open[name] = writer, ended
        try:
            await _call(name, "open")
            while (line := await read_line()) is not None:
                await _call(name, "line", line)
        finally:
            del self._open[name]
            await _call(name, "close")
            ended.set()


async def passed(name, line):
    """Another web process holds the line to `name`, and what was said there is for one of the others."""
    await _call(name, "passed", line)


async def _call(name, event, *args):
    callback = registry.links.get(name, {}).get(event)
    if callback is None:
        return
    try:
        await registry.call(callback, *args)
    except Exception:
        logger.exception("The line to %s: its %s callback failed", name, event)
