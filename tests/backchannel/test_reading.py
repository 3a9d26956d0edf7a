"""Pages of conversations and the inbox: what stands on them, for whom, and how much they ask of the database."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from backchannel.models import Conversation, Membership
from tests.backchannel.conftest import HTMX, bring_on_stage, said
from tests.backchannel.test_catching_up import fill


def page(client, address, **how):
    answer = client.get(address, **how)
    assert answer.status_code == 200
    return answer.content.decode()


# A conversation ---------------------------------------------------------------------------------------


def test_the_newest_forty_and_a_link_to_what_was_earlier(chat, as_, cleo):
    fill(chat, cleo, 100)
    drawn = page(as_(cleo), chat.get_absolute_url())
    assert numbers(drawn) == list(range(61, 101))
    assert f"{chat.get_absolute_url()}?before=61" in drawn


def test_earlier_ones_come_forty_at_a_time(chat, as_, cleo):
    fill(chat, cleo, 100)
    client = as_(cleo)
    piece = page(client, f"{chat.get_absolute_url()}?before=61", **HTMX)
    assert "<html" not in piece
    assert (numbers(piece), "?before=21" in piece) == (list(range(21, 61)), True)
    last = page(client, f"{chat.get_absolute_url()}?before=21", **HTMX)
    assert (numbers(last), "?before=" in last) == (list(range(1, 21)), False)


def test_without_scripts_earlier_ones_are_a_page(chat, as_, cleo):
    fill(chat, cleo, 100)
    drawn = page(as_(cleo), f"{chat.get_absolute_url()}?before=61")
    assert "<html" in drawn and numbers(drawn) == list(range(21, 61))
    # It ends before the newest, so nothing live goes in there; a link leads on.
    assert "data-head" not in drawn and "Jump to the newest" in drawn


@pytest.mark.parametrize("before", ["x", "-1", "9" * 30, "1.5", "٣"])
def test_a_place_that_is_none_is_the_end_or_the_beginning(chat, as_, cleo, before):
    fill(chat, cleo, 3)
    assert as_(cleo).get(chat.get_absolute_url(), {"before": before}, **HTMX).status_code == 200


def numbers(drawn):
    return [int(number) for number in re.findall(r"<p>(\d+)</p>", drawn)]


def test_a_boosted_link_gets_the_whole_page(pair, as_, ada):
    boosted = {"headers": {"HX-Request": "true", "HX-Boosted": "true"}}
    assert "<html" in page(as_(ada), pair.get_absolute_url(), **boosted)
    assert "<html" not in page(as_(ada), pair.get_absolute_url(), **HTMX)


def test_the_composer_names_who_will_read_it(chat, line, pair, as_, bob):
    client = as_(bob)
    labels = ["Message everyone in the room", "Message the people on stage", "Message Ada"]
    for conversation, label in zip((chat, line, pair), labels, strict=True):
        assert f">{label}</label>" in page(client, conversation.get_absolute_url())


def test_every_form_has_an_id_of_its_own(pair, as_, ada):
    ids = {re.search(r'name="client_id" value="([^"]+)"', page(as_(ada), pair.get_absolute_url()))[1] for _ in "ab"}
    assert len(ids) == 2


def test_a_page_costs_the_same_whatever_is_on_it(pair, as_, make_person, ada, bob):
    said(pair, bob)
    client = as_(ada)
    few = queries(client, pair.get_absolute_url())
    fill(pair, bob, 60)
    for number in range(5):
        said(Conversation.between(ada, make_person(f"friend{number}")), ada)
    assert queries(client, pair.get_absolute_url()) == few <= 10


@pytest.mark.parametrize("kind", ["room", "speakers"])
def test_a_rooms_conversation_costs_the_same_however_many_are_there(floor, as_, make_person, bob, kind):
    client, address = as_(bob), floor.conversations.get(kind=kind).get_absolute_url()
    few = queries(client, address)
    for number in range(12):
        bring_on_stage(floor, make_person(f"speaker{number}")) if number < 6 else floor.join(
            make_person(f"guest{number}")
        )
    assert queries(client, address) == few <= 10


def queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        page(client, address)
    # When somebody was last seen is noted now and then, on any page.
    return sum("UPDATE" not in query["sql"] for query in seen)


# The panel --------------------------------------------------------------------------------------------


def panel(client, room, tab="chat"):
    drawn = page(client, f"/rooms/{room.pk}/?panel={tab}")
    return drawn[drawn.index('<aside class="panel') : drawn.index("</aside>")]


def test_the_panel_draws_the_tab_that_is_asked_for(floor, chat, line, as_, bob):
    said(chat, bob, "to everyone")
    said(line, bob, "to the few")
    client = as_(bob)
    assert "to everyone" in panel(client, floor) and "to the few" not in panel(client, floor)
    assert "to the few" in panel(client, floor, "speakers") and "to everyone" not in panel(client, floor, "speakers")
    assert "Ask a question" in panel(client, floor, "questions")


@pytest.mark.parametrize("tab", ["speakers", "", "x", "questions"])
def test_a_listener_is_not_shown_that_there_is_a_speakers_line(floor, line, as_, cleo, tab):
    said(line, floor.creator, "hush")
    drawn = panel(as_(cleo), floor, tab)
    assert not {"tab-speakers", "Speakers", line.pk, "hush"} & {
        word for word in ("tab-speakers", "Speakers", line.pk, "hush") if word in drawn
    }


def test_the_tab_says_how_much_is_unread_on_stage(floor, line, as_, ada, bob):
    for _ in range(3):
        said(line, ada)
    badge = r'data-badge="speakers"[^>]*>(\d*)<'
    assert re.search(badge, panel(as_(bob), floor))[1] == "3"
    as_(bob).post(reverse("reading", args=[line.pk]), {"seq": 99})
    assert re.search(badge, panel(as_(bob), floor))[1] == ""
    assert re.search(badge, panel(as_(ada), floor))[1] == ""


def test_before_joining_the_panel_invites(floor, chat, as_, dan):
    said(chat, floor.creator, "inside")
    drawn = panel(as_(dan), floor)
    assert "Join the room to read and write along." in drawn and "inside" not in drawn


# The inbox --------------------------------------------------------------------------------------------


@pytest.fixture
def letters(make_person, bob):
    """Three people wrote to bob, the last one most recently."""
    friends = [make_person(f"friend{number}") for number in range(3)]
    for friend in friends:
        said(Conversation.between(friend, bob), friend, f"from {friend.username}")
    return friends


def test_the_newest_first_with_its_last_line(letters, as_, bob):
    said(Conversation.between(bob, letters[0]), bob, "and back")
    drawn = page(as_(bob), "/backchannel/")
    rows = re.findall(
        r'inbox__name" dir="auto">([^<]*)</span><span class="inbox__last quiet" dir="auto">([^<]*)<', drawn
    )
    assert rows == [("Friend0", "You: and back"), ("Friend2", "from friend2"), ("Friend1", "from friend1")]


def test_unread_is_counted_until_it_is_read(letters, as_, bob):
    client = as_(bob)
    conversation = Conversation.between(bob, letters[0])
    second = said(conversation, letters[0], "again")
    assert counts(client) == (3, ["1", "1", "2"])
    assert client.post(reverse("reading", args=[conversation.pk]), {"seq": second.seq}, **HTMX).status_code == 204
    assert counts(client) == (2, ["1", "1"])


def test_writing_is_having_read(letters, as_, write, bob):
    write(bob, Conversation.between(bob, letters[0]))
    assert counts(as_(bob))[0] == 2


def test_ones_own_and_deleted_messages_are_not_unread(pair, as_, ada, bob):
    said(pair, ada)
    said(pair, bob).delete_by(bob)
    assert counts(as_(ada)) == counts(as_(bob)) and counts(as_(ada))[1] == []


def counts(client):
    """(the badge of the whole, the badges of the rows, sorted)"""
    drawn = page(client, "/backchannel/")
    whole = re.search(r'id="unread"[^>]*data-unread="(\d+)"', drawn)[1]
    return int(whole), sorted(re.findall(r'class="badge">(\d+)<', drawn))


@pytest.mark.parametrize("seq", ["", "x", "-1", "9" * 20])
def test_a_place_one_cannot_have_read_is_refused(pair, as_, ada, seq):
    assert as_(ada).post(reverse("reading", args=[pair.pk]), {"seq": seq}, **HTMX).status_code == 422


def test_nobody_has_read_what_is_not_written(pair, as_, ada, bob):
    head = said(pair, bob).seq
    as_(ada).post(reverse("reading", args=[pair.pk]), {"seq": head + 50})
    assert Membership.objects.get(person=ada).read_seq == head


def test_an_empty_inbox_says_what_to_do(as_, dan):
    assert "No conversations yet" in page(as_(dan), "/backchannel/")


def test_what_was_opened_and_not_written_is_in_nobodys_inbox(pair, as_, ada, bob):
    for one in (ada, bob):
        assert pair.pk not in page(as_(one), "/backchannel/")


def test_a_page_with_news_asks_for_the_list_alone(letters, as_, bob):
    here = Conversation.between(bob, letters[0])
    piece = page(as_(bob), f"/backchannel/?here={here.pk}", **HTMX)
    assert "<html" not in piece
    assert piece.index('id="inbox"') < piece.index('id="unread" hx-swap-oob')
    assert re.search(rf'href="{here.get_absolute_url()}" aria-current="page"', piece)


def test_a_page_elsewhere_asks_for_the_badge_alone(letters, as_, bob):
    piece = page(as_(bob), "/backchannel/", headers={"HX-Request": "true", "HX-Target": "unread"})
    assert re.fullmatch(r'<span class="badge" id="unread"[^>]*>3</span>', piece.strip())


def test_the_inbox_costs_the_same_whatever_is_in_it(letters, as_, make_person, bob):
    client = as_(bob)
    few = queries(client, "/backchannel/")
    for number in range(10):
        friend = make_person(f"other{number}")
        said(Conversation.between(friend, bob), friend)
    assert queries(client, "/backchannel/") == few <= 8


# A new one --------------------------------------------------------------------------------------------


def direct(client, username):
    return client.post(reverse("direct", args=[username]))


def test_message_opens_the_one_conversation_of_two(as_, ada, bob):
    one, other = direct(as_(ada), "BOB"), direct(as_(bob), "ada")
    assert (one.status_code, one["Location"]) == (303, other["Location"])
    assert Conversation.objects.direct().get(people=ada).memberships.count() == 2


def test_who_cannot_be_reached_is_refused_in_the_same_words(as_, ada, bob, cleo, dan, make_person, mo):
    bob.block(ada)
    cleo.messages_from = "nobody"
    cleo.save()
    dan.suspend(mo, "spam")
    client = as_(ada)
    answers = [direct(client, name) for name in ("bob", "cleo", "dan", "nobody", "ada")]
    assert {answer.status_code for answer in answers} == {422}
    assert all("You can’t message this person now." in answer.content.decode() for answer in answers)
    assert not Conversation.objects.direct().filter(people=ada).exists()


@pytest.mark.usefixtures("the_clock_stands")
def test_strangers_are_limited_and_friends_are_not(as_, pair, make_person, ada):
    Person.objects.filter(pk=ada.pk).update(created_at=timezone.now() - timedelta(days=8))
    client = as_(ada)
    for number in range(10):
        assert direct(client, make_person(f"stranger{number}").username).status_code == 303
    assert direct(client, make_person("onemore").username).status_code == 429
    assert direct(client, "bob").status_code == 303
