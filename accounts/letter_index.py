"""The index over parts of names: PostgreSQL's trigrams, where its extension may be used. Without it the same is found,
by reading all names."""

import logging

from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)


def install(connection: BaseDatabaseWrapper, table: str) -> None:
    """Make it where it is missing and can be made."""
    if connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
            cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS {table}_letters ON {table} USING gin (words gin_trgm_ops)")
    except DatabaseError as problem:
        reason = " ".join(str(problem).split())
        logger.warning("Names are searched without an index, for pg_trgm cannot be used: %s", reason)
