"""The one way in which what people write becomes markup: escaped first, links made, then cleaned once more."""

import nh3
from markdown_it import MarkdownIt

_markdown = MarkdownIt("zero", {"linkify": True, "breaks": True}).enable(
    ["linkify", "emphasis", "backticks", "newline", "blockquote", "escape", "autolink"]
)
_markdown.linkify.set({"fuzzy_ip": False})

ALLOWED_TAGS = {"p", "br", "a", "em", "strong", "code", "blockquote"}


def to_html(text: str) -> str:
    """Safe markup of a message: paragraphs, line breaks, links, emphasis, code and quotes; everything else is text."""
    return nh3.clean(
        _markdown.render(text),
        tags=ALLOWED_TAGS,
        attributes={"a": {"href"}},
        url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()
