"""Two web processes, one house: whoever is where, he sees, hears and may do the same."""

import contextlib
import os
import signal
import threading
import time
import uuid

import pytest

from tests.house.visitors import Visitor
from tests.product import wait_for

pytestmark = pytest.mark.production

PEOPLE = ("ada", "bob", "cleo", "mo")
COMPLETE = 8  # seconds after Redis is back
MAKE = """
from django.test import Client
from accounts.models import Person
from rooms.models import Room
people = [Person.objects.get(username=name) for name in ("ada", "bob", "cleo", "mo", "dan")]
room = Room.open(people[0], title="Two processes")
for person in people[1:4]:
    room.join(person)
print(room.pk, room.conversations.get(kind="room").pk)
for person in people:
    client = Client()
    client.force_login(person)
    print(client.cookies["session"].value)
"""


class Scene:
    """A room with ada, bob, cleo and mo, each with a page in either process; dan is outside."""

    def __init__(self, house):
        self.house = house
        (self.room, self.conversation), *sessions = (line.split() for line in house.run(MAKE).splitlines()[-6:])
        self.people = {
            name: Visitor(house.url, session=session)
            for name, [session] in zip((*PEOPLE, "dan"), sessions, strict=True)
        }
        self.pages, self.answers, self.counter = [], [], iter(range(1_000_000))
        for process in ("web1", "web2"):
            with only(house, process):
                self.pages += [self.people[name].page(self.conversation) for name in PEOPLE]
        self.outside = self.people["dan"].page(self.conversation)

    def begin(self):
        """Another test: what the pages noted until now is not its business."""
        wait_for(self.all_complete, within=20)
        self.before = len(self.answers)
        for page in self.pages:
            page.codes.clear()
            page.pushed.clear()

    def post(self, name="ada"):
        """Says something new → what was answered."""
        self.answers.append(self.people[name].say(self.conversation, f"words {next(self.counter)}", uuid.uuid4()))
        return self.answers[-1]

    @contextlib.contextmanager
    def talk(self):
        """Meanwhile three people talk, without a pause to speak of."""
        over = threading.Event()

        def go_on(name):
            while not over.is_set():
                self.post(name)
                over.wait(0.1)

        threads = [threading.Thread(target=go_on, args=(name,)) for name in PEOPLE[:3]]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            over.set()
            for thread in threads:
                thread.join(60)

    def stored(self):
        query = "SELECT body FROM backchannel_message WHERE conversation_id = ? ORDER BY seq"
        return [body for [body] in self.house.sql(query, self.conversation)]

    def all_complete(self):
        stored = self.stored()
        return all(page.order(self.conversation) == stored for page in self.pages)

    def close(self):
        for page in (*self.pages, self.outside):
            page.close()


@contextlib.contextmanager
def only(house, name):
    """Meanwhile all that arrives is answered by this web process."""
    others = [pid for child, pid in house.pids().items() if child.startswith("web") and child != name]
    for pid in others:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in others:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def shared(two_processes):
    made = Scene(two_processes)
    yield made
    made.close()


@pytest.fixture
def scene(shared):
    """The same for all tests: what was said in one stands there in the next."""
    shared.begin()
    return shared


def nothing_was_lost(scene):
    assert all(answers[-1] == 204 for answers in scene.answers), scene.answers
    stored = scene.stored()
    assert len(stored) == len(set(stored)) == len(scene.answers)
    assert not scene.outside.pushed


def test_order_and_content_are_the_same_on_all_pages(scene):
    with scene.talk():
        time.sleep(3)
    wait_for(scene.all_complete)
    nothing_was_lost(scene)
    assert {answer for answers in scene.answers for answer in answers} == {204}
    for page in scene.pages:
        assert len(page.pushed) == len(set(page.pushed)) == len(scene.answers) - scene.before > 0
        assert page.codes == []


