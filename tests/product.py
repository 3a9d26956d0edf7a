"""The real product, started as people start it, in a data folder and on a database of its own."""

import contextlib
import os
import secrets
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zlib import crc32

import psycopg

from tests.postgres import free_port

ROOT = Path(__file__).parent.parent
# Collected once and kept for the next run of this checkout; one for each database, as these run side by side.
LANE = f"{ROOT} {bool(os.environ.get('DATABASE_URL'))}"
STATIC = Path(tempfile.gettempdir(), f"backchannel-static-{os.getuid()}-{crc32(LANE.encode()):x}")
OURS = (
    "DATA_DIR",
    "PUBLIC_URL",
    "HOST",
    "PORT",
    "REDIS_URL",
    "EMAIL_URL",
    "SECRET_KEY",
    "REGISTRATION",
    "WEB_PROCESSES",
)


class House:
    """One running product. Its rows are read with `sql`, its processes are found by their parent."""

    def __init__(self, folder, database="", **environment):
        self.folder = Path(folder)
        self.database = database
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.host = urlsplit(environment.get("PUBLIC_URL") or self.url).netloc
        self.log = self.folder.parent / f"{self.folder.name}.log"
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in OURS},
            "DJANGO_SETTINGS_MODULE": "backchannel.settings",
            "DATA_DIR": str(self.folder),
            "DATABASE_URL": database,
            "PORT": str(self.port),
            "LINK_PREVIEWS": "no",  # or it would ask the internet for whatever is written in it
            **environment,
        }
        self.process = None

    # Starting and ending -----------------------------------------------------------------------------------

    def start(self, *words, within=60):
        """Start it and wait until it answers."""
        self.make_folder()
        self.launch(*words)
        self.wait_ready(within)
        return self

    def make_folder(self):
        """The data folder, with the static files that earlier houses collected."""
        if not (self.folder / "static").exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            STATIC.mkdir(exist_ok=True)
            (self.folder / "static").symlink_to(STATIC)

    def launch(self, *words, **how):
        """Start it without waiting: for starts that are expected to fail."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "serve", *words],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                **how,
            )
        return self.process

    def stop(self, number=signal.SIGTERM):
        """End it as Ctrl-C or an init system does → its exit status."""
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(20)

    def wait_ready(self, within):
        end = time.monotonic() + within
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError(f"the product did not start:\n{self.said()}")
            time.sleep(0.1)

    def wait_said(self, text, within=60):
        """Wait until it has printed `text` → all that it has printed."""
        wait_for(lambda: text in self.said() or self.process.poll() is not None, within)
        assert text in self.said(), self.said()
        return self.said()

    def ready(self):
        with contextlib.suppress(OSError, urllib.error.URLError):
            asked = urllib.request.Request(f"{self.url}/readyz", headers={"Host": self.host})
            return urllib.request.urlopen(asked, timeout=3).status == 200
        return False

    # Looking at it, and breaking it ------------------------------------------------------------------------

    def said(self):
        """All that it has printed."""
        return self.log.read_text(errors="replace")

    def pids(self):
        """{"web": pid, "jobs": pid, "mixer": pid} of those that run now."""
        found = {}
        for status in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                pid, _, rest = status.read_text().partition(" (")
                name, _, rest = rest.rpartition(") ")
                state, parent = rest.split()[:2]
                if int(parent) == self.process.pid and state != "Z":
                    found[name] = int(pid)
        return found

    def kill(self, name, number=signal.SIGKILL):
        """Send a signal to "web", "jobs" or "mixer" → the pid it had."""
        pid = self.pids()[name]
        os.kill(pid, number)
        return pid

    def sql(self, query, *values):
        """Rows of the product's own database, read past the product. `?` stands for a value."""
        if self.database:
            with psycopg.connect(self.database, autocommit=True) as connection:
                return connection.execute(query.replace("?", "%s"), values).fetchall()
        with contextlib.closing(
            sqlite3.connect(f"file:{self.folder}/backchannel.sqlite3?mode=ro", uri=True)
        ) as connection:
            return connection.execute(query, values).fetchall()

    def manage(self, *words, check=True):
        """Run a management command beside it → what the command printed."""
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
        )
        if check and done.returncode:
            raise AssertionError(f"manage.py {' '.join(words)} failed:\n{done.stdout}{done.stderr}")
        return done.stdout

    def run(self, code):
        """Run Python inside the product's code, beside the running processes → what it printed."""
        return self.manage("shell", "--no-imports", "-c", code)


def wait_for(what, within=5.0, every=0.05):
    """Call `what` until it gives something true → that; AssertionError after `within` seconds."""
    end = time.monotonic() + within
    while True:
        if answer := what():
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {within} s: {what}")
        time.sleep(every)


@contextlib.contextmanager
def own_database(url, template="template1"):
    """A database beside the one of `url` (PostgreSQL), empty or a copy of `template`, dropped afterwards; "" stays ""
    (SQLite)."""
    if not url:
        yield ""
        return
    name = f"house_{secrets.token_hex(4)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        try:
            yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
        finally:
            server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
