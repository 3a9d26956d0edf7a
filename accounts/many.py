"""Questions about many things at once, put into words once: Django takes longer to say them than the database to
answer. Lists travel as one parameter, so that the words stay the same however long they are."""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import DateTimeField, Model, QuerySet
from django.db.models.expressions import RawSQL

from accounts.ids import UNPACKED

TIME = "time"
Moment = datetime | RawSQL
Given = Iterable | datetime


def unpacked(kind: str = "text") -> str:
    """SQL for what stands in the parameter, a list as JSON. `kind`: of what, as PostgreSQL calls it."""
    return UNPACKED[connection.vendor] + (f"::{kind}" if connection.vendor == "postgresql" else "")


class AboutMany:
    """`put` makes the queryset out of what stands in it for each list, or moment; nothing else in it may vary.

    kinds: TIME for a moment, else of what the list is, as PostgreSQL calls it
    """

    def __init__(self, put: Callable[..., QuerySet], *kinds: str) -> None:
        self._put, self._kinds = put, kinds
        self._said: dict[str, tuple[type[Model], str, tuple]] = {}

    def rows(self, *given: Given) -> list[tuple]:
        """What `values_list` gives, as the database has it."""
        _model, words, values = self._ask(given)
        with connection.cursor() as cursor:
            cursor.execute(words, values)
            return cursor.fetchall()

    def models(self, *given: Given) -> Iterable[Any]:
        model, words, values = self._ask(given)
        return model._default_manager.raw(words, values)

    def _ask(self, given: tuple[Given, ...]) -> tuple[type[Model], str, list]:
        if connection.vendor not in self._said:
            self._said[connection.vendor] = self._words()
        model, words, values = self._said[connection.vendor]
        packed = [_packed(one) for one in given]
        return model, words, [packed[one.number] if isinstance(one, Place) else one for one in values]

    def _words(self) -> tuple[type[Model], str, tuple]:
        asked = self._put(*[_place(number, kind) for number, kind in enumerate(self._kinds)])
        words, values = asked.query.sql_with_params()
        return asked.model, words, values


class Place:
    """Where what is given with this number goes."""

    def __init__(self, number: int) -> None:
        self.number = number


def _place(number: int, kind: str) -> RawSQL:
    if kind == TIME:
        return RawSQL("%s", [Place(number)], DateTimeField())
    return RawSQL(unpacked(kind), [Place(number)])  # noqa: S611  the same


def _packed(one: Given) -> Any:
    if isinstance(one, datetime):
        return connection.ops.adapt_datetimefield_value(one)
    return json.dumps(list(one))
