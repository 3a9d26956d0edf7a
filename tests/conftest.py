"""The cast: ada hosts, bob speaks, cleo listens, dan is outside, mo moderates."""

import os
from datetime import UTC, datetime

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.db import connection
from django.test import Client

from backchannel.moderators import NAME, install
from live import frames

pytest_plugins = ["tests.bucket", "tests.figures", "tests.production", "tests.scene"]

# Playwright's synchronous interface runs inside an event loop of its own.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

# A frame with a key too many is an error here; in production it is dropped and logged.
frames.strict = True

PASSWORD = "backchannel"
MARKS = {"browser": "browser", "house": "house", "delivery": "house"}  # given to all tests in the folder of that name
DATABASE = {"db", "transactional_db"}  # fixtures
NOT_BARE = ("django_db", "browser", "house", "production")  # marks


def pytest_addoption(parser):
    parser.addoption("--full", action="store_true", help="run the slow tier as well")


def pytest_collection_modifyitems(config, items):
    root = config.rootpath / "tests"
    for item in items:
        folder = item.path.relative_to(root).parts[0] if item.path.is_relative_to(root) else ""
        if folder in MARKS:
            item.add_marker(MARKS[folder])
        if not DATABASE & set(item.fixturenames) and not any(map(item.get_closest_marker, NOT_BARE)):
            item.add_marker("bare")
    if not config.getoption("--full"):
        slow = [item for item in items if item.get_closest_marker("full")]
        items[:] = [item for item in items if not item.get_closest_marker("full")]
        config.hook.pytest_deselected(items=slow)


@pytest.fixture(autouse=True)
def empty_cache():
    """Limits spent by one test are not missing in the next."""
    cache.clear()


OTHERS = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


@pytest.fixture(autouse=True, scope="session")
def no_connection_left(django_db_setup, django_db_blocker):
    """Threads of tests that are over may hold connections: these end before the database is dropped. Where no test asked
    for one it is not ours, and nothing is dropped."""
    yield
    is_ours = connection.settings_dict["NAME"] == connection.settings_dict["TEST"]["NAME"]
    with django_db_blocker.unblock():
        if connection.vendor == "postgresql" and is_ours:
            with connection.cursor() as cursor:
                cursor.execute(OTHERS)


@pytest.fixture
def the_clock_stands(time_machine):
    """However slow the machine is, no time goes by."""
    time_machine.move_to(datetime.now(UTC), tick=False)


@pytest.fixture
def make_person(db):
    """make_person("eve", …) → a Person with the cast's password and an address of the same name."""

    def make(username, **fields):
        from accounts.models import Person

        fields.setdefault("email", f"{username}@example.org")
        fields.setdefault("name", username.capitalize())
        return Person.objects.create_user(username=username, password=PASSWORD, **fields)

    return make


@pytest.fixture
def ada(make_person):
    return make_person("ada")


@pytest.fixture
def bob(make_person):
    return make_person("bob")


@pytest.fixture
def cleo(make_person):
    return make_person("cleo")


@pytest.fixture
def dan(make_person):
    return make_person("dan")


@pytest.fixture
def mo(make_person):
    return among_moderators(make_person("mo", is_staff=True))


def among_moderators(person):
    """Put into the group, which is made anew: tests that commit empty all tables after them, this one included."""
    install(apps)
    person.groups.add(Group.objects.get(name=NAME))
    return person


@pytest.fixture
def as_():
    """as_(bob) → a browser's worth of cookies, logged in as bob; as_(None) is a stranger."""

    def client(person=None, **options):
        fresh = Client(**options)
        if person is not None:
            fresh.force_login(person)
        return fresh

    return client
