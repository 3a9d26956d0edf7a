"""The process itself: a line, a desk, a clock, until it is told to stop."""

import asyncio
import contextlib
import signal

from rooms.sound.mixer import ice
from rooms.sound.mixer.desk import Desk
from rooms.sound.mixer.limits import Limits
from rooms.sound.mixer.line import Line


def run(socket, address=None, ports=None, limits=None):
    """Mix until SIGTERM or SIGINT. `socket`: path of the web process's; `address`, `ports`: what SOUND_* say."""
    ice.use(ports)
    asyncio.run(_run(socket, address, limits or Limits()))


async def _run(socket, address, limits):
    desk = Desk(limits, lambda words: line.say(words), address)
    line = Line(socket, on_open=desk.greet, on_line=desk.obey)
    tasks = [asyncio.create_task(line.run()), asyncio.create_task(desk.clock.run())]
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    await stopped.wait()
    for task in tasks:
        task.cancel()
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(desk.close(), 2)
