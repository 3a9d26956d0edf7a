"""A virtual tab's screen follows the rules of the page's scripts."""

import asyncio

import pytest

from tests.delivery import screen
from tests.delivery.drawn import Row
from tests.delivery.screen import Screen

ARTICLE = (
    '<article class="message{cls}" id="m-{id}" data-seq="{seq}" data-changed="{changed}" data-author="{author}" '
    'data-at="2026-01-01"><header>…</header>{text}</article>'
)
PAGE = '<section class="log" role="log" data-conversation="c" data-head="{head}" data-address="/c/">{rows}</section>'


def article(id, seq, changed=None, author="ada", text="", deleted=False):
    words = (
        '<p class="message__text">Message deleted</p>'
        if deleted
        else f'<div class="message__text" dir="auto"><p>{text or id}</p></div>'
    )
    cls = " message--deleted" if deleted else ""
    return ARTICLE.format(cls=cls, id=id, seq=seq, changed=changed or seq, author=author, text=words)


def message(number, html):
    return {"type": "message", "conversation": "c", "number": number, "html": html}


def heads(head):
    return {"type": "heads", "conversations": {"c": head}, "versions": {}}


class Told:
    """A screen with a page of two messages, and what it asked for."""

    def __init__(self):
        self.asked, self.fetched = [], []
        self.page = PAGE.format(head=2, rows=article("a", 1) + article("b", 2))
        self.screen = Screen(self.ask, self.fetch)
        self.screen.draw("/c/", self.page)

    def ask(self, kind="resume"):
        where = self.screen.where()
        self.asked.append(where["cursors"])
        self.screen.asked(where)

    async def fetch(self, address, target):
        self.fetched.append(address)
        return self.page

    def shows(self):
        return [row.client_id for row in self.screen.log.rows]


@pytest.fixture
async def told(monkeypatch):
    monkeypatch.setattr(screen, "PATIENCE", 0.01)
    monkeypatch.setattr(screen, "AGAIN", 0.01)
    made = Told()
    yield made
    made.screen.close()


async def test_messages_stand_by_their_number_and_the_cursor_follows(told):
    told.screen.hear(message(4, article("d", 4)))
    assert told.screen.log.head == 2
    told.screen.hear(message(3, article("c", 3)))
    assert (told.shows(), told.screen.log.head) == (["a", "b", "c", "d"], 4)
    await asyncio.sleep(0.03)
    assert told.asked == []


async def test_a_hole_is_asked_for_once(told):
    told.screen.hear(message(5, article("e", 5)))
    told.screen.hear(message(6, article("f", 6)))
    await asyncio.sleep(0.05)
    assert told.asked == [{"c": 2}]
    told.screen.hear(heads(6))
    assert told.screen.log.head == 6


async def test_an_edit_and_a_deletion_change_what_stands_there_and_older_ones_nothing(told):
    told.screen.hear(message(3, article("a", 1, 3, text="better")))
    told.screen.hear(message(1, article("a", 1, 1)))
    told.screen.hear(message(4, article("b", 2, 4, deleted=True)))
    assert told.screen.log.rows == [Row("a", 1, 3, "ada", "better", False), Row("b", 2, 4, "ada", "", True)]


async def test_what_was_written_here_gives_way_to_what_the_server_drew_but_not_to_somebody_elses(told):
    told.screen.echo("c", Row("c", 0, 0, "ada", "mine", False))
    told.screen.hear(message(3, article("c", 3, author="bob")))
    assert [(row.author, row.seq) for row in told.screen.log.rows[2:]] == [("bob", 3), ("ada", 0)]
    told.screen.hear(message(4, article("c", 4, author="ada")))
    assert [row.seq for row in told.screen.log.rows if row.author == "ada"] == [1, 2, 4]


async def test_a_server_that_knows_less_is_asked_for_the_list_anew(told):
    told.screen.hear(message(3, article("c", 3)))
    told.ask()
    told.screen.hear(heads(2))
    await asyncio.sleep(0.02)
    assert (told.fetched, told.shows(), told.screen.log.head) == (["/c/"], ["a", "b"], 2)


