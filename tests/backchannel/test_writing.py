"""Many write at once: each message once, in order, and none at the expense of another."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from accounts.limits import Busy
from accounts.refusals import Refused
from backchannel import batches, inserting, writing
from backchannel.catching_up import catch_up
from backchannel.models import Conversation, Message
from backchannel.writing import Draft, writer
from live import publishing
from live.registry import Asking
from rooms.models import Room
from tests.backchannel.conftest import bring_on_stage, said
from tests.locks import locked

committed = pytest.mark.django_db(transaction=True)


def draft(conversation, author, body="hello", client_id=None):
    return Draft(conversation.pk, author.pk, client_id or uuid4(), body)


def words(drafts):
    """What became of each: its number after the first, or the status of a refusal."""
    return [one.outcome.status if isinstance(one.outcome, Refused) else one.outcome.body for one in drafts]


def kept(conversation):
    return list(conversation.messages.order_by("seq").values_list("seq", "body"))


def all_at_once(work, things, threads=20):
    """`work` of each, in as many threads → what each gave, or the Refused it raised."""

    def one(thing):
        try:
            return work(thing)
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, things))


# One batch --------------------------------------------------------------------------------------------


def test_a_batch_is_written_in_its_order_each_conversation_by_itself(chat, line, pair, ada, bob, cleo):
    begin = {one.pk: Conversation.objects.get(pk=one.pk).head for one in (chat, line, pair)}
    drafts = [
        draft(chat, ada, "one"),
        draft(line, bob, "up here"),
        draft(chat, cleo, "two"),
        draft(pair, bob, "you"),
        draft(chat, ada, "three"),
    ]
    assert batches.write(drafts) == []
    assert words(drafts) == ["one", "up here", "two", "you", "three"]
    for conversation, bodies in ((chat, ["one", "two", "three"]), (line, ["up here"]), (pair, ["you"])):
        first = begin[conversation.pk] + 1
        assert kept(conversation) == list(enumerate(bodies, first))
        assert Conversation.objects.get(pk=conversation.pk).head == begin[conversation.pk] + len(bodies)


def test_whoever_wrote_has_read_up_to_his_own_message_and_nobody_else(pair, ada, bob):
    batches.write([draft(pair, ada), draft(pair, bob), draft(pair, ada)])
    assert dict(pair.memberships.values_list("person__username", "read_seq")) == {"ada": 3, "bob": 2}


def test_who_may_not_write_is_refused_and_the_others_are_kept(chat, line, pair, ada, bob, cleo, dan):
    floor = chat.room
    floor.seat_of(cleo).leave()
    nowhere = Conversation(kind="room")
    shut = Conversation.between(ada, dan)
    dan.block(ada)
    drafts = [
        draft(chat, ada, "kept"),
        draft(chat, dan, "a stranger"),
        draft(chat, cleo, "gone"),
        draft(line, cleo, "never was on stage"),
        draft(nowhere, ada, "into the blue"),
        draft(shut, ada, "blocked"),
        draft(pair, bob, "kept too"),
    ]
    batches.write(drafts)
    assert words(drafts) == ["kept", 404, 422, 404, 404, 422, "kept too"]
    assert Message.objects.count() == 2
    assert "block" not in str(drafts[5].outcome.sentence)
    for one in drafts[1:6]:
        with pytest.raises(Refused) as alone:
            writing.keep(Draft(one.conversation_id, one.author_id, uuid4(), "alone"))
        assert str(alone.value.sentence) == str(one.outcome.sentence)


def test_after_the_end_of_its_room_nothing_is_written(chat, pair, ada, bob):
    chat.room.end(ada)
    drafts = [draft(chat, bob), draft(pair, bob)]
    batches.write(drafts)
    assert words(drafts) == [422, "hello"]


def test_a_friend_and_whoever_was_answered_may_go_on(ada, bob, cleo, dan):
    talks = [Conversation.between(other, bob) for other in (ada, cleo, dan)]
    bob.messages_from = "followed"
    bob.save()
    bob.follow(ada)
    said(talks[1], bob, "hi cleo")
    drafts = [draft(talk, other) for talk, other in zip(talks, (ada, cleo, dan), strict=True)]
    batches.write(drafts)
    assert words(drafts) == ["hello", "hello", 422]


def test_w25_ids_that_are_taken(chat, bob, cleo):
    before = said(chat, cleo, "before")
    mine = uuid4()
    drafts = [
        draft(chat, cleo, "again", before.client_id),
        draft(chat, bob, "stolen", before.client_id),
        draft(chat, cleo, "first", mine),
        draft(chat, cleo, "twice", mine),
        draft(chat, bob, "stolen as well", mine),
        draft(chat, bob, "last"),
    ]
    batches.write(drafts)
    assert words(drafts) == ["before", 409, "first", "first", 409, "last"]
    assert drafts[0].outcome.seq == before.seq
    assert kept(chat) == list(enumerate(["before", "first", "last"], before.seq))


def test_an_id_that_was_refused_is_still_free(chat, cleo, dan):
    taken = uuid4()
    drafts = [draft(chat, dan, "not in", taken), draft(chat, cleo, "in", taken)]
    batches.write(drafts)
    assert words(drafts) == [404, "in"]


def cost(drafts):
    with CaptureQueriesContext(connection) as seen:
        batches.write(drafts)
    assert not any(isinstance(one.outcome, Refused) for one in drafts)
    return len(seen)


def test_many_cost_as_many_queries_as_one_of_each(chat, line, pair, make_person, ada, bob, cleo):
    few = cost([draft(chat, ada), draft(line, bob), draft(pair, ada)])
    drafts = []
    for number in range(6):
        guest = make_person(f"guest{number}")
        bring_on_stage(chat.room, guest)
        drafts += [draft(chat, guest), draft(line, guest), draft(Conversation.between(guest, cleo), guest)]
    other = Room.open(make_person("eve"), title="Elsewhere")
    drafts.append(draft(other.conversations.get(kind="room"), other.creator))
    assert cost(drafts * 3) == few <= 20


def test_a_message_costs_the_same_whoever_listens(chat, make_person, cleo):
    few = cost([draft(chat, cleo)])
    for number in range(20):
        chat.room.join(make_person(f"guest{number}"))
    assert cost([draft(chat, cleo)]) == few


# The writer -------------------------------------------------------------------------------------------


@committed
def test_f14_twenty_at_once_are_one(chat, cleo):
    id_ = uuid4()
    told = all_at_once(lambda _: chat.post(cleo, id_, "once").seq, range(20))
    assert len(set(told)) == 1
    assert kept(chat) == [(told[0], "once")]


@committed
def test_who_waits_for_the_writer_keeps_no_connection_from_it(chat, cleo):
    """As many as the pool has connections, each with one in hand when all of them write."""
    end = time.monotonic() + 5
    while writer._thread is not None and time.monotonic() < end:
        time.sleep(0.05)
    options = connection.settings_dict["OPTIONS"]
    many = options["pool"]["max_size"] if "pool" in options else 20
    connection.close()
    ready = threading.Barrier(many)

    def one(number):
        with suppress(OperationalError):  # one that is in use elsewhere is not there for the writer either
            Conversation.objects.get(pk=chat.pk)
        ready.wait(10)
        return chat.post(cleo, uuid4(), f"{number}").seq

    told = all_at_once(one, range(many), threads=many)
    assert sorted(told) == [seq for seq, _body in kept(chat)]


@committed
def test_the_counters_have_no_holes_however_many_write(ada, make_person):
    """Fifty people into five rooms' chats, and each of them in his own order."""
    people = [make_person(f"p{number}") for number in range(50)]
    chats = []
    for number in range(5):
        room = Room.open(people[number], title="Crowd")
        for person in people[number::5]:
            room.join(person)
        chats.append((room.conversations.get(kind="room"), people[number::5]))
    begins = [Conversation.objects.get(pk=chat.pk).head for chat, _ in chats]
    lines = [(chat, person) for chat, people in chats for person in people]

    def talk(line):
        chat, person = Conversation.objects.get(pk=line[0].pk), line[1]
        return [chat.post(person, uuid4(), f"{person.pk} {number}").seq for number in range(4)]

    told = all_at_once(talk, lines, threads=50)
    assert all(numbers == sorted(numbers) for numbers in told)
    for (chat, people), begin in zip(chats, begins, strict=True):
        rows = kept(chat)
        assert [seq for seq, _body in rows] == list(range(begin + 1, begin + 41))
        assert Conversation.objects.get(pk=chat.pk).head == begin + 40
        for person in people:
            mine = [body for _seq, body in rows if body.startswith(person.pk)]
            assert mine == [f"{person.pk} {number}" for number in range(4)]


