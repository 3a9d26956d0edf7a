"""In a house where much has been written, whatever is asked for all the time finds what it needs by an index."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block, Follow, Person
from backchannel.models import Conversation, Membership, Message
from backchannel.querysets import pair_of
from rooms.models import Room, Seat
from tests.backchannel.conftest import HTMX, said

PEOPLE = 1000
WHOLE = "SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables"
SCAN = re.compile(r"^SCAN ((?:accounts|backchannel|rooms)_\w+)$")


@pytest.fixture
def large(ada, bob, floor):
    """Others who follow, block and write to each other, two by two, and the rooms that they have ended."""
    people = Person.objects.bulk_create(
        Person(username=f"other{n}", email=f"other{n}@example.org") for n in range(PEOPLE)
    )
    pairs = list(zip(people[::2], people[1::2], strict=True))
    talks = Conversation.objects.bulk_create(Conversation(kind="direct", pair=pair_of(*pair), head=6) for pair in pairs)
    Membership.objects.bulk_create(
        Membership(conversation=talk, person=one) for talk, pair in zip(talks, pairs, strict=True) for one in pair
    )
    Message.objects.bulk_create(
        Message(conversation=talk, author=pair[0], client_id=uuid4(), body="so", html="so", seq=seq, changed=seq)
        for talk, pair in zip(talks, pairs, strict=True)
        for seq in range(1, 7)
    )
    now = timezone.now()
    rooms = Room.objects.bulk_create(Room(title="Past", creator=one, ended_at=now) for one in people)
    Seat.objects.bulk_create(Seat(room=room, person=room.creator, left_at=now) for room in rooms)
    Conversation.objects.bulk_create(Conversation(kind="room", room=room) for room in rooms)
    Follow.objects.bulk_create(Follow(follower=one, followed=other) for one, other in pairs)
    Block.objects.bulk_create(Block(blocker=other, blocked=one) for one, other in pairs)
    if connection.vendor == "postgresql":  # which does so itself from time to time
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def read_whole(act):
    """The tables of which all rows are read meanwhile."""
    with CaptureQueriesContext(connection) as asked:
        before = _rows_read()
        act()
        after = _rows_read()
    if connection.vendor == "postgresql":
        return {table for table, count in after.items() if count - before.get(table, 0) >= PEOPLE / 2}
    return {table for query in asked.captured_queries for table in _scanned(query["sql"])}


def _rows_read():
    """Table → how many of its rows were read in its order and by no index, as PostgreSQL counts them."""
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(WHOLE)
        return dict(cursor.fetchall())


def _scanned(sql):
    if not sql.lstrip().startswith(("SELECT", "UPDATE", "DELETE", "WITH")):
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"))
        return [found[1] for *_ids, step in cursor.fetchall() if (found := SCAN.match(step))]


def test_the_measure_sees_a_table_that_is_read_whole(large):
    assert read_whole(lambda: list(Message.objects.filter(body="nothing"))) == {"backchannel_message"}
    assert read_whole(lambda: Message.objects.filter(pk=1).first()) == set()


def test_writing_reads_no_table_whole(large, pair, chat, line, ada, bob):
    for conversation in (pair, chat, line):
        assert read_whole(lambda: said(conversation, ada)) == set()  # noqa: B023
    message = said(pair, bob)
    assert read_whole(lambda: message.edit(bob, "otherwise")) == set()
    assert read_whole(lambda: message.delete_by(bob)) == set()


def test_a_page_reads_no_table_whole(large, floor, pair, bob, as_, ada):
    for who in (ada, bob):
        said(pair, who)
    browser = as_(ada)
    room = f"{floor.get_absolute_url()}?panel=chat"
    for path in ("/", "/backchannel/", "/notifications/", room, pair.get_absolute_url()):
        assert browser.get(path).status_code == 200
        # Rooms are joined to one's own seats there: PostgreSQL reads them all as long as they are as few as here.
        few = {"rooms_room"} if path == pair.get_absolute_url() else set()
        assert (path, read_whole(lambda: browser.get(path)) - few) == (path, set())  # noqa: B023


def test_a_form_reads_no_table_whole(large, pair, as_, ada):
    browser, address = as_(ada), reverse("messages", args=[pair.pk])
    form = {"client_id": str(uuid4()), "body": "hello"}
    assert read_whole(lambda: browser.post(address, form, **HTMX)) == set()
    assert Message.objects.filter(conversation=pair).count() == 1
