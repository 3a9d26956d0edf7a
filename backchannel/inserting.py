"""Messages that are new, into the database. All of them in one parameter: taking rows apart into values, each in its
quotes, costs more than writing them."""

import json
from collections.abc import Collection
from functools import cache
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.ids import packed, unpacked
from backchannel.models import Message

# In pairs: of two lists, one of conversations and one of ids, PostgreSQL makes a reading of all messages there are.
FIND = """
    SELECT message.id FROM {asked} CROSS JOIN backchannel_message AS message
    WHERE message.conversation_id = asked.conversation AND message.client_id = asked.client
"""
ASKED = {
    "postgresql": "unnest(%s::text[], %s::uuid[]) AS asked (conversation, client)",
    "sqlite": """(
        SELECT one.value AS conversation, other.value AS client
        FROM json_each(%s) AS one JOIN json_each(%s) AS other USING (key)
    ) AS asked""",
}
INSERT = """
    INSERT INTO backchannel_message ({names}) SELECT * FROM json_to_recordset(%s) AS new ({columns})
    RETURNING id, conversation_id, author_id, seq
"""
# What was just written has the highest numbers of all.
HEAD = """
    UPDATE backchannel_conversation SET head = (
        SELECT seq FROM {new} WHERE conversation_id = backchannel_conversation.id ORDER BY seq DESC LIMIT 1
    ) WHERE id IN ({ids})
"""
READ = """
    UPDATE backchannel_membership SET read_seq = (
        SELECT seq FROM {new}
        WHERE conversation_id = backchannel_membership.conversation_id AND author_id = backchannel_membership.person_id
        ORDER BY seq DESC LIMIT 1
    ) WHERE id IN ({ids})
"""
ALL = "WITH new AS ({insert}), head AS ({head}), place AS ({read}) SELECT id FROM new"


def already_there(ids: Collection[tuple[str, UUID]]) -> QuerySet[Message]:
    """The messages that have these (conversation, client id). Mostly there are none, and then nothing more is asked."""
    conversations, clients = packed(pk for pk, _client in ids), packed(client.hex for _pk, client in ids)
    found = _execute(FIND.format(asked=ASKED[connection.vendor]), conversations, clients)
    return Message.objects.filter(pk__in=[pk for (pk,) in found])


def store(messages: list[Message], readers: Collection[int]) -> None:
    """Keep these in their order, where the counter of each conversation stands now, and that whoever wrote (`readers`:
    their memberships) has read as far as that. One trip to PostgreSQL."""
    conversations = packed({message.conversation_id for message in messages})
    if connection.vendor == "postgresql":
        rows = json.dumps([_row(message) for message in messages], default=str)
        found = _execute(_all(), rows, conversations, packed(readers))
        for message, (pk,) in zip(messages, found, strict=True):
            message.pk, message._state.adding = pk, False
    else:
        Message.objects.bulk_create(messages)
        _execute(_head("backchannel_message"), conversations)
        _execute(_read("backchannel_message"), packed(readers))


@cache
def _all() -> str:
    columns = {field.column: field.db_type(connection) for field in _fields()}
    described = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    insert = INSERT.format(names=", ".join(columns), columns=described)
    return ALL.format(insert=insert, head=_head("new"), read=_read("new"))


def _head(new: str) -> str:
    return HEAD.format(new=new, ids=unpacked())


def _read(new: str) -> str:
    return READ.format(new=new, ids=unpacked("bigint"))


@cache
def _fields() -> list:
    return [field for field in Message._meta.concrete_fields if not (field.primary_key or field.generated)]


def _row(message: Message) -> dict:
    return {field.column: field.pre_save(message, add=True) for field in _fields()}


def _execute(words: str, *parameters: list | str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(words, parameters)
        return cursor.fetchall() if cursor.description else []
