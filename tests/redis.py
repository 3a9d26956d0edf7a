"""A Redis of the tests' own: a folder thrown away, a free port of loopback, never as root."""

import contextlib
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import redis

from tests.postgres import free_port, owned, unprivileged


class Redis:
    """`url` stays the same however often it dies and starts."""

    def __init__(self, folder, user):
        self.folder, self.user, self.port = folder, user, free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.process = None

    def start(self):
        words = ["redis-server", "--port", self.port, "--bind", "127.0.0.1", "--dir", self.folder, "--save", ""]
        log = ["--logfile", self.folder / "log", "--enable-debug-command", "local"]
        command = list(map(str, [*words, *log]))
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, cwd="/", **unprivileged(self.user))
        end = time.monotonic() + 10
        while not self.answers():
            assert time.monotonic() < end, (self.folder / "log").read_text()
            time.sleep(0.02)

    def answers(self):
        with contextlib.suppress(redis.RedisError):
            return self.ask("PING")
        return False

    def ask(self, *words):
        """What redis-cli would answer."""
        with redis.Redis.from_url(self.url, socket_timeout=15) as client:
            return client.execute_command(*words)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


@contextlib.contextmanager
def private_redis():
    """Start one, give it, and end it whatever happens in between."""
    folder = Path(tempfile.mkdtemp(prefix="backchannel-redis-"))
    server = Redis(folder, owned(folder))
    try:
        server.start()
        yield server
    finally:
        if server.process is not None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)
