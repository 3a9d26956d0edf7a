"""Files: taken in alone, by what they are; described, and taken back."""

import errno
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from backchannel.media import taking
from backchannel.media.sweeping import sweep
from backchannel.models import Attachment, Group
from tests.backchannel.conftest import HTMX
from tests.backchannel.files import film, on_disk, picture, sent, sound, taken, upload

pytestmark = pytest.mark.usefixtures("asked")


@pytest.mark.parametrize(
    ("content", "name", "kind", "state"),
    [
        (picture("JPEG"), "a.jpg", "image", "preparing"),
        (picture("PNG"), "a.png", "image", "preparing"),
        (picture("WEBP"), "a.webp", "image", "preparing"),
        (picture("AVIF"), "a.avif", "image", "preparing"),
        (picture("GIF"), "a.gif", "image", "preparing"),
        (film(), "a.mp4", "video", "preparing"),
        (film("webm", "libvpx"), "a.webm", "video", "preparing"),
        (sound("ogg"), "a.ogg", "sound", "preparing"),
        (b"%PDF-1.7", "a.pdf", "file", "ready"),
        (b"PK\x03\x04....", "a.docx", "file", "ready"),
        ("Grüße,\n1;2\n".encode(), "a.csv", "file", "ready"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_taken_is_told_by_its_content(pair, browser, asked, content, name, kind, state):
    answer = upload(browser, pair, content, name)
    found = Attachment.objects.get()
    assert (answer.status_code, answer.json()) == (
        201,
        {"id": found.pk, "kind": kind, "name": name, "size": len(content)},
    )
    assert (found.kind, found.state, found.message) == (kind, state, None)
    assert asked == ([found.pk] if state == "preparing" else [])


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"", "empty.txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.svg"),
        (b"<svg/>", "a.png"),
        (b"<!doctype html><script>alert(1)</script>", "a.html"),
        (b"<script>alert(1)</script>", "a.txt"),
        (b"\xef\xbb\xbf <html>", "a.csv"),
        (b"MZ\x90\x00", "a.exe"),
        (b"\x7fELF", "a.png"),
        (b"#!/bin/sh\nrm -rf /", "a.sh"),
        (b"just words", "words"),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a.heic"),
        (b"\x1a\x45\xdf\xa3\x93\x42\x82\x88matroska", "a.mkv"),
        (b"binary\x00\x01\x02", "a.txt"),
        (picture("BMP"), "a.bmp"),
        (picture("JPEG")[:40], "cut.jpg"),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 50, "no.png"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_in_the_list_is_refused_in_words_and_nothing_is_left(pair, browser, content, name):
    answer = upload(browser, pair, content, name)
    assert answer.status_code == 422
    assert b"data-toast" in answer.content
    assert (Attachment.objects.count(), on_disk()) == (0, [])


def test_a_picture_of_more_pixels_than_anybody_can_show_is_refused_by_its_head(pair, browser, monkeypatch):
    """A few bytes that unpack to gigabytes."""
    bomb = bytearray(picture("PNG", (1, 1)))
    bomb[16:24] = (50_000).to_bytes(4) + (50_000).to_bytes(4)
    monkeypatch.setattr(Image.Image, "load", lambda *_: pytest.fail("unpacked"))
    answer = upload(browser, pair, bytes(bomb), "a.png")
    assert answer.status_code == 422
    assert on_disk() == []


def test_more_than_fifty_megabytes_are_too_many(pair, browser, monkeypatch):
    monkeypatch.setattr(taking, "LARGEST", 20)
    assert upload(browser, pair, b"%PDF-" + b"x" * 15).status_code == 201
    assert upload(browser, pair, b"%PDF-" + b"x" * 16).status_code == 413
    assert len(on_disk()) == 1


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ada\\taxes.pdf", "taxes.pdf"),
        ("photo\u202egpj.pdf", "photogpj.pdf"),
        ("two\nlines\r.pdf", "two lines.pdf"),
        ("<img src=x onerror=alert(1)>.pdf", "<img src=x onerror=alert(1)>.pdf"),
        ("evil.html", "evil.html.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
        (".pdf", "pdf.pdf"),
        ("…", "….pdf"),
        ("\u200f\u2066", "File.pdf"),
        ("Übersicht 2026 👩‍🌾.PDF", "Übersicht 2026 👩‍🌾.PDF"),
        ("a\x00b.pdf", "ab.pdf"),
    ],
)
def test_a_name_is_one_line_of_what_it_looks_like(given, kept):
    from backchannel.media.kinds import PDF
    from backchannel.media.names import plain_name

    assert plain_name(given, PDF.endings).lower() == kept.lower()


def test_the_same_id_is_the_same_file_and_another_persons_is_his(pair, browser, as_, bob):
    client_id = uuid4()
    first, again = (upload(browser, pair, client_id=client_id).json() for _ in range(2))
    assert first == again
    assert upload(as_(bob), pair, client_id=client_id).json()["id"] != first["id"]
    assert len(on_disk()) == 2


@pytest.mark.parametrize("client_id", ["", "x", "1"])
def test_an_id_that_is_none_is_refused(pair, browser, client_id):
    file = SimpleUploadedFile("a.pdf", b"%PDF-")
    answer = browser.post(reverse("files", args=[pair.pk]), {"client_id": client_id, "file": file}, **HTMX)
    assert answer.status_code == 422


def test_a_request_without_a_file_is_refused(pair, browser):
    assert browser.post(reverse("files", args=[pair.pk]), {"client_id": uuid4()}, **HTMX).status_code == 422


def test_who_may_not_write_there_sends_no_file_there(pair, line, as_, ada, dan, cleo):
    assert upload(as_(dan), pair).status_code == 404
    assert upload(as_(cleo), line).status_code == 404
    assert upload(as_(None), pair).status_code == 302
    pair.other_than(ada).block(ada)
    assert upload(as_(ada), pair).status_code == 422
    assert on_disk() == []


def test_only_so_much_fits_for_one_person(pair, browser, as_, bob, settings):
    settings.FILE_QUOTA = 1
    half = b"%PDF-" + b"x" * 600_000
    assert upload(browser, pair, half).status_code == 201
    answer = upload(browser, pair, half)
    assert (answer.status_code, "1.0" in answer.content.decode()) == (422, True)
    assert upload(as_(bob), pair, half).status_code == 201
    Attachment.objects.filter(person__username="ada").let_go()
    assert upload(browser, pair, half).status_code == 201


def test_f13_a_full_disk_refuses_the_file_alone(pair, browser, write, ada, monkeypatch):
    def full(*_args):
        raise OSError(errno.ENOSPC, "No space left on device")

    client_id = uuid4()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(
            type(default_storage._wrapped) if hasattr(default_storage, "_wrapped") else default_storage, "_save", full
        )
        answer = upload(browser, pair, client_id=client_id)
        assert answer.status_code == 507
        assert "Your text is safe" in answer.content.decode()
        assert write(ada, pair, "words go").status_code == 204
        assert (Attachment.objects.count(), on_disk()) == (0, [])
    assert upload(browser, pair, client_id=client_id).status_code == 201
    assert (Attachment.objects.count(), len(on_disk())) == (1, 1)


def test_what_came_half_way_is_done_anew_with_the_same_id(pair, browser, ada):
    client_id = uuid4()
    default_storage.save("attachments/aa/half", SimpleUploadedFile("x", b"%PD"))
    Attachment.objects.create(person=ada, client_id=client_id, kind="file", size=3, file="attachments/aa/half")
    assert upload(browser, pair, client_id=client_id).status_code == 201
    assert (Attachment.objects.get().state, on_disk()) == ("ready", ["attachments/aa/half"])


def test_who_may_not_write_there_any_more_describes_nothing(pair, browser, as_, ada, bob):
    bob.follow(ada)
    group = Group.start(ada, [bob], "Garden")
    places = []
    for one in (pair, group.conversation):
        found = taken(as_(bob), one, picture())
        one.post(bob, uuid4(), "here", files=[found.pk])
        places.append(reverse("file", args=[found.pk]))
    assert [as_(bob).post(place, {"alt": "a rose"}, **HTMX).status_code for place in places] == [204, 204]
    ada.block(bob)
    group.remove(ada, bob)
    assert [as_(bob).post(place, {"alt": "shouting"}, **HTMX).status_code for place in places] == [422, 404]
    assert set(Attachment.objects.values_list("alt", flat=True)) == {"a rose"}


def test_its_person_describes_a_file_before_and_after(pair, browser, as_, ada, bob):
    message = sent(browser, ada, pair, picture(), "a.png")
    place = reverse("file", args=[message.attachments.get().pk])
    assert as_(bob).post(place, {"alt": "mine"}, **HTMX).status_code == 404
    assert browser.post(place, {"alt": "A red field"}, **HTMX).status_code == 204
    assert 'alt="A red field"' in pair.messages.get().html
    assert browser.post(place, {"alt": "x" * 501}, **HTMX).status_code == 422
    assert browser.get(place).status_code == 405


def test_a_file_that_was_not_posted_can_be_taken_back_by_its_person(pair, browser, as_, ada, bob):
    found = taken(browser, pair)
    place = reverse("file_removal", args=[found.pk])
    assert as_(bob).post(place, **HTMX).status_code == 404
    assert browser.post(place, **HTMX).status_code == 204
    sweep(timezone.now())
    assert (Attachment.objects.count(), on_disk()) == (0, [])
    posted = sent(browser, ada, pair).attachments.get()
    assert browser.post(reverse("file_removal", args=[posted.pk]), **HTMX).status_code == 404
