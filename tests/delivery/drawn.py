"""What a browser finds in the HTML of the product: messages, conversations, the lists of a room."""

import re
from dataclasses import dataclass, field
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
LIST = re.compile(r'data-list="([^"]+)" data-version="(\d+)" data-address="([^"]*)"')
ITEM = re.compile(r'<li class="[^"]*" id="((?:seat|q)-[^"]+)"((?: data-[a-z]+="[^"]*")+)')
DATA = re.compile(r'data-([a-z]+)="([^"]*)"')
MORE = 'id="audience-more"'


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
    """A conversation in a page. `since`: the place from which on all messages were loaded; `beyond`: numbers that came
    after a hole in it."""

    conversation: str
    address: str
    head: int
    rows: list
    since: int = 0
    beyond: set = field(default_factory=set)


@dataclass
class List:
    """A list with a version. `items`: people by seat with their role, questions with state and votes."""

    address: str
    version: int
    items: dict
    whole: bool = True  # not only its beginning, with the rest behind a button


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


def lists_of(html):
    """All lists in a page: name → List."""
    found = list(LIST.finditer(html))
    ends = [match.start() for match in found[1:]] + [len(html)]
    return {match[1]: _list(match, html[match.end() : end]) for match, end in zip(found, ends)}  # noqa: B905


def _list(match, inside):
    return List(unescape(match[3]), int(match[2]), items_of(inside), MORE not in inside)


def items_of(html):
    """The people and questions in a piece of HTML: id → what of them is compared."""
    return {id: _fact(dict(DATA.findall(data))) for id, data in ITEM.findall(html)}


def _fact(data):
    return data.get("role") or f"{data['state']} {data['votes']}"
