"""The one way in which what people write becomes markup: tidied, escaped, links made, then cleaned once more."""

import unicodedata

import nh3
from markdown_it import MarkdownIt

ALLOWED_TAGS = {"p", "br", "a", "em", "strong", "code", "blockquote"}
KEPT_CONTROLS = "\n\t"

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
    few_links = sum(map(text.count, ".:@")) <= MAX_LINKS
    few_emphases = sum(map(text.count, "*_`\\")) <= MAX_EMPHASES
    return nh3.clean(
        _renderers[few_links, few_emphases].render(text),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()


def tidy(text: str) -> str:
    """What somebody typed, as it is kept: one kind of newline, no control characters, nothing that is not Unicode."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = text.encode("utf-8", "replace").decode()
    return "".join(c for c in text if c in KEPT_CONTROLS or unicodedata.category(c) != "Cc").strip()


def is_blank(text: str) -> bool:
    """Whether nothing of it can be seen: spaces, marks of width nought and the like."""
    return all(unicodedata.category(c)[0] in "CZ" for c in text)
