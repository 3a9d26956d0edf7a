"""A PostgreSQL of the tests' own: a folder thrown away, a free port of loopback, never as root."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

# What a test loses with the power it does not need.
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200"]


@contextlib.contextmanager
def private_postgres():
    """Start one, give its address (for DATABASE_URL), and stop it whatever happens in between."""
    folder = Path(tempfile.mkdtemp(prefix="backchannel-postgres-"))
    user = owned(folder)
    port = free_port()
    try:
        _run(user, "initdb", "-D", folder / "db", "-U", "backchannel", "-A", "trust", "-E", "UTF8", "--no-sync")
        _run(
            user,
            "pg_ctl",
            "-D",
            folder / "db",
            "-w",
            "-t",
            "60",
            "-l",
            folder / "log",
            "-o",
            _options(folder, port),
            "start",
        )
        _run(user, "createdb", "-h", "127.0.0.1", "-p", port, "-U", "backchannel", "backchannel")
        yield f"postgres://backchannel@127.0.0.1:{port}/backchannel"
    finally:
        if (folder / "db" / "postmaster.pid").exists():
            _run(user, "pg_ctl", "-D", folder / "db", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder, ignore_errors=True)


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
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _options(folder, port):
    asked = [f"port={port}", "listen_addresses=127.0.0.1", f"unix_socket_directories={folder}", *FAST]
    return " ".join(f"-c {option}" for option in asked)


def _run(user, program, *words):
    done = subprocess.run(
        [programs() / program, *map(str, words)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd="/",
        text=True,
        **unprivileged(user),
    )
    if done.returncode:
        raise RuntimeError(f"{program} failed:\n{done.stdout}")
