"""What people write becomes markup of a few kinds, and nothing of it is lost."""

import random
import re
import time
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest

from backchannel.models.message import LONGEST
from backchannel.text import (
    ALLOWED_TAGS,
    MAX_EMPHASES,
    MAX_LINKS,
    PLAIN,
    is_blank,
    marked_up,
    tidy,
    to_html,
    without_marks,
)
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX

pytestmark = pytest.mark.alike

LINK = '<a href="{0}" rel="noopener noreferrer nofollow ugc">{1}</a>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("hello", "<p>hello</p>"),
        ("one\ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("**b** *i* `c`", "<p><strong>b</strong> <em>i</em> <code>c</code></p>"),
        ("> said\n\nanswer", "<blockquote>\n<p>said</p>\n</blockquote>\n<p>answer</p>"),
        ("2 \\* 3", "<p>2 * 3</p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        ("# no title\n- no list", "<p># no title<br>\n- no list</p>"),
        ("http://a.it/x_y_z", f"<p>{LINK.format('http://a.it/x_y_z', 'http://a.it/x_y_z')}</p>"),
        ("(see www.a.it.)", f"<p>(see {LINK.format('http://www.a.it', 'www.a.it')}.)</p>"),
        ("me@a.it", f"<p>{LINK.format('mailto:me@a.it', 'me@a.it')}</p>"),
        ("http://ä.de", f"<p>{LINK.format('http://xn--4ca.de', 'http://ä.de')}</p>"),
        ("[words](http://a.it)", f"<p>[words]({LINK.format('http://a.it', 'http://a.it')})</p>"),
    ],
)
def test_marks_and_links(text, html):
    assert to_html(text) == html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("plain words", "plain words"),
        ("**bold** and *leaning* and `code`", "bold and leaning and code"),
        ("__not__ snake_case 2*3*4", "not snake_case 234"),
        ("> quoted\n> twice\n\nsaid", "quoted\ntwice\nsaid"),
        ("\\*stars\\*", "*stars*"),
        ("`*as it is*`", "*as it is*"),
        ("**open", "**open"),
        ("*<b>* & a.example/x_y", "<b> & a.example/x_y"),
        ("*" * 900, "*" * 900),
    ],
)
def test_without_its_marks_a_text_is_its_words(text, words):
    assert without_marks(text) == words


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (" a\r\nb\rc \n", "a\nb\nc"),
        ("a\x00b\x1b\x7f\x85c\td", "abc\td"),
        ("\ud800x", "?x"),
        ("\u202ertl\u202c e\u0301 👩‍👧", "\u202ertl\u202c e\u0301 👩‍👧"),
    ],
)
def test_what_is_typed_is_tidied(text, kept):
    assert tidy(text) == kept


@pytest.mark.parametrize(("text", "blank"), [("", True), (" \n\u200b\u2060\u00a0", True), (".", False), ("👻", False)])
def test_what_nobody_can_see_is_blank(text, blank):
    assert is_blank(text) is blank


