"""A gateway before a server on loopback, which can forget the lines it has: nothing on them ends, and nothing comes."""

import asyncio
import contextlib

from tests.postgres import free_port


class Relay:
    def __init__(self, port):
        self.behind, self.port = port, free_port()
        self._lines = set()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        return self

    async def __aexit__(self, *error):
        self._server.close()
        for task in list(self._lines):
            task.cancel()
        await asyncio.gather(*self._lines, return_exceptions=True)

    def forget(self):
        """The lines that are open now are dead; new ones work."""
        for task in self._lines:
            task.silent = True

    async def _serve(self, reader, writer):
        there, here = await asyncio.open_connection("127.0.0.1", self.behind)
        ways = [asyncio.create_task(self._pass_on(*way)) for way in ((reader, here), (there, writer))]
        self._lines.update(ways)
        await asyncio.wait(ways)
        self._lines.difference_update(ways)
        for end in (here, writer):
            end.close()

    async def _pass_on(self, reader, writer):
        task = asyncio.current_task()
        task.silent = False
        with contextlib.suppress(OSError):
            while data := await reader.read(65536):
                if not task.silent:
                    writer.write(data)
            writer.close()
