"""What the machine knows about processes: cores, seconds of work, memory, open connections."""

import contextlib
import os
import re
import signal
from collections.abc import Iterable
from pathlib import Path

CORES = sorted(os.sched_getaffinity(0))
SERVER, DRIVER = CORES[0], CORES[min(1, len(CORES) - 1)]
TICK = os.sysconf("SC_CLK_TCK")
ESTABLISHED = "01"


def pinned(core: int):
    """For `preexec_fn`: what is started runs on this core only."""
    return lambda: os.sched_setaffinity(0, {core})


@contextlib.contextmanager
def resting(*groups: Iterable[int]):
    """Processes that share the server's core do nothing until the end of the block."""
    pids = [pid for group in groups for pid in group]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def children(pid: int, name: str = "") -> list[int]:
    """Pids of the living children of a process, or of those whose name begins like this."""
    return sorted(number for number, (comm, parent) in _everybody().items() if parent == pid and comm.startswith(name))


def family(pid: int) -> list[int]:
    """A process and all below it."""
    everybody, found = _everybody(), [pid]
    for one in found:
        found.extend(number for number, (_comm, parent) in everybody.items() if parent == one)
    return found


def _everybody() -> dict[int, tuple[str, int]]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := _stat(folder.name):
            comm, state, parent = fields[0], fields[1], int(fields[2])
            if state != "Z":
                found[int(folder.name)] = (comm, parent)
    return found


def _stat(pid: int | str) -> list[str]:
    """The command's name, then the fields of /proc/PID/stat from the third on; nothing of a process that is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return []
    name, _, rest = text.partition("(")[2].rpartition(") ")
    return [name, *rest.split()]


def work(pids: Iterable[int]) -> float:
    """Seconds that these have worked so far, in the kernel and out of it."""
    return sum((int(fields[12]) + int(fields[13])) / TICK for pid in pids if (fields := _stat(pid)))


def memory(pids: Iterable[int]) -> int:
    """Bytes of memory that are theirs: proportional set size."""
    total = 0
    for pid in pids:
        found = re.search(r"^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text(), re.MULTILINE)
        total += int(found[1]) * 1024
    return total


def held_open(port: int, browsers: Iterable[int]) -> int:
    """How many of the browsers' ports a server on `port` still holds a connection to, as the kernel sees it."""
    wanted = {f"{browser:04X}" for browser in browsers}
    held = 0
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        _number, here, there, state = line.split()[:4]
        held += here.endswith(f":{port:04X}") and there.rpartition(":")[2] in wanted and state == ESTABLISHED
    return held
