"""A few words around what was found, in parts: what stands there as it was typed, and whether it is to be marked.

Only text: a template escapes it. Nothing is ever cut out of markup.
"""

from typing import NamedTuple

from accounts.wanted import Wanted
from accounts.words import runs_of

BEFORE = 60  # characters of the text shown before what was found first
LONGEST = 240
LOOK_BACK = 20  # characters in which a snippet that begins within a word finds a better place


class Part(NamedTuple):
    text: str
    found: bool = False


def snippet(body: str, wanted: Wanted) -> list[Part]:
    """The text from a little before the first word that was looked for; its beginning, where there is none."""
    places = _places(body, wanted)
    start = _beginning(body, places[0][0] if places else 0)
    end = min(len(body), start + LONGEST)
    parts = [Part("…")] if start else []
    for found_from, found_to in places:
        if found_from >= end:
            break
        parts += [Part(body[start:found_from]), Part(body[found_from : min(found_to, end)], found=True)]
        start = min(found_to, end)
    return [*parts, Part(body[start:end]), Part("…" if end < len(body) else "")]


def _places(body: str, wanted: Wanted) -> list[tuple[int, int]]:
    """From where to where what was looked for stands, as far as a snippet from the first of them can show it."""
    places: list[tuple[int, int]] = []
    for start, end, words in runs_of(body):
        if places and start > places[0][0] + LONGEST:
            break
        if wanted.is_one(words):
            places.append((start, end))
    return places


def _beginning(body: str, first: int) -> int:
    start = max(0, first - BEFORE)
    space = body.find(" ", start, min(first, start + LOOK_BACK))
    return space + 1 if start and space >= 0 else start
