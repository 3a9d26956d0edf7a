"""The benchmarks' own tools: what is wrong here would be a wrong figure."""

import json

import pytest

from bench import table
from bench.driver import frames
from bench.driver.http import whole
from bench.driver.tally import Tally, marked, numbers
from bench.figures import Row, Target, judged, median, percentile, spread
from bench.rows import GROUPS, NAMES


def served(payload, kind=frames.TEXT):
    """A frame as a server sends it: without a mask."""
    size = len(payload)
    if size < 126:
        return bytes((0x80 | kind, size)) + payload
    if size < 65536:
        return bytes((0x80 | kind, 126)) + size.to_bytes(2) + payload
    return bytes((0x80 | kind, 127)) + size.to_bytes(8) + payload


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_a_frame_is_read_whatever_its_length(size):
    data = served(b"x" * size) + served(b"next")
    assert frames.take(data) == ([(frames.TEXT, b"x" * size), (frames.TEXT, b"next")], b"")


@pytest.mark.parametrize("cut", [1, 3, 5, 129])
def test_half_a_frame_waits_for_the_rest(cut):
    data = served(b"whole") + served(b"y" * 200)
    found, rest = frames.take(data[:-cut])
    assert found == [(frames.TEXT, b"whole")]
    assert frames.take(rest + data[-cut:]) == ([(frames.TEXT, b"y" * 200)], b"")


@pytest.mark.parametrize("data", [b"\x01\x01x", b"\x81\x81\0\0\0\0x"])
def test_what_would_be_miscounted_is_an_error(data):
    with pytest.raises(ValueError, match="a frame that begins with"):
        frames.take(data)


@pytest.mark.parametrize("size", [0, 125, 126, 65535, 65536])
def test_what_a_browser_says_is_masked(size):
    payload = b"z" * size
    frame = frames.masked(payload)
    assert frame[1] & 0x80
    assert frame.endswith(b"\0\0\0\0" + payload)
    # Without mask and its bit it is what a server would send.
    bare = bytes((frame[0], frame[1] & 0x7F)) + frame[2 : len(frame) - size - 4] + payload
    assert frames.take(bare) == ([(frames.TEXT, payload)], b"")


def test_pieces_are_counted_not_frames():
    joined = f"[{marked(3, 'a')},{marked(4, 'b')}]".encode()
    assert numbers(joined) == [3, 4]
    assert numbers(b'{"type":"heads"}') == []


def test_a_message_is_there_when_everybody_has_it_once():
    tally, complete = Tally(), []
    tally.everybody_has = complete.append
    number = tally.send(listeners=2)
    one, other = set(), set()
    tally.hear(marked(number, "x").encode(), one)
    tally.hear(marked(number, "x").encode(), one)
    assert (complete, tally.lost(), tally.repeated) == ([], 1, 1)
    tally.hear(marked(number, "x").encode(), other)
    assert (complete, tally.lost(), tally.pieces) == ([number], 0, 2)


def test_a_refused_message_is_waited_for_by_nobody():
    tally = Tally()
    number = tally.send(listeners=2)
    tally.answer(number, ok=False)
    assert (tally.refused, tally.lost(), len(tally.acks)) == (1, 0, 0)


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi", None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n", None),
        (b"HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", 204),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n", None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n", 200),
    ],
)
def test_an_answer_counts_when_it_has_arrived(data, status):
    assert whole(data) == status


def test_medians_and_spread():
    assert median([9, 1, 2]) == 2
    assert spread([8, 10, 12]) == 0.4
    assert percentile(list(range(100)), 0.99) == 99
    with pytest.raises(ValueError, match="nothing was measured"):
        percentile([], 0.5)


def test_a_ratio_is_that_of_runs_made_together():
    """The machine was slow in the second pair: both were."""
    row = judged("room", [40, 10, 44], Target(times_at_least=20), [2, 0.5, 2])
    assert (row.ratio, row.met) == (20, True)


@pytest.mark.parametrize(
    ("target", "value", "ratio", "met"),
    [
        (Target(at_most=25, times_at_most=3), 20, 2, True),
        (Target(at_most=25, times_at_most=3), 26, 2, False),
        (Target(at_most=25, times_at_most=3), 20, 4, False),
        (Target(at_most=25, times_at_most=3), 20, None, None),
        (Target(at_most=25, times_at_most=3), 26, None, False),
        (Target(at_least=1160), 1159, None, False),
    ],
)
def test_a_target_is_met_missed_or_not_known(target, value, ratio, met):
    assert target.met(value, ratio) is met


def test_runs_in_which_something_was_lost_meet_nothing():
    assert judged("p99", [1], Target(at_most=25), ok=False).met is False


def test_a_missed_row_says_so_in_the_table():
    row = judged("p99", [50, 60], Target(at_most=25, unit="ms"), note="1 lost")
    assert "MISSED" in table.printed(row)
    assert "1 lost" in table.printed(row)
    assert "MISSED" in table.markdown([row])


def test_the_file_has_every_row_with_its_runs(tmp_path):
    rows = [judged("start", [1.5, 1.0, 2.0], Target(at_most=2, unit="s")), Row("pairs-2", note="not available: …")]
    table.write_json(rows, tmp_path / "rows.json")
    start, pairs = json.loads((tmp_path / "rows.json").read_text())["rows"]
    assert {"name", "value", "unit", "baseline", "ratio", "target", "met", "runs"} <= set(start)
    assert (start["value"], start["met"], start["runs"]) == (1.5, True, [1.5, 1.0, 2.0])
    assert (pairs["value"], pairs["met"]) == (None, None)


def test_each_row_has_a_name_of_its_own():
    assert len(NAMES) == len(set(NAMES))
    assert all(callable(group.measure) for group in GROUPS)
