"""The names of files, as they are shown and offered for keeping: one line, no directions, no folders."""

import unicodedata
from pathlib import PurePath

from django.utils.translation import gettext as _

LONGEST = 120  # characters
JOINERS = "\u200c\u200d"  # which make letters and emoji what they are


def plain_name(given: str, endings: tuple[str, ...]) -> str:
    """A name that is what it looks like: without control characters and marks that turn the reading direction, and
    with one of the endings of what the file is."""
    last = given.replace("\\", "/").rpartition("/")[2]
    one_line = " ".join("".join(map(_visible, unicodedata.normalize("NFC", last))).split())
    name = PurePath(one_line.strip(". ") or _("File"))
    ending = name.suffix.lower() if name.suffix.lower() in endings else endings[0]
    stem = name.stem if name.suffix.lower() in endings else name.name
    return stem[: LONGEST - len(ending)].rstrip(". ") + ending


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if category[0] == "C" and character not in JOINERS:
        return " " if character in "\t\n\r" else ""
    return " " if category[0] == "Z" else character
