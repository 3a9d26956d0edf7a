"""Asking, voting, deciding: what people may do with a room's questions, and what becomes of them."""

import re

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import limits
from accounts.refusals import Refused
from backchannel.models import Question, QuestionBoard
from rooms.models import Room

HTMX = {"headers": {"HX-Request": "true"}}


@pytest.fixture
def floor(ada, bob, cleo):
    """ada's room, with bob and cleo listening."""
    room = Room.open(ada, title="Gardens")
    room.join(bob)
    room.join(cleo)
    return room


@pytest.fixture
def asked(floor, cleo):
    return floor.board.ask(cleo, "When do you sow beans?")


def address(name, question, query=""):
    return reverse(name, args=[question.board_id, question.pk]) + query


def listed(client, room):
    return client.get(reverse("questions", args=[room.pk]), **HTMX)


# Asking -----------------------------------------------------------------------------------------------


def test_a_listener_asks(floor, as_, cleo):
    answer = as_(cleo).post(reverse("questions", args=[floor.pk]), {"body": " When do\r\nyou sow? "}, **HTMX)
    assert answer.status_code == 204
    assert list(floor.board.questions.values_list("body", "asker", "state")) == [("When do you sow?", cleo.pk, "live")]


def test_without_htmx_one_comes_back_to_the_questions(floor, as_, cleo):
    answer = as_(cleo).post(reverse("questions", args=[floor.pk]), {"body": "When?"})
    assert (answer.status_code, answer["Location"]) == (303, f"/rooms/{floor.pk}/?panel=questions")
    assert as_(cleo).get(reverse("questions", args=[floor.pk]))["Location"] == answer["Location"]


@pytest.mark.parametrize("body", ["", "   ", "\x00\x07", "x" * 281, "x" * 65536])
def test_what_is_no_question_is_refused(floor, as_, cleo, body):
    answer = as_(cleo).post(reverse("questions", args=[floor.pk]), {"body": body}, **HTMX)
    assert answer.status_code == 422
    assert not floor.board.questions.exists()


HOSTILE = "\x00<script>alert(1)</script>\x1b[2J \u202egnippilf <img src=x onerror=alert(1)>"


def test_hostile_text_is_cleaned_and_stays_text(floor, as_, cleo):
    as_(cleo).post(reverse("questions", args=[floor.pk]), {"body": HOSTILE}, **HTMX)
    page = listed(as_(cleo), floor).content.decode()
    assert "&lt;script&gt;" in page and "&lt;img" in page
    assert "<script" not in page and "<img" not in page and "\x00" not in page and "\x1b" not in page


def test_the_same_question_sent_twice_is_one(floor, as_, bob, cleo):
    for person in (cleo, cleo, bob):
        assert as_(person).post(reverse("questions", args=[floor.pk]), {"body": "When?"}, **HTMX).status_code == 204
    assert list(floor.board.questions.order_by("created_at").values_list("asker", flat=True)) == [cleo.pk, bob.pk]


def test_three_open_questions_each(floor, cleo, bob):
    for number in range(3):
        floor.board.ask(cleo, f"Question {number}")
    with pytest.raises(Refused, match="three open questions"):
        floor.board.ask(cleo, "One more")
    floor.board.ask(bob, "Mine counts for itself")
    floor.board.questions.filter(asker=cleo).first().withdraw(cleo)
    floor.board.ask(cleo, "There is a place again")


def test_outsiders_find_no_questions(floor, asked, as_, dan):
    client = as_(dan)
    assert listed(client, floor).status_code == 404
    assert client.post(reverse("questions", args=[floor.pk]), {"body": "Hm?"}).status_code == 404
    for name, data in (("question", {"state": "live"}), ("vote", {"on": "yes"}), ("call_asker", {})):
        assert client.post(address(name, asked), data).status_code == 404
    assert floor.board.questions.count() == 1


def test_who_left_reads_on_but_cannot_ask_or_vote(floor, asked, as_, bob):
    floor.seat_of(bob).leave()
    client = as_(bob)
    assert asked.body in listed(client, floor).content.decode()
    assert client.post(reverse("questions", args=[floor.pk]), {"body": "Hm?"}, **HTMX).status_code == 422
    assert client.post(address("vote", asked), {"on": "yes"}, **HTMX).status_code == 422
    asked.refresh_from_db()
    assert asked.votes == 0


def test_a_question_is_only_found_in_its_own_room(floor, asked, as_, cleo, dan):
    other = Room.open(dan, title="Elsewhere")
    assert as_(cleo).post(reverse("vote", args=[other.pk, asked.pk]), {"on": "yes"}).status_code == 404


# Voting -----------------------------------------------------------------------------------------------


def test_a_vote_is_given_once_and_taken_back(floor, asked, as_, bob):
    client = as_(bob)
    for on, votes in (("yes", 1), ("yes", 1), ("no", 0), ("no", 0)):
        assert client.post(address("vote", asked), {"on": on}, **HTMX).status_code == 204
        asked.refresh_from_db()
        assert asked.votes == votes


