"""What somebody looks for, as he typed it."""

from __future__ import annotations

import re
from functools import cached_property

from accounts.words import is_sign, words_of

MOST = 12  # words; whoever types more has found it by these
QUOTED = re.compile('["“„«]([^"“”„«»]*)["”“»]')
# What a word may be without, and still be meant: language by language, the longest first.
ENDINGS = {"en": ("ings", "ing", "ies", "ed", "es", "s")}
STEM = 4  # letters that are left of it at least


class Wanted:
    """Words that must all occur: `beginnings` of words, whole words, and in quotes words that stand side by side.

    Endings of the language are left off: who looks for "gardens" also finds "gardening". Whatever is typed is only
    words; no sign in it commands the database.
    """

    def __init__(self, typed: str, language: str = "en") -> None:
        self.phrases = [words for quoted in QUOTED.findall(typed) if (words := words_of(quoted)[:MOST])]
        self.beginnings: list[str] = []
        self.whole = [word for words in self.phrases for word in words]
        for chunk in QUOTED.sub(" ", typed).split():
            self._take(words_of(chunk), language)
        self.beginnings = list(dict.fromkeys(self.beginnings))[:MOST]
        self.whole = list(dict.fromkeys(self.whole))[:MOST]
        self.phrases = [words for words in self.phrases[:MOST] if len(words) > 1]

    def _take(self, words: list[str], language: str) -> None:
        """What is typed without a space between, in a script without spaces, has to stand so."""
        if len(words) > 1 and all(map(is_sign, words)):
            self.phrases.append(words)
        for word in words:
            if len(word) == 1:
                self.whole.append(word)
            else:
                self.beginnings.append(_without_ending(word, language))

    def __bool__(self) -> bool:
        """Whether there is enough to look for: two letters of a word, or one sign that is a word."""
        return bool(self.beginnings) or any(len(word) > 1 or is_sign(word) for word in self.whole)

    @property
    def parts(self) -> list[str]:
        """All of them, for what is found by any part of a name."""
        return [*self.beginnings, *self.whole]

    def is_one(self, words: list[str]) -> bool:
        """Whether one of these words is what was looked for."""
        return any(word in self._whole or word.startswith(self._beginnings) for word in words)

    @cached_property
    def _whole(self) -> frozenset[str]:
        return frozenset(self.whole)

    @cached_property
    def _beginnings(self) -> tuple[str, ...]:
        return tuple(self.beginnings)


def _without_ending(word: str, language: str) -> str:
    if not word.endswith("ss"):
        for ending in ENDINGS.get(language.partition("-")[0], ()):
            if word.endswith(ending) and len(word) - len(ending) >= STEM:
                return word.removesuffix(ending)
    return word
