"""What somebody without scripts sees when something is refused: why, what he wrote, and the way back."""

import pytest

from accounts import limits

HOUSE = "http://testserver"


@pytest.fixture
def used_up(monkeypatch, ada):
    """ada has opened as many rooms as she may for the moment."""
    monkeypatch.setitem(limits.LIMITS, "room", (1, limits.HOUR))
    limits.spend("room", ada)


def refused(browser, sent, **headers):
    answer = browser.post("/rooms/new/", sent, headers=headers)
    assert answer.status_code == 429
    return answer.content.decode()


TALK = {"title": "Tea & talk", "description": "<b>Come</b>", "kind": "open", "hands": "everyone"}


def test_what_was_written_can_be_sent_again(used_up, as_, ada, monkeypatch):
    page = refused(as_(ada), TALK)
    assert 'action="/rooms/new/"' in page
    assert "Tea &amp; talk</textarea>" in page and "&lt;b&gt;Come&lt;/b&gt;</textarea>" in page
    assert '<input type="hidden" name="kind" value="open">' in page
    monkeypatch.setitem(limits.LIMITS, "room", (9, limits.HOUR))
    assert as_(ada).post("/rooms/new/", TALK).status_code == 303


def test_a_password_is_not_said_again(used_up, as_, ada):
    page = refused(as_(ada), {**TALK, "password": "a secret word"})
    assert "a secret word" not in page and "Tea &amp; talk" not in page


@pytest.mark.parametrize(
    ("before", "back"),
    [
        (f"{HOUSE}/rooms/new/?from=here", "/"),  # where it was sent to: what was typed stands here already
        (f"{HOUSE}/@bob/", f"{HOUSE}/@bob/"),
        ("https://elsewhere.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://[", "/"),
        ("", "/"),
    ],
)
def test_the_way_back_leads_to_our_own_page_before(used_up, as_, ada, before, back):
    page = refused(as_(ada), TALK, referer=before)
    assert f'href="{back}">Go back</a>' in page
