"""The search page: what stands on it, for whom, in each of its states, and how much it asks of the database."""

import re
from html import unescape
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import limits
from accounts.wanted import Wanted
from backchannel.models import Attachment, Conversation, Message
from backchannel.snippets import LONGEST, snippet
from backchannel.text import without_marks
from rooms.models import Room
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, bring_on_stage, said

ADDRESS = "/search/"


@pytest.fixture
def looks(as_):
    """looks(ada, q="shed", …) → the page, or with piece=True the piece that comes while she types."""

    def look(person, *, piece=False, **asked):
        answer = as_(person).get(
            ADDRESS, {name.rstrip("_"): value for name, value in asked.items()}, **HTMX if piece else {}
        )
        assert answer.status_code == 200
        return answer.content.decode()

    return look


def texts(drawn):
    """The snippets on a page, as they are read."""
    found = re.findall(r'<span class="hit__text" dir="auto">(.*?)</span>', drawn, re.DOTALL)
    return [unescape(re.sub(r"</?mark>", "", text)) for text in found]


# What stands there ------------------------------------------------------------------------------------


def test_messages_people_and_rooms_each_with_its_way_there(looks, chat, floor, ada, make_person):
    make_person("gardener", name="Gardena")
    message = said(chat, ada, "Who is in the garden?")
    drawn = looks(ada, q="garden")
    assert f'href="{chat.get_absolute_url()}?m={message.client_id}"' in drawn
    assert f'href="{floor.get_absolute_url()}"' in drawn
    assert 'href="/@gardener/"' in drawn
    assert "Who is in the <mark>garden</mark>?" in drawn
    assert "1 person. 1 room. 1 message." in " ".join(drawn.split())


def test_a_piece_is_what_was_found_and_how_much(looks, pair, ada):
    said(pair, ada, "The shed")
    piece = looks(ada, q="shed", piece=True)
    assert "<html" not in piece and "<form" not in piece
    assert texts(piece) == ["The shed"] == texts(looks(ada, q="shed"))
    assert '<p id="found-count" hx-swap-oob="innerHTML">' in piece and "1 message." in piece


def test_a_boosted_link_gets_the_whole_page(as_, ada):
    boosted = {"HX-Request": "true", "HX-Boosted": "true"}
    assert b"<html" in as_(ada).get(ADDRESS, {"q": "shed"}, headers=boosted).content


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, "People, rooms, and all messages that you may read."),
        ({"q": "  "}, "People, rooms, and all messages that you may read."),
        ({"q": "a"}, "Type at least two letters."),
        ({"q": "*"}, "Type at least two letters."),
        ({"q": "nothing like it"}, "Nothing was found."),
        ({"q": "x" * 201}, "A search can have 200 characters at most."),
        ({"q": "x" * 4000}, "A search can have 200 characters at most."),
        ({"q": "shed", "by": "nobody"}, "There is nobody with this username."),
        ({"q": "shed", "after": "soon"}, "Write the day as 2026-12-31."),
        ({"q": "shed", "after": "0001-01-01"}, "1970-01-02"),
        ({"q": "shed", "before": "9999-12-31"}, "2999-12-30"),
        ({"q": "shed", "has": "gold"}, "Select a valid choice"),
    ],
)
@pytest.mark.parametrize("piece", [True, False])
def test_every_state_says_what_it_is(looks, pair, ada, asked, says, piece):
    said(pair, ada, "The shed")
    drawn = unescape(looks(ada, piece=piece, **asked))
    assert says in drawn
    assert texts(drawn) == []


@pytest.mark.parametrize(
    ("kind", "headings"),
    [
        ("", ["People", "Rooms", "Messages"]),
        ("people", ["People"]),
        ("rooms", ["Rooms"]),
        ("messages", ["Messages"]),
        ("gold", ["People", "Rooms", "Messages"]),
    ],
)
def test_one_kind_alone(looks, chat, ada, make_person, kind, headings):
    make_person("gardener")
    said(chat, ada, "In the garden")
    assert re.findall(r"<h2[^>]*>(\w+)</h2>", looks(ada, q="garden", kind=kind)) == headings


def test_where_a_message_was_written(looks, chat, line, pair, ada, bob):
    for conversation in (chat, line, pair):
        said(conversation, bob, "The shed")
    drawn = looks(ada, q="shed")
    assert all(words in drawn for words in ("Gardens", "Speakers’ line of Gardens", "With Bob"))


# Narrowing it -----------------------------------------------------------------------------------------


def test_in_one_conversation(looks, chat, pair, ada):
    said(chat, ada, "The shed, to all")
    said(pair, ada, "The shed, to bob")
    drawn = looks(ada, q="shed", in_=pair.pk)
    assert texts(drawn) == ["The shed, to bob"]
    assert "Only in:" in drawn and "With Bob" in drawn