class Markup(HTMLParser):
    """The tags with their attributes, and the text."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.text = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.text += data


@pytest.mark.parametrize("text", hostile.ALL)
def test_i11_hostile_text_is_only_text(text):
    markup = Markup(to_html(tidy(text)))
    assert {tag for tag, _ in markup.tags} <= ALLOWED_TAGS
    for tag, attributes in markup.tags:
        assert set(attributes) <= ({"href", "rel"} if tag == "a" else set())
        assert urlsplit(attributes.get("href", "http:")).scheme in ("http", "https", "mailto")


BITS = [
    " ",
    ". ",
    "...",
    ".",
    ", ",
    "'",
    "(c)",
    " - ",
    "---",
    "1. ",
    "    ",
    "www",
    "com",
    "mailto",
    "http",
    "a.b",
    "_",
    "é",
]


def sentences(number):
    """Words and signs thrown together: what looks plain, and what nearly does."""
    chance = random.Random(number)
    wide = [chr(code) for code in range(0x20, 0x1FB00) if chr(code).isprintable()]
    for _ in range(2000):
        few = range(chance.randint(1, 12))
        yield tidy(
            "".join(
                chance.choice([chance.choice(BITS), chr(chance.randint(32, 126)), chance.choice(wide)]) for _ in few
            )
        )


@pytest.mark.parametrize("number", range(5))
def test_plain_text_is_drawn_as_if_it_might_not_be(number):
    texts = [text for text in sentences(number) if text]
    plain = [text for text in texts if PLAIN.match(text)]
    assert len(texts) / 20 < len(plain) < len(texts)
    assert [to_html(text) for text in plain] == [marked_up(text) for text in plain]


def test_every_single_sign_is_drawn_as_if_it_might_be_more():
    signs = [chr(code) for code in range(0x110000) if PLAIN.match(chr(code))]
    several = "".join(f"a{sign}b {sign}" for sign in signs).split(" ")
    lines = [" ".join(several[start : start + 500]) for start in range(0, len(several), 500)]
    plain = [line for line in lines if PLAIN.match(line)]
    assert len(plain) > len(lines) * 0.9
    assert [to_html(line) for line in plain] == [marked_up(line) for line in plain]


@pytest.mark.parametrize(
    "text", ["Hello, how are you?", "It's fine… really – I mean it!", "Ja. Nein. Doch.", "你好 👩‍👧", "زي (ok)"]
)
def test_what_people_write_most_is_plain(text):
    assert PLAIN.match(text)


@pytest.mark.parametrize("text", hostile.ALL)
def test_nothing_of_it_is_lost(text):
    assert letters(Markup(to_html(tidy(text))).text) == letters(tidy(text))


def letters(text):
    """Without what may stand for markup, and without spaces."""
    return re.sub(r"[\s*_`>\\]", "", text)


@pytest.mark.parametrize("pattern", hostile.COSTLY)
@pytest.mark.parametrize("bound", [None, MAX_LINKS, MAX_EMPHASES])
def test_i15_nothing_takes_long(pattern, bound):
    """Also with just as many marks as are still drawn. The best of three: the machine may be busy otherwise."""
    text = pattern * LONGEST if bound is None else pattern * (bound // max(1, sum(map(pattern.count, ".:@*_`\\"))))
    text = text[:LONGEST]
    assert min(took(text) for _ in range(3)) < 0.02


def took(text):
    began = time.thread_time()
    to_html(text)
    return time.thread_time() - began


@pytest.mark.parametrize("text", [text for text in hostile.ALL if len(tidy(text)) <= LONGEST])
def test_i11_a_message_keeps_its_own_markup(chat, write, as_, cleo, text):
    """The piece around the text is as it would be around any other: nothing broke out of it."""
    write(cleo, chat, "plain")
    answer = write(cleo, chat, text.encode("utf-8", "replace").decode())
    assert answer.status_code == 204
    plain, hostile_one = (Markup(html).tags for html in chat.messages.order_by("seq").values_list("html", flat=True))
    inside = [tag for tag in hostile_one if tag[0] in ALLOWED_TAGS and set(tag[1]) <= {"href", "rel"}]
    outside = [tag for tag, _ in hostile_one if tag not in ALLOWED_TAGS]
    assert outside == [tag for tag, _ in plain if tag not in ALLOWED_TAGS]
    assert all(tag in inside or set(tag[1]) & {"class", "for"} for tag in hostile_one if tag[0] in ALLOWED_TAGS)
    assert as_(cleo).get(chat.get_absolute_url(), **HTMX).status_code == 200


def test_other_peoples_words_cannot_turn_ours(chat, write, cleo):
    write(cleo, chat, "\u202eturned")
    html = chat.messages.get().html
    assert re.search(r'<div class="message__text" dir="auto"><p>\u202eturned', html)
    assert re.search(r'class="message__author"[^>]* dir="auto"', html)