def test_the_database_keeps_it_to_one_vote(asked, bob):
    asked.vote(bob, on=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.given.create(person=bob)


def test_votes_survive_hiding(asked, ada, bob):
    asked.vote(bob, on=True)
    asked.decide(ada, "hidden")
    asked.decide(ada, "live")
    asked.refresh_from_db()
    assert asked.votes == 1


def test_the_page_knows_what_is_mine_without_a_script(floor, asked, as_, bob, cleo):
    asked.vote(bob, on=True)
    assert 'aria-pressed="true"' in listed(as_(bob), floor).content.decode()
    page = listed(as_(cleo), floor).content.decode()
    assert 'aria-pressed="true"' not in page and 'class="question mine"' in page


# Order ------------------------------------------------------------------------------------------------


def test_answering_comes_first_then_votes_then_the_oldest(floor, ada, bob, cleo):
    names = ("first", "second", "popular", "now", "done")
    one = {name: floor.board.ask(ada if name == "done" else (bob, cleo)[i % 2], name) for i, name in enumerate(names)}
    one["popular"].vote(ada, on=True)
    one["now"].decide(ada, "answering")
    one["done"].decide(ada, "answered")
    there = list(Question.objects.visible_to(cleo).top_first())
    assert [question.body for question in there] == ["now", "popular", "first", "second", "done"]
    assert [question.body for question in sorted(there, key=lambda q: q.order)] == [q.body for q in there]


# Deciding ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["answering", "answered", "hidden", "live"])
def test_only_moderators_decide(asked, as_, ada, bob, cleo, state):
    for person in (bob, cleo):
        assert as_(person).post(address("question", asked), {"state": state}, **HTMX).status_code == 422
    assert Question.objects.get().state == "live"
    assert as_(ada).post(address("question", asked), {"state": state}, **HTMX).status_code == 204
    assert Question.objects.get().state == state


def test_never_two_are_being_answered(floor, asked, ada, bob):
    next_one = floor.board.ask(bob, "And then?")
    asked.decide(ada, "answering")
    next_one.decide(ada, "answering")
    assert dict(floor.board.questions.values_list("body", "state")) == {
        "When do you sow beans?": "answered",
        "And then?": "answering",
    }


def test_the_later_moderator_is_told_who_was_first(floor, asked, as_, ada, bob):
    make_moderator(floor, bob, ada)
    asked.decide(bob, "answering")
    answer = as_(ada).post(address("question", asked, "?seen=live"), {"state": "answering"}, **HTMX)
    assert answer.status_code == 409 and "Bob already did this." in answer.content.decode()
    answer = as_(ada).post(address("question", asked, "?seen=live"), {"state": "hidden"}, **HTMX)
    assert answer.status_code == 409 and "Bob was first" in answer.content.decode()
    assert Question.objects.get().state == "answering"
    asked.decide(ada, "answered", seen="answering")
    assert Question.objects.get().state == "answered"


def test_doing_it_twice_oneself_is_doing_it_once(asked, as_, ada):
    for _ in range(2):
        assert as_(ada).post(address("question", asked), {"state": "hidden"}, **HTMX).status_code == 204


def make_moderator(room, person, by):
    seat = room.seats.get(person=person)
    seat.invite(by, role="moderator")
    seat.accept()
    return seat


def test_hidden_ones_are_for_moderators_and_the_asker(floor, asked, as_, ada, bob, cleo):
    asked.decide(ada, "hidden")
    assert asked.body in listed(as_(ada), floor).content.decode()
    assert asked.body in listed(as_(cleo), floor).content.decode()
    assert asked.body not in listed(as_(bob), floor).content.decode()
    assert as_(bob).post(address("vote", asked), {"on": "yes"}).status_code == 404


def test_only_moderators_get_buttons(floor, asked, as_, ada, bob):
    buttons = ("Answer now", "Hide", "Call to the stage")
    assert all(button in listed(as_(ada), floor).content.decode() for button in buttons)
    assert not any(button in listed(as_(bob), floor).content.decode() for button in buttons)


def test_withdrawing_is_the_askers(floor, asked, as_, ada, bob, cleo):
    for person in (ada, bob):
        assert as_(person).post(address("question", asked), {"state": "withdrawn"}, **HTMX).status_code == 422
    assert as_(cleo).post(address("question", asked), {"state": "withdrawn"}, **HTMX).status_code == 204
    assert asked.body not in listed(as_(ada), floor).content.decode()
    assert as_(ada).post(address("question", asked), {"state": "live"}).status_code == 404


def test_withdrawing_twice_is_withdrawing_once(floor, asked, as_, bob, cleo):
    def withdraw(person):
        return as_(person).post(address("question", asked), {"state": "withdrawn"}, **HTMX).status_code

    def version():
        return QuestionBoard.objects.get(pk=asked.board_id).version

    assert withdraw(cleo) == 204
    before = version()
    assert withdraw(cleo) == 204
    assert version() == before
    assert withdraw(bob) == 404


def test_a_question_is_known_by_its_asker_and_not_by_its_words(asked):
    assert str(asked) == "Question by Cleo"


def test_after_the_end_nothing_is_offered(floor, asked, ada, as_, cleo):
    floor.end(ada)
    page = as_(cleo).get(floor.get_absolute_url(), {"panel": "questions"}).content.decode()
    assert asked.body in page
    assert "Withdraw" not in page
    assert f'data-vote="{asked.pk}" disabled' in page


def test_a_withdrawn_question_stays_withdrawn(asked, ada, cleo):
    asked.withdraw(cleo)
    with pytest.raises(Refused) as refusal:
        asked.decide(ada, "answering")
    assert refusal.value.status == 409


def test_staff_delete_with_a_reason(asked, mo):
    asked.delete_by_staff(mo, "spam")
    asked.refresh_from_db()
    assert (asked.state, asked.body) == ("withdrawn", "")


# Calling ----------------------------------------------------------------------------------------------


def test_the_asker_is_called_to_the_stage(floor, asked, as_, ada, cleo):
    assert as_(ada).post(address("call_asker", asked), **HTMX).status_code == 204
    seat = floor.seat_of(cleo)
    assert seat.invited_at and seat.role == "listener"
    seat.accept()
    assert floor.seat_of(cleo).role == "speaker"


def test_who_is_on_stage_is_not_called_there(floor, asked, as_, ada, bob, cleo):
    def offered(question):
        page = listed(as_(ada), floor).content.decode()
        [button] = re.findall(rf"<button[^>]*{address('call_asker', question)}[^>]*>", page)
        return " hidden" not in button

    other = floor.board.ask(bob, "And peas?")
    assert offered(asked) and offered(other)
    seat = floor.seat_of(cleo)
    seat.invite(ada)
    seat.accept()
    assert not offered(asked) and offered(other)
    seat.move_to_audience(ada)
    assert offered(asked)


def test_only_moderators_call(floor, asked, as_, bob, cleo):
    assert as_(bob).post(address("call_asker", asked), **HTMX).status_code == 422
    assert not floor.seat_of(cleo).invited_at


def test_who_has_left_cannot_be_called(floor, asked, as_, ada, cleo):
    floor.seat_of(cleo).leave()
    answer = as_(ada).post(address("call_asker", asked), **HTMX)
    assert answer.status_code == 422 and "has left the room" in answer.content.decode()


def test_an_ended_room_is_only_read(floor, asked, as_, ada, cleo):
    floor.end(ada)
    client = as_(cleo)
    assert asked.body in listed(client, floor).content.decode()
    assert client.post(reverse("questions", args=[floor.pk]), {"body": "Hm?"}, **HTMX).status_code == 422
    assert as_(ada).post(address("question", asked), {"state": "hidden"}, **HTMX).status_code == 422


# How much -----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("the_clock_stands")
@pytest.mark.parametrize("name", ["question", "vote"])
def test_too_much_at_once_is_told_how_long_to_wait(floor, asked, as_, bob, monkeypatch, name):
    monkeypatch.setitem(limits.LIMITS, name, (1, 60))
    client = as_(bob)
    path = reverse("questions", args=[floor.pk]) if name == "question" else address("vote", asked)
    data = {"body": "Hm?", "on": "yes"}
    assert client.post(path, data, **HTMX).status_code == 204
    answer = client.post(path, data, **HTMX)
    assert answer.status_code == 429 and "Try again in" in answer.content.decode()
    assert int(answer["Retry-After"]) > 0


@pytest.mark.usefixtures("the_clock_stands")
@pytest.mark.parametrize(("name", "data"), [("question", {"state": "live"}), ("call_asker", {})])
def test_deciding_and_calling_have_the_limit_of_moderators(asked, as_, ada, monkeypatch, name, data):
    monkeypatch.setitem(limits.LIMITS, "moderate", (2, 60))
    client = as_(ada)
    assert [client.post(address(name, asked), data, **HTMX).status_code for _ in range(3)] == [204, 204, 429]


@pytest.mark.usefixtures("the_clock_stands")
def test_the_list_costs_the_same_for_one_question_as_for_many(floor, as_, ada, make_person, django_assert_num_queries):
    client = as_(ada)
    floor.board.ask(ada, "The first")
    listed(client, floor)  # the first page of a session asks a little more
    few = queries(lambda: listed(client, floor))
    for number in range(12):
        person = make_person(f"eve{number}")
        floor.join(person)
        floor.board.ask(person, f"Question {number}").vote(person, on=True)
    with django_assert_num_queries(few):
        listed(client, floor)


def queries(work):
    with CaptureQueriesContext(connection) as seen:
        work()
        return len(seen)


@pytest.mark.usefixtures("the_clock_stands")
def test_a_vote_costs_the_same_in_a_full_room(floor, asked, as_, bob, make_person, django_assert_num_queries):
    client = as_(bob)
    client.post(address("vote", asked), {"on": "yes"}, **HTMX)
    few = queries(lambda: client.post(address("vote", asked), {"on": "no"}, **HTMX))
    for number in range(12):
        floor.join(make_person(f"eve{number}"))
    client.post(address("vote", asked), {"on": "yes"}, **HTMX)
    with django_assert_num_queries(few):
        client.post(address("vote", asked), {"on": "no"}, **HTMX)
