"""Files: taken in alone, posted with a message, prepared by a job."""

import errno
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from backchannel import batches, jobs
from backchannel.media import preparing, taking
from backchannel.media.preparing import prepare
from backchannel.media.sweeping import sweep
from backchannel.models import Attachment, Conversation, Message
from backchannel.models.attachment import PATIENCE, TRIES, UNWANTED
from backchannel.models.remains import erase_what_is_due
from backchannel.writing import Draft
from tests.backchannel.conftest import HTMX, said
from tests.backchannel.files import address, bytes_of, film, on_disk, picture, sent, sound, taken, upload


@pytest.fixture(autouse=True)
def asked(settings, tmp_path, monkeypatch):
    """A disk of our own; which files are to be prepared stands in the list."""
    pks = []
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setattr(jobs, "soon", lambda job, ids: pks.extend(ids))
    return pks


@pytest.fixture
def browser(as_, ada):
    return as_(ada)


def made_of(attachment):
    """What is kept of a picture, opened."""
    with default_storage.open(attachment.file) as file:
        return Image.open(BytesIO(file.read()))


# Taken in -------------------------------------------------------------------------------------------------


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


# Posted ---------------------------------------------------------------------------------------------------


def test_a_message_goes_with_its_files_in_their_order(pair, browser, write, ada):
    ids = [taken(browser, pair, b"%PDF-", f"{n}.pdf").pk for n in range(3)][::-1]
    assert write(ada, pair, "three", files=ids).status_code == 204
    message = pair.messages.get()
    assert list(message.attachments.order_by("place").values_list("pk", flat=True)) == ids
    names = [message.html.index(f"{n}.pdf") for n in (2, 1, 0)]
    assert names == sorted(names)


def test_a_message_may_be_files_alone_and_not_nothing(pair, browser, write, ada):
    assert write(ada, pair, " ", files=[]).status_code == 422
    assert write(ada, pair, " ", files=[taken(browser, pair).pk]).status_code == 204
    message = pair.messages.get()
    assert (message.body, message.first_words) == ("", "a.pdf")


@pytest.mark.parametrize("how", ["of somebody else", "posted already", "taken back", "unknown", "half", "eleven"])
def test_a_file_that_is_not_ones_own_to_send_refuses_the_message(pair, browser, write, ada, bob, as_, how):
    found = taken(as_(bob) if how == "of somebody else" else browser, pair)
    if how == "posted already":
        said_with = pair.post(ada, uuid4(), "first", files=[found.pk])
        assert said_with.attachments.count() == 1
    elif how == "taken back":
        browser.post(reverse("file_removal", args=[found.pk]), **HTMX)
    elif how == "half":
        Attachment.objects.update(state="arriving")
    ids = [found.pk] if how != "unknown" else ["0" * 22]
    ids = ids if how != "eleven" else [taken(browser, pair, b"%PDF-").pk for _ in range(11)]
    before = pair.messages.count()
    assert write(ada, pair, "kept words", files=ids).status_code == 422
    assert pair.messages.count() == before
    assert Attachment.objects.filter(message__body="kept words").count() == 0


def test_one_file_does_not_go_with_two_messages_of_one_batch(pair, browser, ada):
    found = taken(browser, pair)
    drafts = [Draft(pair.pk, ada.pk, uuid4(), "me", files=[found.pk, found.pk]) for _ in range(2)]
    batches.write(drafts)
    assert [isinstance(draft.outcome, Message) for draft in drafts] == [True, False]


def test_sent_once_more_it_is_the_same_message(pair, browser, write, ada):
    found, client_id = taken(browser, pair), uuid4()
    for _ in range(2):
        assert write(ada, pair, "once", files=[found.pk], client_id=client_id).status_code == 204
    assert (pair.messages.count(), Attachment.objects.get().message.body) == (1, "once")


def test_messages_cost_the_same_with_files_and_without_but_for_two_queries(chat, as_, ada, asked):
    browser = as_(ada)

    def cost(count, *bodies):
        files = [[taken(browser, chat, b"%PDF-").pk for _ in range(count)] for _ in bodies]
        with CaptureQueriesContext(connection) as seen:
            batches.write(
                [Draft(chat.pk, ada.pk, uuid4(), body, files=f) for body, f in zip(bodies, files, strict=True)]
            )
        return len(seen)

    plain = cost(0, "one", "two")
    with_files = cost(1, "one")
    assert with_files <= plain + 4  # to find them, and to note where they went, in a savepoint
    assert cost(3, *map(str, range(8))) == with_files


def test_without_scripts_files_come_with_the_form(pair, browser, write, ada):
    files = [SimpleUploadedFile(name, b"%PDF-") for name in ("a.pdf", "b.pdf")]
    answer = write(ada, pair, "", plain=True, upload=files)
    assert (answer.status_code, answer["Location"]) == (303, pair.get_absolute_url())
    assert [one.name for one in pair.messages.get().attachments.order_by("place")] == ["a.pdf", "b.pdf"]


