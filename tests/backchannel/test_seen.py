"""Who has seen what, and who is told: ada writes, bob reads, cleo is another member of the group, dan is outside."""

import re
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async as do
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from backchannel import seen
from backchannel.models import Conversation, Group, Membership
from live.registry import Asking, catch_up
from tests.backchannel.conftest import HTMX, said
from tests.backchannel.test_reading import page, queries
from tests.ears import listening


@pytest.fixture
def group(ada, bob, cleo):
    for friend in (bob, cleo):
        friend.follow(ada)
    return Group.start(ada, [bob, cleo], "Garden").conversation


@pytest.fixture
def read(as_):
    """read(bob, pair, message): bob's page says that he has read as far as that."""

    def post(person, conversation, message):
        address = reverse("reading", args=[conversation.pk])
        answer = as_(person).post(address, {"seq": message.seq}, **HTMX)
        assert answer.status_code == 204

    return post


def share(person, on):
    Person.objects.filter(pk=person.pk).update(receipts=on)
    person.refresh_from_db()


def known(conversation, person):
    """{username: how far}, as the page of `person` has it; None where it has nothing of the kind."""
    found = seen.readers(Conversation.objects.get(pk=conversation.pk), person)
    if found is None:
        return None
    names = dict(Person.objects.values_list("pk", "username"))
    return {names[one.person_id]: one.seq for one in found}


def names(client, message):
    """Who is in the list of those who saw it."""
    drawn = page(client, reverse("seen", args=[message.conversation_id, message.client_id]), **HTMX)
    return re.findall(r">@(\w+)<", drawn)


# Who knows ------------------------------------------------------------------------------------------------


def test_what_one_read_the_other_knows_with_the_time(pair, ada, bob, as_, read, time_machine):
    message = said(pair, ada)
    assert known(pair, ada) == {}
    now = timezone.now() + timedelta(minutes=5)
    time_machine.move_to(now, tick=False)
    read(bob, pair, message)
    drawn = page(as_(ada), pair.get_absolute_url())
    one = re.search(rf'<data id="seen-{pair.pk}-{bob.pk}"[^>]*>', drawn)[0]
    assert f'data-changed="{message.seq}"' in one and f'data-at="{now:%Y-%m-%dT%H:%M:%S}' in one
    assert f'data-version="{message.seq}"' in drawn and names(as_(ada), message) == ["bob"]
    # Bob knows nothing of himself by it.
    assert known(pair, bob) == {}


def test_reading_on_an_answer_and_marking_unread_change_nothing_about_when(pair, ada, bob, as_, read, time_machine):
    time_machine.move_to(timezone.now(), tick=False)
    message = said(pair, ada)
    read(bob, pair, message)
    first = Membership.objects.get(conversation=pair, person=bob).seen_at
    time_machine.shift(60)
    read(bob, pair, message)
    read(bob, pair, said(pair, bob, "an answer"))
    as_(bob).post(reverse("unread_from", args=[pair.pk, message.client_id]), **HTMX)
    read(bob, pair, message)
    mine = Membership.objects.get(conversation=pair, person=bob)
    assert (mine.seen_at, mine.seen_seq) == (first, message.seq)


def test_in_a_group_all_who_have_read_it_and_nobody_else(group, ada, bob, cleo, as_, read):
    first, second = said(group, ada), said(group, ada)
    read(bob, group, second)
    read(cleo, group, first)
    assert known(group, ada) == {"bob": second.seq, "cleo": first.seq}
    assert (names(as_(ada), first), names(as_(ada), second)) == (["bob", "cleo"], ["bob"])
    assert "Seen by {n}" in page(as_(ada), group.get_absolute_url())


def test_who_came_later_has_not_seen_what_he_cannot_read(group, ada, bob, dan, as_, read):
    message = said(group, ada)
    dan.follow(ada)
    group.group.add(ada, [dan])
    later = said(group, bob)
    read(dan, group, later)
    assert (names(as_(ada), message), names(as_(bob), later)) == ([], ["dan"])
    drawn = page(as_(ada), group.get_absolute_url())
    start = int(re.search(rf'id="seen-{group.pk}-{dan.pk}"[^>]*data-from="(\d+)"', drawn)[1])
    assert message.seq < start <= later.seq


