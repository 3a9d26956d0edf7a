"""Links to one message: the page around it, with the message marked."""

import re

import pytest

from backchannel.models import Message
from tests.backchannel.conftest import HTMX, bring_on_stage, said
from tests.backchannel.test_catching_up import fill
from tests.backchannel.test_reading import numbers, page, queries

MARK = "message--found"


@pytest.fixture
def long(chat, cleo):
    """A conversation of a hundred messages, drawn in short."""
    fill(chat, cleo, 100)
    for message in chat.messages.all():
        message.html = f'<article class="message" id="{message.element_id}"><p>{message.seq}</p></article>'
        message.save()
    return chat


def link(message):
    return f"{message.conversation.get_absolute_url()}?m={message.client_id}"


def without_templates(drawn):
    """What a page shows, and not what its scripts may come to show."""
    return re.sub("<template.*?</template>", "", drawn, flags=re.DOTALL)


def at(conversation, seq):
    return conversation.messages.get(seq=seq)


def test_a_link_opens_around_its_message(long, as_, cleo):
    drawn = page(as_(cleo), link(at(long, 50)))
    assert numbers(drawn) == list(range(30, 70))
    assert re.findall(rf'{MARK}" id="([^"]+)"', drawn) == [at(long, 50).element_id]
    assert "?before=30" in drawn and 'data-until="69"' in drawn and "Jump to the newest" in drawn


def test_near_the_end_it_is_the_conversation_itself(long, as_, cleo):
    drawn = page(as_(cleo), link(at(long, 95)))
    assert numbers(drawn) == list(range(75, 101))
    shown = without_templates(drawn)
    assert "data-until" not in shown and "Jump to the newest" not in shown and "data-head" in shown


def test_from_there_one_reads_on_to_the_end(long, as_, cleo):
    later = page(as_(cleo), f"{long.get_absolute_url()}?after=50", **HTMX)
    assert numbers(later) == list(range(51, 91)) and "?after=90" in later and "<html" not in later
    last = page(as_(cleo), f"{long.get_absolute_url()}?after=90", **HTMX)
    assert numbers(last) == list(range(91, 101)) and "?after=" not in last


@pytest.mark.parametrize("after", ["x", "-1", "9" * 30, ""])
def test_after_nothing_is_no_place(long, as_, cleo, after):
    assert as_(cleo).get(f"{long.get_absolute_url()}?after={after}", **HTMX).status_code == 200


def test_what_is_not_ones_own_to_read_does_not_come_after_anything(line, as_, ada, bob, cleo, dan):
    said(line, ada, "before cleo")
    bring_on_stage(line.room, cleo)
    said(line, ada, "with cleo")
    later = page(as_(cleo), f"{line.get_absolute_url()}?after=0", **HTMX)
    assert "with cleo" in later and "before cleo" not in later
    assert as_(dan).get(f"{line.get_absolute_url()}?after=0", **HTMX).status_code == 404


def test_near_its_beginning_there_is_nothing_earlier(long, as_, cleo):
    drawn = page(as_(cleo), link(at(long, 3)))
    assert numbers(drawn) == list(range(1, 23)) and "?before=" not in without_templates(drawn)


def test_what_changes_there_still_arrives(long, as_, cleo):
    """Its cursor is the head, so edits and deletions come, and what is new waits behind the jump."""
    long.refresh_from_db()
    assert f'data-head="{long.head}"' in page(as_(cleo), link(at(long, 50)))


def test_a_piece_of_it_is_the_same(long, as_, cleo):
    drawn = page(as_(cleo), link(at(long, 50)), **HTMX)
    assert "<html" not in drawn and numbers(drawn) == list(range(30, 70))


@pytest.mark.parametrize("name", ["x", "", "9" * 40, "%7F", "0b5f5a3e-1df0-4f0c-9d5b-2f1f6f1c7a10"])
def test_what_is_not_there_says_so_and_shows_the_newest(long, as_, cleo, name):
    drawn = page(as_(cleo), f"{long.get_absolute_url()}?m={name}")
    assert numbers(drawn) == list(range(61, 101)) and MARK not in drawn
    assert ("not here, or not for you" in drawn) == (len(name) == 36)


def test_what_one_may_not_read_is_answered_like_what_is_not_there(floor, line, as_, ada, cleo):
    early = said(line, ada, "before cleo")
    bring_on_stage(floor, cleo)
    said(line, ada, "after")
    drawn = page(as_(cleo), link(early))
    assert "not here, or not for you" in drawn and "before cleo" not in drawn
    assert MARK in page(as_(ada), link(early))


def test_nor_does_it_lead_into_other_conversations(chat, pair, as_, ada, bob):
    between = said(pair, bob, "between us")
    drawn = page(as_(ada), f"{chat.get_absolute_url()}?m={between.client_id}")
    assert "between us" not in drawn.split('class="log"')[1]


def test_outside_there_is_no_page(chat, as_, cleo, dan):
    message = said(chat, cleo)
    assert as_(dan).get(link(message)).status_code == 404
    assert as_(None).get(link(message)).status_code == 302
    floor = chat.room
    floor.seat_of(cleo).remove(floor.creator)
    assert as_(cleo).get(link(message)).status_code == 404


def test_a_deleted_message_is_found_where_it_was(chat, as_, bob):
    message = said(chat, bob, "gone soon")
    message.delete_by(bob)
    drawn = page(as_(bob), link(message))
    assert MARK in drawn and "gone soon" not in drawn


def test_the_menu_has_the_link(chat, as_, bob, cleo):
    message = Message.objects.get(pk=said(chat, bob).pk)
    menu = page(as_(cleo), f"{chat.get_absolute_url()}messages/{message.client_id}/", **HTMX)
    assert f'href="{link(message)}#{message.element_id}"' in menu and "Copy link" in menu


def test_it_costs_little_more_than_the_newest(long, as_, cleo):
    assert queries(as_(cleo), link(at(long, 50))) <= 10
