"""Links that lead to this house itself. They are never fetched: what may be shown of them, each reader is asked for."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from django.conf import settings
from django.http.request import validate_host
from django.urls import Resolver404, resolve

from backchannel import address

KINDS = {"rooms:room": "room", "profile": "person", "message": "message", "conversation": "message"}


class OwnPlace(NamedTuple):
    """Where in the house a link leads. That there is something, and for whom, is not said by that."""

    kind: str  # room, person or message
    path: str  # with its query
    ids: dict[str, str]

    def asked(self, name: str) -> str:
        """What its query says of this, if anything."""
        return _asked(urlsplit(self.path).query, name)


def is_own_host(host: str) -> bool:
    """Whether this is one of the names by which the house is asked for."""
    return validate_host(host.rstrip("."), [name for name in settings.ALLOWED_HOSTS if name != "*"])


def own_place(url: str) -> OwnPlace | None:
    """The room, person or message that a link of ours is about."""
    if not url:
        return None
    try:
        parts, house = urlsplit(url), urlsplit(address.shown())
        ours = parts.netloc == house.netloc or (is_own_host(parts.hostname or "") and parts.port == house.port)
    except ValueError:
        return None
    return place_at(f"{parts.path}?{parts.query}") if ours else None


def place_at(path: str) -> OwnPlace | None:
    """The same for an address without its beginning."""
    path, _, query = path.partition("?")
    try:
        found = resolve(path)
    except Resolver404:
        return None
    kind, ids = KINDS.get(found.view_name), {name: str(value) for name, value in found.kwargs.items()}
    if found.view_name == "conversation":
        ids["client_id"] = _id_in(_asked(query, "m"))
    return OwnPlace(kind, f"{path}?{query}" if query else path, ids) if kind and all(ids.values()) else None


def _id_in(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""


def _asked(query: str, name: str) -> str:
    return parse_qs(query).get(name, [""])[0].replace("\0", "")