def test_by_one_person(looks, chat, ada, bob):
    said(chat, ada, "The shed, by ada")
    said(chat, bob, "The shed, by bob")
    for name in ("bob", "@bob", " BOB "):
        assert texts(looks(ada, q="shed", by=name)) == ["The shed, by bob"]
    assert texts(looks(ada, by="ada")) == ["The shed, by ada"]


def test_somebody_behind_a_block_is_nobody(looks, chat, ada, bob, cleo):
    said(chat, bob, "The shed")
    cleo.block(bob)
    assert looks(bob, q="shed", by="cleo").count("There is nobody with this username.")
    assert looks(cleo, q="shed", by="bob").count("There is nobody with this username.")


def test_with_a_link(looks, pair, ada):
    said(pair, ada, "The shed")
    said(pair, ada, "The shed: https://example.org/shed")
    assert texts(looks(ada, q="shed", has="link")) == ["The shed: https://example.org/shed"]
    assert texts(looks(ada, has="link")) == ["The shed: https://example.org/shed"]


@pytest.fixture
def with_files(pair, ada):
    """A message for each kind of file, and one with two, each called so; one whose picture could not be shown."""

    def write(text, *kinds, **about):
        files = [
            Attachment.objects.create(
                person=ada, client_id=uuid4(), kind=kind, mime="x/y", name=f"{kind}.bin", size=1, file="x", **about
            )
            for kind in kinds
        ]
        pair.post(ada, uuid4(), text, files=[file.pk for file in files])

    for kind in ("image", "video", "sound", "file"):
        write(f"shed {kind}", kind, state="ready")
    write("shed both", "image", "file", state="preparing")
    write("shed broken", "image", state="broken")
    said(pair, ada, "shed https://example.org/")
    said(pair, ada, "I have:image and has no shed")


HAVING = [
    ("image", ["shed both", "shed image"]),
    ("video", ["shed video"]),
    ("voice", ["shed sound"]),
    ("file", ["shed both", "shed file"]),
    ("link", ["shed https://example.org/"]),
]


@pytest.mark.parametrize(("what", "found"), HAVING)
def test_with_something_in_it_chosen_or_typed(looks, with_files, pair, ada, what, found):
    assert texts(looks(ada, q="shed", has=what)) == found
    assert texts(looks(ada, q=f"shed has:{what}")) == found == texts(looks(ada, q=f"HAS:{what.upper()} shed"))
    assert texts(looks(ada, q=f"has:{what}", in_=pair.pk)) == found
    assert texts(looks(ada, q=f"fence has:{what}")) == []


def test_several_must_all_be_there(looks, with_files, ada):
    assert texts(looks(ada, q="has:image has:file")) == ["shed both"] == texts(looks(ada, q="has:image", has="file"))


def test_what_only_looks_like_it_is_words(looks, with_files, ada):
    assert texts(looks(ada, q="have:image")) == ["I have:image and has no shed"]
    assert texts(looks(ada, q="has:gold")) == []
    assert "Nothing was found." in looks(ada, q="has:gold")


def test_files_are_named_where_there_may_be_no_words(looks, with_files, ada):
    drawn = looks(ada, q="shed has:file")
    assert "Picture, file.bin" in drawn


@pytest.mark.parametrize("what", [one for one, _found in HAVING])
def test_what_one_may_not_read_is_not_found_by_what_is_in_it(looks, with_files, bob, dan, what):
    assert texts(looks(bob, has=what)) and not texts(looks(dan, has=what))


def test_a_deleted_one_is_not_found_by_what_was_in_it(looks, with_files, pair, ada):
    for message in pair.messages.all():
        message.delete_by(ada)
    assert [texts(looks(ada, has=what)) for what, _found in HAVING] == [[]] * len(HAVING)


