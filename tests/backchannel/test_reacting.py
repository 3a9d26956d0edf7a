"""Reactions: one of each kind from each person, told once for a moment, and not by everybody."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from backchannel import jobs, redrawing
from backchannel.emoji import QUICK, is_emoji
from backchannel.models import Conversation, Message, Reaction
from backchannel.models.reaction import MOST_KINDS
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, bring_on_stage, harmless, said
from tests.backchannel.test_catching_up import lacks
from tests.product import wait_for

PLAIN = {}
ONE = ["👍", "❤️", "❤", "👍🏽", "👩‍👩‍👧‍👦", "🇮🇹", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "🫠", "☕", "🧑🏿‍🚀"]
NONE = ["", "a", "👍👍", "👍 👍", "<b>", "1", "🇮", "\u200d", "👍\u200d", "x👍", "👩" * 41, "\ud83d", "\0", "⃣", "-1"]


@pytest.fixture
def message(chat, bob):
    return said(chat, bob, "Beans?")


@pytest.fixture
def react(as_):
    def post(person, message, emoji="👍", on="", **how):
        address = reverse("reactions", args=[message.conversation_id, message.client_id])
        how = how or HTMX
        return as_(person).post(f"{address}?on={on}" if on else address, {"emoji": emoji}, **how)

    return post


def chips(html):
    """{emoji: how many} as it stands in a piece."""
    return {emoji: int(count) for emoji, count in re.findall(r'emoji">([^<]*)</span> (\d+)<', html)}


def fresh(message):
    return Message.objects.get(pk=message.pk)


def test_a_reaction_is_kept_drawn_and_numbered(react, message, cleo):
    before = message.changed
    assert react(cleo, message).status_code == 204
    reaction = Reaction.objects.get()
    assert (reaction.message, reaction.person, reaction.emoji) == (message, cleo, "👍")
    message = fresh(message)
    assert chips(message.html) == {"👍": 1} and message.changed == before + 1
    assert f'data-by="{cleo.pk[:6]}"' in message.html and cleo.pk not in message.html


def test_each_kind_is_counted_in_the_order_it_came(react, message, ada, bob, cleo):
    for person, emoji in ((ada, "🎉"), (bob, "👍"), (cleo, "👍"), (cleo, "🎉"), (cleo, "😂")):
        react(person, message, emoji)
    assert list(chips(fresh(message).html).items()) == [("🎉", 2), ("👍", 2), ("😂", 1)]


def test_once_more_takes_it_away(react, message, cleo):
    for _ in "ab":
        react(cleo, message)
    assert chips(fresh(message).html) == {} and not Reaction.objects.exists()


@pytest.mark.parametrize(("on", "left"), [("yes", 1), ("no", 0)])
def test_said_twice_is_said_once(react, message, cleo, on, left):
    react(cleo, message)
    assert [react(cleo, message, on=on).status_code for _ in "ab"] == [204, 204]
    assert Reaction.objects.count() == left


def test_a_plain_form_goes_back_to_the_room(react, message, as_, cleo):
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    answer = as_(cleo).post(address, {"emoji": "👍"})
    assert answer["Location"] == f"/rooms/{message.conversation.room_id}/?panel=chat"
    assert Reaction.objects.count() == 1


def test_the_database_keeps_one_of_each(message, cleo):
    Reaction.objects.create(message=message, person=cleo, emoji="👍")
    with pytest.raises(IntegrityError), transaction.atomic():
        Reaction.objects.create(message=message, person=cleo, emoji="👍")


@pytest.mark.parametrize("emoji", ONE)
def test_any_emoji_will_do(react, message, cleo, emoji):
    assert react(cleo, message, emoji).status_code == 204
    assert chips(fresh(message).html) == {emoji: 1}


@pytest.mark.parametrize("emoji", NONE)
def test_what_is_no_emoji_is_refused(react, message, cleo, emoji):
    if emoji.isascii() or emoji.isprintable():
        assert react(cleo, message, emoji).status_code == 422
    assert not is_emoji(emoji) or len(emoji) > 40
    assert not Reaction.objects.exists()


@pytest.mark.parametrize("text", hostile.MARKUP[::4])
def test_i11_nothing_else_gets_through(react, message, cleo, text):
    assert react(cleo, message, text).status_code == 422
    assert harmless(fresh(message).html)


def test_there_are_not_more_kinds_than_one_can_look_at(react, message, cleo, ada):
    for number in range(MOST_KINDS):
        assert react(cleo, message, chr(0x1F600 + number)).status_code == 204
    assert react(cleo, message, "👍").status_code == 422
    assert react(ada, message, chr(0x1F600)).status_code == 204


def test_the_quick_ones_are_emoji():
    assert all(map(is_emoji, QUICK))


# By those who may -------------------------------------------------------------------------------------


def test_outside_there_is_nothing_to_react_to(react, message, as_, dan):
    assert react(dan, message).status_code == 404
    assert react(None, message).status_code == 302
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    assert as_(dan).get(address).status_code == 404
    assert not Reaction.objects.exists()


def test_who_left_or_was_removed_does_not(react, message, floor, ada, bob, cleo):
    floor.seat_of(cleo).leave()
    assert react(cleo, message).status_code == 422
    floor.seat_of(bob).remove(ada)
    assert react(bob, message).status_code == 404
    assert not Reaction.objects.exists()


def test_w7_nor_do_people_between_whom_a_block_stands(react, message, bob, cleo):
    bob.block(cleo)
    answer = react(cleo, message)
    assert answer.status_code == 422 and "You can’t message this person now." in answer.content.decode()
    assert not Reaction.objects.exists()


def test_what_was_deleted_gets_no_reactions_and_shows_none(react, message, as_, bob, cleo):
    react(cleo, message)
    fresh(message).delete_by(bob)
    assert chips(fresh(message).html) == {}
    assert react(cleo, message, "🎉").status_code == 422
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    assert "Cleo" not in as_(bob).get(address, **HTMX).content.decode()
    fresh(message).restore_by(bob)
    assert chips(fresh(message).html) == {"👍": 1}


def test_the_sweep_erases_them_with_the_message(react, message, bob, cleo):
    react(cleo, message)
    message = fresh(message)
    message.delete_by(bob)
    message.sealed.sealed_at -= timedelta(seconds=9)
    message.sealed.save()
    jobs.erase_deleted_messages.call_local()
    assert not Reaction.objects.exists()


@pytest.mark.usefixtures("the_clock_stands")
def test_w5_clicking_on_and_off_is_told_how_long_to_wait(react, message, cleo, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "reaction", (3, 10**6))
    answers = [react(cleo, message) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [204, 204, 204, 429]
    assert int(answers[-1]["Retry-After"]) > 0


def test_w10_nothing_else_in_the_form_counts(message, as_, ada, cleo):
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    as_(cleo).post(address, {"emoji": "👍", "person": ada.pk, "message": 1, "changed": 99}, **HTMX)
    assert Reaction.objects.get().person == cleo


# Who reacted ------------------------------------------------------------------------------------------


def test_who_reacted_is_told_to_who_may_read(react, message, as_, ada, cleo):
    react(cleo, message, "🎉")
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    piece, whole = (as_(ada).get(address, **how).content.decode() for how in (HTMX, PLAIN))
    assert "Cleo" in piece and "🎉" in piece and "<html" not in piece
    assert "Cleo" in whole and "<html" in whole
    menu = as_(ada).get(reverse("message", args=[message.conversation_id, message.client_id]), **HTMX)
    assert address in menu.content.decode()


def test_nobody_is_said_so(message, as_, ada):
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    assert "Nobody has reacted" in as_(ada).get(address, **HTMX).content.decode()


# Told -------------------------------------------------------------------------------------------------


def test_what_was_missed_comes_with_what_is_lacking(react, message, ada, cleo):
    cursor = Conversation.objects.get(pk=message.conversation_id).head
    react(ada, message)
    react(ada, message, "🎉")
    messages, others, head = lacks(cleo, message.conversation, cursor)
    assert [(number, chips(html)) for number, html in messages] == [(cursor + 2, {"👍": 1, "🎉": 1})]
    assert (others, head) == ([], cursor + 2)


def test_i21_who_came_later_on_stage_gets_only_the_number(floor, line, react, ada, bob, cleo):
    early = said(line, ada, "before cleo")
    bring_on_stage(floor, cleo)
    cursor = Conversation.objects.get(pk=line.pk).head
    react(bob, early)
    assert react(cleo, early).status_code == 404
    messages, _others, head = lacks(cleo, line, cursor)
    assert (messages, head) == ([], cursor + 1)


@pytest.mark.django_db(transaction=True)
def test_a_crowd_of_one_moment_is_told_once(chat, bob, make_person):
    message = said(chat, bob, "Beans?")
    people = [make_person(f"p{number}") for number in range(8)]
    for person in people:
        chat.room.join(person)
    head = Conversation.objects.get(pk=chat.pk).head

    def one(person):
        try:
            fresh(message).react(person, "👍", on=True)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(one, people))
    wait_for(lambda: fresh(message).reacted_at is None)
    idle()
    assert chips(fresh(message).html) == {"👍": 8}
    assert head < Conversation.objects.get(pk=chat.pk).head < head + 8


def idle():
    """Until no thread draws reactions any more."""
    wait_for(lambda: not any(isinstance(one, threading.Timer) for one in threading.enumerate()))


@pytest.mark.django_db(transaction=True)
def test_the_same_click_many_times_at_once_is_one(chat, bob, cleo):
    message = said(chat, bob, "Beans?")

    def one(_):
        try:
            fresh(message).react(cleo, "👍", on=True)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(one, range(8)))
    idle()
    assert Reaction.objects.count() == 1 and chips(fresh(message).html) == {"👍": 1}


def test_what_a_process_left_undrawn_the_next_minute_draws(message, cleo):
    Reaction.objects.create(message=message, person=cleo, emoji="👍")
    Message.objects.filter(pk=message.pk).update(reacted_at=timezone.now())
    jobs.draw_forgotten_reactions.call_local()
    assert chips(fresh(message).html) == {}
    Message.objects.filter(pk=message.pk).update(reacted_at=timezone.now() - redrawing.FORGOTTEN)
    jobs.draw_forgotten_reactions.call_local()
    assert chips(fresh(message).html) == {"👍": 1}
    assert fresh(message).reacted_at is None


def test_it_costs_the_same_in_a_full_room(chat, message, react, as_, make_person, cleo):
    queries_of(cleo, message, as_, "❤️")
    few = queries_of(cleo, message, as_, "👍")
    for number in range(12):
        person = make_person(f"p{number}")
        chat.room.join(person)
        chat.messages.get().react(person, "🎉")
    assert queries_of(cleo, message, as_, "😂") == few <= 28


def queries_of(person, message, as_, emoji):
    address = reverse("reactions", args=[message.conversation_id, message.client_id])
    client = as_(person)
    with CaptureQueriesContext(connection) as seen:
        assert client.post(address, {"emoji": emoji}, **HTMX).status_code == 204
    return len(seen)


def test_a_page_with_reactions_costs_no_more(chat, message, as_, cleo, make_person):
    from tests.backchannel.test_reading import queries

    few = queries(as_(cleo), chat.get_absolute_url())
    for number in range(4):
        other = chat.post(cleo, uuid4(), f"m{number}", reply_to=message.client_id)
        other.react(cleo, "👍")
    assert queries(as_(cleo), chat.get_absolute_url()) == few


def test_a_reaction_that_comes_while_others_are_drawn_is_not_forgotten(chat, message, ada, cleo, monkeypatch):
    """Who reacts does not wait for the lock under which reactions are drawn."""
    read = type(Reaction.objects.all()).chips

    def late(reactions, of):
        found = read(reactions, of)
        if not Reaction.objects.filter(person=ada).exists():
            Reaction.objects.create(message=message, person=ada, emoji="👍")
            Message.objects.filter(pk=message.pk).update(reacted_at=timezone.now())
        return found

    monkeypatch.setattr(type(Reaction.objects.all()), "chips", late)
    message.react(cleo, "👍")
    assert chips(fresh(message).html) == {"👍": 1}
    redrawing.redraw(chat.pk)
    assert chips(fresh(message).html) == {"👍": 2}
