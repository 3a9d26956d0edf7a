"""What a file is, told by its content. What is not in this list is not taken."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import NamedTuple

HEAD = 64 * 1024  # bytes that are looked at


class Kind(NamedTuple):
    """`name` is how it is drawn: "image", "video", "sound" or "file". The first of the endings is given to a file whose
    name has another one. `mime` is what the prepared file is served as."""

    name: str
    mime: str
    endings: tuple[str, ...]


BYTES = "application/octet-stream"  # what is only ever downloaded

JPEG = Kind("image", "image/jpeg", (".jpg", ".jpeg"))
PNG = Kind("image", "image/png", (".png",))
GIF = Kind("image", "image/gif", (".gif",))
WEBP = Kind("image", "image/webp", (".webp",))
AVIF = Kind("image", "image/avif", (".avif",))
MP4 = Kind("video", "video/mp4", (".mp4", ".m4v", ".mov"))
WEBM = Kind("video", "video/webm", (".webm",))
M4A = Kind("sound", "audio/mp4", (".m4a", ".mp4"))
WEBA = Kind("sound", "audio/webm", (".webm", ".weba"))
OGG = Kind("sound", "audio/ogg", (".ogg", ".opus", ".oga"))
MP3 = Kind("sound", "audio/mpeg", (".mp3",))
WAV = Kind("sound", "audio/wav", (".wav",))
FLAC = Kind("sound", "audio/flac", (".flac",))
PDF = Kind("file", BYTES, (".pdf",))
ZIP = Kind("file", BYTES, (".zip", ".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp", ".epub"))
TEXT = Kind("file", BYTES, (".txt", ".csv", ".md", ".log", ".json", ".srt", ".vtt", ".ics"))

BEGINNINGS = {
    b"\xff\xd8\xff": JPEG,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"GIF87a": GIF,
    b"GIF89a": GIF,
    b"\x1a\x45\xdf\xa3": WEBM,
    b"OggS": OGG,
    b"ID3": MP3,
    b"\xff\xfb": MP3,
    b"\xff\xf3": MP3,
    b"\xff\xf2": MP3,
    b"fLaC": FLAC,
    b"%PDF-": PDF,
    b"PK\x03\x04": ZIP,
}
RIFF = {b"WEBP": WEBP, b"WAVE": WAV}
BRANDS = {
    b"avif": AVIF,
    b"avis": AVIF,
    b"M4A ": M4A,
    b"M4B ": M4A,
    **dict.fromkeys((b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"qt  "), MP4),
}
HEARD = {MP4: M4A, WEBM: WEBA}  # the same container, without a picture

UNPRINTABLE = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
MARKUP = re.compile(r"\s*<[!?a-z]", re.IGNORECASE)


def kind_of(head: bytes, name: str) -> Kind | None:
    """What a file is that begins like this; None where it is nothing that is taken. Its name says only which of
    several texts it is."""
    if head[:4] == b"RIFF":
        return RIFF.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _by_brands(head)
    for beginning, kind in BEGINNINGS.items():
        if head.startswith(beginning):
            return kind if kind is not WEBM or b"webm" in head[:64] else None
    return TEXT if _is_text(head, name) else None


def _by_brands(head: bytes) -> Kind | None:
    """By the first brand, else by those that it says it is compatible with."""
    size = min(int.from_bytes(head[:4]), 256)
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size, 4))]
    return next((BRANDS[brand] for brand in brands if brand in BRANDS), None)


def _is_text(head: bytes, name: str) -> bool:
    """Text that says so, and is none that a browser would take for a page."""
    if PurePath(name).suffix.lower() not in TEXT.endings or UNPRINTABLE.search(head):
        return False
    text = head.decode("utf-8-sig", "ignore")
    # The last character may be cut.
    return len(head) - len(text.encode()) <= 6 and not MARKUP.match(text)
