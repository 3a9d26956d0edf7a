"""Where one connection of the pool is dead, all are: they are made anew together.

By itself the pool would find them one after another, with a longer and longer pause after each, and as many people
would be sent away as it has connections.
"""

from typing import Any

from django.db.backends.postgresql import base
from psycopg import Connection
from psycopg_pool import ConnectionPool


class DatabaseWrapper(base.DatabaseWrapper):
    @property
    def pool(self) -> Any:
        pool = super().pool
        if pool is not None:
            pool._check = require_alive  # Django's own settings know no other check than the pool's
        return pool


def require_alive(connection: Connection) -> None:
    """Raises when the server does not answer on this connection."""
    try:
        ConnectionPool.check_connection(connection)
    except Exception:
        connection._pool.drain()  # type: ignore[attr-defined]
        raise
