"""Houses full of virtual browsers. On SQLite a house is the one that everybody gets: one process, nothing installed. On
PostgreSQL it is the one of production: two web processes with a Redis between them."""

import contextlib
import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.delivery.disk import Ceiling, Disk
from tests.delivery.runs import SEEDS, replay, seed
from tests.delivery.world import World
from tests.postgres import Postgres, breakable_postgres
from tests.product import House, own_database
from tests.redis import private_redis

WORLDS = pytest.StashKey[list]()
LAST_WORDS = 4000  # characters of a house's log


def pytest_generate_tests(metafunc):
    """Every run as often as SEEDS says, each time with another seed."""
    if SEEDS > 1 and "nth" in metafunc.fixturenames:
        metafunc.parametrize("nth", range(SEEDS))


@pytest.fixture
def nth():
    """Which of these runs this is."""
    return 0


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    for world in item.stash.get(WORLDS, []) if report.failed else ():
        report.sections.append(("what the house said last", world.house.said()[-LAST_WORDS:]))
        report.sections.append(("to play it again", replay(item, world.number)))
    return report


@pytest.fixture(scope="session", name="a_house")
def how_to_make_one():
    """with a_house(folder, …) as house: a running one, for fixtures of other scopes."""
    return a_house


@contextlib.contextmanager
def a_house(folder, **environment):
    """One that runs, of the kind that goes with this run's database."""
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(own_database(os.environ.get("DATABASE_URL", "")))
        if database:
            environment = {**production(stack.enter_context(private_redis())), **environment}
        house = House(folder, database, **environment)
        stack.callback(_end, house)
        yield house.start("--no-demo")


def production(redis):
    return {"REDIS_URL": redis.url, "WEB_PROCESSES": "2"}


def _end(house):
    if house.process is not None and house.process.poll() is None:
        house.stop()


@pytest.fixture
def house(tmp_path):
    with a_house(tmp_path / "data") as running:
        yield running


@pytest.fixture(scope="package")
def shared_house(tmp_path_factory):
    """For several tests, each with people of its own, that leave it as well as they found it."""
    with a_house(tmp_path_factory.mktemp("shared") / "data") as running:
        yield running


@pytest.fixture
def redis():
    with private_redis() as server:
        yield server


@pytest.fixture
def postgres():
    with breakable_postgres() as server:
        _keeps_what_it_acknowledged(server.url)
        yield server


def _keeps_what_it_acknowledged(url):
    """As a PostgreSQL does that people use; the one of the other tests is faster and may forget."""
    with psycopg.connect(url, autocommit=True) as database:
        database.execute("ALTER DATABASE backchannel SET synchronous_commit = on")


@pytest.fixture
def grand_house(tmp_path, postgres, redis):
    """The house of production on servers of its own, which a test may break; the same in every run."""
    house = House(tmp_path / "data", postgres.url, **production(redis))
    try:
        yield house.start("--no-demo")
    finally:
        _end(house)


@pytest.fixture
def full_house(tmp_path):
    """(a house, the disk of its database): root mounts a small one."""
    made = _full_production if os.environ.get("DATABASE_URL") else _full_embedded
    with contextlib.ExitStack() as stack:
        house, disk = made(stack, tmp_path / "data")
        stack.callback(_end, house)
        yield house.start("--no-demo"), disk


def _full_embedded(stack, folder):
    house = House(folder)
    disk = stack.enter_context(Disk(folder, 24)) if os.getuid() == 0 else Ceiling(lambda: house.process.pid)
    disk.mended = lambda: None
    return house, disk


def _full_production(stack, folder):
    if os.getuid() == 0:
        # Not below pytest's own folder, which is closed to the user that PostgreSQL runs as.
        disk = stack.enter_context(Disk(tempfile.mkdtemp(prefix="backchannel-disk-"), 192))
        server = Postgres(Path(tempfile.mkdtemp(dir=disk.folder)))
        stack.callback(server.stop)
        server.make()
    else:
        server = stack.enter_context(breakable_postgres())
        disk = Ceiling(lambda: int((server.folder / "db/postmaster.pid").read_text().split()[0]))
    disk.mended = lambda: [server.stop(), server.start()]
    _keeps_what_it_acknowledged(server.url)
    return House(folder, server.url, **production(stack.enter_context(private_redis()))), disk


@pytest.fixture
async def people(request, nth):
    """await people(house, room=…, stage=…, pairs=…, way="both") → a World in that house.

    net=…: every second tab reaches the house through that Net.
    """
    made = request.node.stash.setdefault(WORLDS, [])

    async def make(house, way="both", net=None, **sizes):
        made.append(World(house, seed(nth), way, net))
        return await made[-1].open(**sizes)

    yield make
    for each in made:
        await each.close()
