"""Files that a job prepares: drawn anew, packed anew, with nothing of where they were made."""

from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from PIL import Image

from backchannel.media import preparing
from backchannel.media.preparing import prepare
from backchannel.models import Attachment
from backchannel.models.attachment import PATIENCE, TRIES
from tests.backchannel.files import address, film, on_disk, picture, sent, sound, taken, upload

pytestmark = [pytest.mark.usefixtures("asked"), pytest.mark.alike]


def made_of(attachment):
    """What is kept of a picture, opened."""
    with default_storage.open(attachment.file) as file:
        return Image.open(BytesIO(file.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_i13_nothing_is_kept_of_where_a_picture_was_taken(pair, browser, kind):
    before = picture(kind)
    assert b"taken at home" in before
    found = taken(browser, pair, before, f"a.{kind.lower()}")
    for place in (found.file, found.small):
        with default_storage.open(place) as file:
            content = file.read()
        assert b"taken at home" not in content and b"EXIF" not in content and b"Exif" not in content
    assert (found.state, found.mime, found.name) == ("ready", "image/webp", "a.webp")
    assert len(on_disk()) == 2  # what came is gone
    assert found.size == sum(default_storage.size(place) for place in on_disk())


def test_a_lying_picture_stands_upright(pair, browser):
    lying = picture("JPEG", (60, 40), orientation=6)
    answer = upload(browser, pair, lying, "a.jpg")
    found = Attachment.objects.get(pk=answer.json()["id"])
    assert (found.width, found.height) == (40, 60)
    prepare(found.pk)
    found.refresh_from_db()
    assert (found.width, found.height, made_of(found).size) == (40, 60, (40, 60))


def test_large_pictures_become_smaller_and_their_place_is_kept_from_the_beginning(pair, browser, ada):
    found = taken(browser, pair, picture("JPEG", (4000, 1000)), "a.jpg", ready=False)
    message = pair.post(ada, uuid4(), "wide", files=[found.pk])
    assert 'width="320" height="80"' in message.html and "Being prepared" in message.html
    prepare(found.pk)
    message.refresh_from_db()
    found.refresh_from_db()
    assert made_of(found).size == (2560, 640)
    assert 'width="320" height="80"' in message.html and "Being prepared" not in message.html
    assert f'src="{address(message)}small/"' in message.html
    assert message.changed > message.seq and message.edited_at is None


def test_what_moves_still_does(pair, browser):
    found = taken(browser, pair, picture("GIF", frames=4), "a.gif")
    assert made_of(found).n_frames == 4


def test_a_picture_that_only_begins_like_one_is_shown_to_nobody(pair, browser, ada):
    whole = picture("JPEG", (900, 900))
    found = taken(browser, pair, whole[: len(whole) // 2], "cut.jpg")
    message = pair.post(ada, uuid4(), "look", files=[found.pk])
    assert (found.state, "cannot be shown" in message.html) == ("broken", True)
    assert browser.get(address(message)).status_code == 404


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (sound(), "v.webm", "audio/webm"),
        (sound("ogg"), "v.ogg", ""),
        (sound("mp4", "aac"), "v.m4a", "audio/mp4"),
        (sound("wav", "pcm_s16le"), "v.wav", ""),
        (sound(), "v.webm", "video/webm"),  # whatever the browser calls it
    ],
    ids=["webm", "ogg", "mp4", "wav", "misnamed"],
)
def test_sound_gets_its_shape_and_length(pair, browser, ada, content, name, kind):
    message = sent(browser, ada, pair, content, name, kind=kind)
    found = message.attachments.get()
    assert (found.kind, found.state, round(found.seconds)) == ("sound", "ready", 2)
    assert len(found.waveform.split()) > 20 and found.waveform.split().count("99") >= 1
    assert found.mime.startswith("audio/")
    assert 'data-play="' in message.html and "0:0" in message.html


@pytest.mark.parametrize(
    ("content", "name"), [(film(), "a.mp4"), (film("webm", "libvpx"), "a.webm")], ids=["mp4", "webm"]
)
def test_a_video_gets_a_poster_and_loses_where_it_was_taken(pair, browser, ada, content, name):
    message = sent(browser, ada, pair, content, name)
    found = message.attachments.get()
    assert (found.kind, found.width, found.height) == ("video", 160, 120)
    assert f'poster="{address(message)}small/"' in message.html
    with default_storage.open(found.file) as file:
        kept = file.read()
    assert any(sign in content and sign not in kept for sign in (b"51.4770", b"loci"))


def test_what_cannot_be_opened_as_a_video_is_a_file_to_be_kept(pair, browser, ada):
    message = sent(browser, ada, pair, b"\x00\x00\x00\x18ftypisom" + b"\x00" * 200, "a.mp4")
    found = message.attachments.get()
    assert (found.kind, found.state, "download" in message.html) == ("file", "ready", True)
    answer = browser.get(address(message))
    assert (answer["Content-Type"], answer["Content-Disposition"].split(";")[0]) == (
        "application/octet-stream",
        "attachment",
    )


def test_the_program_that_opens_files_ends_when_it_has_had_enough(pair, browser, monkeypatch):
    monkeypatch.setattr(preparing, "PATIENCE", 0.001)
    assert taken(browser, pair, picture()).state == "broken"


def test_preparing_twice_is_preparing_once(pair, browser, ada):
    message = sent(browser, ada, pair, picture(), "a.png")
    before = pair.messages.get().changed, on_disk()
    prepare(message.attachments.get().pk)
    assert (pair.messages.get().changed, on_disk()) == before


def test_what_was_lost_is_asked_for_again_and_not_for_ever(pair, browser, asked):
    found = taken(browser, pair, picture(), ready=False)
    asked.clear()
    Attachment.objects.try_again(timezone.now())
    assert asked == []
    for number in range(TRIES - 1):
        Attachment.objects.try_again(timezone.now() + (number + 1) * (PATIENCE + timedelta(seconds=1)))
    assert asked == [found.pk] * (TRIES - 1)
    Attachment.objects.try_again(timezone.now() + timedelta(hours=1))
    assert Attachment.objects.get().state == "broken"
