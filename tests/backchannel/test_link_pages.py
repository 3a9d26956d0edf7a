"""What is read from a page and drawn from a picture: little, clean, and in bounded time, whatever they are."""

import time
from io import BytesIO

import pytest
from PIL import Image, PngImagePlugin

from backchannel.links import page, picture
from tests.backchannel import hostile

K = 512 * 1024  # bytes: no page is longer here

# Pages ----------------------------------------------------------------------------------------------------


def read(head, kind="text/html; charset=utf-8"):
    return page.read(head.encode(errors="replace") if isinstance(head, str) else head, kind)


def test_what_a_page_says_of_itself():
    found = read("""
        <html><head><title>Plain</title>
        <meta property="og:title" content="Roses &amp; beans">
        <meta property='og:description' content='How to water them'>
        <meta property=og:site_name content=Garden>
        <meta property="og:image" content="/rose.png">
        <meta property="og:title" content="A second one">
    """)
    assert found == page.Page("Roses & beans", "How to water them", "Garden", "/rose.png")


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("<title>Plain</title>", "Plain"),
        ("<title>\n  Several\n\t lines </title>", "Several lines"),
        ('<meta name="twitter:title" content="Short"><title>Plain</title>', "Short"),
        ('<meta property="og:title" content=""><title>Plain</title>', "Plain"),
        ('<meta property="og:title" content=" \u200b "><title>Plain</title>', "Plain"),
        ('<meta property="OG:Title" content="Loud">', "Loud"),
        ("<svg><title>Not this</title></svg>", ""),
        ("<p>nothing", ""),
        ("", ""),
        ('<body><div><meta property="og:title" content="In the body">', "In the body"),
        ("<title>" + "x" * 300 + "</title>", "x" * 199 + "…"),
        ("<title>a\u202eb\u2066c\u200bd\x07e\x00f\u200dg</title>", "abcde\ufffdf\u200dg"),
    ],
)
def test_its_title(head, title):
    assert read(head).title == title


def test_a_tower_of_accents_is_not_so_high():
    assert len(read("<title>o" + "\u0301\u0316" * 60 + "</title>").title) <= 6


def test_what_comes_after_a_long_script_is_found_as_well():
    late = (
        f"<script>{'x' * 100_000}</script><meta property='og:title' content='Late'><meta name=description content=too>"
    )
    assert read(f"<title>Early</title>{late}") == page.Page("Late", "too", "", "")


def test_a_description_alone_is_the_old_one():
    assert read('<title>x</title><meta name="description" content="Old">').description == "Old"


@pytest.mark.parametrize(
    ("text", "encoding", "kind", "head"),
    [
        ("Größe", "utf-8", "text/html", ""),
        ("Größe", "latin-1", "text/html; charset=ISO-8859-1", ""),
        ("Größe", "windows-1252", "text/html", '<meta charset="windows-1252">'),
        ("バラ", "shift_jis", "text/html; charset=Shift_JIS", ""),
        ("バラ", "euc-jp", "text/html", '<meta http-equiv=Content-Type content="text/html; charset=euc-jp">'),
        ("玫瑰", "gb18030", "text/html; charset=gb18030", ""),
    ],
)
def test_in_whatever_letters(text, encoding, kind, head):
    assert read(f"{head}<title>{text}</title>".encode(encoding), kind).title == text


@pytest.mark.parametrize(
    "charset", ["unicode_escape", "punycode", "idna", "zip", "utf-7", "undefined", "iso-8859-99", "rot13", "x" * 99]
)
def test_odd_letters_are_taken_for_common_ones(charset):
    assert read(b"<title>\\x41 rose</title>", f"text/html; charset={charset}").title == "\\x41 rose"


@pytest.mark.parametrize("payload", hostile.ALL)
def test_i11_harm_is_only_text(payload):
    quoted = payload.replace("&", "&amp;").replace('"', "&quot;")
    found = read(f'<meta property="og:title" content="{quoted}"><title>{quoted}</title>')
    assert "\n" not in found.title and "\0" not in found.title and "\u202e" not in found.title
    read(payload)  # as it is


