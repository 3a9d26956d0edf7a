"""What a production run stands on, private to the tests and there on either database: PostgreSQL, Redis, two processes."""

import os

import pytest

from tests.postgres import private_postgres
from tests.product import House, own_database
from tests.redis import private_redis


@pytest.fixture(scope="session")
def some_postgres():
    """The address of a PostgreSQL, whatever database the other tests run on."""
    if url := os.environ.get("DATABASE_URL", ""):
        yield url
    else:
        with private_postgres() as url:
            yield url


@pytest.fixture(scope="session")
def redis_server():
    """A Redis that may be broken: whoever does that mends it."""
    with private_redis() as server:
        yield server


@pytest.fixture(scope="session")
def two_processes(some_postgres, redis_server, tmp_path_factory):
    """A running house of two web processes on PostgreSQL and Redis, with the demo people."""
    with own_database(some_postgres) as database:
        folder = tmp_path_factory.mktemp("two") / "data"
        house = House(folder, database, REDIS_URL=redis_server.url, WEB_PROCESSES="2")
        try:
            yield house.start("--demo")
        finally:
            house.stop()
