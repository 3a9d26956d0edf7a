"""Who is here: bob has a page open, ada talks with him, cleo sits elsewhere, dan asked him and waits."""

import re

import pytest
from asgiref.sync import sync_to_async as do
from django.core.cache import cache

import live
from accounts.models import Person
from backchannel import here
from backchannel.inbox import inbox_of
from backchannel.models import Conversation
from tests.backchannel.conftest import said
from tests.backchannel.test_reading import page, queries
from tests.ears import listening


@pytest.fixture(autouse=True)
def nobody_yet():
    here._ours = set()


@pytest.fixture
def pair(pair, ada, bob):
    for author in (ada, bob):
        said(pair, author)
    return pair


@pytest.fixture
def heard(monkeypatch):
    """heard(bob, …): a round in which this process hears these people."""

    def look(*people):
        monkeypatch.setattr(live, "present_people", lambda: {one.pk for one in people})
        here.look()

    return look


@pytest.fixture
def told(monkeypatch):
    """What is told: [(to whom, html)]."""
    found = []
    monkeypatch.setattr(here.broadcasts, "here", lambda person, html: found.append((person, html)))
    return found


def shown(client, address="/backchannel/"):
    """The dots that are lit, by their places."""
    return re.findall(r'class="here here--(\w+) here--now"', page(client, address))


def hide(person):
    Person.objects.filter(pk=person.pk).update(presence=False)


# Where it is drawn ----------------------------------------------------------------------------------------


def test_a_row_and_the_head_say_it_in_words_too(pair, as_, ada, bob, cleo, heard):
    said(Conversation.between(ada, cleo), cleo)
    assert shown(as_(ada)) == []
    heard(bob)
    client = as_(ada)
    drawn = page(client, pair.get_absolute_url())
    assert shown(client) == ["row"] and shown(client, pair.get_absolute_url()) == ["row", "top"]
    assert drawn.count(">online<") == 2 and f'id="here-top-{pair.pk}"' in drawn
    heard(ada)
    assert shown(as_(bob)) == ["row"]


def test_another_process_may_have_heard_him(pair, as_, ada, bob):
    cache.set(f"{here.NOTE}{bob.pk}", 1)
    assert shown(as_(ada)) == ["row"]


@pytest.mark.parametrize("how", ["hides it", "blocks her", "is blocked", "never accepted", "asks her"])
def test_some_are_never_seen(pair, as_, ada, bob, heard, how):
    if how == "hides it":
        hide(bob)
    elif how == "blocks her":
        bob.block(ada)
    elif how == "is blocked":
        ada.block(bob)
    else:
        asked = ada if how == "asks her" else bob
        Conversation.objects.filter(pk=pair.pk).update(request_to=asked)
    heard(bob)
    assert shown(as_(ada), pair.get_absolute_url()) == [] == shown(as_(ada), "/backchannel/?show=requests")


def test_who_hides_still_sees_others(pair, as_, ada, bob, heard):
    hide(ada)
    heard(bob)
    assert shown(as_(ada)) == ["row"]


def test_in_a_group_nobody_is_marked(as_, ada, bob, heard):
    from backchannel.models import Group

    bob.follow(ada)
    group = Group.start(ada, [bob], "Garden").conversation
    said(group, bob)
    heard(bob)
    assert shown(as_(ada), group.get_absolute_url()) == []


def test_it_costs_the_same_however_many_are_here(pair, as_, ada, bob, make_person, heard):
    client = as_(ada)
    few = [queries(client, address) for address in ("/backchannel/", pair.get_absolute_url())]
    friends = [make_person(f"friend{number}") for number in range(6)]
    for friend in friends:
        said(Conversation.between(ada, friend), friend)
    heard(bob, *friends)
    assert len(shown(client)) == 7
    assert [queries(client, address) for address in ("/backchannel/", pair.get_absolute_url())] == few
    assert few[0] <= 12 and few[1] <= 10


# Coming and going -----------------------------------------------------------------------------------------


