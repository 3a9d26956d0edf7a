"""The checker can fail: books with one defect each, and it names that one and no other."""

import copy
from dataclasses import replace

import pytest

from tests.delivery.books import Books, Kept, Seen, Span, Stands, Verdict
from tests.delivery.drawn import List, Row
from tests.delivery.outbox import Change, Sent
from tests.delivery.tab import Heard

BODIES = ["one", "two", "three", "four"]


def sent(client_id, order, seq, author="ada", body=None):
    return Sent(client_id, "c", author, body or client_id, order, tab=author, state="ok", seqs={seq}, tries=1)


@pytest.fixture
def books():
    """ada wrote a1 (edited as number 4) and a2, bob b1 (deleted as number 5); cleo came for number 3; dan went as 6.

    What dan had on his screen is gone; eve is a stranger. In ada's page three people are in the room, of whom bob fell
    silent just now, and cleo's, who is no longer there, is of before."""
    rows = [
        Row("a1", 1, 4, "ada", "better", False),
        Row("b1", 2, 5, "bob", "", True),
        Row("a2", 3, 3, "ada", "a2", False),
        Row("a3", 7, 7, "ada", "a3", False),
    ]
    messages = [sent("a1", 0, 1), sent("b1", 0, 2, "bob"), sent("a2", 1, 3), sent("a3", 2, 7)]
    messages[0].changes = [Change("better", "ok", 4)]
    messages[1].changes = [Change(None, "ok", 0)]
    messages.append(Sent("a4", "c", "ada", "a4", 3, tab="ada", state="refused", tries=1))
    messages.append(Sent("b2", "c", "bob", "b2", 1, tab="bob", tries=2))
    all_of_it = [(1, 1), (2, 2), (3, 3), (4, 1), (5, 2), (6, 0), (7, 7)]
    here = {"seat-a": "moderator", "seat-b": "listener", "seat-d": "listener"}
    books = Books(
        {"c": Kept(7, rows)},
        messages,
        [
            Seen("ada", "ada's tab", "c", 0, list(rows), heard(*all_of_it)),
            Seen("cleo", "cleo's tab", "c", 0, rows[2:], heard((3, 3), (4, 0), (5, 0), (7, 7))),
            Seen("dan", "dan's tab", "c", 0, None, heard((1, 1), (6, 0))),
            Seen("eve", "eve's tab"),
        ],
        {("ada", "c"): [Span()], ("cleo", "c"): [Span(3)], ("dan", "c"): [Span(0, 6)]},
        {"c": [6]},
    )
    books.lists["room:r"] = Stands(3, {key: here[key] for key in ("seat-a", "seat-d")}, here, {"ada"})
    books.seen[0].lists["room:r"] = List("/r/", 3, dict(here))
    books.seen[1].lists["room:r"] = List("/r/", 2, {})
    return books


def heard(*numbers):
    return [Heard(0.0, "c", number, seq) for number, seq in numbers]


def kept(books, row, n=None):
    rows = books.kept["c"].rows
    rows.append(row) if n is None else rows.__setitem__(n, row)


def unkept(books, n):
    row = books.kept["c"].rows.pop(n)
    for seen in books.seen:
        seen.rows = seen.rows and [one for one in seen.rows if one != row]


def everywhere(books, n, **changes):
    """A row that is another, in the database and on all screens."""
    old = books.kept["c"].rows[n]
    new = old._replace(**changes)
    kept(books, new, n)
    for seen in books.seen:
        seen.rows = seen.rows and [new if one == old else one for one in seen.rows]


def test_good_books_have_no_defect(books):
    verdict = Verdict(books)
    assert verdict.wrong() == {}
    expected = {"attempted": 6, "ok": 4, "refused": 1, "unknown": 1, "recovered": 0}
    assert expected.items() <= verdict.figures.items()


