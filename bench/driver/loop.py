"""An epoll loop with timers, and nothing else: a few microseconds for each thing that happens."""

import heapq
import itertools
import select
import time
from collections.abc import Callable

READ, WRITE = select.EPOLLIN, select.EPOLLOUT
now = time.monotonic


class Loop:
    """Calls `ready(events)` of what is watched, and functions when their time has come."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: dict[int, Callable[[int], None]] = {}
        self._timers: list = []
        self._order = itertools.count()

    def watch(self, number: int, ready: Callable[[int], None], events: int = READ) -> None:
        if number in self._watched:
            self._epoll.modify(number, events)
        else:
            self._epoll.register(number, events)
        self._watched[number] = ready

    def forget(self, number: int) -> None:
        if self._watched.pop(number, None):
            self._epoll.unregister(number)

    def at(self, when: float, function: Callable[[], None]) -> None:
        heapq.heappush(self._timers, (when, next(self._order), function))

    def after(self, seconds: float, function: Callable[[], None]) -> None:
        self.at(now() + seconds, function)

    def run(self, seconds: float) -> None:
        """For so long."""
        self.until(lambda: False, seconds)

    def until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Until `done()`, but not longer than so many seconds → whether it was."""
        end = now() + seconds
        while not done():
            left = end - now()
            if left <= 0:
                return False
            self._turn(left)
        return True

    def _turn(self, longest: float) -> None:
        if self._timers:
            longest = max(0.0, min(longest, self._timers[0][0] - now()))
        watched = self._watched
        for number, events in self._epoll.poll(longest):
            # Something before it in this very turn may have closed it.
            if ready := watched.get(number):
                ready(events)
        while self._timers and self._timers[0][0] <= now():
            heapq.heappop(self._timers)[2]()
