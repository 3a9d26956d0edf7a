"""What a browser finds in the HTML of the product: messages, conversations, the panel of a room."""

import re
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import NamedTuple

ARTICLE = re.compile(
    r'<article class="(message[^"]*)" id="m-([^"]+)" data-seq="(\d+)" data-changed="(\d+)" data-author="([^"]*)"'
    r"[^>]*>(.*?)</article>",
    re.DOTALL,
)
TEXT = re.compile(r'class="message__text"[^>]*>(.*?)</div>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
LOG = re.compile(r'<section class="log"([^>]*data-conversation="[^>]*)>(.*?)</section>', re.DOTALL)
PANEL = re.compile(r'<aside class="panel[^>]*data-list="panel:[^>]*>', re.DOTALL)
DATA = re.compile(r'data-([a-z]+)="([^"]*)"')


class Row(NamedTuple):
    """A message as somebody sees it, or as the database keeps it. `seq` 0: written here and not yet known to be kept."""

    client_id: str
    seq: int
    changed: int
    author: str
    body: str
    deleted: bool


@dataclass
class Log:
    """A conversation in a page. `since`: the place from which on all messages were loaded."""

    conversation: str
    address: str
    head: int
    rows: list
    since: int = 0


@dataclass
class Panel:
    """The frame around it in a room's page."""

    name: str
    address: str
    version: int


@lru_cache(maxsize=4096)
def rows_of(html):
    """The messages in a piece of HTML, in their order."""
    return tuple(_row(*found) for found in ARTICLE.findall(html))


def _row(classes, client_id, seq, changed, author, inside):
    deleted = "message--deleted" in classes
    text = "" if deleted else unescape(TAG.sub("", TEXT.search(inside)[1])).strip()
    return Row(client_id, int(seq), int(changed), author, text, deleted)


def log_of(html):
    """The conversation in a page, or None."""
    found = LOG.search(html)
    data = dict(DATA.findall(found[1])) if found else {}
    if "head" not in data:
        return None
    rows = list(rows_of(found[2]))
    older = "data-older" in found[2] and rows
    return Log(data["conversation"], unescape(data["address"]), int(data["head"]), rows, rows[0].seq if older else 0)


def panel_of(html):
    """The panel in a room's page, or None."""
    found = PANEL.search(html)
    if not found:
        return None
    data = dict(DATA.findall(found[0]))
    return Panel(data["list"], unescape(data["address"]), int(data["version"]))
