"""Who gets a file: whoever may read its message at that moment, and nobody a moment later."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from backchannel import jobs
from backchannel.media.kinds import PDF
from backchannel.media.names import plain_name
from backchannel.models import Attachment
from rooms.models import Room
from tests.backchannel.conftest import bring_on_stage
from tests.backchannel.files import address, bytes_of, film, picture, sent, taken

TEXT = b"%PDF-0123456789"


@pytest.fixture(autouse=True)
def disk(settings, tmp_path, monkeypatch):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(jobs, "soon", lambda *_: None)


@pytest.fixture
def letter(pair, as_, ada):
    return sent(as_(ada), ada, pair, TEXT, "Grüße.pdf")


def statuses(browser, *places, method="get", **headers):
    return {getattr(browser, method)(place, headers=headers).status_code for place in places}


def everything(browser, message):
    """What is answered to each way of asking for a picture."""
    places = address(message), address(message, "attachment_small")
    return (
        statuses(browser, *places)
        | statuses(browser, *places, method="head")
        | {200 if one == 206 else one for one in statuses(browser, *places, Range="bytes=0-3")}
    )


# What is sent ---------------------------------------------------------------------------------------------


def test_i14_a_file_is_sent_to_be_kept_and_nothing_runs_in_it(letter, as_, bob):
    answer = as_(bob).get(address(letter))
    assert bytes_of(answer) == TEXT
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"].endswith("sandbox")
    assert answer["Content-Security-Policy"].startswith("default-src 'none'")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Content-Length"] == str(len(TEXT))


@pytest.mark.parametrize(
    ("given", "header"),
    [
        ("plain.pdf", 'attachment; filename="plain.pdf"'),
        ('a"b;c.pdf', 'attachment; filename="a\\"b;c.pdf"'),
        ("日本.pdf", "attachment; filename*=utf-8''%E6%97%A5%E6%9C%AC.pdf"),
        ("a\r\nSet-Cookie: x=1.pdf", 'attachment; filename="a Set-Cookie: x=1.pdf"'),
        ("100%.pdf", 'attachment; filename="100%.pdf"'),
    ],
)
def test_unusual_names_travel_as_they_are(pair, as_, ada, given, header):
    message = sent(as_(ada), ada, pair, TEXT)
    message.attachments.update(name=plain_name(given, PDF.endings))
    assert as_(ada).get(address(message))["Content-Disposition"] == header


def test_a_picture_drawn_anew_is_shown_in_its_place(pair, as_, ada):
    message = sent(as_(ada), ada, pair, picture(), "a.png")
    for name in ("attachment", "attachment_small"):
        answer = as_(ada).get(address(message, name))
        assert (answer["Content-Type"], answer["Content-Disposition"]) == ("image/webp", 'inline; filename="a.webp"')
        assert "sandbox" in answer["Content-Security-Policy"]


def test_a_video_is_no_page(pair, as_, ada):
    message = sent(as_(ada), ada, pair, film(), "a.mp4")
    answer = as_(ada).get(address(message))
    assert (answer["Content-Type"], answer["Content-Disposition"]) == ("video/mp4", 'attachment; filename="a.mp4"')


@pytest.mark.parametrize(
    ("asked", "status", "part", "said"),
    [
        ("bytes=0-4", 206, TEXT[:5], "bytes 0-4/15"),
        ("bytes=5-", 206, TEXT[5:], "bytes 5-14/15"),
        ("bytes=-3", 206, TEXT[-3:], "bytes 12-14/15"),
        ("bytes=10-99", 206, TEXT[10:], "bytes 10-14/15"),
        ("bytes=0-", 200, TEXT, None),
        ("bytes=-99", 200, TEXT, None),
        ("bytes=15-", 416, b"", "bytes */15"),
        ("bytes=99-100", 416, b"", "bytes */15"),
        ("bytes=-0", 416, b"", "bytes */15"),
        ("bytes=5-2", 200, TEXT, None),
        ("bytes=0-1,3-4", 200, TEXT, None),
        ("bytes=-", 200, TEXT, None),
        ("bytes=x-", 200, TEXT, None),
        ("lines=0-1", 200, TEXT, None),
        ("bytes=" + "9" * 400 + "-", 200, TEXT, None),
        ("bytes=" + "9" * 18 + "-", 416, b"", "bytes */15"),
    ],
)
def test_a_part_of_it(letter, as_, bob, asked, status, part, said):
    browser = as_(bob)
    answer = browser.get(address(letter), headers={"Range": asked})
    assert (answer.status_code, bytes_of(answer), answer.get("Content-Range")) == (status, part, said)
    head = browser.head(address(letter), headers={"Range": asked})
    assert (head.status_code, head.content, head["Content-Length"]) == (status, b"", answer["Content-Length"])
    assert head["Accept-Ranges"] == "bytes"


def test_who_has_the_beginning_of_another_file_gets_the_whole(letter, as_, bob):
    browser = as_(bob)
    tag = browser.head(address(letter))["ETag"]
    for known, status in ((tag, 206), ('"other"', 200), ("Wed, 25 Nov 2026 10:00:00 GMT", 200)):
        answer = browser.get(address(letter), headers={"Range": "bytes=1-2", "If-Range": known})
        assert answer.status_code == status


def test_a_file_missing_on_the_disk_is_not_there(letter, as_, bob, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "elsewhere"
    assert as_(bob).get(address(letter)).status_code == 404


# To whom --------------------------------------------------------------------------------------------------


def test_outsiders_and_strangers_get_none(letter, as_, ada, bob, cleo, dan, mo):
    for who, status in ((ada, 200), (bob, 200), (cleo, 404), (dan, 404), (mo, 404), (None, 404)):
        assert statuses(as_(who), address(letter)) == {status}, who
        assert statuses(as_(who), address(letter), method="head") == {status}
        assert statuses(as_(who), address(letter), method="post") == {405}


def test_another_messages_address_leads_to_no_file_of_this_one(letter, pair, chat, as_, ada):
    other = pair.post(ada, uuid4(), "none here")
    file = letter.attachments.get().pk
    for conversation, message in ((pair, other), (chat, letter)):
        assert statuses(as_(ada), reverse("attachment", args=[conversation.pk, message.client_id, file])) == {404}


def test_a_file_without_a_message_is_served_to_nobody(pair, as_, ada):
    found = taken(as_(ada), pair, TEXT)
    message = pair.post(ada, uuid4(), "hello")
    assert statuses(as_(ada), reverse("attachment", args=[pair.pk, message.client_id, found.pk])) == {404}


@pytest.fixture
def shown(chat, line, as_, bob):
    """A picture in the chat and one in the speakers' line, both of bob's."""
    return {where: sent(as_(bob), bob, where, picture(), "a.png") for where in (chat, line)}


def test_i12_deleted_it_is_gone_at_once_and_back_with_its_message(shown, chat, as_, bob, cleo):
    browser = as_(cleo)
    assert everything(browser, shown[chat]) == {200}
    shown[chat].delete_by(bob)
    assert everything(browser, shown[chat]) == everything(as_(bob), shown[chat]) == {404}
    shown[chat].restore_by(bob)
    assert everything(browser, shown[chat]) == {200}


def test_i12_removed_one_gets_it_no_more(shown, chat, floor, as_, ada, cleo):
    browser = as_(cleo)
    assert everything(browser, shown[chat]) == {200}
    floor.seat_of(cleo).remove(ada)
    assert everything(browser, shown[chat]) == {404}


def test_i12_a_member_who_was_let_go_gets_it_no_more(letter, pair, as_, bob):
    browser = as_(bob)
    assert statuses(browser, address(letter)) == {200}
    pair.let_go(bob)
    assert statuses(browser, address(letter)) == {404}


def test_i12_moved_to_the_audience_one_gets_nothing_of_the_line(shown, line, chat, floor, as_, ada, bob):
    browser = as_(bob)
    assert everything(browser, shown[line]) == {200}
    floor.seat_of(bob).move_to_audience(ada)
    assert everything(browser, shown[line]) == {404}
    assert everything(browser, shown[chat]) == {200}


def test_a_listener_never_gets_what_stands_in_the_line(shown, line, as_, cleo):
    assert everything(as_(cleo), shown[line]) == {404}


def test_what_stood_there_before_one_came_on_stage_is_not_his(shown, line, floor, as_, cleo):
    bring_on_stage(floor, cleo)
    assert everything(as_(cleo), shown[line]) == {404}


def test_i12_a_room_that_was_closed_to_somebody_shows_him_none(as_, ada, cleo):
    room = Room.open(ada, title="Inside", kind="closed")
    room.welcome(cleo, by=ada)
    room.join(cleo)
    message = sent(as_(ada), ada, room.conversations.get(kind="room"), picture(), "a.png")
    browser = as_(cleo)
    assert everything(browser, message) == {200}
    ada.block(cleo)
    assert everything(browser, message) == {404}


def test_i12_logged_out_one_gets_none(shown, chat, as_, cleo):
    browser = as_(cleo)
    kept = Client()
    kept.cookies.load({name: cookie.value for name, cookie in browser.cookies.items()})
    assert everything(browser, shown[chat]) == everything(kept, shown[chat]) == {200}
    browser.post("/accounts/logout/")
    assert everything(browser, shown[chat]) == everything(kept, shown[chat]) == {404}


def test_suspended_one_gets_none(shown, chat, as_, cleo, mo):
    browser = as_(cleo)
    cleo.suspend(mo, "test")
    assert statuses(browser, address(shown[chat])) == {403}  # and is logged out by it
    assert everything(browser, shown[chat]) == {404}


def test_what_is_prepared_or_broken_is_not_served(shown, chat, as_, cleo):
    for state in ("arriving", "preparing", "broken", "gone"):
        Attachment.objects.update(state=state, touched_at=timezone.now())
        assert everything(as_(cleo), shown[chat]) == {404}
