"""Whether the house still listens to everybody while something in it waits: beats, which it answers from memory."""

import asyncio
import contextlib
import time

from tests.delivery.faults import web_names
from tests.delivery.tab import line_of
from tests.delivery.wires import lines_of

EVERY = 0.2  # seconds between two beats
MOST = 9  # lines of one person; a tenth would close another one
BEAT = '{"type":"beat","cursors":{},"versions":{}}'


class Pulse:
    """async with Pulse(world) as pulse: while it lasts, somebody at whose page nothing happens beats to each of the web
    processes. `slowest` is for how many seconds he waited for an answer at the most, `most` 99 times of a hundred."""

    def __init__(self, world):
        self.house, self.person = world.house, world.people[world.made["outsider"]]
        self.waits = []

    async def __aenter__(self):
        self._lines = contextlib.AsyncExitStack()
        pids = [self.house.pids()[name] for name in web_names(self.house)]
        lines = []
        while not await asyncio.to_thread(_reach_all, pids, self.house.port, lines):
            assert len(lines) < MOST, "no line reaches one of the processes"
            lines.append(await self._lines.enter_async_context(line_of(self.person, self.house.port)))
        self._beating = [asyncio.create_task(self._beat(line)) for line in lines]
        return self

    async def __aexit__(self, *error):
        for task in self._beating:
            task.cancel()
        ends = await asyncio.gather(*self._beating, return_exceptions=True)
        await self._lines.aclose()
        assert all(isinstance(end, asyncio.CancelledError) for end in ends), ends

    @property
    def slowest(self):
        return max(self.waits)

    @property
    def most(self):
        return sorted(self.waits)[len(self.waits) * 99 // 100]

    async def _beat(self, line):
        while True:
            began = time.monotonic()
            await line.send(BEAT)
            while '"heads"' not in await line.recv():
                pass  # what else is told to everybody
            self.waits.append(time.monotonic() - began)
            await asyncio.sleep(EVERY)


def _reach_all(pids, port, lines):
    ours = {line.local_address[1] for line in lines}
    return all(ours & lines_of(pid, port) for pid in pids)