async def test_what_came_beyond_a_hole_while_the_list_was_under_way_is_asked_for(told):
    drawn = asyncio.get_running_loop().create_future()
    told.screen.fetch = lambda *_: drawn
    told.screen.redraw("conversation:c")
    await asyncio.sleep(0)
    told.screen.hear(message(4, article("d", 4)))
    drawn.set_result(PAGE.format(head=3, rows=article("a", 1) + article("b", 2) + article("c", 3)))
    await asyncio.sleep(0.001)
    assert told.shows() == ["a", "b", "c"]
    told.screen.hear(message(5, article("e", 5)))
    await asyncio.sleep(0.03)
    assert (told.asked, told.shows(), told.screen.log.head) == ([{"c": 3}], ["a", "b", "c", "e"], 3)


async def test_a_list_that_cannot_be_drawn_is_tried_again(told):
    answers = [None, None, told.page]

    async def fetch(address, target):
        told.fetched.append(address)
        return answers.pop(0)

    told.screen.fetch = fetch
    told.screen.hear({"type": "reload", "list": "conversation:c"})
    await asyncio.sleep(0.2)
    assert told.fetched == ["/c/"] * 3


async def test_what_was_taken_away_is_gone_and_what_comes_for_it_is_not_shown(told):
    told.screen.hear({"type": "piece", "list": "conversation:c", "version": None, "gone": ["conversation-c"]})
    told.screen.hear(message(3, article("c", 3)))
    assert told.screen.log is None


SEAT = '<li class="seat" id="seat-{id}" data-into="audience" data-order="{id}" data-person="{id}" data-role="{role}">…</li>'
PEOPLE = '<div id="people" data-list="room:r" data-version="{version}" data-address="/people/">{seats}</div>'


def seat(id, role="listener"):
    return SEAT.format(id=id, role=role)


def piece(version, html="", gone=()):
    return {"type": "piece", "list": "room:r", "version": version, "html": html, "gone": list(gone)}


@pytest.fixture
def people(told):
    """The list of a room in which a and b sit, at version 4."""
    told.screen.draw("/r/", PEOPLE.format(version=4, seats=seat("a") + seat("b")))
    told.page = PEOPLE.format(version=7, seats=seat("e"))
    return told.screen.lists.all["room:r"]


async def test_pieces_of_a_list_bring_its_next_version_and_older_ones_nothing(told, people):
    told.screen.hear(piece(5, seat("c"), ["seat-a"]))
    told.screen.hear(piece(3, seat("d")))
    assert (people.version, people.items) == (5, {"seat-b": "listener", "seat-c": "listener"})


async def test_a_piece_that_misses_one_waits_for_it(told, people):
    told.screen.hear(piece(6, seat("c", "speaker")))
    assert people.items.keys() == {"seat-a", "seat-b"}
    told.screen.hear(piece(5, seat("c")))
    assert (people.version, people.items["seat-c"]) == (6, "speaker")
    await asyncio.sleep(0.05)
    assert told.fetched == []


async def test_a_list_that_misses_a_piece_for_good_is_fetched_anew(told, people):
    told.screen.hear(piece(6))
    await asyncio.sleep(0.05)
    fresh = told.screen.lists.all["room:r"]
    assert (told.fetched, fresh.version, fresh.items) == (["/people/"], 7, {"seat-e": "listener"})


async def test_who_is_seen_again_stands_there_without_a_new_version(told, people):
    told.screen.hear(piece(None, seat("c"), ["seat-a"]))
    assert (people.version, people.items.keys()) == (4, {"seat-b", "seat-c"})


@pytest.mark.parametrize(("now", "fetched"), [(4, []), (5, ["/people/"]), (3, ["/people/"])])
async def test_a_list_of_another_version_than_the_servers_is_fetched_anew(told, people, now, fetched):
    told.ask()
    told.screen.hear({"type": "heads", "conversations": {}, "versions": {"room:r": now}})
    await asyncio.sleep(0.02)
    assert told.fetched == fetched
