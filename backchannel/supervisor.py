"""Keeps the house's processes running: one that dies comes back, and none outlives the supervisor."""

import contextlib
import os
import selectors
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass

from backchannel.child import fork

PAUSES = (0.0, 0.5, 1.0, 2.0, 4.0)  # seconds before the next start, by how often it just failed
SETTLED = 10.0  # seconds after which a process counts as well started
LOOK = 0.2  # seconds between looks at the processes
PATIENCE = 8.0  # seconds between asking them to end and ending them


@dataclass
class Child:
    """One process of the house: a management command, shown under its own name."""

    name: str
    words: list[str]
    inherits: tuple[int, ...] = ()
    pid: int = 0  # 0 while it does not run
    output: int = -1
    half_line: bytes = b""
    failures: int = 0
    started_at: float = 0.0
    due_at: float = 0.0

    def start(self, lifeline: int) -> None:
        self.started_at = time.monotonic()
        self.pid, self.output = fork(self.name, self.words, lifeline, self.inherits)

    def ended(self) -> int | None:
        """The status it ended with, or None while it runs."""
        found, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if found else None

    def died(self) -> None:
        """Decide when to start again: at once the first time, later and later if it keeps failing."""
        now = time.monotonic()
        if now - self.started_at > SETTLED:
            self.failures = 0
        self.due_at = now + PAUSES[min(self.failures, len(PAUSES) - 1)]
        self.failures += 1
        self.pid, self.half_line = 0, b""
        os.close(self.output)

    def lines(self) -> Iterator[str]:
        """What it has written since the last look."""
        with contextlib.suppress(BlockingIOError):
            while written := os.read(self.output, 65536):
                *whole, self.half_line = (self.half_line + written).split(b"\n")
                yield from (line.decode(errors="replace") for line in whole)


class Supervisor:
    """Starts the children, starts again those that die, and ends them all when told to stop."""

    def __init__(self, children: list[Child]) -> None:
        self.children = children
        self.stopping = False
        # Nobody ever writes: that the other end closes is the message.
        self.lifeline, self.held = os.pipe()
        self.selector = selectors.DefaultSelector()

    def run(self) -> None:
        """Until SIGINT, SIGTERM or SIGHUP."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self.stop)
        try:
            while not self.stopping:
                self._start_what_is_due()
                self._look(LOOK)
        finally:
            self._end_all()

    def stop(self, *_signal: object) -> None:
        self.stopping = True

    def _start_what_is_due(self) -> None:
        for child in self.children:
            if child.pid == 0 and child.due_at <= time.monotonic():
                child.start(self.lifeline)
                self.selector.register(child.output, selectors.EVENT_READ, child)

    def _look(self, seconds: float) -> None:
        """Pass on what was written, and notice who died."""
        for key, _events in self.selector.select(seconds):
            self._pass_on(key.data)
        for child in self._running():
            code = child.ended()
            if code is not None:
                self._bury(child, code)

    def _pass_on(self, child: Child) -> None:
        for line in child.lines():
            _say(f"{child.name:<5} | {line}")

    def _bury(self, child: Child, code: int) -> None:
        self._pass_on(child)
        self.selector.unregister(child.output)
        child.died()
        if not self.stopping:
            _say(f"{child.name:<5} | ended ({_how(code)}); starting it again")

    def _end_all(self) -> None:
        self.stopping = True
        self._tell(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        while self._running() and time.monotonic() < deadline:
            self._look(LOOK / 2)
        self._tell(signal.SIGKILL)
        while self._running():
            self._look(LOOK / 2)

    def _running(self) -> list[Child]:
        return [child for child in self.children if child.pid != 0]

    def _tell(self, number: signal.Signals) -> None:
        for child in self._running():
            with contextlib.suppress(ProcessLookupError):
                os.kill(child.pid, number)


def _say(line: str) -> None:
    """Where nothing can be written, because a disk is full or nobody reads any more, the house goes on without."""
    with contextlib.suppress(OSError):
        print(line, flush=True)


def _how(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"exit {code}"
