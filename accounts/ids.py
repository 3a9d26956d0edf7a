"""Public ids: random, never a counter, so that nothing can be guessed or counted from outside."""

import json
import secrets
import string
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

ALPHABET = string.digits + string.ascii_letters
LENGTH = 22  # 62 ** 22 is a little more than 2 ** 128
# PostgreSQL sees how long an array is: of a function it assumes that a hundred come, and reads whole tables for one.
UNPACKED = {
    "postgresql": "SELECT unnest(%s::{kind}[])",
    "sqlite": "SELECT value FROM json_each(%s)",
}


def random_id() -> str:
    """A new id: 22 letters and digits, 128 bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def packed(ids: Iterable[Any]) -> list | str:
    """Ids as the one parameter that `unpacked` takes."""
    return list(ids) if connection.vendor == "postgresql" else json.dumps(list(ids))


def unpacked(kind: str = "text") -> str:
    """SQL for what stands in such a parameter. `kind`: of what, as PostgreSQL calls it."""
    return UNPACKED[connection.vendor].format(kind=kind)


def among(ids: Iterable[str]) -> RawSQL:
    """These ids for an `__in`, as one parameter: a thousand of them as a list cost Django more than the answer."""
    return RawSQL(unpacked(), [packed(ids)])  # noqa: S611  it is ours, all of it