def test_what_a_plain_form_may_not_send_leaves_text_and_files_in_it(pair, browser, write, ada):
    good, bad = SimpleUploadedFile("good.pdf", b"%PDF-"), SimpleUploadedFile("<b>.exe", b"MZ")
    answer = write(ada, pair, "my words", plain=True, upload=[good, bad])
    page = answer.content.decode()
    kept = Attachment.objects.get()
    assert answer.status_code == 422
    assert "my words" in page and "&lt;b&gt;.exe: Files of this kind" in page and "<b>.exe" not in page
    assert f'name="files" value="{kept.pk}"' in page
    assert write(ada, pair, "my words", plain=True, files=[kept.pk]).status_code == 303
    assert pair.messages.get().attachments.get() == kept


def test_a_form_sent_again_after_back_with_another_file_is_another_message(pair, write, ada):
    client_id = uuid4()
    for name in ("a.pdf", "b.pdf"):
        write(ada, pair, "", plain=True, client_id=client_id, upload=[SimpleUploadedFile(name, b"%PDF-")])
    assert pair.messages.count() == 2


def test_i11_a_files_name_and_description_are_drawn_as_text(pair, browser, write, ada):
    evil = '"><script>alert(1);'
    ids = [taken(browser, pair, b"%PDF-", f"{evil}.pdf").pk, taken(browser, pair, picture(), alt=evil).pk]
    write(ada, pair, "", files=ids)
    html = pair.messages.get().html
    assert "<script" not in html and html.count("&lt;script&gt;") == 2


# Prepared -------------------------------------------------------------------------------------------------


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


# Described, and taken back --------------------------------------------------------------------------------


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


# Swept ----------------------------------------------------------------------------------------------------


def test_what_nobody_posted_goes_after_a_day(pair, browser, ada):
    taken(browser, pair)
    kept = sent(browser, ada, pair, picture(), "a.png").attachments.get()
    sweep(timezone.now() + UNWANTED - timedelta(minutes=1))
    assert Attachment.objects.count() == 2
    sweep(timezone.now() + UNWANTED + timedelta(minutes=1))
    assert Attachment.objects.get() == kept
    assert on_disk() == sorted([kept.file, kept.small])


def test_a_deleted_messages_files_come_back_with_it_and_go_with_it(pair, browser, ada, time_machine):
    message = sent(browser, ada, pair, picture(), "a.png")
    message.delete_by(ada)
    sweep(timezone.now())
    assert len(on_disk()) == 2
    message.restore_by(ada)
    assert browser.get(address(message)).status_code == 200
    assert "data-view" in pair.messages.get().html
    message.delete_by(ada)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    erase_what_is_due()
    sweep(timezone.now())
    assert (Attachment.objects.count(), on_disk()) == (0, [])


def test_what_a_moderator_deletes_is_gone_at_once(chat, as_, ada, bob):
    message = sent(as_(bob), bob, chat)
    message.delete_by(ada)
    sweep(timezone.now())
    assert on_disk() == []


def test_files_go_with_their_room_and_their_person(chat, pair, as_, ada, bob, floor):
    sent(as_(bob), bob, chat)
    sent(as_(ada), ada, pair)
    floor.delete()
    bob.delete()
    sweep(timezone.now() + UNWANTED + timedelta(minutes=1))
    assert Attachment.objects.count() == len(on_disk()) == 1


def test_a_forwarded_file_outlives_the_message_it_came_from(pair, chat, browser, ada):
    message = sent(browser, ada, pair, picture(), "a.png")
    client_id = uuid4()
    for _ in range(2):
        copy = message.forward(ada, chat, client_id)
    assert Attachment.objects.count() == 2 and len(on_disk()) == 2
    message.delete_by_staff(ada, "test")
    sweep(timezone.now())
    assert bytes_of(browser.get(address(copy))).startswith(b"RIFF")
    copy.delete_by_staff(ada, "test")
    sweep(timezone.now())
    assert (Attachment.objects.count(), on_disk()) == (0, [])


def test_a_reply_quotes_a_file_by_what_it_is(pair, browser, ada, bob):
    message = sent(browser, ada, pair, picture(), "a.png", body="")
    reply = pair.post(bob, uuid4(), "nice", reply_to=message.client_id)
    assert "Picture" in reply.html


def test_the_inbox_says_file_where_there_are_no_words(pair, browser, ada):
    sent(browser, ada, pair, body="")
    page = browser.get(reverse("inbox")).content.decode()
    assert "Message deleted" not in page and "File" in page
    pair.messages.get().delete_by(ada)
    assert "Message deleted" in browser.get(reverse("inbox")).content.decode()


def test_what_is_written_to_nobody_else_stays_as_it_was(pair, ada):
    assert "files" not in said(pair, ada).html
    assert Conversation.objects.get(pk=pair.pk).messages.count() == 1