@committed
def test_what_waits_keeps_its_order_over_many_batches(chat, cleo):
    drafts = [draft(chat, cleo, f"{number:03}") for number in range(3 * writing.TOGETHER)]
    for one in drafts:
        writer.take(one)
    assert all(one.settled.wait(10) for one in drafts)
    assert [one.outcome.seq for one in drafts] == sorted(one.outcome.seq for one in drafts)
    assert [body for _seq, body in kept(chat)] == [one.body for one in drafts]


@committed
def test_within_a_transaction_it_is_a_part_of_that_one(chat, cleo):
    with transaction.atomic():
        said(chat, cleo, "undone")
        transaction.set_rollback(True)
    assert kept(chat) == []
    said(chat, cleo, "done")
    assert [body for _seq, body in kept(chat)] == ["done"]


@committed
def test_f6_what_is_locked_elsewhere_waits_alone_and_is_not_lost(chat, pair, ada, bob):
    with locked(chat):
        waiting = [draft(chat, ada, "one"), draft(chat, bob, "two")]
        for one in waiting:
            writer.take(one)
        if connection.vendor == "postgresql":
            for body in ("meanwhile", "and again"):
                assert pair.post(ada, uuid4(), body).body == body
        assert not any(one.settled.wait(0.2) for one in waiting)
        last = draft(chat, ada, "three")
        writer.take(last)
    assert all(one.settled.wait(10) for one in (*waiting, last))
    assert [body for _seq, body in kept(chat)] == ["one", "two", "three"]


