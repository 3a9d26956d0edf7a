"""How many tests ran on which database: told at the end of a run, and written down for bin/test."""

import json
from pathlib import Path

import pytest

FIGURES = pytest.StashKey[dict]()


def pytest_addoption(parser):
    parser.addoption("--figures", metavar="FILE", help="write what ran, and on which database, to FILE")


def pytest_configure(config):
    config.stash[FIGURES] = {"database": "", "passed": 0, "failed": 0, "skipped": 0}


@pytest.fixture(autouse=True, scope="session")
def _database_told(request, django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        told = _database()
    request.config.stash[FIGURES]["database"] = told
    if hasattr(request.config, "workeroutput"):
        request.config.workeroutput["database"] = told


def _database():
    """Name and version, asked of the server itself over the connection that the application uses."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT 'SQLite ' || sqlite_version()")
        else:
            cursor.execute("SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1)")
        return cursor.fetchone()[0]


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node, error):
    told = getattr(node, "workeroutput", {}).get("database")
    if told:
        node.config.stash[FIGURES]["database"] = told


def pytest_terminal_summary(terminalreporter, config):
    figures = config.stash[FIGURES]
    counted = terminalreporter.stats
    figures["passed"] = len(counted.get("passed", []))
    figures["failed"] = len(counted.get("failed", [])) + len(counted.get("error", []))
    figures["skipped"] = sum(len(counted.get(name, [])) for name in ("skipped", "xfailed", "xpassed"))
    if figures["database"]:
        terminalreporter.write_line(told(figures))
    if config.getoption("--figures"):
        Path(config.getoption("--figures")).write_text(json.dumps(figures))


def told(figures):
    """One line for people: SQLite 3.40.1: collected 12, passed 12, skipped 0."""
    collected = figures["passed"] + figures["failed"] + figures["skipped"]
    line = f"{figures['database']}: collected {collected}, passed {figures['passed']}"
    line += f", failed {figures['failed']}" if figures["failed"] else ""
    return f"{line}, skipped {figures['skipped']}"
