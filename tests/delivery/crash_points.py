"""Ends the process, without a word, where it keeps a message: between any two steps of that.

The file `crash` in the data folder names the point; it is taken away when that is reached, so it happens once. Only the
message with MARK in its text counts. Nothing in the product knows of this: its steps are watched from outside.
"""

import os
import re
from pathlib import Path

from django.apps import AppConfig
from django.conf import settings
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from live import publishing

MARK = "crash here"
INSERT = re.compile(r'INSERT INTO "?backchannel_message"? ')
POINTS = ("inserted", "before commit", "after commit", "telling", "told")

_armed = {"on": None}  # the connection that keeps the message


class CrashPoints(AppConfig):
    name = "tests.delivery.crash_points"

    def ready(self):
        connection_created.connect(_watch)
        BaseDatabaseWrapper.commit = _around(BaseDatabaseWrapper.commit, "before commit", "after commit")
        hooks = BaseDatabaseWrapper.run_and_clear_commit_hooks
        BaseDatabaseWrapper.run_and_clear_commit_hooks = _around(hooks, None, "told")
        publishing._deliver = _seen(publishing._deliver)


def _watch(connection, **kwargs):
    if _see not in connection.execute_wrappers:
        connection.execute_wrappers.append(_see)


def _see(execute, sql, params, many, context):
    """Arms when the message is written into its table."""
    done = execute(sql, params, many, context)
    if INSERT.search(sql) and MARK in repr(params) and _file().exists():
        _armed["on"] = context["connection"]
        _reach("inserted")
    return done


def _around(step, before, after):
    def watched(connection, *args):
        mine = _armed["on"] is connection
        if mine:
            _reach(before)
        done = step(connection, *args)
        if mine:
            _reach(after)
        return done

    return watched


def _seen(deliver):
    def watched(orders):
        if _armed["on"] is not None:
            _reach("telling")
        return deliver(orders)

    return watched


def _reach(point):
    if point and _file().exists() and _file().read_text() == point:
        _file().unlink()
        os._exit(9)


def _file():
    return Path(settings.DATA_DIR, "crash")
