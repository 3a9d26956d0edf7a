"""I20: the frames that may leave, and their keys."""

import json
import logging

import pytest

import live
from live import frames


def test_i20_a_key_that_is_not_on_the_list_is_an_error_under_tests():
    with pytest.raises(ValueError, match="body"):
        live.send("room:r", {"type": "message", "conversation": "c", "number": 1, "html": "", "body": "x"})


@pytest.mark.parametrize("frame", [{"type": "anything"}, {"html": ""}])
def test_i20_so_is_an_unknown_type(frame):
    with pytest.raises(ValueError, match="frame"):
        live.tell([], frame)


def test_i20_in_production_it_is_dropped_and_logged_without_its_content(monkeypatch, caplog):
    monkeypatch.setattr(frames, "strict", False)
    with caplog.at_level(logging.ERROR):
        assert frames.encode({"type": "message", "body": "secret"}) is None
    assert "body" in caplog.text
    assert "secret" not in caplog.text


def test_what_is_on_the_list_travels_as_it_is():
    frame = {"type": "message", "conversation": "c", "number": 1, "html": "<p>così</p>"}
    assert json.loads(frames.encode(frame)) == frame
    assert "così" in frames.encode(frame)


def test_what_browsers_may_say_is_heard():
    newest = {"c": [1, "00000000-0000-4000-8000-000000000001"]}
    hello = {"type": "hello", "tab": "t", "cursors": {"c": 1}, "versions": {"room:r": 2}, "newest": newest}
    assert frames.decode(json.dumps(hello)) == hello
