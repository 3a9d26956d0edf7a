"""The inbox: its parts, how somebody keeps each conversation, and what all his devices agree on."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from backchannel.inbox import counts, inbox_of
from backchannel.models import Conversation, Group, Membership, Message
from backchannel.querysets import pair_of
from rooms.models import Room
from tests.backchannel.conftest import HTMX, said
from tests.backchannel.test_reading import page, queries
from tests.ears import listening


@pytest.fixture
def friends(make_person, bob):
    """Four people wrote to bob, the last one most recently."""
    found = [make_person(f"friend{number}") for number in range(4)]
    for friend in found:
        said(Conversation.between(friend, bob), friend, f"from {friend.username}")
    return found


@pytest.fixture
def press(as_, bob):
    """press("top", friend, on="yes") → the answer to a press of bob's about his conversation with that friend."""

    def post(name, friend, by=bob, **data):
        return as_(by).post(reverse(name, args=[Conversation.between(friend, bob).pk]), data, **HTMX)

    return post


def names(person, part=""):
    return [row.other.username for row in inbox_of(person, part)["rows"]]


def unread(person):
    return counts(person).unread


def kept(friend, bob):
    return Membership.objects.get(conversation=Conversation.between(friend, bob), person=bob)


# Pinning, archiving, muting -------------------------------------------------------------------------------


def test_what_is_pinned_stays_on_top(friends, press, bob):
    assert press("top", friends[1], on="yes").status_code == 204
    assert names(bob) == ["friend1", "friend3", "friend2", "friend0"]
    said(Conversation.between(friends[0], bob), friends[0])
    assert names(bob)[:2] == ["friend1", "friend0"]
    press("top", friends[1], on="no")
    assert names(bob) == ["friend0", "friend3", "friend2", "friend1"]


def test_what_is_archived_comes_back_with_the_next_message(friends, press, bob):
    answer = press("archive", friends[3], on="yes")
    assert '"undo": "Undo"' in answer.headers["HX-Trigger"]
    assert (names(bob), names(bob, "archived")) == (["friend2", "friend1", "friend0"], ["friend3"])
    assert unread(bob) == 3
    said(Conversation.between(friends[3], bob), friends[3])
    assert (names(bob)[0], names(bob, "archived"), unread(bob)) == ("friend3", [], 4)


def test_an_edit_brings_nothing_back(friends, press, bob):
    message = said(Conversation.between(friends[3], bob), friends[3])
    press("archive", friends[3], on="yes")
    message.edit(friends[3], "something else")
    assert names(bob, "archived") == ["friend3"]


def test_archiving_can_be_taken_back(friends, press, bob):
    press("archive", friends[3], on="yes")
    press("archive", friends[3], on="no")
    assert names(bob)[0] == "friend3"


def test_what_is_archived_and_muted_stays_there(friends, press, bob, time_machine):
    time_machine.move_to(timezone.now())
    press("archive", friends[3], on="yes")
    press("mute", friends[3], until="hour")
    said(Conversation.between(friends[3], bob), friends[3])
    assert (names(bob, "archived"), unread(bob)) == (["friend3"], 3)
    time_machine.shift(timedelta(minutes=61))
    assert (names(bob, "archived"), names(bob)[0], unread(bob)) == ([], "friend3", 4)


@pytest.mark.parametrize(("until", "hours"), [("hour", 1), ("workday", 8)])
def test_what_is_muted_does_not_count_until_it_ends(friends, press, bob, time_machine, until, hours):
    time_machine.move_to(timezone.now())
    press("mute", friends[0], until=until)
    assert (unread(bob), len(names(bob, "unread"))) == (3, 4)
    time_machine.shift(timedelta(hours=hours, seconds=-5))
    assert unread(bob) == 3
    time_machine.shift(timedelta(seconds=10))
    assert unread(bob) == 4


def test_muted_for_good_is_muted_until_it_is_not(friends, press, bob, time_machine):
    time_machine.move_to(timezone.now())
    press("mute", friends[0], until="always")
    time_machine.shift(timedelta(days=4000))
    assert unread(bob) == 3
    press("mute", friends[0], until="no")
    assert unread(bob) == 4


