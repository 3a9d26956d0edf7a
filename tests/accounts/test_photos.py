from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from accounts import photos

pytestmark = pytest.mark.alike

FIELDS = {"name": "Bob", "messages_from": "everyone", "theme": "auto"}


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(kind="JPEG", size=(900, 600), colour="red", exif=True):
    """The bytes of a picture that says where it was taken."""
    data = Image.Exif()
    if exif:
        data[0x010E] = "taken at home"
        data.get_ifd(0x8825).update({1: "N", 2: (51.0, 28.0, 38.0), 3: "W", 4: (0.0, 0.0, 5.0)})
    written = BytesIO()
    Image.new("RGB", size, colour).save(written, kind, exif=data)
    return written.getvalue()


def upload(browser, content, name="me.jpg", **more):
    file = SimpleUploadedFile(name, content, content_type="image/jpeg")
    return browser.post("/settings/", {**FIELDS, "photo": file, **more})


@pytest.fixture
def bobs(as_, bob):
    """bob with a photo: its address."""
    upload(as_(bob), picture())
    bob.refresh_from_db()
    return bob.photo_address


def test_a_photo_becomes_a_small_square_of_our_own(as_, bobs, cleo):
    answer = as_(cleo).get(bobs)
    image = Image.open(BytesIO(b"".join(answer.streaming_content)))
    assert (image.format, image.size) == ("WEBP", (512, 512))
    assert answer["Content-Type"] == "image/webp"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, max-age=31536000, immutable"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_i13_where_it_was_taken_is_gone(as_, bob, files, kind):
    before = picture(kind)
    assert Image.open(BytesIO(before)).getexif().get_ifd(0x8825)
    upload(as_(bob), before)
    (kept,) = files.rglob("*.webp")
    written = kept.read_bytes()
    assert b"taken at home" in before
    assert not any(trace in written for trace in (b"taken at home", b"Exif", b"EXIF", b"XMP"))
    assert not Image.open(BytesIO(written)).getexif()


def test_it_goes_with_its_person(bobs, bob, files, django_capture_on_commit_callbacks):
    assert list(files.rglob("*.webp"))
    with django_capture_on_commit_callbacks(execute=True):
        bob.delete()
    assert not list(files.rglob("*.webp"))


def test_it_stands_upright(as_, bob, files):
    lying = Image.new("RGB", (200, 200), "white")
    lying.paste("black", (0, 0, 200, 100))
    data, written = Image.Exif(), BytesIO()
    data[0x0112] = 6
    lying.save(written, "JPEG", exif=data)
    upload(as_(bob), written.getvalue())
    (kept,) = files.rglob("*.webp")
    image = Image.open(kept)
    assert image.getpixel((500, 256))[0] < 60
    assert image.getpixel((12, 256))[0] > 200


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "CMYK", "1", "I;16"])
def test_pictures_of_all_kinds(as_, bob, mode):
    written = BytesIO()
    Image.new(mode, (60, 40)).save(written, "JPEG" if mode == "CMYK" else "PNG")
    assert upload(as_(bob), written.getvalue()).status_code == 303


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff\xe0 not a picture",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>alert(1)</script></html>",
        b"\x00\x00\x00\x18ftypheic" + b"\0" * 100,
        b"%PDF-1.4",
        picture()[:400],
        picture("PNG")[:60],
    ],
)
def test_i14_what_is_no_picture_is_refused(as_, bob, files, content):
    answer = upload(as_(bob), content)
    assert answer.status_code == 422
    assert "photo" in answer.context["form"].errors
    assert not list(files.rglob("*"))


def test_i14_a_polyglot_loses_its_other_face(as_, bob, files):
    upload(as_(bob), picture() + b"<script>alert(1)</script>", name="me.html")
    (kept,) = files.rglob("*.*")
    assert kept.suffix == ".webp"
    assert b"script" not in kept.read_bytes()


def test_i14_more_pixels_than_allowed_are_never_unpacked(as_, bob, monkeypatch):
    monkeypatch.setattr(photos, "_drawn_anew", lambda image: pytest.fail("was unpacked"))
    monkeypatch.setattr(photos, "MOST_PIXELS", 1_000_000)
    answer = upload(as_(bob), picture(size=(1001, 1000)))
    assert "40 million" in str(answer.context["form"].errors["photo"])


def test_i14_a_bomb_is_refused(as_, bob):
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 6, 0, 0, 0)
    bomb = (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )
    assert upload(as_(bob), bomb).status_code == 422


def test_a_file_that_is_too_large_is_refused(as_, bob, monkeypatch):
    monkeypatch.setattr(photos, "LARGEST_FILE", 1000)
    assert "10 MB" in str(upload(as_(bob), picture()).context["form"].errors["photo"])


@pytest.mark.django_db(transaction=True)
def test_another_photo_has_another_address_and_the_old_file_goes(as_, bob, bobs, files):
    browser = as_(bob)
    upload(browser, picture(colour="blue"))
    bob.refresh_from_db()
    assert bob.photo_address != bobs
    assert len(list(files.rglob("*.webp"))) == 1
    assert browser.get(bobs).url == bob.photo_address


@pytest.mark.django_db(transaction=True)
def test_taking_it_away(as_, bob, bobs, files):
    browser = as_(bob)
    browser.post("/settings/", {**FIELDS, "no_photo": "on"})
    bob.refresh_from_db()
    assert not bob.photo
    assert browser.get(bobs).status_code == 404
    assert not list(files.rglob("*.webp"))


def test_saving_something_else_keeps_it(as_, bob, bobs):
    as_(bob).post("/settings/", {**FIELDS, "bio": "New"})
    bob.refresh_from_db()
    assert bob.photo_address == bobs


def test_strangers_see_no_photos(as_, bobs):
    assert as_().get(bobs).url.startswith("/accounts/login/")


def test_nor_do_the_blocked_nor_anybody_when_suspended(as_, bob, bobs, cleo, dan, operator):
    bob.block(cleo)
    assert as_(cleo).get(bobs).status_code == 404
    assert as_(dan).get(bobs).status_code == 200
    bob.suspend(operator, "Shouting")
    assert as_(dan).get(bobs).status_code == 404


def test_a_photo_whose_file_is_lost_is_not_there(as_, bob, bobs, files):
    for file in files.rglob("*.webp"):
        file.unlink()
    assert as_(bob).get(bobs).status_code == 404


def test_photos_are_only_looked_at(as_, bob, bobs):
    assert as_(bob).post(bobs).status_code == 405