def test_names_of_files_are_text_there(looks, with_files, ada):
    Attachment.objects.filter(kind="file").update(name="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in looks(ada, has="file")


def test_from_a_day_and_up_to_a_day_as_they_are_where_one_lives(looks, pair, ada):
    ada.time_zone = "Pacific/Auckland"  # 13 hours ahead, in January
    ada.save()
    for text, at in (("early shed", "2026-01-10T10:59Z"), ("late shed", "2026-01-10T11:01Z")):
        message = said(pair, ada, text)
        Message.objects.filter(pk=message.pk).update(created_at=timezone.datetime.fromisoformat(at))
    assert texts(looks(ada, q="shed", after="2026-01-11")) == ["late shed"]
    assert texts(looks(ada, q="shed", before="2026-01-10")) == ["early shed"]
    assert texts(looks(ada, after="2026-01-10", before="2026-01-11")) == ["late shed", "early shed"]


@pytest.mark.parametrize("day", ["1970-01-02", "2999-12-30"])
@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_the_ends_of_the_calendar(looks, pair, ada, day, zone):
    ada.time_zone = zone
    ada.save()
    looks(ada, after=day, before=day)


# Leafing through --------------------------------------------------------------------------------------


def test_what_is_found_shows_no_marks(looks, pair, ada):
    said(pair, ada, "the **old** `shed`")
    drawn = looks(ada, q="shed")
    assert "the old <mark>shed</mark>" in drawn and "**" not in drawn


def test_twenty_messages_on_a_page(looks, pair, ada):
    for number in range(45):
        said(pair, ada, f"shed {number}")
    pages = [texts(looks(ada, q="shed", kind="messages", page=page)) for page in (1, 2, 3)]
    assert [text for page in pages for text in page] == [f"shed {number}" for number in range(44, -1, -1)]
    assert [len(page) for page in pages] == [20, 20, 5]
    assert [
        rel
        for page in (1, 2, 3)
        for rel in re.findall(r'rel="(next|prev)"', looks(ada, q="shed", kind="messages", page=page))
    ] == ["next", "next", "prev", "prev"]
    assert "kind=messages" in looks(ada, q="shed")


@pytest.mark.parametrize("page", ["0", "-1", "x", "9" * 30, "51", "٣", "1.5"])
def test_a_page_that_is_none_is_one_of_those_there_are(looks, pair, ada, page):
    said(pair, ada, "shed")
    looks(ada, q="shed", kind="messages", page=page)


def test_five_people_and_rooms_above_the_messages(looks, ada, make_person):
    for number in range(7):
        Room.open(make_person(f"gardener{number}"), title=f"Garden {number}")
    drawn = looks(ada, q="garden")
    assert "5 people. 5 rooms." in " ".join(drawn.split())
    assert "More people" in drawn and "More rooms" in drawn
    assert "7 people." in looks(ada, q="garden", kind="people")


# Who ----------------------------------------------------------------------------------------------------


def test_a_stranger_logs_in_first(as_, db):
    answer = as_(None).get(ADDRESS, {"q": "shed"})
    assert (answer.status_code, answer["Location"]) == (302, "/accounts/login/?next=/search/%3Fq%3Dshed")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_only_to_look_at(as_, ada, method):
    assert getattr(as_(ada), method)(ADDRESS).status_code == 405


@pytest.fixture
def secrets(floor, chat, line, pair, ada, bob):
    """The same word, in each kind of conversation, by ada."""
    return [said(one, ada, f"lapislazuli in {one.kind}") for one in (chat, line, pair)]


def sees(looks, person, **asked):
    """Where this person finds the word, on the page and in the piece."""
    page, piece = (looks(person, q="lapislazuli", piece=piece, **asked) for piece in (False, True))
    assert texts(page) == texts(piece)
    assert len(re.findall("lapislazuli in", re.sub("</?mark>", "", page))) == len(texts(page))
    return {text.removeprefix("lapislazuli in ") for text in texts(page)}


def test_the_member_the_outsider_and_the_former_member(looks, secrets, floor, ada, bob, cleo, dan):
    assert sees(looks, bob) == {"room", "speakers", "direct"}
    assert sees(looks, cleo) == {"room"}
    assert sees(looks, dan) == set()
    floor.seat_of(cleo).remove(ada)
    assert sees(looks, cleo) == set()


def test_who_leaves_the_stage_loses_the_line(looks, secrets, floor, ada, bob):
    floor.seat_of(bob).move_to_audience(ada)
    assert sees(looks, bob) == {"room", "direct"}
    bring_on_stage(floor, bob)
    assert sees(looks, bob) == {"room", "direct"}


def test_who_is_blocked(looks, secrets, ada, bob):
    ada.block(bob)
    assert sees(looks, bob) == sees(looks, ada, by="bob") - {"room", "speakers", "direct"} == set()


def test_what_was_deleted(looks, secrets, ada, bob):
    for message in secrets:
        message.delete_by(ada)
    assert sees(looks, ada) == sees(looks, bob) == set()


@pytest.mark.parametrize("which", ["chat", "line", "pair"])
def test_a_conversation_one_may_not_read_is_not_there_to_search_in(as_, secrets, request, dan, which):
    conversation = request.getfixturevalue(which)
    for pk in (conversation.pk, "0" * 22, "", "%ED%A0%80", "x" * 3000):
        for how in ({}, HTMX):
            status = as_(dan).get(f"{ADDRESS}?q=lapislazuli&in={pk}", **how).status_code
            assert status == (404 if pk else 200)


def test_searching_is_limited_with_the_wait_in_words(as_, ada, monkeypatch, the_clock_stands):
    monkeypatch.setitem(limits.LIMITS, "search", (2, 60))
    browser = as_(ada)
    for _ in range(2):
        assert browser.get(ADDRESS, {"q": "shed"}).status_code == 200
    refused, piece = browser.get(ADDRESS, {"q": "shed"}), browser.get(ADDRESS, {"q": "shed"}, **HTMX)
    assert refused.status_code == piece.status_code == 429
    assert re.search(r"Try again in \d+ seconds", refused.content.decode())
    # What is on the page stays there.
    assert (piece["HX-Reswap"], int(piece["Retry-After"]) > 0) == ("none", True)
    assert browser.get(ADDRESS).status_code == 200


# How it is shown --------------------------------------------------------------------------------------


@pytest.mark.alike
@pytest.mark.parametrize("text", [*hostile.MARKUP, *hostile.LINKS])
def test_a_snippet_is_text_whatever_was_written(looks, pair, ada, text):
    message = said(pair, ada, text)
    words = message.words.split()
    shown = looks(ada, q=" ".join(words[:3]), in_=pair.pk)
    inside = re.findall(r'<span class="hit__text" dir="auto">(.*?)</span>\s*</a>', shown, re.DOTALL)
    assert len(inside) == 1 and not re.search(r"<(?!/?mark>)", inside[0])
    assert unescape(re.sub("</?mark>", "", inside[0])).strip("…") in without_marks(text)
    assert "<mark>" in inside[0]


@pytest.mark.alike
@pytest.mark.parametrize("text", hostile.MARKUP)
def test_names_and_what_was_typed_are_text_as_well(looks, ada, make_person, text):
    make_person("eve", name=f"{text[:38]} lapislazuli")
    Room.open(ada, title=f"lapislazuli {text[:40]}", description=text)
    for asked in ({"q": "lapislazuli"}, {"q": text}, {"q": "x", "by": text}, {"after": text}, {"kind": text}):
        for piece in (False, True):
            drawn = looks(ada, piece=piece, **asked)
            if text.startswith("<"):
                assert text[:38] not in drawn
            assert "<script>alert" not in drawn and "onerror=alert(1)>" not in drawn


def parts(body, typed):
    return "".join(f"[{part.text}]" if part.found else part.text for part in snippet(body, Wanted(typed, "en")))


@pytest.mark.parametrize(
    ("body", "typed", "shown"),
    [
        ("The old shed", "shed", "The old [shed]"),
        ("Sheds & SHEDS", "shed", "[Sheds] & [SHEDS]"),
        ("Die Straße dort", "strasse", "Die [Straße] dort"),
        ("cafe\u0301!", "cafe", "[cafe\u0301]!"),
        ("我们去花园", "花园", "我们去[花][园]"),
        ("<b>shed</b>", "shed b", "<[b]>[shed]</[b]>"),
        ("nothing", "shed", "nothing"),
        ("a shed", "a shed", "[a] [shed]"),
        ("gardens", "gardening", "[gardens]"),
    ],
)
def test_what_was_looked_for_is_marked(body, typed, shown):
    assert parts(body, typed) == shown


def test_a_long_text_is_shown_around_the_first_of_them():
    body = "word " * 300 + "the shed " + "word " * 300
    shown = parts(body, "shed")
    assert shown.startswith("…word ") and shown.endswith("…") and "the [shed] word" in shown
    assert len(shown) <= LONGEST + 4


@pytest.mark.parametrize("body", [*hostile.ALL, *(one * (4000 // len(one)) for one in hostile.COSTLY)])
def test_a_snippet_is_a_part_of_the_text(body):
    for typed in (body[:200], "xx", "alert script"):
        shown = "".join(part.text for part in snippet(body, Wanted(typed)))
        assert shown.strip("…") in body or shown in body


# What it costs ----------------------------------------------------------------------------------------


def test_a_search_asks_as_much_whatever_it_finds(as_, chat, pair, ada, bob, make_person):
    said(pair, bob, "garden")
    browser, few = as_(ada), None
    for round_ in range(2):
        for asked in ({"q": "garden"}, {"q": "garden", "in": pair.pk, "by": "bob"}):
            browser.get(ADDRESS, asked)
        count = queries(browser, {"q": "garden"})
        few = few or count
        assert count == few <= 12
        for number in range(8):
            friend = make_person(f"gardener{round_}{number}")
            said(Conversation.between(ada, friend), friend, "garden")
            said(chat, ada, "garden, too")


def queries(client, asked):
    with CaptureQueriesContext(connection) as seen:
        assert client.get(ADDRESS, asked).status_code == 200
    return sum("UPDATE" not in query["sql"] for query in seen)