@pytest.mark.parametrize(
    ("level", "count", "rows"), [("all", 4, 4), ("mentions", 3, 4), ("nothing", 3, 4), ("hidden", 3, 3)]
)
def test_the_level_says_what_counts_and_what_is_listed(friends, press, bob, level, count, rows):
    press("level", friends[0], level=level)
    assert (unread(bob), len(names(bob))) == (count, rows)
    assert names(bob, "archived") == (["friend0"] if level == "hidden" else [])


def test_what_is_hidden_stays_hidden_whatever_is_written(friends, press, bob):
    press("level", friends[0], level="hidden")
    said(Conversation.between(friends[0], bob), friends[0])
    assert "friend0" not in names(bob) and "friend0" not in names(bob, "unread")


def test_how_one_keeps_it_is_nobody_elses(friends, press, bob):
    press("archive", friends[3], on="yes")
    press("top", friends[3], on="yes")
    press("mute", friends[3], until="always")
    theirs = Membership.objects.get(conversation=Conversation.between(friends[3], bob), person=friends[3])
    assert (theirs.archived_seq, theirs.pinned, theirs.muted_until, theirs.level) == (None, False, None, "all")


ACTS = {"top": {"on": "yes"}, "archive": {"on": "yes"}, "mute": {"until": "hour"}, "level": {"level": "nothing"}}
ACTS["draft"] = {"body": "half a"}


@pytest.mark.parametrize("name", ACTS)
def test_who_is_not_part_of_it_keeps_nothing(friends, press, bob, dan, name, as_):
    address = reverse(name, args=[Conversation.between(friends[0], bob).pk])
    before = Membership.objects.filter(pk=kept(friends[0], bob).pk).values().get()
    assert press(name, friends[0], by=dan, **ACTS[name]).status_code == 404
    assert as_(dan).post(reverse(name, args=["nothing"]), ACTS[name], **HTMX).status_code == 404
    assert as_(bob).get(address).status_code == 405
    assert as_(None).post(address, ACTS[name]).status_code == 302
    assert (
        as_(bob).post(address, {"until": "x", "level": "x", "on": "x", "body": "x" * 4001}, **HTMX).status_code == 422
    )
    assert Membership.objects.filter(pk=kept(friends[0], bob).pk).values().get() == before


@pytest.mark.parametrize("kind", ["room", "speakers"])
def test_a_rooms_conversations_are_not_kept_in_the_inbox(floor, as_, ada, kind):
    pk = floor.conversations.get(kind=kind).pk
    assert {as_(ada).post(reverse(name, args=[pk]), ACTS[name], **HTMX).status_code for name in ACTS} == {404}


def test_without_scripts_a_press_leads_back_to_the_inbox(friends, as_, bob):
    answer = as_(bob).post(reverse("top", args=[Conversation.between(friends[0], bob).pk]), {"on": "yes"})
    assert (answer.status_code, answer["Location"]) == (303, reverse("inbox"))


def test_the_menu_offers_the_other_way_round(friends, press, as_, bob):
    address = reverse("conversation_menu", args=[Conversation.between(friends[0], bob).pk])
    assert {"Pin to the top", "Archive", "For 8 hours"} <= words(page(as_(bob), address, **HTMX))
    press("top", friends[0], on="yes")
    press("archive", friends[0], on="yes")
    press("mute", friends[0], until="always")
    drawn = page(as_(bob), address)
    assert {"Unpin", "Back to the inbox", "muted until you change it"} <= words(drawn)
    assert "For 8 hours" not in drawn and "<html" in drawn
    assert as_(friends[1]).get(address).status_code == 404


def words(drawn):
    return {text.strip() for text in re.findall(r">([^<>]+)<", drawn)}


