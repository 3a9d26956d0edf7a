"""bin/serve's supervisor: what it keeps running, how it ends, and when it refuses to begin."""

import contextlib
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import time
import urllib.request
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

from tests.product import House, own_database, wait_for

pytestmark = pytest.mark.alike

CHILDREN = {"web", "jobs", "mixer"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A house that these tests share: each leaves it as well as it found it."""
    with own_database(os.environ.get("DATABASE_URL", "")) as database:
        house = House(tmp_path_factory.mktemp("running") / "data", database).start("--demo")
        yield house
        house.stop()


def test_a_killed_child_is_back_within_five_seconds(running):
    for name in ("web", "jobs", "mixer"):
        before = running.kill(name)
        wait_for(lambda: running.pids().get(name, before) != before, within=1)  # noqa: B023
        wait_for(running.ready, within=5)
    assert running.pids().keys() == CHILDREN


def test_who_asks_while_the_web_process_is_dead_is_answered_by_the_next(running):
    running.kill("web")
    assert urllib.request.urlopen(f"{running.url}/healthz", timeout=5).status == 200


def test_f2_a_web_process_told_to_end_tells_open_pages_to_come_back(running):
    login = running.run(
        "from django.test import Client\n"
        "from accounts.models import Person\n"
        "client = Client()\n"
        "client.force_login(Person.objects.get(username='ada'))\n"
        "print(client.cookies['session'].value)"
    ).split()[-1]
    with connect(
        f"ws://127.0.0.1:{running.port}/live/",
        origin=running.url,
        additional_headers={"Cookie": f"session={login}"},
    ) as page:
        page.send(json.dumps({"type": "hello", "tab": "t", "cursors": {}, "versions": {}}))
        page.recv(timeout=10)
        began = time.monotonic()
        running.kill("web", signal.SIGTERM)
        with pytest.raises(ConnectionClosed) as closed:
            while True:
                page.recv(timeout=5)
    assert closed.value.rcvd.code == 1012
    wait_for(running.ready, within=5)
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ending_it_ends_everything(new_house, number):
    house = new_house().start("--no-demo")
    children = house.pids().values()
    assert house.stop(number) == 0
    assert not [pid for pid in children if _runs(pid)]


def test_a_killed_supervisor_leaves_nothing_behind(new_house):
    house = new_house().start("--no-demo")
    children = list(house.pids().values())
    os.kill(children[0], signal.SIGSTOP)  # not even one that cannot look after itself
    house.stop(signal.SIGKILL)
    wait_for(lambda: not [pid for pid in children if _runs(pid)], within=2)
    house.start("--no-demo")


def test_f13_a_log_that_takes_no_more_ends_nothing(new_house):
    house = new_house().start("--no-demo")
    resource.prlimit(house.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    said, before = house.said(), house.kill("web")
    wait_for(lambda: house.pids().get("web", before) != before, within=5)
    assert house.said() == said


def test_a_second_start_takes_less_than_five_seconds(new_house):
    house = new_house().start("--no-demo")
    house.stop()
    began = time.monotonic()
    house.launch("--no-demo")
    wait_for(lambda: _answers(house), within=5)
    assert time.monotonic() - began < 5


def test_the_folder_and_its_keys_are_the_owners_alone(running):
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((running.folder / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((running.folder / "live.sock").stat().st_mode) == 0o600


def test_a_taken_port_is_one_sentence(new_house):
    house = new_house()
    with socket.create_server(("127.0.0.1", house.port)):
        assert _refusal(house) == (
            f"Port {house.port} is taken by another program: end that one, or set PORT to another number."
        )


@pytest.mark.parametrize("port", ["0", "65536", "eight"])
def test_a_port_that_is_none_is_one_sentence(new_house, port):
    said = _refusal(new_house(PORT=port))
    assert "PORT" in said and "docs/self-hosting.md" in said


def test_a_second_house_on_the_same_folder_is_one_sentence(running):
    second = House(running.folder, running.database)
    second.log = running.folder.parent / "second.log"
    assert _refusal(second) == f"Another Backchannel is already running on {running.folder}."
    assert running.ready()


def test_a_folder_that_cannot_be_written_is_one_sentence(new_house, tmp_path):
    (tmp_path / "file").write_text("not a folder")
    for place in (tmp_path / "file" / "data", "/sys/backchannel"):
        house = new_house(folder=place)
        house.log = tmp_path / "refused.log"
        house.log.unlink(missing_ok=True)
        assert _refusal(house).startswith(f"The data folder {place} cannot be written (")


def test_a_full_folder_is_one_sentence(new_house, tmp_path):
    with _small(tmp_path / "full") as (folder, limits):
        house = new_house(folder=folder)
        house.log = tmp_path / "refused.log"
        assert _refusal(house, **limits) == (
            f"The data folder {folder} is full: make room, or set DATA_DIR to another one."
        )


def test_the_address_and_the_operators_link_are_printed(running):
    assert f"Backchannel is at {running.url}/" in running.said()
    link = running.said().partition("once: ")[2].split()[0]
    assert link.startswith(f"{running.url}/operator/")
    assert urllib.request.urlopen(link, timeout=5).status == 200


def test_who_prepares_a_house_by_itself_is_told_the_operators_link(running):
    said = running.manage("prepare")
    assert urllib.request.urlopen(said.partition("once: ")[2].split()[0], timeout=5).status == 200


def test_without_a_terminal_a_new_house_gets_the_demo_and_says_so(new_house):
    house = new_house().start()
    assert "A new house: making demo people" in house.said()
    assert house.sql("SELECT count(*) FROM accounts_person WHERE username = 'ada'") == [(1,)]
    house.stop()
    said = len(house.said())
    house.start()
    assert "demo" not in house.said()[said:]


def _runs(pid):
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] != "Z"
    return False


def _answers(house):
    with contextlib.suppress(OSError):
        return urllib.request.urlopen(f"{house.url}/healthz", timeout=5).status == 200


def _refusal(house, **how):
    """Start a house that must refuse → the sentence it said."""
    status = house.launch("--no-demo", **how).wait(30)
    lines = house.said().strip().splitlines()
    assert status == 2, lines
    assert len(lines) == 1, lines
    return lines[0]


@contextlib.contextmanager
def _small(folder):
    """A folder with less room than a start needs, and what else Popen has to be told for that."""
    folder.mkdir()
    mounted = os.getuid() == 0 and not subprocess.call(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "none", folder], stderr=subprocess.DEVNULL
    )
    try:
        yield folder, {} if mounted else {"preexec_fn": _small_files}
    finally:
        if mounted:
            subprocess.check_call(["umount", folder])


def _small_files():
    resource.setrlimit(resource.RLIMIT_FSIZE, (256 * 1024, 256 * 1024))