@pytest.mark.parametrize("who", ["ada", "bob"])
def test_both_must_share_it(pair, ada, bob, as_, read, who, request):
    share(request.getfixturevalue(who), on=False)
    message = said(pair, ada)
    read(bob, pair, message)
    assert not known(pair, ada) and names(as_(ada), message) == []
    assert (known(pair, ada) is None) == (who == "ada") == ("data-seen=" not in page(as_(ada), pair.get_absolute_url()))


def test_what_was_read_while_one_kept_it_to_oneself_is_not_told_later(pair, ada, bob, read):
    share(bob, on=False)
    read(bob, pair, said(pair, ada))
    share(bob, on=True)
    assert known(pair, ada) == {}
    later = said(pair, ada)
    read(bob, pair, later)
    assert known(pair, ada) == {"bob": later.seq}


@pytest.mark.parametrize("who", ["ada", "bob"])
def test_across_a_block_nobody_knows(group, ada, bob, cleo, as_, read, who, request):
    message = said(group, ada)
    read(bob, group, message)
    read(cleo, group, message)
    one, other = (ada, bob) if who == "ada" else (bob, ada)
    one.block(other)
    assert known(group, ada) == {"cleo": message.seq} and names(as_(ada), message) == ["cleo"]
    assert known(group, bob) == {"cleo": message.seq}


def test_a_request_tells_nothing_even_when_it_was_accepted(ada, dan, as_, read):
    asking = Conversation.opened_by(dan, ada)
    message = said(asking, dan)
    read(ada, asking, message)
    assert known(asking, dan) is None and known(asking, ada) is None
    assert names(as_(dan), message) == []
    Conversation.objects.get(pk=asking.pk).accept(ada)
    assert known(asking, dan) == {}
    more = said(Conversation.objects.get(pk=asking.pk), dan)
    read(ada, asking, more)
    assert known(asking, dan) == {"ada": more.seq}


@pytest.mark.parametrize("kind", ["room", "speakers"])
def test_beside_a_stage_nobody_knows(floor, as_, ada, bob, read, kind):
    conversation = floor.conversations.get(kind=kind)
    message = said(conversation, ada)
    read(bob, conversation, message)
    assert known(conversation, ada) is None
    assert as_(ada).get(reverse("seen", args=[conversation.pk, message.client_id])).status_code == 404


def test_all_as_read_is_said_to_the_others_too(group, pair, ada, bob, as_):
    note, letter = said(group, ada), said(pair, ada)
    as_(bob).post(reverse("everything_read"), {"on": "yes"}, **HTMX)
    assert known(group, ada)["bob"] >= note.seq and known(pair, ada)["bob"] >= letter.seq


# The list -------------------------------------------------------------------------------------------------


def test_the_list_is_the_authors(group, ada, bob, dan, as_):
    message = said(group, ada)
    address = reverse("seen", args=[group.pk, message.client_id])
    assert [as_(one).get(address).status_code for one in (ada, bob, dan, None)] == [200, 404, 404, 302]
    assert as_(ada).post(address).status_code == 405
    group.group.leave(ada)
    assert as_(ada).get(address).status_code == 404


def test_of_what_is_deleted_it_says_nothing(group, ada, bob, as_, read):
    message = said(group, ada)
    read(bob, group, message)
    message.delete_by(ada)
    assert names(as_(ada), message) == []


def test_names_are_text_there(group, ada, bob, as_, read):
    Person.objects.filter(pk=bob.pk).update(name="<img src=x onerror=alert(1)>")
    message = said(group, ada)
    read(bob, group, message)
    drawn = page(as_(ada), reverse("seen", args=[group.pk, message.client_id]))
    assert "<img src=x" not in drawn and "&lt;img src=x" in drawn


# Live -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
async def test_it_is_told_at_once_to_those_who_may_know(group, ada, bob, cleo, dan, read):
    await do(share)(cleo, on=False)
    message = await do(said)(group, ada)
    async with listening(ada) as author, listening(cleo) as member, listening(dan) as outside, listening(bob) as own:
        await do(read)(bob, group, message)
        heard = await author.hears(f"seen:{group.pk}", type="piece")
        assert f'data-changed="{message.seq}"' in heard["html"] and heard["version"] is None
        for ear in (member, outside, own):
            await ear.hears_nothing("seen:")
        await do(read)(bob, group, message)
        await author.hears_nothing("seen:")


