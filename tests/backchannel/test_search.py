"""Finding messages, people and rooms: the same on both databases, and never what one may not read."""

import pytest

from accounts.models import Person
from accounts.wanted import Wanted
from backchannel.models import Conversation, Message
from rooms.models import Room
from tests.backchannel import hostile
from tests.backchannel.conftest import bring_on_stage, said

pytestmark = pytest.mark.django_db

TEXTS = {
    "shed": "The old shed in the garden",
    "shed2": "An old, green SHED: in “Gärten” there are many",
    "reverse": "A shed so old",
    "city": "La città è perché",
    "cafe": "cafe\u0301 at noon",
    "cyrillic": "Привет, мир",
    "chinese": "我们明天去花园",
    "chinese2": "花和园",
    "hebrew": "מַזָּל טוֹב",
    "arabic": "مرحبا بكم",
    "party": "Party at eight 🎉🎉",
    "link": "See https://example.org/roses_and-thorns?page=2",
    "code": "`SELECT * FROM garden`; **bold** 100% sure, snake_case",
    "family": "👩‍👩‍👧‍👦 and me",
    "don't": "I don't know",
    "straße": "In der Straße",
    "turned": "\u202egnippohs\u202c for tools",
    "long": "x" * 4000,
    "to be": "To be or not to be",
    "number": "Room 42, at 1.50 and 1e5",
    "quoted": 'NEAR("garden" shed) AND (NOT roses) OR col:shed^2',
}

FOUND = {
    "shed": "shed shed2 reverse quoted",
    "SHED": "shed shed2 reverse quoted",
    "she": "shed shed2 reverse quoted",
    "hed": "",
    "old shed": "shed shed2 reverse",
    "shed   old": "shed shed2 reverse",
    '"old shed"': "shed",
    '"shed old"': "",
    '"she"': "",
    '"shed"': "shed shed2 reverse quoted",
    '"green shed" in': "shed2",
    "“old shed”": "shed",
    '"old shed': "shed shed2 reverse",
    "garden": "shed code quoted",
    "gardens": "shed code quoted",
    "gardening": "shed code quoted",
    "garten": "shed2",
    "gärten": "shed2",
    "GARTEN": "shed2",
    "citta": "city",
    "città": "city",
    "citta\u0300": "city",
    "PERCHE": "city",
    "e perche": "city",
    "café": "cafe",
    "cafe": "cafe",
    "strasse": "straße",
    "STRASSE": "straße",
    "при": "cyrillic",
    "ПРИВЕТ мир": "cyrillic",
    "花园": "chinese",
    "花 园": "chinese chinese2",
    "园花": "",
    "明天": "chinese",
    "מזל": "hebrew",
    "טוב": "hebrew",
    "مرحب": "arabic",
    "🎉": "party",
    "party 🎉": "party",
    "🎂": "",
    "👩": "family",
    "example": "link",
    "example.org": "link",
    "https://example.org/roses_and-thorns": "link",
    "thorns": "link",
    "page=2": "link",
    "select * from": "code",
    "snake": "code",
    "snake_case": "code",
    "case": "code",
    "100%": "code",
    "don't": "don't",
    "dont": "",
    "gnippohs": "turned",
    "x" * 4000: "long",
    "x" * 30: "long",
    "to be": "to be",
    '"to be or not"': "to be",
    '"be to"': "",
    "42": "number",
    "1.50": "number",
    "1e5": "number",
    # What commands other search engines is words here.
    "NEAR(garden shed)": "quoted",
    "near": "quoted",
    "shed NOT roses": "quoted",
    "shed AND old": "",
    "shed OR old": "",
    "-shed old": "shed shed2 reverse",
    "shed*": "shed shed2 reverse quoted",
    "*shed": "shed shed2 reverse quoted",
    "words:shed": "",
    "col:shed": "quoted",
    "^shed": "shed shed2 reverse quoted",
    "shed:*": "shed shed2 reverse quoted",
    "shed & !old": "shed shed2 reverse",
    "shed | garden": "shed quoted",
    "'shed'": "shed shed2 reverse quoted",
    "shed' OR 'a' = 'a": "",
    "shed\\": "shed shed2 reverse quoted",
    "{shed}": "shed shed2 reverse quoted",
    "<-> shed": "shed shed2 reverse quoted",
    "%she%": "shed shed2 reverse quoted",
    "sh_d": "",
    "she\0": "shed shed2 reverse quoted",
    "shed \ud800": "shed shed2 reverse quoted",
    "shed \u202e": "shed shed2 reverse quoted",
    "shed; DROP TABLE backchannel_message": "",
}


