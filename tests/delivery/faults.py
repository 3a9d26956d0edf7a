"""What may go wrong, as coroutines: each breaks something, and when it returns it is mended again."""

import asyncio
import signal
import time

from tests.product import wait_for


def web_names(house):
    """The names of the web processes: "web", or "web1", "web2", …"""
    return sorted(name for name in house.pids() if name.startswith("web"))


async def killed(world, times=1, pause=3.0, number=signal.SIGKILL):
    """A web process ends without a word, each time any of them, at any moment."""
    for _ in range(times):
        await asyncio.sleep(world.chance.uniform(0.2, pause))
        await _ended(world, world.chance.choice(web_names(world.house)), number)


async def rolled(world):
    """Every web process is told to end, one after the other, each when the one before is back."""
    for name in web_names(world.house):
        await _ended(world, name, signal.SIGTERM)
        await asyncio.sleep(2)


async def _ended(world, name, number):
    before = world.house.kill(name, number)
    await asyncio.to_thread(wait_for, lambda: world.house.pids().get(name, before) != before, 15)


async def stopped(world, seconds):
    """A web process stands still, as a machine does that is moved."""
    name = world.chance.choice(web_names(world.house))
    pid = world.house.kill(name, signal.SIGSTOP)
    await asyncio.sleep(seconds)
    world.house.kill(name, signal.SIGCONT)
    assert world.house.pids()[name] == pid


async def all_open(world, within):
    """Wait until every tab has a line → how many seconds that took."""
    began = time.monotonic()
    tabs = [tab for tab in world.tabs if tab.ended_at is None]
    async with asyncio.timeout(within):
        await asyncio.gather(*(tab.is_open.wait() for tab in tabs))
    return time.monotonic() - began
