"""@name: drawn as a link, and kept, for those who may read it; and who is offered while one writes."""

import re

import pytest
from django.urls import reverse

from backchannel.emoji import SHORTCODES, emoji_called, is_emoji, with_emoji
from backchannel.forms import read_words
from backchannel.models import Group, Mention
from backchannel.models.remains import erase
from backchannel.text import to_html
from rooms.models import Room
from tests.backchannel import hostile
from tests.backchannel.conftest import harmless, said
from tests.backchannel.test_reading import page

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(ada, bob, cleo):
    for one in (bob, cleo):
        one.follow(ada)
    return Group.start(ada, [bob, cleo], "Garden").conversation


def mentioned(message):
    return set(message.mentions.values_list("person__username", flat=True))


def links(html):
    return re.findall(r'<a href="([^"]+)" class="mention" data-mention="([^"]+)" rel="[^"]+">([^<]+)</a>', html)


# Who is named -------------------------------------------------------------------------------------------


def test_a_member_is_named_and_linked(garden, ada, bob):
    message = said(garden, ada, "Ask @bob, he knows")
    assert mentioned(message) == {"bob"}
    assert links(message.html) == [("/@bob/", bob.pk, "@bob")]


@pytest.mark.parametrize(
    "body",
    ["@bob", "(@bob)", "@Bob!", "Hello @bob.", "@bob's", "*@bob*", "> @bob", "@bob @bob", "first\n@bob", "ü @bob"],
)
def test_however_it_stands_in_the_sentence(garden, ada, bob, body):
    message = said(garden, ada, body)
    assert mentioned(message) == {"bob"} and links(message.html)


@pytest.mark.parametrize(
    "body",
    ["bob", "x@bob", "@bobby", "@@bob", "@b ob", "`@bob`", "http://example.org/@bob", "mail@bob.example.org", "\\@bob"],
)
def test_what_is_no_name(garden, ada, body):
    message = said(garden, ada, body)
    assert not mentioned(message) and not links(message.html)


def test_a_name_with_a_full_stop_in_it(garden, ada, make_person):
    for name in ("dot.ted", "dot"):
        make_person(name).follow(ada)
    garden.group.add(ada, list(ada.__class__.objects.filter(username__startswith="dot")))
    assert mentioned(said(garden, ada, "Thanks @dot.ted.")) == {"dot.ted"}
    assert mentioned(said(garden, ada, "Thanks @dot.")) == {"dot"}


def test_who_may_not_read_it_is_not_named(garden, pair, line, ada, bob, dan, cleo):
    for message in (
        said(garden, ada, "@dan"),
        said(pair, ada, "@cleo"),
        said(line, ada, "@cleo"),
        said(pair, ada, "@eve"),
    ):
        assert not mentioned(message) and not links(message.html)


def test_in_a_room_those_who_sat_in_it(chat, ada, cleo, dan):
    assert mentioned(said(chat, ada, "@cleo @dan")) == {"cleo"}
    chat.room.seat_of(cleo).remove(ada)
    assert mentioned(said(chat, ada, "@cleo")) == set()


def test_on_the_stage_those_who_are_there(line, ada, bob, cleo):
    assert mentioned(said(line, ada, "@bob @cleo")) == {"bob"}


def test_who_came_later_is_not_named_in_what_is_earlier(garden, ada, dan):
    message = said(garden, ada, "Nobody yet")
    dan.follow(ada)
    garden.group.add(ada, [dan])
    message.edit(ada, "But @dan")
    assert not mentioned(message) and not links(message.html)


# What becomes of it -------------------------------------------------------------------------------------


def test_an_edit_names_others(garden, ada, bob, cleo):
    message = said(garden, ada, "@bob")
    message.edit(ada, "I mean @cleo")
    assert mentioned(message) == {"cleo"}
    assert [pk for _href, pk, _name in links(message.html)] == [cleo.pk]


def test_drawn_anew_it_names_whom_it_named(garden, ada, bob, cleo):
    message = said(garden, ada, "@bob")
    message.react(cleo, "🎉")
    message.refresh_from_db()
    assert "🎉" in message.html and links(message.html)


def test_deleted_it_tells_nobody_and_erased_nothing_is_left(garden, ada, bob):
    message = said(garden, ada, "@bob")
    message.delete_by(ada)
    assert not links(message.html) and not Mention.objects.to_be_told().exists()
    message.restore_by(ada)
    assert links(message.html) and Mention.objects.to_be_told().exists()
    message.delete_by(ada)
    erase(message)
    assert not Mention.objects.exists()


def test_w8_a_block_shows_in_no_message_and_tells_nobody(garden, ada, bob, cleo):
    bob.block(cleo)
    for author, named in ((cleo, "@bob"), (bob, "@cleo")):
        message = said(garden, author, named)
        assert links(message.html)
        assert not Mention.objects.to_be_told().filter(message=message).exists()
    assert Mention.objects.to_be_told().filter(message=said(garden, ada, "@bob")).exists()