@pytest.mark.django_db(transaction=True)
async def test_a_block_takes_it_from_the_page_of_who_blocks_and_the_other_hears_nothing(group, ada, bob, cleo):
    async with listening(ada) as one, listening(bob) as other, listening(cleo) as third:
        await do(ada.block)(bob)
        assert (await one.hears("seen:"))["gone"] == [f"seen-{group.pk}-{bob.pk}"]
        for ear in (other, third):
            await ear.hears_nothing("seen:")


def test_a_page_that_was_away_learns_that_it_is_behind(group, ada, bob, cleo, dan, read):
    message = said(group, ada)
    read(bob, group, message)
    read(cleo, group, message)
    name = f"seen:{group.pk}"
    assert _versions(ada, name) == {name: 2 * message.seq}
    assert _versions(bob, name) == {name: message.seq}
    assert _versions(dan, name) == {}
    ada.block(cleo)
    assert _versions(ada, name) == {name: message.seq}
    share(bob, on=False)
    assert (_versions(ada, name), _versions(bob, name)) == ({name: 0}, {})


def test_and_how_far_each_has_read_unless_it_knows(group, pair, ada, bob, cleo, dan, read):
    message = said(group, ada)
    read(bob, group, message)
    read(cleo, group, message)
    name = f"seen:{group.pk}"
    assert _told(ada, {name: 0}) == {name: {bob.pk: message.seq, cleo.pk: message.seq}}
    assert _told(bob, {name: 0}) == {name: {cleo.pk: message.seq}}
    assert _told(ada, {name: 2 * message.seq}) == _told(dan, {name: 0}) == {}
    cleo.block(ada)
    assert _told(ada, {name: 0}) == {name: {bob.pk: message.seq}}
    read(bob, pair, said(pair, ada))
    assert len(_told(ada, {name: 0, f"seen:{pair.pk}": 0})) == 1  # a page shows one conversation
    share(bob, on=False)
    assert _told(ada, {name: 0}) == {}


def _told(person, versions):
    """{list: {person: how far}} of the pieces that a page is sent which is so far."""
    frames = catch_up([Asking(person.pk, {}, versions)])[0].frames
    pieces = [frame for frame in frames if frame["type"] == "piece"]
    one = re.compile(r'<data id="seen-[^-"]*-([^"]*)"[^>]* data-changed="(\d+)"')
    return {frame["list"]: {pk: int(seq) for pk, seq in one.findall(frame["html"])} for frame in pieces}


def test_of_a_request_and_of_a_room_there_is_no_version(line, ada, dan):
    asking = Conversation.opened_by(dan, ada)
    for conversation, person in ((asking, dan), (asking, ada), (line, ada)):
        assert _versions(person, f"seen:{conversation.pk}") == {}


def _versions(person, name):
    answer = catch_up([Asking(person.pk, {}, {name: 0})])[0]
    return answer.own


# What it costs --------------------------------------------------------------------------------------------


def test_reading_costs_the_same_in_a_large_group(group, ada, bob, as_, make_person):
    client = as_(bob)
    client.get(group.get_absolute_url())  # when he was last here is noted now and then, on any page
    few = _reading(client, group, said(group, ada))
    for number in range(20):
        friend = make_person(f"friend{number}")
        friend.follow(ada)
        group.group.add(ada, [friend])
    assert _reading(client, group, said(group, ada)) == few


def _reading(client, conversation, message):
    with CaptureQueriesContext(connection) as seen_queries:
        client.post(reverse("reading", args=[conversation.pk]), {"seq": message.seq}, **HTMX)
    return len(seen_queries)


def test_a_page_costs_the_same_however_many_have_read(group, ada, bob, cleo, as_, read):
    message = said(group, ada)
    client = as_(ada)
    few = queries(client, group.get_absolute_url())
    for person in (bob, cleo):
        read(person, group, message)
    assert queries(client, group.get_absolute_url()) == few <= 10
