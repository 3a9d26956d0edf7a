"""Messages that are new, into the database. All of them in one parameter: taking rows apart into values, each in its
quotes, costs more than writing them."""

import json
from collections.abc import Collection, Iterable

from django.db import connection

from accounts.many import unpacked
from backchannel.models import Message

INSERT = """INSERT INTO backchannel_message (
        conversation_id, client_id, seq, changed, author_id, body, html, created_at
    ) SELECT * FROM json_to_recordset(%s) AS new (
        conversation text, client_id uuid, seq bigint, changed bigint, author text, body text, html text,
        created_at timestamptz
    ) RETURNING id
"""
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
        for message, (pk,) in zip(messages, _execute(INSERT, map(_row, messages)), strict=True):
            message.pk, message._state.adding = pk, False
    else:
        Message.objects.bulk_create(messages)


def _row(message: Message) -> dict:
    return {
        "conversation": message.conversation_id,
        "client_id": message.client_id.hex,
        "seq": message.seq,
        "changed": message.changed,
        "author": message.author_id,
        "body": message.body,
        "html": message.html,
        "created_at": message.created_at.isoformat(),
    }


def move_heads(conversations: Collection[str]) -> None:
    """The newest message of each is where its counter stands."""
    _execute(MOVE.format(unpacked()), conversations)


def note_own_reading(memberships: Collection[int]) -> None:
    """Whoever wrote has read up to what he wrote last."""
    if memberships:
        _execute(READ.format(unpacked("bigint")), memberships)


def _execute(words: str, things: Iterable) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(words, [json.dumps(list(things))])
        return cursor.fetchall() if cursor.description else []