def test_coming_is_told_once_and_going_a_while_after(pair, ada, bob, heard, told, time_machine):
    time_machine.move_to(1_800_000_000, tick=False)
    heard(ada)
    heard(ada, bob)
    assert [person for person, html in told] == [ada.pk] and "here--now" in told[0][1] and pair.pk in told[0][1]
    heard(ada, bob)
    assert len(told) == 1
    for _ in range(2):
        time_machine.shift(here.ROUND)
        heard(ada)
    assert len(told) == 1
    time_machine.shift(here.ROUND)
    heard(ada)
    assert [person for person, html in told] == [ada.pk] * 2 and "here--now" not in told[1][1]
    time_machine.shift(here.ROUND)
    heard(ada)
    assert len(told) == 2


def test_who_is_heard_elsewhere_has_not_gone(pair, ada, bob, heard, told, time_machine):
    time_machine.move_to(1_800_000_000, tick=False)
    heard(ada, bob)
    told.clear()
    for _ in range(5):
        time_machine.shift(here.ROUND)
        cache.set(f"{here.NOTE}{bob.pk}", 1, here.LASTING)
        heard(ada)
    assert told == []


@pytest.mark.parametrize("how", ["hides it", "blocks her", "is asked", "nobody looks"])
def test_some_are_told_nothing(pair, ada, bob, cleo, heard, told, how):
    if how == "hides it":
        hide(bob)
    elif how == "blocks her":
        bob.block(ada)
    elif how == "is asked":
        Conversation.objects.filter(pk=pair.pk).update(request_to=bob)
    heard(cleo) if how == "nobody looks" else heard(ada, cleo)
    told.clear()
    heard(bob, cleo, *([] if how == "nobody looks" else [ada]))
    assert told == []


def test_a_crowd_that_comes_back_at_once_is_told_of_in_part(pair, ada, bob, heard, told, make_person, monkeypatch):
    monkeypatch.setattr(here, "MOST", 2)
    friends = [make_person(f"friend{number}") for number in range(5)]
    for friend in friends:
        said(Conversation.between(ada, friend), friend)
    heard(ada)
    told.clear()
    heard(ada, *friends)
    assert len(told) == 1 and told[0][1].count("here--row here--now") == 2
    assert sum(row.is_here for row in inbox_of(ada)["rows"]) == 5


def test_who_hides_from_now_on_looks_like_one_who_went(pair, ada, bob, heard, told, time_machine):
    time_machine.move_to(1_800_000_000, tick=False)
    heard(ada, bob)
    told.clear()
    hide(bob)
    for _ in range(4):
        time_machine.shift(here.ROUND)
        heard(ada, bob)
    assert [person for person, html in told] == [ada.pk] and "here--now" not in told[0][1]


def test_who_blocks_sees_at_once_nothing_more_and_the_other_is_told_nothing(pair, ada, bob, heard, told):
    heard(ada, bob)
    told.clear()
    ada.block(bob)
    assert [(person, "here--now" in html, pair.pk in html) for person, html in told] == [(ada.pk, False, True)]


def test_a_round_costs_the_same_however_many_came(pair, ada, bob, heard, make_person, django_assert_max_num_queries):
    friends = [make_person(f"friend{number}") for number in range(5)]
    for friend in friends:
        said(Conversation.between(ada, friend), friend)
    with django_assert_max_num_queries(3):
        heard(ada, bob, *friends)
    with django_assert_max_num_queries(1):
        heard(ada, bob, *friends)


def test_while_the_cache_is_away_nobody_comes_or_goes(pair, ada, bob, heard, told, monkeypatch):
    heard(ada, bob)
    told.clear()
    with monkeypatch.context() as away:
        away.setattr(here.cache, "get_many", lambda keys: {}, raising=False)
        away.setattr(here.cache, "set_many", lambda notes, lasting: list(notes), raising=False)
        heard(ada)
    heard(ada, bob)
    assert told == []


@pytest.mark.django_db(transaction=True)
async def test_a_page_hears_of_it_and_no_other_page_does(pair, ada, bob, cleo, dan):
    async with listening(ada) as ear, listening(dan) as outside:
        await do(here.look)()
        async with listening(bob) as own:
            await do(here.look)()
            heard = await ear.hears('"list": "here"', type="piece")
            assert f'id="here-row-{pair.pk}"' in heard["html"] and "here--now" in heard["html"]
            for other in (outside, own):
                await other.hears_nothing('"list": "here"')