HEAVY = {
    "nested": "<b>" * 50_000 + "<title>x</title>",
    "nested blocks": "<div>" * 200_000,
    "nested links": "<a><b>" * 90_000,
    "crossed": "<i>" * 50 + "<div><a></i>" * 60_000,
    "less than": "<" * 5_000_000,
    "comments": "<!--" * 200_000,
    "one attribute after the other": "<div " + " ".join(f"a{n}=1" for n in range(70_000)) + ">",
    "attributes": "<div " + " ".join(f"a{n}=1" for n in range(45_000)) + ">",
    "attributes of a meta": "<meta " + " ".join(f"{n:x}" for n in range(90_000)) + ">",
    "attributes in quotes": "<div " + " ".join(f"a{n}='>'" for n in range(45_000)) + ">",
    "late metas": " " * 70_000 + ("<meta " + " ".join(f"{n:x}" for n in range(200)) + ">") * 500,
    "a title that never ends": "<title>" + "&amp;<" * 200_000,
    "accents": "<title>" + "o" + "\u0301" * 200_000,
    "metas": '<meta property="og:title" content="x">' * 20_000,
    "tables": "<table><tr><td>" * 60_000,
    "templates": "<template>" * 60_000,
    "entities": '<meta property="og:title" content="' + "&NotEqualTilde;" * 40_000 + '">',
    "nothing": "\0" * K,
}


@pytest.mark.parametrize("what", HEAVY)
def test_i10_a_heavy_page_takes_less_than_a_second(what):
    source = HEAVY[what].encode()[:K]
    before = time.thread_time()
    found = page.read(source, "text/html")
    assert time.thread_time() - before < 1
    assert len(found.title) <= page.TITLE


# Pictures -------------------------------------------------------------------------------------------------


def image(size=(800, 600), kind="PNG", mode="RGB", **how):
    written = BytesIO()
    Image.new(mode, size, how.pop("colour", "teal") if mode not in ("P", "L", "1") else 3).save(written, kind, **how)
    return written.getvalue()


def opened(data):
    return Image.open(BytesIO(data))


def gps():
    exif = Image.Exif()
    exif[0x010E] = "where I live"
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 26.0, 11.0), 3: "E", 4: (12.0, 20.0, 4.0)})
    return exif


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_becomes_a_small_one(kind):
    small = opened(picture.small(image(kind=kind)))
    assert (small.format, small.size) == ("WEBP", picture.BOX)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_i13_where_it_was_taken_is_not_in_it(kind):
    taken = image(kind=kind, exif=gps())
    assert opened(taken).getexif().get_ifd(0x8825) and b"where I live" in taken
    small = picture.small(taken)
    assert not opened(small).getexif() and b"where I live" not in small and b"EXIF" not in small


def test_nothing_else_that_came_with_it_is_kept():
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Comment", "where I live")
    notes.add_itxt("XML:com.adobe.xmp", "<x>where I live</x>")
    taken = image(pnginfo=notes, icc_profile=b"where I live")
    assert b"where I live" in taken
    small = picture.small(taken)
    assert not {"exif", "xmp", "icc_profile"} & set(opened(small).info) and b"where" not in small


def test_it_stands_upright():
    exif = Image.Exif()
    exif[0x0112] = 6
    half = Image.new("RGB", (600, 400), "black")
    half.paste("white", (0, 0, 300, 400))
    written = BytesIO()
    half.save(written, "JPEG", exif=exif)
    small = opened(picture.small(written.getvalue())).convert("L")
    assert small.getpixel((180, 20)) > 200 and small.getpixel((180, 220)) < 50


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA", "P", "1"])
def test_of_whatever_colours(mode):
    assert (
        opened(
            picture.small(image(mode=mode, colour="#12345600" if mode == "RGBA" else 3 if mode != "LA" else (3, 0)))
        ).mode
        == "RGB"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x89PNG\r\n\x1a\n",
        image()[:200],
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"<html><script>alert(1)</script>",
        b"GIF89a/*<script>alert(1)</script>*/",
        image(kind="BMP"),
        image(kind="TIFF"),
        image(size=(1, 1)),
        image(size=(2000, 8)),
        b"%PDF-1.4",
        b"\0" * 4096,
    ],
    ids=range(12),
)
def test_what_is_no_picture_is_none(data):
    assert picture.small(data) is None


def test_i14_a_picture_of_too_many_pixels_is_not_unpacked():
    import tracemalloc

    huge = image((8000, 6000), mode="1")
    assert len(huge) < 100_000
    tracemalloc.start()
    assert picture.small(huge) is None
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 5_000_000
