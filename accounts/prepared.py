"""Questions to the database that are put into words once: for a page's hot path, Django takes longer to build and to
compile a queryset than PostgreSQL to answer it.

    @prepared
    def newest(room: str, since: datetime) -> QuerySet:
        return Message.objects.filter(room=room, created_at__gt=since)

    newest(room.pk, yesterday)    → a list

A list among the values, for an `__in`, travels as one parameter, so that the words are the same however long it is.
What makes a difference to the query's shape (a slice, a condition that is there or not) is no value of it: that is
another question. What is read elsewhere, such as the clock, would stand still: it has to be a value.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from copy import copy
from datetime import UTC, datetime, timedelta
from functools import cache, wraps
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from accounts.ids import packed, unpacked


def _text(place: int) -> str:
    return f"\ue000{place}\ue001"


# Values like no others: where they turn up among the parameters, the values of each asking go.
SAMPLES: dict[type, Callable[[int], Any]] = {
    str: _text,
    int: lambda place: 1_234_567_890 + place,
    datetime: lambda place: datetime(1999, 1, 2, 3, 4, 5, 6789, tzinfo=UTC) + timedelta(place),
    list: lambda place: RawSQL(unpacked(), [_text(place)]),  # noqa: S611  it is ours, all of it
}


class Compiled(NamedTuple):
    queryset: QuerySet
    compiler: Any
    sql: str
    parameters: list  # with samples in them


def prepared(build: Callable[..., QuerySet]) -> Callable[..., list]:
    """`build`, given values (str, int, datetime, or a collection of ids), makes a queryset that takes each of them as
    it is; what comes back is called with values and gives that queryset's rows."""

    @cache
    def compiled(*kinds: type) -> Compiled:
        samples = [SAMPLES[kind](place) for place, kind in enumerate(kinds)]
        question, again = (_compiled(build(*samples), samples) for _ in range(2))
        if question.parameters != again.parameters:
            raise ValueError(f"Something in this query, and no value of it, changes: {question.sql}")
        return question

    @wraps(build)
    def ask(*values: Any) -> list:
        return _answer(compiled(*map(_kind, values)), values)

    return ask


def _compiled(queryset: QuerySet, samples: list) -> Compiled:
    compiler = queryset.query.get_compiler(connection=connection)
    sql, parameters = compiler.as_sql()
    places = {_as_parameter(sample): Place(place) for place, sample in enumerate(samples)}
    parameters = [places.get(_hashable(parameter), parameter) for parameter in parameters]
    if set(places.values()) - {parameter for parameter in parameters if isinstance(parameter, Place)}:
        raise ValueError(f"Not every value stands in the query as it is: {sql}")
    return Compiled(queryset, compiler, sql, parameters)


class Place(int):
    """Where among the values the one for this parameter stands."""


def _answer(question: Compiled, values: tuple) -> list:
    given = [_as_parameter(value) for value in values]
    parameters = tuple(given[one] if isinstance(one, Place) else one for one in question.parameters)
    compiler = copy(question.compiler)
    compiler.connection = connection  # this thread's
    compiler.as_sql = lambda *_args, **_options: (question.sql, parameters)
    rows = question.queryset.all()
    rows.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
    return list(rows)


def _kind(value: Any) -> type:
    return list if isinstance(value, Collection) and not isinstance(value, str) else type(value)


def _as_parameter(value: Any) -> Any:
    """What the database is given for a value, or for the sample of one."""
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, RawSQL):
        return value.params[0]
    return value if isinstance(value, str | int) else packed(value)


def _hashable(parameter: Any) -> Any:
    return parameter if isinstance(parameter, str | int | datetime) else None
