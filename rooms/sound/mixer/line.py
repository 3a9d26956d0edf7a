"""The line to the web process: a Unix socket, one JSON object a line."""

import asyncio
import json
import logging

logger = logging.getLogger(__name__)

AGAIN = 0.5
LONGEST = 1024 * 1024


class Line:
    """Connects to `path`, again and again; `on_open()` and `on_line(line)` say what happens."""

    def __init__(self, path, on_open, on_line):
        self.path, self.on_open, self.on_line = str(path), on_open, on_line
        self.writer = None

    async def run(self):
        while True:
            try:
                await self._talk()
            except (OSError, ValueError) as error:
                logger.debug("no line to the web process: %s", error)
            await asyncio.sleep(AGAIN)

    def say(self, line):
        """Said if somebody listens; otherwise nothing is lost, the web process asks when it is back."""
        if not self.writer:
            return
        if self.writer.transport.get_write_buffer_size() > LONGEST:
            self.writer.transport.abort()
            return
        self.writer.write(json.dumps(line).encode() + b"\n")

    async def _talk(self):
        reader, self.writer = await asyncio.open_unix_connection(self.path, limit=LONGEST)
        try:
            self.say({"hello": "mixer"})
            self.on_open()
            while text := await reader.readline():
                self._hear(text)
        finally:
            self.writer.close()
            self.writer = None

    def _hear(self, text):
        try:
            self.on_line(json.loads(text))
        except ValueError:
            logger.warning("a line from the web process was no JSON")