DEFECTS = {
    "an acknowledged message is not there": ("lost", lambda b: [unkept(b, 3), replace_head(b, 6)]),
    "it stands at another place than was acknowledged": ("lost", lambda b: set_seqs(b, 3, {8})),
    "an acknowledged edit is not there": ("lost", lambda b: everywhere(b, 0, body="a1")),
    "an acknowledged deletion is not there": ("lost", lambda b: everywhere(b, 1, deleted=False, body="b1")),
    "one id has two places in the answers": ("doubled", lambda b: set_seqs(b, 5, {7, 8})),
    "a row twice": ("doubled", lambda b: kept(b, b.kept["c"].rows[0])),
    "an element twice": ("doubled", lambda b: b.seen[0].rows.append(Row("a3", 0, 0, "ada", "a3", False))),
    "a message nobody wrote": ("phantom", lambda b: both(b, Row("x1", 7, 7, "ada", "x1", False))),
    "a text nobody wrote": ("phantom", lambda b: everywhere(b, 3, body="else")),
    "a deletion nobody asked for": ("phantom", lambda b: everywhere(b, 3, body="", deleted=True)),
    "a message of somebody else": ("phantom", lambda b: everywhere(b, 3, author="bob")),
    "a refused message is kept": ("phantom", lambda b: set_state(b, 3, "refused")),
    "a screen shows what is not kept": ("phantom", lambda b: b.seen[0].rows.append(Row("x2", 8, 8, "bob", "", False))),
    "a screen in another order": ("disordered", lambda b: b.seen[0].rows.reverse()),
    "one tab's messages in another order": ("disordered", lambda b: swap_orders(b, 0, 2)),
    "a frame after losing access": ("leaked", lambda b: b.seen[2].heard.extend(heard((7, 7)))),
    "even its number alone": ("leaked", lambda b: b.seen[2].heard.extend(heard((7, 0)))),
    "a frame to a stranger": ("leaked", lambda b: b.seen[3].heard.extend(heard((1, 1)))),
    "a message of before one came": ("leaked", lambda b: b.seen[1].heard.extend(heard((4, 1)))),
    "a message is missing on a screen": ("gaps", lambda b: b.seen[0].rows.pop(1)),
    "an edit is missing on a screen": ("gaps", lambda b: show(b, 0, 0, changed=1, body="a1")),
    "a tombstone is missing on a screen": ("gaps", lambda b: show(b, 0, 1, changed=2, body="b1", deleted=False)),
    "a screen shows more than its reader may read": ("gaps", lambda b: b.seen[1].rows.insert(0, b.seen[0].rows[1])),
    "an empty screen": ("gaps", lambda b: setattr(b.seen[0], "rows", None)),
    "what was taken from somebody still stands there": (
        "gaps",
        lambda b: setattr(b.seen[2], "rows", [b.seen[0].rows[0]]),
    ),
    "a list of before": ("gaps", lambda b: setattr(listed(b), "version", 2)),
    "somebody in the room is missing": ("gaps", lambda b: listed(b).items.pop("seat-d")),
    "somebody stands there who has left": ("gaps", lambda b: listed(b).items.update({"seat-e": "listener"})),
    "somebody has another role": ("gaps", lambda b: listed(b).items.update({"seat-d": "speaker"})),
    "a number without anything": ("holes", lambda b: replace_head(b, 8)),
    "a place above the counter": ("holes", lambda b: replace_head(b, 6)),
}


def replace_head(books, head):
    books.kept["c"] = books.kept["c"]._replace(head=head)


def set_seqs(books, n, seqs):
    books.sent[n].seqs = seqs


def set_state(books, n, state):
    books.sent[n].state = state


def both(books, row):
    """Instead of the last message, in the database and on all screens."""
    books.sent.pop(3)
    everywhere(books, 3, **row._asdict())


def swap_orders(books, one, other):
    books.sent[one].order, books.sent[other].order = books.sent[other].order, books.sent[one].order


def listed(books):
    return books.seen[0].lists["room:r"]


def show(books, tab, n, **changes):
    books.seen[tab].rows[n] = books.seen[tab].rows[n]._replace(**changes)


@pytest.mark.parametrize("defect", DEFECTS)
def test_each_defect_is_found_and_named(books, defect):
    kind, spoil = DEFECTS[defect]
    spoil(books)
    assert list(Verdict(books).wrong()) == [kind], Verdict(books).wrong()


def test_a_tab_that_was_logged_out_shows_what_it_shows_but_must_hear_nothing(books):
    gone = books.seen[0]
    gone.open, gone.rows = False, gone.rows[:1]
    assert Verdict(books).wrong() == {}
    books.spans["ada", "c"] = [Span(0, 6)]
    assert list(Verdict(books).wrong()) == ["leaked"]


def test_a_page_that_was_loaded_later_need_not_show_what_was_before(books):
    books.seen[0].rows = books.seen[0].rows[2:]
    assert list(Verdict(books).wrong()) == ["gaps"]
    books.seen[0].since = 3
    assert Verdict(books).wrong() == {}


def test_who_fell_silent_just_now_may_be_shown_or_not_and_a_long_list_only_in_part(books):
    listed(books).items.pop("seat-b")
    assert Verdict(books).wrong() == {}
    listed(books).items.pop("seat-d")
    listed(books).whole = False
    assert Verdict(books).wrong() == {}


def test_what_waits_on_a_screen_is_no_defect(books):
    books.seen[0].rows.append(Row("b2", 0, 0, "bob", "b2", False))
    assert Verdict(books).wrong() == {}


def test_an_unanswered_message_may_be_kept_or_not(books):
    other = copy.deepcopy(books)
    row = Row("b2", 8, 8, "bob", "b2", False)
    other.kept["c"] = Kept(8, [*other.kept["c"].rows, row])
    for seen in other.seen[:2]:
        seen.rows.append(row)
    assert Verdict(books).wrong() == Verdict(other).wrong() == {}


def test_a_sent_is_recovered_when_it_was_acknowledged_at_the_second_try(books):
    books.sent[0] = replace(books.sent[0], tries=2)
    assert Verdict(books).figures["recovered"] == 1
