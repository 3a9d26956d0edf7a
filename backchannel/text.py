"""The one way in which what people write becomes markup: tidied, escaped, links made, then cleaned once more."""

import re
import unicodedata
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt

ALLOWED_TAGS = {"p", "br", "a", "em", "strong", "code", "blockquote"}
# Control characters, but for newline and tab: all of Unicode's category Cc.
CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# One line in which nothing can begin a link, an emphasis, a quote or an entity: letters, digits, emoji, and such signs
# as stand in any sentence. A full stop counts if nothing follows it that it could join into a name.
PLAIN = re.compile(
    r"(?! )(?:[^\W_]|[ ,!?;()=+%#€$'’‘“”„…–—-]|\.(?=[ .]|\Z)|[\u2600-\u27bf\U0001f300-\U0001faff\ufe0f\u200d])+\Z"
)

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


def _markdown(*rules: str) -> Markdown:
    made = Markdown("zero", {"linkify": True, "breaks": True})
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


def to_html(text: str) -> str:
    """Safe markup of a message: paragraphs, line breaks, links, emphasis, code and quotes; everything else is text."""
    if PLAIN.match(text):  # most of what people write, and nothing would change a character of it
        return f"<p>{text.strip()}</p>"
    return marked_up(text)


def marked_up(text: str, max_links: int = MAX_LINKS) -> str:
    """The same, whatever it costs."""
    few_links = sum(map(text.count, ".:@")) <= max_links
    few_emphases = sum(map(text.count, "*_`\\")) <= MAX_EMPHASES
    return nh3.clean(
        _renderers[few_links, few_emphases].render(text),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()


def to_plain_html(text: str) -> str:
    """The same again without links: their words stand there as they were written."""
    return marked_up(text, max_links=-1)


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