async def test_all_devices_of_a_person_are_told_and_nobody_else(friends, bob, transactional_db):
    from channels.db import database_sync_to_async

    mine = await database_sync_to_async(kept)(friends[0], bob)
    async with listening(bob) as one, listening(bob) as other, listening(friends[0]) as friend:
        await database_sync_to_async(mine.pin)(True)
        for ear in (one, other):
            assert (await ear.hears(type="reload"))["list"] == "inbox"
        await friend.hears_nothing(type="reload")


# Parts ----------------------------------------------------------------------------------------------------


def test_unread_shows_what_is_unread(friends, as_, bob):
    pair = Conversation.between(friends[2], bob)
    pair.note_reading(bob, pair.head)
    Conversation.objects.get(pk=pair.pk).note_reading(bob, 99)
    assert names(bob, "unread") == ["friend3", "friend1", "friend0"]


def test_rooms_shows_the_chats_one_may_read(floor, chat, line, as_, ada, bob, cleo, dan):
    said(chat, ada, "to everyone")
    said(line, ada, "to the few")
    drawn = page(as_(cleo), "/backchannel/?show=rooms")
    assert "Gardens" in drawn and "to everyone" in drawn and "to the few" not in drawn
    assert "to everyone" not in page(as_(cleo), "/backchannel/")
    floor.seat_of(cleo).leave()
    assert "to everyone" in page(as_(cleo), "/backchannel/?show=rooms")
    assert "No room chats yet" in page(as_(dan), "/backchannel/?show=rooms")


def test_a_room_that_removed_one_is_in_no_list(floor, chat, as_, ada, cleo):
    said(chat, ada, "to everyone")
    floor.seat_of(cleo).remove(ada)
    assert "to everyone" not in page(as_(cleo), "/backchannel/?show=rooms")


def test_of_a_closed_room_only_what_was_said_since_one_came(ada, cleo, as_):
    room = Room.open(ada, title="Secrets", kind="closed")
    said(room.conversations.get(kind="room"), ada, "before")
    assert [row.last.body for row in inbox_of(ada, "rooms")["rows"]] == ["before"]
    assert inbox_of(cleo, "rooms")["rows"] == []


def test_a_new_member_of_a_group_is_shown_nothing_from_before(ada, bob):
    group = Conversation.objects.create(kind="group")
    group.memberships.create(person=ada)
    said(group, ada, "before bob")
    group.let_in(bob)
    assert inbox_of(bob)["rows"] == [] and unread(bob) == 0
    said(group, ada, "after")
    assert ([row.last.body for row in inbox_of(bob, "groups")["rows"]], unread(bob)) == (["after"], 1)


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("", "No conversations yet"),
        ("unread", "Nothing unread"),
        ("rooms", "No room chats yet"),
        ("groups", "No groups yet"),
        ("archived", "Nothing archived"),
        ("nonsense", "No conversations yet"),
    ],
)
def test_each_part_says_when_it_is_empty(as_, dan, part, says):
    assert says in page(as_(dan), f"/backchannel/?show={part}")


# Paging ---------------------------------------------------------------------------------------------------


@pytest.fixture
def crowd(make_person, bob):
    """Bob has 120 conversations."""
    people = [Person(username=f"c{n}", name=f"C{n}", email=f"c{n}@example.org") for n in range(120)]
    talks = [Conversation(kind="direct", pair=pair_of(one, bob), head=1) for one in Person.objects.bulk_create(people)]
    Conversation.objects.bulk_create(talks)
    both = [
        Membership(conversation=talk, person=one) for talk, who in zip(talks, people, strict=True) for one in (who, bob)
    ]
    Membership.objects.bulk_create(both)
    said = {"body": "hello", "seq": 1, "changed": 1}
    Message.objects.bulk_create(
        Message(conversation=talk, author=one, client_id=uuid4(), **said)
        for talk, one in zip(talks, people, strict=True)
    )


