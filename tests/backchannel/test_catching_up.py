"""What a page lacks: everything that changed since, once and in order, and nothing it may not read."""

import json
import tracemalloc
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backchannel.catching_up import catch_up
from backchannel.models import Conversation, Message
from live.registry import Asking
from tests.backchannel.conftest import bring_on_stage, said


def asked(person, cursors, versions=None, newest=None):
    """What one page is answered."""
    return catch_up([Asking(person.pk, cursors, versions or {}, newest or {})])[0]


def lacks(person, conversation, cursor, *newest):
    """(numbers and texts, what else, the head told)"""
    *frames, heads = asked(person, {conversation.pk: cursor}, newest={conversation.pk: newest} if newest else {})
    messages = [(frame["number"], frame["html"]) for frame in frames if frame["type"] == "message"]
    others = [frame for frame in frames if frame["type"] != "message"]
    return messages, others, heads["conversations"].get(conversation.pk)


def test_nothing_is_lacking(chat, cleo):
    said(chat, cleo)
    assert lacks(cleo, chat, chat.head) == ([], [], chat.head)


def test_a_page_without_conversations_asks_nothing(cleo):
    with CaptureQueriesContext(connection) as seen:
        assert asked(cleo, {}, {"room:x": 1}) == [{"type": "heads", "conversations": {}, "own": {}}]
    assert not len(seen)


def test_new_messages_edits_and_deletions_come_in_the_order_of_their_last_change(chat, ada, cleo):
    one, two, three = (said(chat, cleo, body) for body in ("one", "two", "three"))
    seen = chat.head
    one.edit(cleo, "uno")
    said(chat, cleo, "four")
    three.delete_by(ada)
    chat.refresh_from_db()
    messages, others, head = lacks(cleo, chat, seen)
    one, three = Message.objects.get(pk=one.pk), Message.objects.get(pk=three.pk)
    assert [number for number, _ in messages] == [seen + 1, seen + 2, seen + 3]
    assert ["uno" in messages[0][1], "four" in messages[1][1], messages[2][1]] == [True, True, three.html]
    assert (others, head) == ([], chat.head)
    assert two.html not in dict(messages).values()


def test_two_hundred_come_one_by_one_more_are_drawn_again(chat, cleo):
    fill(chat, cleo, 201)
    messages, others, head = lacks(cleo, chat, chat.head - 200)
    assert (len(messages), others, head) == (200, [], chat.head)
    assert lacks(cleo, chat, chat.head - 201) == ([], [reload(chat)], None)


def test_f22_a_page_that_knows_more_than_a_restored_server_is_drawn_again(chat, cleo):
    said(chat, cleo)
    assert lacks(cleo, chat, chat.head + 1) == ([], [reload(chat)], None)


@pytest.mark.parametrize("more", [0, 1, 9])
def test_f22_others_took_the_numbers_of_messages_that_a_restored_server_lost(chat, cleo, more):
    lost = said(chat, cleo)
    cursor, place = lost.changed, (lost.seq, str(lost.client_id))
    assert lacks(cleo, chat, cursor, *place) == ([], [], cursor)
    Message.objects.filter(pk=lost.pk).update(client_id=uuid4())
    for _ in range(more):
        said(chat, cleo)
    assert lacks(cleo, chat, cursor, *place) == ([], [reload(chat)], None)


def test_f22_a_message_that_is_there_at_another_place_is_another_history(chat, cleo):
    message = said(chat, cleo)
    assert lacks(cleo, chat, chat.head, message.seq + 1, str(message.client_id)) == ([], [reload(chat)], None)


def test_where_the_newest_message_is_known_the_rest_is_brought_and_not_drawn_again(chat, cleo):
    known = said(chat, cleo)
    known.edit(cleo, "changed since")
    said(chat, cleo)
    messages, others, _ = lacks(cleo, chat, known.seq, known.seq, str(known.client_id))
    assert (len(messages), others) == (2, [])


def test_a_hole_where_somebody_left_is_passed_by_the_head(line, floor, ada, bob):
    cursor = said(line, ada).seq
    floor.seat_of(bob).move_to_audience(ada)
    line.refresh_from_db()
    assert line.head == cursor + 1
    assert lacks(ada, line, cursor) == ([], [], cursor + 1)


def test_what_is_not_open_is_answered_like_what_is_not_there(chat, line, pair, cleo, dan):
    said(line, line.room.creator, "secret")
    for person, conversation in [(dan, chat), (cleo, line), (dan, pair), (cleo, Conversation())]:
        messages, [piece], head = lacks(person, conversation, 0)
        assert (messages, head) == ([], None)
        assert piece == {
            "type": "piece",
            "list": f"conversation:{conversation.pk}",
            "version": None,
            "html": "",
            "gone": [f"conversation-{conversation.pk}", f"group-{conversation.pk}"],
        }


def test_the_speakers_line_begins_with_coming_on_stage(line, floor, ada, cleo):
    old = said(line, ada, "before")
    bring_on_stage(floor, cleo)
    said(line, ada, "after")
    old.edit(ada, "before, edited")
    start = line.memberships.get(person=cleo).from_seq
    messages, others, _head = lacks(cleo, line, start - 1)
    assert [("after" in html, "before" in html) for _number, html in messages] == [(True, False)]
    assert others == []


def test_who_comes_back_on_stage_does_not_get_what_was_said_meanwhile(line, floor, ada, bob):
    cursor = said(line, ada, "early").seq
    floor.seat_of(bob).move_to_audience(ada)
    said(line, ada, "meanwhile")
    bring_on_stage(floor, bob)
    # What his page still shows is from a membership that ended.
    assert lacks(bob, line, cursor) == ([], [reload(line)], None)