@pytest.fixture
def corpus(pair, ada):
    """Every text above is written → {its body as it is kept: its name}."""
    return {said(pair, ada, text).body: name for name, text in TEXTS.items()}


def found(person, typed):
    return [message.body for message in Message.objects.search(person, Wanted(typed))]


def test_the_same_is_found_on_every_database(corpus, ada):
    wrong = {}
    for typed, names in FOUND.items():
        got = [corpus[body] for body in found(ada, typed)]
        if sorted(got) != sorted(name for name in TEXTS if name in _named(names)):
            wrong[typed[:50]] = got
    assert wrong == {}


def _named(names):
    """The names in a line; two of them have a space in them."""
    return {names} & set(TEXTS) or set(names.split())


def test_the_newest_comes_first(pair, ada, bob):
    for author, text in ((ada, "shed one"), (bob, "shed two"), (ada, "a shed, three")):
        said(pair, author, text)
    assert found(bob, "shed") == ["a shed, three", "shed two", "shed one"]


@pytest.mark.parametrize("typed", [*hostile.ALL, *(one * 200 for one in hostile.COSTLY)])
def test_whatever_is_typed_is_only_looked_for(corpus, ada, typed):
    wanted = Wanted(typed)
    if wanted:
        assert set(found(ada, typed)) <= set(corpus)
    list(Person.objects.search(ada, wanted))
    list(Room.objects.search(ada, wanted))


@pytest.mark.parametrize("text", hostile.ALL)
def test_whatever_was_written_is_found_by_its_own_words(pair, ada, text):
    from backchannel.text import tidy

    kept = tidy(text)[:4000]
    said(pair, ada, kept)
    if Wanted(kept):
        assert found(ada, kept) == [kept]


# Kept right -------------------------------------------------------------------------------------------


def test_an_edited_message_is_found_by_what_stands_there_now(pair, ada):
    message = said(pair, ada, "the shed")
    message.edit(ada, "the barn")
    assert (found(ada, "shed"), found(ada, "barn")) == ([], ["the barn"])


def test_a_deleted_message_is_not_found_and_leaves_no_word(pair, ada):
    message = said(pair, ada, "the shed")
    message.delete_by(ada)
    assert found(ada, "shed") == []
    assert Message.objects.get(pk=message.pk).words == ""


def test_a_message_marked_as_deleted_is_not_found_whatever_it_says(pair, ada):
    message = said(pair, ada, "the shed")
    Message.objects.filter(pk=message.pk).update(deleted_at=message.created_at)
    assert found(ada, "shed") == []


def test_messages_that_go_with_their_conversation_are_gone(pair, ada, bob):
    said(pair, ada, "the shed")
    pair.delete()
    again = Conversation.between(ada, bob)
    said(again, ada, "another text")
    assert found(ada, "shed") == []
    assert found(ada, "another") == ["another text"]


# Who ----------------------------------------------------------------------------------------------------


def finders(word, *people):
    return [person.username for person in people if found(person, word)]


def test_a_rooms_chat_is_found_by_who_sat_in_it(chat, floor, ada, bob, cleo, dan):
    said(chat, bob, "the shed")
    assert finders("shed", ada, bob, cleo, dan) == ["ada", "bob", "cleo"]
    floor.seat_of(cleo).leave()
    assert finders("shed", cleo) == ["cleo"]


def test_who_was_removed_finds_nothing_of_the_room(chat, floor, ada, bob, cleo):
    said(chat, cleo, "the shed")
    floor.seat_of(cleo).remove(ada)
    assert finders("shed", ada, cleo) == ["ada"]
    assert list(Room.objects.search(cleo, Wanted("Gardens"))) == []
    assert list(Room.objects.search(bob, Wanted("Gardens"))) == [floor]


def test_the_speakers_line_is_found_by_who_is_on_stage_now_from_when_he_came(line, floor, ada, bob, cleo):
    said(line, ada, "the shed")
    assert finders("shed", ada, bob, cleo) == ["ada", "bob"]
    bring_on_stage(floor, cleo)
    assert finders("shed", cleo) == []
    said(line, ada, "a second shed")
    assert found(cleo, "shed") == ["a second shed"]
    floor.seat_of(bob).move_to_audience(ada)
    assert finders("shed", ada, bob, cleo) == ["ada", "cleo"]


