"""What a page says about itself in its head. Whoever wrote it may mean harm: everything is measured, and then cut."""

from __future__ import annotations

import re
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from accounts.names import is_visible, one_line

# Thousands of elements inside each other, or of attributes beside each other, take a parser time by their square: it
# gets the beginning, and of the rest only what looks like what is looked for.
BEGINNING, REST = 64 * 1024, 16 * 1024  # bytes
META = re.compile(rb"<meta\s[^<>]{1,1000}>", re.IGNORECASE)
CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w:.-]{1,30})", re.IGNORECASE)
EARLY = 2048  # bytes in which a page has to name its charset
# Python knows many more, some of which take very long, or make much out of little.
CHARSETS = re.compile(
    r"(utf-?8|us-ascii|iso-8859-\d{1,2}|windows-125\d|koi8-[ru]|shift_jis|euc-jp|euc-kr|gbk|gb2312|gb18030|big5)\Z"
)
TITLE, DESCRIPTION, SITE, ADDRESS = 200, 300, 60, 2000  # characters
RAW = 4000  # characters of a value that are looked at

WANTED = {
    "title": ("og:title", "twitter:title"),
    "description": ("og:description", "twitter:description", "description"),
    "site": ("og:site_name",),
    "picture": ("og:image:secure_url", "og:image", "og:image:url", "twitter:image"),
}


class Page(NamedTuple):
    title: str
    description: str
    site: str
    picture: str  # an address as it stands there, or nothing


def read(html: bytes, kind: str = "") -> Page:
    """The page with this source; `kind` is the content type it came with."""
    charset = _charset(html, kind)
    tree = _tree(html[:BEGINNING], charset)
    rest = _tree(b"".join(META.findall(html, BEGINNING))[:REST], charset)
    said: dict[str, str] = {}
    for node in [*tree.css("meta"), *rest.css("meta")]:
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        said.setdefault(name.strip().lower()[:40], node.attributes.get("content") or "")
    heading = tree.css_first("head > title")
    return Page(
        title=_first(said, "title", TITLE) or _clean(heading.text() if heading else "", TITLE),
        description=_first(said, "description", DESCRIPTION),
        site=_first(said, "site", SITE),
        picture=_first(said, "picture", ADDRESS),
    )


def _charset(html: bytes, kind: str) -> str:
    named = CHARSET.search(kind.encode("ascii", "ignore")) or CHARSET.search(html[:EARLY])
    charset = named[1].decode("ascii").lower() if named else ""
    return charset if CHARSETS.match(charset) else "utf-8"


def _tree(html: bytes, charset: str) -> LexborHTMLParser:
    try:
        return LexborHTMLParser(html.decode(charset, "replace"))
    except LookupError:  # as iso-8859-99
        return LexborHTMLParser(html.decode("utf-8", "replace"))


def _first(said: dict[str, str], what: str, longest: int) -> str:
    cleaned = (_clean(said.get(name, ""), longest) for name in WANTED[what])
    return next(filter(None, cleaned), "")


def _clean(text: str, longest: int) -> str:
    """One line, nothing unseen in it, and not too much of it."""
    line = one_line(text[:RAW])
    if not is_visible(line):
        return ""
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"