def test_fifty_at_a_time_and_a_link_to_more(crowd, as_, bob):
    client = as_(bob)
    drawn = page(client, "/backchannel/?show=unread")
    assert drawn.count('class="inbox__row"') == 50
    more = re.search(r'id="inbox-more" href="([^"]+)"', drawn)[1].replace("&amp;", "&")
    assert more == "/backchannel/?show=unread&rows=100"
    assert page(client, more).count('class="inbox__row"') == 100
    last = page(client, "/backchannel/?rows=150")
    assert last.count('class="inbox__row"') == 120 and "inbox-more" not in last
    # What keeps the list up to date asks for as many.
    assert re.search(r'id="inbox" data-address="([^"]+)"', last)[1] == "/backchannel/?rows=150"


@pytest.mark.parametrize("rows", ["", "x", "-5", "0", "9" * 9, "٣"])
def test_a_number_of_rows_that_is_none_is_as_good_as_none(friends, as_, bob, rows):
    assert page(as_(bob), f"/backchannel/?rows={rows}").count('class="inbox__row"') == 4


def test_however_many_there_are_it_costs_the_same(friends, as_, bob, request):
    client = as_(bob)
    addresses = [f"/backchannel/?show={part}" for part in ("", "unread", "rooms", "groups", "archived")]
    few = [queries(client, address) for address in addresses]
    request.getfixturevalue("crowd")
    assert [queries(client, address) for address in addresses] == few
    assert max(few) <= 12, few


# Drafts ---------------------------------------------------------------------------------------------------


def test_what_somebody_wrote_whom_one_has_blocked_stands_in_no_row(as_, ada, bob, cleo):
    for one in (bob, cleo):
        one.follow(ada)
    said(Group.start(ada, [bob, cleo], "Garden").conversation, cleo, "weeds")
    bob.block(cleo)
    his, hers = page(as_(bob), reverse("inbox")), page(as_(ada), reverse("inbox"))
    assert "From somebody you blocked." in his and "weeds" not in his
    assert f'id="blocked" data-people="{cleo.pk}"' in his  # by which his browser folds it elsewhere
    assert "weeds" in hers and "somebody you blocked" not in hers
    assert "somebody you blocked" not in page(as_(cleo), reverse("inbox"))


def test_a_draft_stands_in_the_row_and_in_the_text_box(friends, press, as_, bob):
    assert press("draft", friends[0], body="half a <b>sentence").status_code == 204
    pair = Conversation.between(friends[0], bob)
    drawn = page(as_(bob), "/backchannel/")
    assert "Draft: half a &lt;b&gt;sentence" in drawn and "<b>sentence" not in drawn
    inside = page(as_(bob), pair.get_absolute_url())
    assert "half a &lt;b&gt;sentence</textarea>" in inside
    assert "half a" not in page(as_(friends[0]), "/backchannel/") + page(as_(friends[0]), pair.get_absolute_url())


def test_what_was_only_begun_stands_in_the_list(pair, as_, ada, bob):
    as_(ada).post(reverse("draft", args=[pair.pk]), {"body": "Dear Bob"}, **HTMX)
    assert names(ada) == ["bob"] and names(bob) == []
    as_(ada).post(reverse("draft", args=[pair.pk]), {"body": " "}, **HTMX)
    assert names(ada) == []


def test_a_draft_that_is_sent_without_scripts_is_one_no_longer(pair, as_, write, ada):
    as_(ada).post(reverse("draft", args=[pair.pk]), {"body": "Dear Bob"}, **HTMX)
    write(ada, pair, "Dear Bob", plain=True)
    assert Membership.objects.get(person=ada).draft == ""


# Reading --------------------------------------------------------------------------------------------------


def test_all_is_read_and_unread_again(friends, press, as_, bob):
    press("archive", friends[0], on="yes")
    archived = kept(friends[0], bob).read_seq
    answer = as_(bob).post(reverse("everything_read"), **HTMX)
    assert (unread(bob), answer.status_code, kept(friends[0], bob).read_seq) == (0, 204, archived)
    assert "everything" in answer.headers["HX-Trigger"].lower()
    assert as_(bob).post(reverse("everything_read"), {"on": "no"}, **HTMX).status_code == 204
    assert unread(bob) == 3
    assert as_(bob).post(reverse("everything_read"), {"on": "no"}, **HTMX).status_code == 422