def test_a_closed_rooms_chat_begins_with_sitting_down(ada, bob, cleo):
    room = Room.open(ada, title="Closed", kind="closed")
    chat = room.conversations.get(kind="room")
    room.join(bob)
    said(chat, ada, "the shed")
    room.join(cleo)
    said(chat, ada, "a second shed")
    assert (len(found(bob, "shed")), found(cleo, "shed")) == (2, ["a second shed"])


def test_a_letter_is_found_by_its_two(pair, ada, bob, cleo):
    said(pair, ada, "the shed")
    assert finders("shed", ada, bob, cleo) == ["ada", "bob"]


def test_a_former_member_finds_nothing(pair, ada, bob):
    said(pair, ada, "the shed")
    pair.let_go(bob)
    assert finders("shed", ada, bob) == ["ada"]


@pytest.mark.parametrize("blocker", ["ada", "bob"])
def test_a_block_hides_both_from_each_other(request, pair, floor, chat, ada, bob, cleo, blocker):
    said(pair, ada, "the shed, ada says")
    said(pair, bob, "the shed, bob says")
    one, other = (ada, bob) if blocker == "ada" else (bob, ada)
    one.block(other)
    assert found(ada, "shed") == ["the shed, ada says"]
    assert found(bob, "shed") == ["the shed, bob says"]
    for asks, hidden in ((ada, "bob"), (bob, "ada")):
        assert list(Person.objects.search(asks, Wanted(hidden))) == []
    assert [person.username for person in Person.objects.search(cleo, Wanted("bob"))] == ["bob"]


def test_a_blockers_room_is_not_found_and_one_does_not_find_a_blocked_ones(floor, chat, ada, cleo, dan):
    said(chat, ada, "the shed")
    ada.block(cleo)
    assert list(Room.objects.search(cleo, Wanted("gardens"))) == []
    assert found(cleo, "shed") == []
    dan.block(ada)
    assert list(Room.objects.search(dan, Wanted("gardens"))) == []


def test_a_closed_room_is_found_by_who_belongs_to_it(ada, bob, cleo, dan):
    room = Room.open(ada, title="Secret gardens", kind="closed", description="Behind the shed")
    room.join(bob)
    room.welcome(cleo, ada)
    finding = [one.username for one in (ada, bob, cleo, dan) if Room.objects.search(one, Wanted("secret")).exists()]
    assert finding == ["ada", "bob", "cleo"]
    assert Room.objects.search(ada, Wanted("behind")).exists()


def test_rooms_that_are_live_come_first(ada, bob, cleo):
    past = Room.open(ada, title="Garden talk, past")
    past.end(ada)
    first, second = Room.open(bob, title="Gardening, first"), Room.open(cleo, title="Garden")
    assert list(Room.objects.search(ada, Wanted("garden"))) == [second, first, past]


# People -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("zoe", ["zoe"]),
        ("Zoë", ["zoe"]),
        ("andt", ["zoe"]),
        ("BRANDT zoe", ["zoe"]),
        ("@zoe", ["zoe"]),
        ("ada", ["ada"]),
        ("nobody", []),
        ("100%", []),
    ],
)
def test_people_are_found_by_parts_of_their_names(make_person, ada, typed, names):
    make_person("zoe", name="Zoë Brandt")
    assert [person.username for person in Person.objects.search(ada, Wanted(typed))] == names


def test_people_one_follows_come_first(make_person, ada):
    for name in ("zoe1", "zoe2", "zoe3"):
        make_person(name)
    ada.follow(Person.objects.get(username="zoe3"))
    assert [one.username for one in Person.objects.search(ada, Wanted("zoe"))] == ["zoe3", "zoe1", "zoe2"]


def test_a_new_name_is_found_at_once_and_the_old_one_is_not(ada, bob):
    bob.name = "Robert"
    bob.save()
    assert list(Person.objects.search(ada, Wanted("robert"))) == [bob]
    bob.username = "rob"
    bob.save()
    assert list(Person.objects.search(ada, Wanted("bob"))) == []


def test_who_is_suspended_is_not_found(ada, bob, mo):
    bob.suspend(mo, "Shouts")
    assert list(Person.objects.search(ada, Wanted("bob"))) == []
