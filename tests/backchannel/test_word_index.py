"""The index over the words of messages stays what the messages are, and comes back where it was lost."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts import letter_index
from accounts.models import Person
from accounts.wanted import Wanted
from backchannel import word_index
from backchannel.models import Message
from rooms.models import Room
from tests.backchannel.conftest import said


def found(person, typed):
    return [message.body for message in Message.objects.search(person, Wanted(typed))]


def as_a_migration_would_leave_it():
    """SQLite's table was made anew, and the triggers went with the old one; on PostgreSQL the vectors were dropped."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            for name in word_index.TRIGGERS:
                cursor.execute(f"DROP TRIGGER {name}")
        else:
            cursor.execute("ALTER TABLE backchannel_message DROP COLUMN word_vector")


def exists():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT count(*) FROM sqlite_master WHERE name LIKE 'backchannel_message_words__%' AND type = 'trigger'"
            )
            return cursor.fetchone()[0] == 3
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'backchannel_message_words'")
        return cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_lost_comes_back_with_all_that_was_written_meanwhile(pair, ada):
    said(pair, ada, "before")
    as_a_migration_would_leave_it()
    assert not exists()
    said(pair, ada, "meanwhile")
    word_index.install(connection)
    assert exists()
    said(pair, ada, "afterwards")
    for word in ("before", "meanwhile", "afterwards"):
        assert found(ada, word) == [word]


@pytest.mark.django_db(transaction=True)
def test_after_migrating_it_is_there(pair, ada):
    as_a_migration_would_leave_it()
    call_command("migrate", verbosity=0)
    assert exists()
    word_index.install(connection)
    assert exists()


@pytest.mark.django_db(transaction=True)
def test_what_was_written_before_there_were_words_is_found(make_person):
    """Back to before, and up again: nothing stands in the way, and old texts have their words."""
    ada, bob = make_person("ada"), make_person("bob", name="Zoë")
    from backchannel.models import Conversation

    pair = Conversation.between(ada, bob)
    said(pair, ada, "perché")
    Room.open(ada, title="Città")
    before = [
        ("backchannel", "0007_link_previews"),
        ("rooms", "0003_demoted"),
        ("accounts", "0001_people_and_their_circles"),
    ]
    try:
        MigrationExecutor(connection).migrate(before)
    finally:
        call_command("migrate", verbosity=0)
    assert found(ada, "perche") == ["perché"]
    assert Person.objects.search(ada, Wanted("zoe")).get() == bob
    assert Room.objects.search(ada, Wanted("citta")).get().title == "Città"
    said(pair, ada, "e ancora")
    assert found(ada, "ancora") == ["e ancora"]


@pytest.mark.django_db
def test_where_the_extension_cannot_be_made_names_are_found_all_the_same(make_person, ada, monkeypatch, caplog):
    zoe = make_person("zoe", name="Zoë")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("DROP EXTENSION pg_trgm CASCADE")
            cursor.execute("CREATE ROLE guest")
            cursor.execute("GRANT ALL ON ALL TABLES IN SCHEMA public TO guest")
            cursor.execute("SET LOCAL ROLE guest")
        letter_index.install(connection, Person._meta.db_table)
        assert "Names are searched without an index" in caplog.text
    assert Person.objects.search(ada, Wanted("zoe")).get() == zoe
