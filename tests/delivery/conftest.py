"""Houses full of virtual browsers. On SQLite a house is the one that everybody gets: one process, nothing installed. On
PostgreSQL it is the one of production: two web processes with a Redis between them."""

import contextlib
import os
import tempfile
from pathlib import Path

import psycopg
import pytest

from tests.delivery.disk import Disk
from tests.delivery.runs import seed
from tests.delivery.world import World
from tests.postgres import Postgres, breakable_postgres
from tests.product import House, own_database
from tests.redis import private_redis


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
    """(a house whose database lies on a small disk of its own, that disk)"""
    if os.getuid() != 0:
        pytest.skip("only root may mount a small disk")
    with contextlib.ExitStack() as stack:
        if os.environ.get("DATABASE_URL"):
            # Not below pytest's own folder, which is closed to the user that PostgreSQL runs as.
            disk = stack.enter_context(Disk(tempfile.mkdtemp(prefix="backchannel-disk-"), 192))
            server = Postgres(Path(tempfile.mkdtemp(dir=disk.folder)))
            stack.callback(server.stop)
            server.make()
            _keeps_what_it_acknowledged(server.url)
            redis = stack.enter_context(private_redis())
            house = House(tmp_path / "data", server.url, **production(redis))
            disk.mended = lambda: [server.stop(), server.start()]
        else:
            disk = stack.enter_context(Disk(tmp_path / "data", 24))
            house = House(disk.folder)
            disk.mended = lambda: None
        stack.callback(_end, house)
        yield house.start("--no-demo"), disk


@pytest.fixture
async def people():
    """await people(house, room=…, stage=…, pairs=…, way="both") → a World in that house.

    net=…: every second tab reaches the house through that Net.
    """
    made = []

    async def make(house, way="both", net=None, **sizes):
        made.append(World(house, seed(), way, net))
        return await made[-1].open(**sizes)

    yield make
    for each in made:
        await each.close()
