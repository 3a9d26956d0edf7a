"""What the house keeps, read past it: messages, and who and what the lists of its rooms have to show."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

from tests.delivery.books import Kept, Stands
from tests.delivery.drawn import Row

HERE = 40  # seconds since somebody was heard from, within which he must be seen in the room
GONE = 60  # and after which he must not


def conversations(house, mine):
    """Those of `mine`: id → Kept."""
    rows = defaultdict(list)
    for conversation, client_id, seq, changed, author, body, deleted in house.sql(ROWS):
        row = Row(str(UUID(str(client_id))), seq, changed, author, body, deleted is not None)
        rows[conversation].append(row)
    return {pk: Kept(head, rows[pk]) for pk, head in house.sql(HEADS) if pk in mine}


def lists(house, room):
    """People and questions of a room: name of the list → Stands."""
    seats = house.sql(SEATS, room)
    [(people, questions)] = house.sql(VERSIONS, room)
    readers = {person for _id, person, _role, _seen_at in seats}
    ages = {f"seat-{id}": (role, _age(seen_at)) for id, _person, role, seen_at in seats}
    asked = {f"q-{id}": f"{state} {votes}" for id, state, votes in house.sql(QUESTIONS, room)}
    return {
        f"room:{room}": Stands(
            people,
            {seat: role for seat, (role, age) in ages.items() if age < HERE},
            {seat: role for seat, (role, age) in ages.items() if age < GONE},
            readers,
        ),
        f"questions:{room}": Stands(questions, asked, asked, readers),
    }


def _age(moment):
    """In seconds; SQLite keeps moments as text, in UTC."""
    when = datetime.fromisoformat(str(moment))
    return (datetime.now(UTC) - (when if when.tzinfo else when.replace(tzinfo=UTC))).total_seconds()


ROWS = """SELECT conversation_id, client_id, seq, changed, author_id, body, deleted_at FROM backchannel_message
    ORDER BY conversation_id, seq"""
HEADS = "SELECT id, head FROM backchannel_conversation"
SEATS = "SELECT id, person_id, role, seen_at FROM rooms_seat WHERE room_id = ? AND left_at IS NULL"
VERSIONS = """SELECT rooms_room.version, backchannel_questionboard.version FROM rooms_room
    JOIN backchannel_questionboard ON room_id = rooms_room.id WHERE rooms_room.id = ?"""
QUESTIONS = """SELECT id, state, votes FROM backchannel_question
    WHERE board_id = ? AND state IN ('live', 'answering', 'answered')"""
