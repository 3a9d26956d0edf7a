"""A template drawn once and cut where one drawing differs from the next: filling it in costs a fiftieth of drawing it.

The values of a thing are all in which it differs, each under a name, as they stand in the page. The parts of a drawing
are made from a sample, of which everything is found nowhere else; private characters, which no name needs, help.
Whatever a person's words may be, no name of a value is a part of them: they are a part of their own, and not looked up.
"""

from __future__ import annotations

import re
from functools import lru_cache

from django.utils.html import escape

from accounts.ids import random_id
from accounts.models import Person


def cut(drawing: str, values: dict[str, str]) -> list[str]:
    """The drawing of a sample with these values, in parts: the values stand alone, as the names of what they are."""
    names = {value: name for name, value in values.items()}
    longest_first = sorted(names, key=len, reverse=True)
    parts = re.split("(" + "|".join(map(re.escape, longest_first)) + ")", drawing)
    return [names.get(part, part) for part in parts]


def fill(parts: list[str], values: dict[str, str]) -> str:
    return "".join([values.get(part, part) for part in parts])


def sample_person(photo: bool) -> Person:
    name = "\ue000 \ue001"
    return Person(pk=random_id(), username=random_id(), name=name, photo=f"{random_id()}.webp" if photo else "")


def values_of(person: Person) -> dict[str, str]:
    return _values_of(person.pk, person.username, person.name, str(person.photo))


@lru_cache(4096)
def _values_of(pk: str, username: str, name: str, photo: str) -> dict[str, str]:
    person = Person(pk=pk, username=username, name=name, photo=photo)
    return {
        "\ue000author": f'data-author="{pk}"',
        "\ue000person": f'data-person="{pk}"',
        "\ue000hue": f'class="avatar hue-{person.hue}',
        "\ue000initials": f">{escape(person.initials)}<",
        "\ue000photo": f'src="{escape(person.photo_address)}"',
        "\ue000name": f">{escape(name)}<",
        "\ue000profile": f'href="{escape(person.get_absolute_url())}"',
    }