@pytest.mark.full
def test_nobody_flickers_while_his_page_is_open_in_either(scene):
    before = [len(page.frames) for page in scene.pages]
    time.sleep(35)
    heard = [frame for page, seen in zip(scene.pages, before, strict=True) for frame in page.frames[seen:]]
    gone = [frame["gone"] for frame in heard if frame.get("gone")]
    assert gone == []
    assert not [frame for frame in heard if frame["type"] == "resync"]


REDIS = {
    "killed": lambda redis: (redis.kill(), time.sleep(1), redis.start()),
    "killed-10": lambda redis: (redis.kill(), time.sleep(10), redis.start()),
    "killed-60": lambda redis: (redis.kill(), time.sleep(60), redis.start()),
    "flushed": lambda redis: redis.ask("FLUSHALL"),
    "readers thrown out": lambda redis: redis.ask("CLIENT", "KILL", "TYPE", "pubsub"),
    "asleep": lambda redis: redis.ask("DEBUG", "SLEEP", "10"),
    "full": lambda redis: redis.ask("CONFIG", "SET", "maxmemory", "1"),
}


@pytest.mark.parametrize(
    "fault", [name if name == "killed" else pytest.param(name, marks=pytest.mark.full) for name in REDIS]
)
def test_f3_f4_whatever_redis_does_nothing_is_lost_and_no_page_is_loaded_anew(scene, redis_server, fault):
    with scene.talk():
        time.sleep(1)
        REDIS[fault](redis_server)
        time.sleep(0.5)
    wait_for(scene.all_complete, within=COMPLETE)
    redis_server.ask("CONFIG", "SET", "maxmemory", "0")
    nothing_was_lost(scene)
    assert {answer for answers in scene.answers for answer in answers} == {204}
    assert all(page.codes == [] for page in scene.pages)


@pytest.mark.full
@pytest.mark.parametrize("process", ["web1", "web2"])
def test_f1_one_of_them_dies_in_the_middle(scene, process):
    with scene.talk():
        time.sleep(1)
        scene.house.kill(process)
        wait_for(lambda: len(scene.house.pids()) == 4)
        time.sleep(2)
    wait_for(scene.all_complete, within=20)
    nothing_was_lost(scene)


def test_f2_one_after_the_other_is_started_anew(scene):
    with scene.talk():
        for process in ("web1", "web2"):
            before = scene.house.kill(process, signal.SIGTERM)
            wait_for(lambda: scene.house.pids().get(process, before) != before, within=10)  # noqa: B023
            time.sleep(1)
    wait_for(scene.all_complete, within=20)
    nothing_was_lost(scene)
    codes = [code for page in scene.pages for code in page.codes]
    assert codes.count(1012) >= len(scene.pages)
    assert set(codes) == {1012}


def test_limits_are_counted_for_both(scene):
    asked = []
    for process in ("web1", "web2"):
        with only(scene.house, process):
            for number in range(4):
                body = {"body": f"{process} {number}, what do you think?"}
                answer = scene.people["bob"].post(f"/rooms/{scene.room}/questions/", body, **{"HX-Request": "true"})
                asked.append(answer.status)
    assert asked[6:] == [429, 429]
    assert 429 not in asked[:6]


OTHER = """
from accounts.models import Person
from rooms.models import Room
print(Room.open(Person.objects.get(username="dan"), title="Another").pk)
"""
ROOMS = "SELECT room_id FROM rooms_seat s JOIN accounts_person p ON p.id = s.person_id WHERE username = 'bob' AND left_at IS NULL"


def test_a_person_is_in_one_room_whichever_process_he_asks(scene):
    other = scene.house.run(OTHER).split()[-1]
    for process, room in (("web1", other), ("web2", scene.room)):
        with only(scene.house, process):
            assert scene.people["bob"].post(f"/rooms/{room}/seat/").status < 400
        assert scene.house.sql(ROOMS) == [(room,)]