def test_a_panel_hears_whether_there_is_a_speakers_tab(floor, ada, bob, cleo):
    name = f"panel:{floor.pk}"

    def version(person):
        return asked(person, {}, {name: 0, "panel:made-up": 0})[-1]["own"]

    assert [version(person) for person in (bob, cleo)] == [{name: 1, "panel:made-up": 0}, {name: 0, "panel:made-up": 0}]
    floor.seat_of(bob).move_to_audience(ada)
    assert version(bob)[name] == 0


def test_in_a_closed_room_it_begins_with_sitting_down(ada, cleo):
    from rooms.models import Guest, Room

    room = Room.open(ada, title="Tea", kind="closed")
    chat = room.conversations.get(kind="room")
    said(chat, ada, "before")
    Guest.objects.create(room=room, person=cleo, invited_by=ada)
    room.join(cleo)
    said(chat, ada, "after")
    messages, _others, _head = lacks(cleo, chat, 0)
    assert ["after" in html for _number, html in messages] == [True]


def test_what_it_costs_does_not_grow_with_those_who_ask(chat, line, pair, floor, make_person):
    """Four questions for all of them together, and one for what those lack who stopped at the same place."""
    people = [make_person(f"p{number}") for number in range(6)]
    for person in people:
        floor.join(person)
    first, *_ = [said(chat, people[0]) for _ in range(3)]
    newest = {chat.pk: [first.seq, str(first.client_id)]}
    asking = [Asking(person.pk, {chat.pk: 1, line.pk: 0, pair.pk: 0}, {}, newest) for person in people]
    with CaptureQueriesContext(connection) as seen:
        answers = catch_up(asking)
    assert len(seen) == 5
    assert [[frame["number"] for frame in answer if frame["type"] == "message"] for answer in answers] == [[2, 3]] * 6


def test_each_of_many_is_answered_as_if_alone(chat, line, pair, ada, bob, cleo, dan):
    for author in (ada, bob):
        said(chat, author)
        said(line, author)
    cursors, versions = {chat.pk: 1, line.pk: 1, pair.pk: 0}, {f"panel:{chat.room_id}": 0}
    asking = [Asking(person.pk, cursors, versions) for person in (ada, bob, cleo, dan)]
    together = catch_up(asking)
    assert together == [catch_up([one])[0] for one in asking]
    assert len({str(answer) for answer in together}) >= 3


def test_the_query_uses_its_index(chat, cleo):
    fill(chat, cleo, 50)
    changed = Message.objects.readable_by(cleo).filter(conversation=chat, changed__gt=10).order_by("changed")
    plan = changed.explain()
    assert "messages_by_change" in plan or connection.vendor == "postgresql"


def test_all_that_one_answer_brings_is_bounded_and_the_rest_is_drawn_again(ada, groups):
    """Not each list by itself: two hundred of them would be hundreds of times as much."""
    one, two, three = groups(3)
    for group in (one, two, three):
        fill(group, ada, 80)
    *frames, heads = asked(ada, {one.pk: 0, two.pk: 0, three.pk: 0})
    assert [frame["conversation"] for frame in frames[:-1]] == [one.pk] * 80 + [two.pk] * 80
    assert frames[-1] == reload(three)
    assert heads["conversations"] == {one.pk: 80, two.pk: 80}


def test_one_list_that_is_too_much_leaves_what_came_before_it(ada, groups):
    short, long, after = groups(3)
    said(short, ada, "short")
    fill(long, ada, 30, "x" * 20_000)
    said(after, ada, "after")
    *frames, heads = asked(ada, {short.pk: 0, long.pk: 0, after.pk: 0})
    assert [frame["type"] for frame in frames] == ["message", "reload", "reload"]
    assert heads["conversations"] == {short.pk: 1}


def test_long_messages_that_fit_are_brought(ada, groups):
    (group,) = groups(1)
    fill(group, ada, 12, "x" * 20_000)
    messages, others, head = lacks(ada, group, 0)
    assert (len(messages), others, head) == (12, [], 12)


@pytest.mark.parametrize(("count", "html"), [(201, "<p>short</p>"), (200, "&amp;" * 4_000)])
def test_what_is_too_much_is_not_read(ada, groups, count, html):
    many = groups(4)
    for group in many:
        fill(group, ada, count, html)
    cursors = {group.pk: 0 for group in many}
    asked(ada, cursors)
    tracemalloc.start()
    with CaptureQueriesContext(connection) as seen:
        answer = asked(ada, cursors)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The conversations, two for who may read them, and at most one for the first that lacks something.
    assert len(seen) <= 4
    assert len(json.dumps(answer)) < 1_000
    assert most < 2_000_000


@pytest.fixture
def groups(ada):
    def make(count):
        several = [Conversation.objects.create(kind="group") for _ in range(count)]
        for group in several:
            group.memberships.create(person=ada)
        return several

    return make


def fill(conversation, author, count, html=""):
    """Many messages, without drawing each."""
    with conversation.taking_a_number() as number:
        numbers = [number() for _ in range(count)]
        Message.objects.bulk_create(
            Message(
                conversation=conversation,
                author=author,
                client_id=uuid4(),
                seq=n,
                changed=n,
                html=html or f"<p>{n}</p>",
            )
            for n in numbers
        )


def reload(conversation):
    return {"type": "reload", "list": f"conversation:{conversation.pk}"}


@pytest.mark.parametrize("cursors", [{"x" * 64: 0}, {"../../": 1}, {str(n): n for n in range(200)}])
def test_made_up_names_are_not_there(cleo, cursors):
    *frames, heads = asked(cleo, cursors)
    assert [frame["type"] for frame in frames] == ["piece"] * len(cursors)
    assert heads["conversations"] == {}
