"""Whom the bell tells of messages and mentions: as he wants it, when he has not looked, and only of what he may read."""

from datetime import UTC, datetime

import pytest

from accounts.models import Notification
from backchannel import unheard
from backchannel.inbox import counts
from backchannel.models import Conversation, Group
from backchannel.models.remains import erase
from tests.backchannel.conftest import said


@pytest.fixture(autouse=True)
def nothing_noted():
    unheard._news.clear()
    unheard._naming.clear()


@pytest.fixture
def pair(ada, bob):
    bob.follow(ada)
    ada.follow(bob)
    Notification.objects.all().delete()
    return Conversation.between(ada, bob)


@pytest.fixture
def group(ada, bob, cleo):
    for friend in (bob, cleo):
        friend.follow(ada)
    made = Group.start(ada, [bob, cleo], "Gardeners")
    Notification.objects.all().delete()
    return made.conversation


@pytest.fixture
def later(time_machine):
    """later() → a moment has gone by, and one has looked."""
    time_machine.move_to(datetime.now(UTC), tick=True)

    def look(seconds=4):
        time_machine.shift(seconds)
        unheard.look()

    return look


def told(person):
    return sorted(Notification.objects.unread().filter(person=person).values_list("kind", flat=True))


def page(client):
    return client.get("/notifications/").content.decode()


def keep(conversation, person, **how):
    conversation.memberships.filter(person=person).update(**how)


def test_who_has_not_looked_is_told_once_however_much_is_written(pair, ada, bob, cleo, as_, later):
    for body in ("one", "two"):
        said(pair, bob, body)
    later()
    said(pair, bob, "three")
    later()
    assert (told(ada), told(bob), told(cleo)) == (["message"], [], [])
    assert "wrote to you." in page(as_(ada)) and pair.get_absolute_url() in page(as_(ada))


def test_not_before_there_was_time_to_look(pair, ada, bob, later):
    said(pair, bob)
    later(0)
    assert told(ada) == []
    later()
    assert told(ada) == ["message"]


def test_what_was_read_at_once_rings_nowhere(pair, ada, bob, later):
    message = said(pair, bob)
    pair.note_reading(ada, message.seq)
    later()
    assert told(ada) == []


def test_reading_on_one_device_takes_it_from_the_bell(pair, ada, bob, later):
    message = said(pair, bob)
    later()
    pair.refresh_from_db()
    pair.note_reading(ada, message.seq)
    assert told(ada) == []


def test_mark_all_as_read_does_too(pair, ada, bob, later, as_):
    said(pair, bob)
    later()
    as_(ada).post("/backchannel/reading/", {"on": "yes"})
    assert told(ada) == []


@pytest.mark.parametrize("how", [{"level": "nothing"}, {"level": "mentions"}, {"level": "hidden"}])
def test_as_one_wants_it(pair, ada, bob, later, how):
    keep(pair, ada, **how)
    said(pair, bob)
    later()
    assert told(ada) == []


def test_who_asks_rings_nowhere(ada, bob, later):
    asking = Conversation.opened_by(bob, ada)
    said(asking, bob)
    later()
    assert told(ada) == []


def test_in_a_group_all_are_told_and_who_is_named_of_that_alone(group, ada, bob, cleo, dan, as_, later):
    said(group, ada, "look here @bob, and you @dan")
    later()
    assert (told(bob), told(cleo), told(ada), told(dan)) == (["mention"], ["message"], [], [])
    assert "mentioned you." in page(as_(bob)) and "?m=" in page(as_(bob))
    assert "wrote in Gardeners." in page(as_(cleo))


def test_who_wants_mentions_alone_has_them_and_who_wants_nothing_not(group, ada, bob, cleo, later):
    keep(group, bob, level="mentions")
    keep(group, cleo, level="nothing")
    said(group, ada, "@bob @cleo")
    said(group, ada, "everybody")
    later()
    assert (told(bob), told(cleo)) == (["mention"], [])


def test_where_only_mentions_are_wanted_the_badge_counts_those(group, ada, bob):
    keep(group, bob, level="mentions")
    said(group, ada, "everybody")
    assert counts(bob).unread == 0
    said(group, ada, "@bob")
    assert counts(bob).unread == 1


def test_nothing_is_told_of_what_is_not_there_any_more(group, ada, bob, as_, later):
    message = said(group, ada, "@bob")
    later()
    message.delete_by(ada)
    assert "mentioned you." not in page(as_(bob))
    message.restore_by(ada)
    assert "mentioned you." in page(as_(bob)) and told(bob) == ["mention"]
    message.delete_by(ada)
    erase(message)
    assert told(bob) == []


@pytest.mark.parametrize("blocks", [("bob", "cleo"), ("cleo", "bob")])
def test_what_somebody_blocked_writes_after_it_hides_no_message(group, ada, bob, cleo, as_, later, blocks):
    people = {"bob": bob, "cleo": cleo}
    people[blocks[0]].block(people[blocks[1]])
    said(group, ada)
    said(group, cleo)
    later()
    assert (told(ada), told(bob), told(cleo)) == (["message"], ["message"], [])  # who writes has read
    assert "Ada" in page(as_(bob)) and "Cleo" not in page(as_(bob))


def test_of_what_somebody_blocked_writes_alone_nobody_is_told(group, ada, bob, cleo, later):
    bob.block(cleo)
    said(group, cleo)
    later()
    assert (told(ada), told(bob)) == (["message"], [])


def test_whoever_loses_access_is_told_no_more(group, ada, bob, cleo, as_, later):
    said(group, ada, "@bob")
    later()
    group.group.remove(ada, bob)
    assert not Notification.objects.filter(person=bob).exists()
    assert Notification.objects.filter(person=cleo).exists()


@pytest.mark.parametrize("removed", [True, False])
def test_whoever_is_shut_out_of_a_room_is_told_no_more_of_its_chat(chat, ada, bob, cleo, later, time_machine, removed):
    time_machine.shift(90)  # neither was heard in the room since
    said(chat, cleo, "@bob @ada")
    later()
    chat.room.seat_of(bob).remove(ada) if removed else ada.block(bob)
    assert (told(bob), told(ada)) == ([], ["mention"])


def test_beside_a_stage_one_is_told_if_one_is_not_there(chat, bob, cleo, dan, as_, later, time_machine):
    said(chat, cleo, "what do you say, @bob?")
    later()
    assert told(bob) == []  # he sits there
    chat.room.seat_of(bob).leave()
    said(chat, cleo, "@bob, come back. @dan, come in")
    later()
    assert (told(bob), told(dan)) == (["mention"], [])


def test_a_process_that_has_just_begun_tells_what_the_one_before_did_not(pair, ada, bob, later, monkeypatch):
    said(pair, bob)
    unheard._news.clear()
    monkeypatch.setattr(unheard, "_began", False)
    later()
    assert told(ada) == ["message"]


def test_as_many_questions_for_many_conversations_as_for_one(
    pair, ada, bob, cleo, dan, later, django_assert_max_num_queries
):
    """Where nobody is told anew."""
    others = [Conversation.between(*two) for two in ((ada, cleo), (ada, dan), (bob, cleo), (bob, dan))]
    for one in (pair, *others):
        said(one, one.people.first())
    later()
    with django_assert_max_num_queries(3) as few:
        said_and_looked(later, pair)
    with django_assert_max_num_queries(len(few)):
        said_and_looked(later, *others)


def said_and_looked(later, *conversations):
    unheard._news.update(dict.fromkeys((one.pk for one in conversations), datetime(2000, 1, 1, tzinfo=UTC)))
    later()
