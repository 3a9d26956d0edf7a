"""The one way in which what people write becomes markup: tidied, escaped, links made, then cleaned once more."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from html import unescape

import nh3
from django.urls import reverse
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from backchannel.naming import NAME, Names

ALLOWED_TAGS = {"p", "br", "a", "em", "strong", "code", "blockquote"}
# Control characters, but for newline and tab: all of Unicode's category Cc.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# One line in which nothing can begin a link, an emphasis, a quote or an entity: letters, digits, emoji, and such signs
# as stand in any sentence. A full stop counts if nothing follows it that it could join into a name.
PLAIN = re.compile(
    r"(?! )(?:[^\W_]|[ ,!?;()=+%#€$'’‘“”„…–—-]|\.(?=[ .]|\Z)|[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d])+\Z"
)

MARKS = re.compile(r"[*_`\\>]")  # without one of these a text is its own words

# What every link has, however it is written: a name with a dot in it, or a colon.
MAYBE_LINKED = re.compile(r"[.:]\S")
HREF = re.compile(r'<a href="(https?://[^"]+)"')

# Links and emphasis cost time each. Nobody who writes to be read needs more of them in one message; above that
# the text is shown as it is.
MAX_LINKS = 150
MAX_EMPHASES = 400


class Markdown(MarkdownIt):
    """Shows links in the words of their author: the library's own shortening loses names it cannot parse."""

    def normalizeLinkText(self, link: str) -> str:
        return link

    def validateLink(self, url: str) -> bool:
        return super().validateLink(url) and len(url) > len("https://")


_text = ["newline", "blockquote"]
_emphasis = ["emphasis", "backticks", "escape"]


def _link_names(state: StateCore) -> None:
    """The people named in a text become links to them, each with who it is."""
    for block in state.tokens if state.env.get("named") else ():
        if block.children:
            block.children = list(_with_names(block.children, state.env["named"]))


def _with_names(tokens: list[Token], named: Names) -> Iterator[Token]:
    """Links stay what they are: no name is looked for in them."""
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type == "text" and not depth:
            yield from _split_at_names(token.content, named)
        else:
            yield token


def _split_at_names(text: str, named: Names) -> Iterator[Token]:
    after = 0
    for found in NAME.finditer(text):
        name = found[1] if found[1].lower() in named else found[1].rstrip(".")
        if name.lower() not in named:
            continue
        yield Token("text", "", 0, content=text[after : found.start()])
        attrs: dict[str, str | int | float] = {"href": reverse("profile", args=[name]), "class": "mention"}
        attrs["data-mention"] = named[name.lower()]
        yield Token("link_open", "a", 1, attrs=attrs)
        yield Token("text", "", 0, content=f"@{name}")
        yield Token("link_close", "a", -1)
        after = found.start() + 1 + len(name)
    yield Token("text", "", 0, content=text[after:])


def _markdown(*rules: str) -> Markdown:
    made = Markdown("zero", {"linkify": True, "breaks": True})
    made.core.ruler.after("linkify", "names", _link_names)
    made.enable([*_text, *rules])
    made.linkify.set({"fuzzy_ip": False})
    for schema in ("ftp:", "//"):
        made.linkify.add(schema, None)
    return made


_renderers = {
    (links, emphases): _markdown(*(["linkify"] * links), *(_emphasis * emphases))
    for links in (True, False)
    for emphases in (True, False)
}


def to_html(text: str, named: Names | None = None) -> str:
    """Safe markup of a message: paragraphs, line breaks, links, emphasis, code and quotes; everything else is text.
    `named`: the people whose @name is a link."""
    if PLAIN.match(text):  # most of what people write, and nothing would change a character of it
        return f"<p>{text.strip()}</p>"
    return marked_up(text, named)


def marked_up(text: str, named: Names | None = None, max_links: int = MAX_LINKS) -> str:
    """The same, whatever it costs."""
    few_links = sum(map(text.count, ".:@")) <= max_links
    few_emphases = sum(map(text.count, "*_`\\")) <= MAX_EMPHASES
    return nh3.clean(
        _renderers[few_links, few_emphases].render(text, {"named": named}),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href", "class", "data-mention"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()


def to_plain_html(text: str) -> str:
    """The same again without links: their words stand there as they were written."""
    return marked_up(text, max_links=-1)


def without_marks(text: str) -> str:
    """The words alone, for where there is but a line: as text, which has to be escaped like any other."""
    if not MARKS.search(text):
        return text
    few_emphases = sum(map(text.count, "*_`\\")) <= MAX_EMPHASES
    blocks = _renderers[False, few_emphases].parse(text, {})
    return "\n".join("".join(map(_words_of, block.children or ())) for block in blocks if block.type == "inline")


def _words_of(token: Token) -> str:
    return "\n" if token.type in ("softbreak", "hardbreak") else token.content if not token.nesting else ""


@lru_cache(64)
def first_link(text: str) -> str:
    """The address of the first page that a message links to; nothing where there is none."""
    found = MAYBE_LINKED.search(text) and HREF.search(to_html(text))
    return unescape(found[1]) if found else ""


def tidy(text: str) -> str:
    """What somebody typed, as it is kept: one kind of newline, no control characters, nothing that is not Unicode."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode()
    return CONTROLS.sub("", text).strip()


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen: spaces, marks of width nought and the like."""
    return all(unicodedata.category(c)[0] in "CZ" for c in text)