def test_what_was_read_before_stays_read(friends, as_, bob):
    pair = Conversation.objects.get(pk=Conversation.between(friends[0], bob).pk)
    pair.note_reading(bob, pair.head)
    as_(bob).post(reverse("everything_read"), **HTMX)
    as_(bob).post(reverse("everything_read"), {"on": "no"}, **HTMX)
    assert sorted(names(bob, "unread")) == ["friend1", "friend2", "friend3"]


def test_later_it_cannot_be_taken_back(friends, as_, bob, time_machine):
    time_machine.move_to(timezone.now())
    as_(bob).post(reverse("everything_read"), **HTMX)
    time_machine.shift(timedelta(seconds=20))
    assert as_(bob).post(reverse("everything_read"), {"on": "no"}, **HTMX).status_code == 422
    assert unread(bob) == 0


def test_to_mark_all_one_has_to_be_somebody(as_, bob):
    assert as_(None).post(reverse("everything_read")).status_code == 302
    assert as_(bob).get(reverse("everything_read")).status_code == 405


def test_a_message_is_marked_as_unread_with_all_after_it(pair, as_, ada, bob):
    _first, second, third = (said(pair, bob, text) for text in ("one", "two", "three"))
    Conversation.objects.get(pk=pair.pk).note_reading(ada, third.seq)
    assert unread(ada) == 0
    address = reverse("unread_from", args=[pair.pk, second.client_id])
    assert as_(ada).post(address, **HTMX).status_code == 204
    assert (unread(ada), inbox_of(ada)["rows"][0].unread) == (1, 2)
    assert as_(ada).get(address).status_code == 405


def test_nobody_else_marks_anything_as_unread(pair, chat, as_, ada, bob, dan):
    message = said(pair, bob)
    assert as_(dan).post(reverse("unread_from", args=[pair.pk, message.client_id]), **HTMX).status_code == 404
    assert as_(None).post(reverse("unread_from", args=[pair.pk, message.client_id])).status_code == 302
    # How far one has read in a room's chat is not noted.
    assert as_(ada).post(reverse("unread_from", args=[chat.pk, said(chat, ada).client_id]), **HTMX).status_code == 404


def test_the_tab_counts_as_the_badge_does(friends, as_, bob):
    for address in ("/backchannel/", "/", Conversation.between(friends[0], bob).get_absolute_url()):
        drawn = page(as_(bob), address)
        assert "<title>(4) " in drawn and 'data-unread="4"' in drawn
    as_(bob).post(reverse("everything_read"), **HTMX)
    assert "<title>Backchannel" in page(as_(bob), "/backchannel/")


def test_a_link_leads_to_the_first_unread_where_it_is_not_on_the_page(pair, as_, ada, bob):
    messages = [said(pair, bob, f"line {number}") for number in range(60)]
    Membership.objects.filter(person=ada).update(read_seq=messages[4].seq)
    drawn = page(as_(ada), pair.get_absolute_url())
    address = re.search(r'class="log__first" href="([^"]+)"', drawn)[1]
    around = page(as_(ada), address)
    assert re.search(r'message--found" id="([^"]+)"', around)[1] == messages[5].element_id
    assert "<p>line 5<" in around and "<p>line 59<" not in around
    Membership.objects.filter(person=ada).update(read_seq=messages[30].seq)
    assert "log__first" not in page(as_(ada), pair.get_absolute_url())
    assert "log__first" not in page(as_(bob), pair.get_absolute_url())


def test_what_is_muted_says_until_when(friends, press, as_, bob):
    press("mute", friends[0], until="hour")
    until = kept(friends[0], bob).muted_until
    assert timedelta(minutes=59) < until - timezone.now() <= timedelta(hours=1)


def test_the_badge_of_a_whole_page_is_no_piece_of_another(friends, as_, bob):
    assert "hx-swap-oob" not in page(as_(bob), "/backchannel/")
