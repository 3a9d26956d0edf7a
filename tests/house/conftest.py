"""Houses that a test starts, breaks and throws away."""

import os

import pytest

from tests.product import House, own_database


@pytest.fixture
def new_house(tmp_path):
    """new_house(PUBLIC_URL=…) → a House that has not been started; each with its own folder and database."""
    made, databases = [], []

    def make(folder=None, **environment):
        database = own_database(os.environ.get("DATABASE_URL", ""))
        databases.append(database)
        made.append(House(folder or tmp_path / f"data{len(made)}", database.__enter__(), **environment))
        return made[-1]

    yield make
    for house in made:
        if house.process is not None and house.process.poll() is None:
            house.stop()
    for database in databases:
        database.__exit__(None, None, None)
