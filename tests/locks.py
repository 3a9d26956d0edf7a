"""Somebody else in the way."""

import threading
from contextlib import contextmanager

from django.db import connections, transaction


@contextmanager
def locked(row):
    """Somebody else holds it, and is not done: its row, or where there is no such thing the whole database."""
    held, over = threading.Event(), threading.Event()

    def hold():
        try:
            with transaction.atomic():
                type(row).objects.select_for_update().get(pk=row.pk)
                held.set()
                over.wait(20)
        finally:
            connections.close_all()

    thread = threading.Thread(target=hold)
    thread.start()
    assert held.wait(5)
    try:
        yield
    finally:
        over.set()
        thread.join()
