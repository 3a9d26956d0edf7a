"""The index over the words of messages, and how it is asked: PostgreSQL's own, or SQLite's FTS5.

Both index the same words, which were made by us (accounts/words.py), and nothing else: what is found is the same. The
database keeps its index by itself, in the statement that writes the message.
"""

from typing import Any

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Lookup

from accounts.wanted import Wanted
from accounts.words import WordsField

# Kept beside the words, for making a vector of them costs more than comparing it. The index has no list that is worked
# off now and then: some unlucky message would wait for all of it.
POSTGRESQL = [
    """ALTER TABLE backchannel_message ADD COLUMN IF NOT EXISTS word_vector tsvector
        GENERATED ALWAYS AS (array_to_tsvector(string_to_array(words, ' '))) STORED""",
    """CREATE INDEX IF NOT EXISTS backchannel_message_words ON backchannel_message
        USING gin (word_vector) WITH (fastupdate = off)""",
]

# The index keeps no text, so it has to be told which words go. Nor positions: phrases are compared afterwards.
_IN = "INSERT INTO backchannel_message_words (rowid, words) VALUES (new.id, new.words);"
_OUT = """INSERT INTO backchannel_message_words (backchannel_message_words, rowid, words)
    VALUES ('delete', old.id, old.words);"""
TRIGGERS = {
    "backchannel_message_words_in": f"AFTER INSERT ON backchannel_message BEGIN {_IN} END",
    "backchannel_message_words_out": f"AFTER DELETE ON backchannel_message BEGIN {_OUT} END",
    "backchannel_message_words_changed": f"AFTER UPDATE OF id, words ON backchannel_message BEGIN {_OUT} {_IN} END",
}
SQLITE = [
    """CREATE VIRTUAL TABLE IF NOT EXISTS backchannel_message_words USING fts5
        (words, content='backchannel_message', content_rowid='id', tokenize='ascii', detail='none', columnsize=0)""",
    *(f"CREATE TRIGGER IF NOT EXISTS {name} {what}" for name, what in TRIGGERS.items()),
    "INSERT INTO backchannel_message_words (backchannel_message_words) VALUES ('rebuild')",
]
FOUND = "SELECT rowid FROM backchannel_message_words WHERE backchannel_message_words MATCH %s"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make what is missing. A migration that makes SQLite's table anew takes the triggers with it, so this is asked
    after all migrations once more."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            statements = ["SET LOCAL statement_timeout = 0", *POSTGRESQL]  # a large table takes its time
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            complete = set(TRIGGERS) <= {name for (name,) in cursor.fetchall()}
            statements = [] if complete else SQLITE
        for statement in statements:
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE backchannel_message DROP COLUMN IF EXISTS word_vector")
            return
        for name in TRIGGERS:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
        cursor.execute("DROP TABLE IF EXISTS backchannel_message_words")


@WordsField.register_lookup
class Say(Lookup):
    """words__say=Wanted(…): the messages in which all of it occurs; whether side by side is yet to be asked."""

    lookup_name = "say"
    prepare_rhs = False
    rhs: Wanted

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, list]:
        asked = [f"'{word}':*" for word in self.rhs.beginnings] + [f"'{word}'" for word in self.rhs.whole]
        return f'"{self.lhs.alias}"."word_vector" @@ %s::tsquery', [" & ".join(asked)]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, list]:
        asked = [f'"{word}"*' for word in self.rhs.beginnings] + [f'"{word}"' for word in self.rhs.whole]
        return f'"{self.lhs.alias}"."id" IN ({FOUND})', [" AND ".join(asked)]
