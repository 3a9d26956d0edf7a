"""A PostgreSQL of the tests' own: a folder thrown away, a free port of loopback, never as root."""

import contextlib
import os
import pwd
import random
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

# What a test loses with the power it does not need.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


class Postgres:
    """`url` stays the same however often it is stopped and started."""

    def __init__(self, folder, options=FAST):
        self.folder, self.user, self.port, self.options = folder, owned(folder), free_port(), options
        self.url = f"postgres://backchannel@127.0.0.1:{self.port}/backchannel"

    def make(self):
        self._run("initdb", "-D", self._db, "-U", "backchannel", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", self.port, "-U", "backchannel", "backchannel")

    def start(self):
        options = _options(self.folder, self.port, self.options)
        self._run("pg_ctl", "-D", self._db, "-w", "-t", "60", "-l", self.folder / "log", "-o", options, "start")

    def stop(self):
        """At once, as if the power had gone."""
        if (self._db / "postmaster.pid").exists():
            self._run("pg_ctl", "-D", self._db, "-m", "immediate", "-w", "stop")

    @property
    def _db(self):
        return self.folder / "db"

    def _run(self, program, *words):
        done = subprocess.run(
            [programs() / program, *map(str, words)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            cwd="/",
            text=True,
            **unprivileged(self.user),
        )
        if done.returncode:
            raise RuntimeError(f"{program} failed:\n{done.stdout}")


@contextlib.contextmanager
def breakable_postgres(options=FAST):
    """Make and start one, give it, and stop it whatever happens in between."""
    server = Postgres(Path(tempfile.mkdtemp(prefix="backchannel-postgres-")), options)
    try:
        server.make()
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@contextlib.contextmanager
def private_postgres(options=FAST):
    """The address (for DATABASE_URL) of one that stays."""
    with breakable_postgres(options) as server:
        yield server.url


def programs():
    """The folder of the newest PostgreSQL's programs on this machine, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[4]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def owned(folder):
    """The folder given to the user who shall run the server in it → that user, None for ourselves."""
    user = _other_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return user


def unprivileged(user):
    """What Popen has to be told for a process of this user."""
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}


def _other_user():
    """PostgreSQL refuses to run as root: postgres if the machine has that user, else nobody."""
    if os.getuid() != 0:
        return None
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        return pwd.getpwnam("nobody")


def free_port():
    """One below those that the kernel gives to outgoing lines, or one of these could take it before it is used."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as found, contextlib.suppress(OSError):
            found.bind(("", port))
            return port


def _options(folder, port, options):
    asked = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *options]
    return " ".join(f"-c {option}" for option in asked)
