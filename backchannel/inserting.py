"""Messages that are new, into the database. All of them in one parameter: taking rows apart into values, each in its
quotes, costs more than writing them."""

import json
from collections.abc import Collection, Iterable
from functools import cache

from django.db import connection

from accounts.ids import unpacked
from backchannel.models import Message

INSERT = "INSERT INTO {table} ({names}) SELECT * FROM json_to_recordset(%s) AS new ({columns}) RETURNING id"
# What was just written has the highest numbers of all.
MOVE = """
    UPDATE backchannel_conversation SET head = (
        SELECT seq FROM backchannel_message WHERE conversation_id = backchannel_conversation.id
        ORDER BY seq DESC LIMIT 1
    ) WHERE id IN ({})
"""
READ = """
    UPDATE backchannel_membership SET read_seq = (
        SELECT seq FROM backchannel_message
        WHERE conversation_id = backchannel_membership.conversation_id AND author_id = backchannel_membership.person_id
        ORDER BY seq DESC LIMIT 1
    ) WHERE id IN ({})
"""


def insert(messages: list[Message]) -> None:
    if connection.vendor == "postgresql":
        for message, (pk,) in zip(messages, _execute(_insert(), map(_row, messages)), strict=True):
            message.pk, message._state.adding = pk, False
    else:
        Message.objects.bulk_create(messages)


@cache
def _insert() -> str:
    columns = {field.column: field.db_type(connection) for field in _fields()}
    return INSERT.format(
        table=Message._meta.db_table,
        names=", ".join(columns),
        columns=", ".join(f"{name} {kind}" for name, kind in columns.items()),
    )


@cache
def _fields() -> list:
    return [field for field in Message._meta.concrete_fields if not (field.primary_key or field.generated)]


def _row(message: Message) -> dict:
    return {field.column: field.pre_save(message, add=True) for field in _fields()}


def move_heads(conversations: Collection[str]) -> None:
    """The newest message of each is where its counter stands."""
    _execute(MOVE.format(unpacked()), conversations)


def note_own_reading(memberships: Collection[int]) -> None:
    """Whoever wrote has read up to what he wrote last."""
    if memberships:
        _execute(READ.format(unpacked("bigint")), memberships)


def _execute(words: str, things: Iterable) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(words, [json.dumps(list(things), default=str)])
        return cursor.fetchall() if cursor.description else []
