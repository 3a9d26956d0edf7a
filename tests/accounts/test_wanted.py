"""What a search is made of: the words of a text, and those that somebody looks for. No database is asked."""

import pytest

from accounts.wanted import MOST, Wanted
from accounts.words import LONGEST, runs_of, words_of
from tests.backchannel import hostile


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Hello, World!", "hello world"),
        ("Città perché Straße", "citta perche strasse"),
        ("cafe\u0301 CAF\u00c9 \uff23\uff41\uff46\uff45", "cafe cafe cafe"),
        ("don't l’amore ada_l", "don t l amore ada l"),
        ("https://example.org/a-b?c=1", "https example org a b c 1"),
        ("İstanbul Łódź Ørsted", "istanbul lodz orsted"),
        ("我们去花园 ガーデン", "我 们 去 花 园 ガ ー デ ン"),
        ("🎉party👩‍👩‍👧", "🎉 party 👩 👩 👧"),
        ("מַזָּל שֶׁלִּי", "מזל שלי"),
        ("مَرْحَبًا", "مرحبا"),
        ("नमस्ते।", "नमसते"),
        ("", ""),
        ("*'\"%_(){}|&!:<>~^\\\0\u202e", ""),
        ("\ud800x\udfff", "x"),
    ],
)
def test_the_words_of_a_text(text, words):
    assert " ".join(words_of(text)) == words


def test_a_word_without_end_is_known_by_its_beginning():
    assert words_of("x" * 4000) == words_of("x" * 5000) == ["x" * LONGEST]


@pytest.mark.parametrize("text", [*hostile.ALL, *(one * (4000 // len(one)) for one in hostile.COSTLY)])
def test_whatever_is_written_its_words_are_words_and_stand_where_it_says(text):
    words = words_of(text)
    assert all(word.isalnum() or len(word) == 1 or not word.isascii() for word in words)
    assert not set(" '\"*:&|!()\\\0") & set("".join(words))
    assert [word for _start, _end, some in runs_of(text) for word in some] == words
    " ".join(words).encode()


def test_words_are_beginnings_and_quoted_ones_are_whole():
    wanted = Wanted('garden "old Shed" ros', "")
    assert (wanted.beginnings, wanted.whole, wanted.phrases) == (["garden", "ros"], ["old", "shed"], [["old", "shed"]])


@pytest.mark.parametrize(
    ("typed", "found"),
    [("gardens", "garden"), ("gardening", "garden"), ("parties", "part"), ("bus", "bus"), ("string", "string")]
    + [("class", "class"), ("wanted", "want"), ("sing", "sing")],
)
def test_endings_are_left_off_where_enough_is_left(typed, found):
    assert Wanted(typed, "en").beginnings == [found]
    assert Wanted(typed, "it").beginnings == [typed]


def test_what_stands_without_a_space_in_a_script_without_spaces_has_to_stand_so():
    wanted = Wanted("花园 去", "en")
    assert (wanted.beginnings, wanted.whole, wanted.phrases) == ([], ["花", "园", "去"], [["花", "园"]])


@pytest.mark.parametrize("typed", ["ab", "a bc", "花", "🎉", '"to be"', 'x "yz'])
def test_enough_to_look_for(typed):
    assert Wanted(typed)


@pytest.mark.parametrize("typed", ["", "a", "a b c", '"', '""', "*", "%%", "''", "\u200b", "\0", "- -", ":*"])
def test_not_enough_to_look_for(typed):
    assert not Wanted(typed)


def test_endless_words_are_looked_for_up_to_a_number():
    wanted = Wanted(" ".join(f"word{number}" for number in range(500)))
    assert len(wanted.beginnings) == MOST
    assert len(Wanted('"' + "a b " * 500 + '"').phrases[0]) == MOST
