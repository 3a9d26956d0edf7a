"""PostgreSQL dies, comes back, is full or busy: who asks meanwhile is told to come again, and then it works."""

import contextlib
import threading
import time
import uuid

import psycopg
import pytest

from tests.house.visitors import Visitor
from tests.postgres import breakable_postgres
from tests.product import House, wait_for

pytestmark = pytest.mark.production

MAKE = """
from django.test import Client
from accounts.models import Person
from backchannel.models import Conversation
ada, bob, cleo = (Person.objects.get(username=name) for name in ("ada", "bob", "cleo"))
client = Client()
client.force_login(ada)
print(client.cookies["session"].value, Conversation.between(ada, bob).pk, Conversation.between(ada, cleo).pk)
"""
BACK = 5  # seconds after PostgreSQL is


@pytest.fixture(scope="module")
def server():
    with breakable_postgres() as server:
        yield server


@pytest.fixture(scope="module")
def house(server, tmp_path_factory):
    house = House(tmp_path_factory.mktemp("away") / "data", server.url, DATABASE_POOL="4")
    try:
        house.start("--demo")
        house.visitor, house.conversations = _visitor(house)
        yield house
    finally:
        house.stop()


def _visitor(house):
    session, *conversations = house.run(MAKE).split()[-3:]
    return Visitor(house.url, session=session), conversations


@contextlib.contextmanager
def without(server):
    server.stop()
    try:
        yield
    finally:
        server.start()


def post(house, body="words", conversation=0, client_id=None):
    fields = {"client_id": client_id or str(uuid.uuid4()), "body": body}
    path = f"/backchannel/{house.conversations[conversation]}/messages/"
    return house.visitor.post(path, fields, **{"HX-Request": "true"})


def test_f5_a_restart_costs_no_request_that_comes_after_it(house, server):
    threads = [threading.Thread(target=post, args=(house,)) for _ in range(4)]
    for thread in threads:  # all connections of the pool have been used
        thread.start()
    for thread in threads:
        thread.join()
    with without(server):
        pass
    assert [post(house).status for _ in range(4)] == [204] * 4


@pytest.mark.parametrize("seconds", [1, pytest.param(60, marks=pytest.mark.full)])
def test_f5_while_it_is_away_everything_says_come_again_and_the_same_words_are_sent_once(house, server, seconds):
    words, client_id = f"away for {seconds}", str(uuid.uuid4())
    with without(server):
        end = time.monotonic() + seconds
        while True:
            refused = post(house, words, client_id=client_id)
            assert (refused.status, refused.headers["Retry-After"]) == (503, "2")
            if time.monotonic() > end:
                break
        watch = Visitor(house.url)
        assert '"database": {"ok": false}' in watch.get("/readyz").text
        assert watch.get("/healthz").status == 200
    wait_for(lambda: post(house, words, client_id=client_id).status == 204, within=BACK)
    assert house.sql("SELECT count(*) FROM backchannel_message WHERE body = ?", words) == [(1,)]


def test_f5_one_backend_that_is_killed_is_nobodys_failure(house, server):
    assert post(house).status == 204
    with psycopg.connect(server.url, autocommit=True) as other:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database()"
        assert other.execute(others).fetchall()
    assert post(house).status == 204


@pytest.mark.full
def test_f6_a_locked_conversation_waits_alone_and_says_come_again(house, server):
    with psycopg.connect(server.url) as other:
        other.execute("SELECT 1 FROM backchannel_conversation WHERE id = %s FOR UPDATE", [house.conversations[0]])
        answers = []
        stuck = threading.Thread(target=lambda: answers.append(post(house)))
        stuck.start()
        time.sleep(0.5)
        assert post(house, conversation=1).status == 204
        stuck.join(20)
    assert [answer.status for answer in answers] == [503]
    assert answers[0].headers["Retry-After"] == "2"
    assert post(house).status == 204


@pytest.mark.full
def test_f6_a_pool_that_is_used_up_says_come_again(house, server):
    with psycopg.connect(server.url) as other:
        other.execute("SELECT 1 FROM backchannel_conversation WHERE id = %s FOR UPDATE", [house.conversations[0]])
        answers = []
        stuck = [threading.Thread(target=lambda: answers.append(post(house))) for _ in range(16)]
        for thread in stuck:
            thread.start()
        time.sleep(1)
        assert Visitor(house.url).get("/healthz").status == 200
        for thread in stuck:
            thread.join(40)
    assert {answer.status for answer in answers} == {503}
    wait_for(lambda: post(house).status == 204, within=BACK)


def test_a_start_without_it_is_one_sentence(tmp_path, house, server):
    second = House(tmp_path / "data", server.url)
    with without(server):
        assert second.launch("--no-demo").wait(30) == 2
        assert len(second.said().strip().splitlines()) == 1, second.said()
        assert "The database does not answer, see DATABASE_URL: " in second.said()
    wait_for(lambda: post(house).status == 204, within=BACK)
