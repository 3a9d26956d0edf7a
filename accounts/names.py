"""What people may be called, and text that cannot harm the page around it."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

MARKS_IN_A_ROW = 4  # more accents than that on one letter only serve to spill over the lines around it

# They would speak for the house, or for a part of it.
RESERVED = frozenset(
    {"admin", "administrator", "backchannel", "everybody", "everyone", "help", "here", "house", "me"}
    | {"moderator", "moderators", "nobody", "null", "official", "operator", "owner", "root", "security"}
    | {"staff", "stage", "support", "system", "team", "you"}
)

username_validators: list[Callable[[Any], None]] = [
    MinLengthValidator(2, _("A username has at least 2 characters.")),
    MaxLengthValidator(20, _("A username has at most 20 characters.")),
    RegexValidator(r"\A[A-Za-z0-9_.]+\Z", _("A username is made of letters, digits, “_” and “.”.")),
    RegexValidator(r"[A-Za-z0-9]", _("A username has at least one letter or digit.")),
]


def refuse_reserved(username: str) -> None:
    if username.lower().strip("._") in RESERVED:
        raise ValidationError(_("This username is kept for the house. Choose another."))


sign_up_validators = [*username_validators, refuse_reserved]

# What turns the direction of text, breaks lines unseen, or fakes an empty name. Joiners stay: emoji and some
# scripts are made with them.
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0]"
)


def one_line(text: str) -> str:
    """A name: one line, no invisible or direction-turning characters, no towers of accents."""
    return " ".join(_plain(text).split())


def some_lines(text: str) -> str:
    """The same for a text of several lines, of which at most one in a row is empty."""
    lines = [" ".join(line.split()) for line in _plain(text.replace("\r\n", "\n").replace("\r", "\n")).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def is_visible(text: str) -> bool:
    """Whether there is anything to see in it."""
    return any(unicodedata.category(character)[0] in "LNPS" for character in text)


def _plain(text: str) -> str:
    kept, marks = [], 0
    for character in UNSEEN.sub("", unicodedata.normalize("NFC", text)):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if marks <= MARKS_IN_A_ROW and (category not in ("Cc", "Cs") or character in "\n\t"):
            kept.append(character)
    return "".join(kept)
