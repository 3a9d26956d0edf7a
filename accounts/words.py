"""What is searched: text as plain words, made here once for every database, so that all of them find the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from itertools import islice

from django.apps.registry import Apps
from django.db import models

LONGEST = 40  # characters by which one word is known
TOGETHER = 500  # rows in one statement

# Scripts that put no space between their words: there each sign is a word. So is each emoji.
SIGNS = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
EMOJI = "\u2600-\u27bf\U0001f1e6-\U0001faff"
# Signs within a word that Python does not count as letters: accents, and vowels of India and its neighbours.
MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0900-\u0963\u0980-\u109f\u1780-\u17ff"
RUN = re.compile(f"[{SIGNS}]|[{EMOJI}]|(?:(?![{SIGNS}{EMOJI}])[^\\W_]|[{MARKS}])+")
SIGN = re.compile(f"[{SIGNS}{EMOJI}]")
PLAIN_RUN = re.compile("[a-z0-9]+")
VOICED = "\u3099\u309a"  # make another letter in Japanese, where all other accents only colour one
LETTERS = str.maketrans({"ø": "o", "đ": "d", "ð": "d", "ł": "l", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"})


def words_of(text: str) -> list[str]:
    """The words of a text in their order: small letters without accents, digits, emoji. Nothing else is left."""
    if text.isascii():
        return [word[:LONGEST] for word in PLAIN_RUN.findall(text.lower())]
    return [word for run in RUN.finditer(text) for word in words_of_run(run[0])]


def runs_of(text: str) -> Iterator[tuple[int, int, list[str]]]:
    """Where words stand in a text, from and to, each place with its words: nearly always one."""
    for run in RUN.finditer(text):
        yield run.start(), run.end(), words_of_run(run[0])


def words_of_run(run: str) -> list[str]:
    return [run.lower()[:LONGEST]] if run.isascii() else [word[:LONGEST] for word in RUN.findall(_folded(run))]


def _folded(run: str) -> str:
    letters = unicodedata.normalize("NFKD", run).casefold()
    bare = "".join(one for one in letters if one in VOICED or not unicodedata.combining(one))
    return unicodedata.normalize("NFC", bare).translate(LETTERS)


class WordsField(models.TextField):
    """A column with the words of other columns, written whenever they are."""

    def __init__(self, *sources: str, **options) -> None:
        self.sources = sources
        super().__init__(**{"default": "", "editable": False, **options})

    def deconstruct(self):
        name, path, _args, options = super().deconstruct()
        del options["default"], options["editable"]
        return name, path, list(self.sources), options

    def pre_save(self, instance: models.Model, add: bool) -> str:
        words = " ".join(word for source in self.sources for word in words_of(getattr(instance, source)))
        setattr(instance, self.attname, words)
        return words


def is_sign(word: str) -> bool:
    """Whether this is one of the signs that are a word each."""
    return len(word) == 1 and bool(SIGN.match(word))


def fill(model: type[models.Model]) -> None:
    """Write the words of rows that were there before the column was."""
    field = next(one for one in model._meta.fields if isinstance(one, WordsField))
    rows = model._default_manager.order_by("pk").only(*field.sources)
    left = rows.iterator(TOGETHER)
    while some := list(islice(left, TOGETHER)):
        for row in some:
            field.pre_save(row, add=False)
        model._default_manager.bulk_update(some, [field.attname])


def has_words(apps: Apps | None, model: str) -> bool:
    """Whether a model has its words, as the migrations stand that were just made; None is "none were"."""
    return apps is not None and any(isinstance(one, WordsField) for one in apps.get_model(model)._meta.fields)
