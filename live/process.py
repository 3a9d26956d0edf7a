"""The web process joins in: hub, seam and everything that happens now and then."""

import asyncio
import logging
import time

from django.conf import settings

from live import codes, registry
from live.hub import hub
from live.others import others
from live.seam import seam

logger = logging.getLogger(__name__)

_tasks: list[asyncio.Task] = []
GOODBYES = 1  # seconds for all sockets to hear that we will be back
AGAIN = 1  # seconds until what must go on is begun again


def start(loop=None):
    """Binds the hub to the event loop, opens the seam, starts what ticks. A second call changes nothing.

    Give the loop if it is not running yet. Returns a task that is done when other processes are heard.
    """
    loop = loop or asyncio.get_running_loop()
    if hub.loop is not loop:
        hub.bind(loop)
        _tasks[:] = [loop.create_task(_open_seam())]
        if settings.REDIS_URL:
            _tasks.extend([loop.create_task(_for_ever(others.listen)), loop.create_task(_for_ever(others.shine))])
        for seconds, function in [*_own_tickers(), *registry.tickers]:
            _tasks.append(loop.create_task(_every(seconds, function)))
    return _tasks[0]


def stop():
    """Tells every browser that we will be back, and ends what start began. Returns a task: all have been told."""
    seam.close()
    if settings.REDIS_URL:
        others.leave()
    for task in _tasks:
        task.cancel()
    hub.close_all(codes.RESTART)
    return asyncio.ensure_future(_emptied())


async def _emptied():
    await hub.emptied(GOODBYES)
    hub.unbind()


async def _open_seam():
    try:
        await seam.open()
    except OSError:
        logger.exception("The seam could not be opened: jobs and commands will not be heard at once")


def _own_tickers():
    return [(5, _close_silent), (10, hub.close_logged_out), (5, hub.look_for_unpublished), (2, _mend_seam)]


async def _mend_seam():
    """The process whose socket file it was has ended, or somebody took it away."""
    if not await seam.answers():
        await _open_seam()


async def _close_silent():
    hub.close_silent()


async def _for_ever(work):
    """What must go on as long as we do."""
    while True:
        try:
            await work()
        except Exception:
            logger.exception("%r failed; it is begun again", work)
        await asyncio.sleep(AGAIN)


async def _every(seconds, function):
    while True:
        await asyncio.sleep(seconds)
        began = time.monotonic()
        try:
            await registry.call(function)
        except Exception:
            logger.exception("%r failed; it is tried again in %s s", function, seconds)
        if time.monotonic() - began > seconds:
            logger.warning("%r takes longer than its %s s", function, seconds)