@committed
def test_f6_a_row_that_one_author_waits_for_holds_up_nobody_else(chat, pair, ada, bob, cleo):
    with locked(cleo):
        held_up = [draft(chat, cleo, "held up"), draft(chat, cleo, "as well")]
        others = [draft(pair, ada, "free"), draft(chat, bob, "free too")]
        for one in (*held_up, *others):
            writer.take(one)
        if connection.vendor == "postgresql":
            assert all(one.settled.wait(4) for one in (*held_up, *others))
            assert words(others) == ["free", "free too"]
            assert words(held_up) == [503, 503]
    assert all(one.settled.wait(10) for one in (*held_up, *others))
    assert chat.post(cleo, held_up[0].client_id, "held up").body == "held up"


@committed
def test_f6_it_does_not_wait_for_ever(chat, ada, monkeypatch):
    monkeypatch.setattr(writing, "PATIENCE", 0.3)
    monkeypatch.setattr(writing, "SOON", 1)
    with locked(chat), pytest.raises(Busy) as busy:
        chat.post(ada, uuid4(), "too late")
    assert (busy.value.status, busy.value.wait) == (503, 1)
    id_ = uuid4()
    assert chat.post(ada, id_, "now").client_id == id_


@committed
def test_one_that_cannot_be_written_does_not_spoil_the_others(chat, ada, bob, monkeypatch):
    draw = Message.draw

    def drawn(message, *how):
        if message.body == "poison":
            raise RuntimeError("a bug")
        draw(message, *how)

    monkeypatch.setattr(Message, "draw", drawn)
    drafts = [draft(chat, ada, "one"), draft(chat, bob, "poison"), draft(chat, ada, "two")]
    with gathered(monkeypatch):
        for one in drafts:
            writer.take(one)
    assert all(one.settled.wait(10) for one in drafts)
    assert isinstance(drafts[1].outcome, RuntimeError)
    rows = kept(chat)
    assert [body for _seq, body in rows] == ["one", "two"]
    assert rows[1][0] == rows[0][0] + 1
    with pytest.raises(RuntimeError, match="a bug"):
        chat.post(ada, uuid4(), "poison")