def test_naming_oneself_tells_nobody(garden, ada):
    assert mentioned(said(garden, ada, "@ada")) == {"ada"}
    assert not Mention.objects.to_be_told().exists()


def test_a_message_for_many_costs_no_more_than_for_one(garden, ada, django_assert_max_num_queries):
    said(garden, ada, "warm")
    with django_assert_max_num_queries(18):
        said(garden, ada, "@bob @cleo @ada @dan @eve")


@pytest.mark.parametrize("text", hostile.MARKUP[::4])
def test_i11_beside_a_name_text_stays_text(garden, ada, bob, text):
    assert harmless(said(garden, ada, f"@bob {text} @bob{text}").html)


@pytest.mark.parametrize("body", ["@" * 4000, "@bob " * 800, "@a." * 1333, ("@" + "b" * 20 + " ") * 180])
def test_i15_hostile_names_are_drawn_like_others(garden, ada, body):
    assert said(garden, ada, body).html


def test_without_anybody_named_a_name_is_text():
    assert to_html("Hello @bob") == "<p>Hello @bob</p>"


# While one writes ---------------------------------------------------------------------------------------


def offered(client, conversation, q):
    shown = page(client, f"{reverse('completions', args=[conversation.pk])}?q={q}")
    return re.findall(r'data-value="([^"]+)"', shown)


def test_members_are_offered_by_any_part_of_their_names(garden, as_, ada, bob, dan):
    client = as_(ada)
    assert offered(client, garden, "@") == ["@bob", "@cleo"]
    assert offered(client, garden, "@cl") == ["@cleo"]
    assert offered(client, garden, "@dan") == []


def test_beside_a_stage_those_who_are_there(chat, line, as_, ada, bob):
    assert offered(as_(bob), chat, "@") == ["@ada", "@cleo"]
    assert offered(as_(bob), line, "@") == ["@ada"]


def test_not_those_apart(garden, as_, ada, bob, cleo):
    bob.block(cleo)
    assert offered(as_(cleo), garden, "@") == ["@ada"] and offered(as_(bob), garden, "@") == ["@ada"]


def test_fifty_members_are_not_a_list(garden, as_, ada, make_person):
    people = [make_person(f"p{n}") for n in range(12)]
    for person in people:
        person.follow(ada)
    garden.group.add(ada, people)
    assert len(offered(as_(ada), garden, "@")) == 8


@pytest.mark.parametrize("q", ["", "bob", "x@"])
def test_other_questions_have_no_answer(garden, as_, ada, q):
    assert as_(ada).get(reverse("completions", args=[garden.pk]), {"q": q}).status_code == 404


def test_the_text_box_knows_where_to_ask(garden, as_, ada):
    shown = page(as_(ada), garden.get_absolute_url())
    assert f'data-completions="{reverse("completions", args=[garden.pk])}"' in shown


@pytest.mark.parametrize("text", hostile.MARKUP[::9])
def test_i11_names_offered_are_text(garden, as_, ada, bob, text):
    bob.name = text[:50]
    bob.save()
    shown = page(as_(ada), f"{reverse('completions', args=[garden.pk])}?q=@")
    assert "<" not in bob.name or bob.name not in shown


# Emoji --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (":thumbsup:", "👍"),
        ("well done :tada::tada:", "well done 🎉🎉"),
        (":no_such_thing:", ":no_such_thing:"),
        ("`:tada:` is :tada:", "`:tada:` is 🎉"),
        ("12:30:45", "12:30:45"),
        ("a::b", "a::b"),
        (":THUMBSUP:", ":THUMBSUP:"),
    ],
)
def test_names_become_emoji_when_posted(typed, kept):
    assert with_emoji(typed) == kept
    frame = {"client_id": "0" * 32, "body": typed}
    assert read_words(frame)[1] == kept


def test_the_form_does_the_same(garden, write, ada):
    write(ada, garden, "fine :thumbsup:")
    assert garden.messages.last().body == "fine 👍"


def test_all_of_them_are_emoji():
    assert [name for name, sign in SHORTCODES.items() if not is_emoji(sign)] == []


def test_emoji_are_offered_each_once(garden, as_, ada):
    assert offered(as_(ada), garden, ":thumb") == ["👍", "👎"]
    assert emoji_called("hug", 8) == [("hug", "🤗")]
    assert emoji_called("heart", 8)[0] == ("heart", "❤️")


def test_a_name_does_not_reach_into_another_room(ada, bob, chat, make_person):
    eve = make_person("eve")
    Room.open(eve, title="Elsewhere")
    assert not mentioned(said(chat, ada, "@eve"))
