"""What is measured and what it is measured against: each on the server's core, in a folder thrown away."""

import contextlib
import getpass
import grp
import json
import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from bench import processes
from tests.postgres import free_port, private_postgres
from tests.product import ROOT, House, own_database

# As a house in production has it: a message that was acknowledged is on the disk.
DURABLE = [
    "max_connections=200",
    "shared_preload_libraries=pg_stat_statements",
    "pg_stat_statements.track_utility=off",
]
NCHAN = Path("/usr/lib/nginx/modules/ngx_nchan_module.so")


class NotThere(Exception):
    """What a row needs is not on this machine, or not in this house; the text says what."""


class BenchHouse(House):
    """The product on the server's core, ready for thousands of browsers."""

    def launch(self, *words, **how):
        return super().launch(*words, **{"preexec_fn": _ready_for_many, **how})

    @property
    def web(self) -> list[int]:
        """The pids of the processes that answer browsers."""
        return processes.children(self.process.pid, "web")

    def seed(self, **scene) -> dict:
        """Fill it (see bench/seeding.py) → what was made."""
        return json.loads(self.run(f"from bench import seeding; seeding.fill(**{scene!r})"))


def _ready_for_many() -> None:
    os.sched_setaffinity(0, {processes.SERVER})
    _most, allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, allowed))


@contextlib.contextmanager
def postgres():
    """A PostgreSQL for the whole run that keeps what it has said it keeps → the address of a database in it that is
    ready for a house: every house has a copy."""
    with private_postgres(DURABLE) as url, own_database(url) as ready, _folder() as folder:
        BenchHouse(folder, ready).manage("migrate")
        yield ready


@contextlib.contextmanager
def house(database: str = "", **environment):
    """A running house on a database of its own; "" is the embedded one."""
    with own_database(database, urlsplit(database).path[1:]) as url, _folder() as folder:
        one = BenchHouse(folder, url, **environment)
        try:
            yield one.start("--no-demo")
        finally:
            one.stop()


@contextlib.contextmanager
def _folder():
    """Where a house keeps its files, thrown away at the end of the block."""
    with tempfile.TemporaryDirectory(prefix="backchannel-bench-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "house"


@contextlib.contextmanager
def redis():
    """A Redis that keeps nothing → its address."""
    program = shutil.which("redis-server")
    if not program:
        raise NotThere("redis-server is not installed")
    port = free_port()
    words = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    with _running(words, port):
        yield f"redis://127.0.0.1:{port}/0"


class Baseline:
    """A server that is only there to be compared with."""

    def __init__(self, ports: list[int], pids: list[int]) -> None:
        self.ports, self.pids = ports, pids


@contextlib.contextmanager
def plain(redis_url: str, count: int = 1):
    """(a): Channels as its tutorial shows it, on daphne, in so many processes."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "bench.plain.settings", "REDIS_URL": redis_url}
    ports = [free_port() for _ in range(count)]
    with contextlib.ExitStack() as stack:
        started = [
            stack.enter_context(
                _running([sys.executable, "-m", "bench.plain", str(port)], port, env=environment, cwd=ROOT)
            )
            for port in ports
        ]
        yield Baseline(ports, [one.pid for one in started])


@contextlib.contextmanager
def nchan():
    """(b): nginx with nchan, one worker."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    if not Path(program).exists() or not NCHAN.exists():
        raise NotThere("nginx with nchan (libnginx-mod-nchan) is not installed")
    folder, port = Path(tempfile.mkdtemp(prefix="backchannel-nchan-")), free_port()
    folder.chmod(0o755)
    (folder / "nginx.conf").write_text(_nchan_settings(folder, port))
    try:
        with _running([program, "-p", folder, "-c", folder / "nginx.conf"], port) as master:
            yield Baseline([port], processes.family(master.pid))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _nchan_settings(folder: Path, port: int) -> str:
    me = getpass.getuser()
    user = f"user {me} {grp.getgrgid(os.getgid()).gr_name};" if os.getuid() == 0 else ""
    text = (ROOT / "bench" / "nchan.conf").read_text()
    return (
        text.replace("USER", user)
        .replace("MODULE", str(NCHAN))
        .replace("FOLDER", str(folder))
        .replace("PORT", str(port))
    )


@contextlib.contextmanager
def _running(words: list, port: int, **how):
    """A program until the end of the block, from when its port answers."""
    started = subprocess.Popen(
        words,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        preexec_fn=_ready_for_many,
        **how,
    )
    try:
        _wait_for(started, port)
        yield started
    finally:
        started.terminate()
        try:
            started.wait(5)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


def _wait_for(started: subprocess.Popen, port: int) -> None:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        if started.poll() is not None:
            raise RuntimeError(f"{started.args[0]} ended:\n{started.stderr.read().decode(errors='replace')}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{started.args[0]} does not answer")