@contextmanager
def gathered(monkeypatch):
    """What is given to the writer in this block waits until its end: then it is one batch."""
    real, open_ = batches.write, threading.Event()

    def write(drafts, **options):
        assert open_.wait(10)
        return real(drafts, **options)

    with monkeypatch.context() as patch:
        patch.setattr(batches, "write", write)
        yield
        open_.set()
        end = time.monotonic() + 10
        while writer._count and time.monotonic() < end:
            time.sleep(0.01)


@committed
def test_an_overfull_writer_says_so_and_keeps_what_it_took(chat, ada, write, monkeypatch):
    monkeypatch.setattr(writing, "MOST", 3)
    with gathered(monkeypatch):
        drafts = [draft(chat, ada, f"{number}") for number in range(3)]
        for one in drafts:
            writer.take(one)
        answer = write(ada, chat, "one too many")
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
        assert "Busy just now" in answer.content.decode()
        plain = write(ada, chat, "kept in the form", plain=True)
        assert plain.status_code == 503 and "kept in the form" in plain.content.decode()
    assert words(drafts) == ["0", "1", "2"]
    assert [body for _seq, body in kept(chat)] == ["0", "1", "2"]
    assert write(ada, chat, "there is room again").status_code == 204


@committed
def test_f5_without_its_database_it_refuses_for_now_and_loses_nothing(chat, ada, bob, write, monkeypatch):
    def gone(*args):
        raise OperationalError("the server closed the connection unexpectedly")

    id_ = uuid4()
    with monkeypatch.context() as patch:
        patch.setattr(batches, "_locked", gone)
        told = all_at_once(lambda person: chat.post(person, uuid4(), "into nothing"), [ada, bob] * 5)
        assert {(no.status, no.wait) for no in told} == {(503, 2)}
        answer = write(ada, chat, "later", client_id=id_)
        assert (answer.status_code, answer["Retry-After"]) == (503, "2")
    assert kept(chat) == [] and not writer._count
    assert write(ada, chat, "later", client_id=id_).status_code == 204
    assert [body for _seq, body in kept(chat)] == ["later"]


@committed
def test_f5_a_server_started_anew_between_two_messages_is_not_noticed_by_anybody(chat, ada, monkeypatch):
    store, used = inserting.store, []
    monkeypatch.setattr(inserting, "store", lambda *what: used.append(connection.connection) or store(*what))
    chat.post(ada, uuid4(), "before")
    assert writer._thread  # which still has its connection
    if connection.vendor == "postgresql":  # SQLite is no server
        end(used[0].info.backend_pid)
    chat.post(ada, uuid4(), "after")
    assert [body for _seq, body in kept(chat)] == ["before", "after"]


@committed
def test_f5_a_connection_that_dies_before_the_commit_acknowledges_nothing_that_is_not_kept(chat, ada, monkeypatch):
    chat.post(ada, uuid4(), "before")
    store, tries = inserting.store, []

    def dies_once(*what):
        store(*what)
        tries.append(what)
        if len(tries) == 1:
            connection.close()
            raise OperationalError("the server closed the connection unexpectedly")

    monkeypatch.setattr(inserting, "store", dies_once)
    message = chat.post(ada, uuid4(), "after")
    assert len(tries) == 2
    assert kept(chat)[-1] == (message.seq, "after")


def end(backend_pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [backend_pid])
        assert cursor.fetchone() == (True,)


@committed
def test_f19_what_was_committed_and_never_told_is_caught_up_with(chat, ada, bob, monkeypatch):
    monkeypatch.setattr(publishing, "_deliver", lambda orders: None)
    message = chat.post(ada, uuid4(), "unheard of")
    [frames] = catch_up([Asking(bob.pk, {chat.pk: message.seq - 1}, {})])
    assert [frame["number"] for frame in frames if frame["type"] == "message"] == [message.seq]
    assert "unheard of" in frames[0]["html"]
