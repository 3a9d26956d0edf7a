"""What looks the same on every page is drawn once for each process: {% icon "mic" %}, {% fixed %}…{% endfixed %}.

Built into all templates, without {% load %}.
"""

from functools import cache

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    return render_to_string("_icon.html", {"name": name})


@register.tag
def fixed(parser: Parser, token: Token) -> Node:
    """Depends on nothing but the language: no name of the page means anything in here."""
    nodelist = parser.parse(["endfixed"])
    parser.delete_first_token()
    return Fixed(nodelist)


class Fixed(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self._drawn: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        language = get_language()
        if language not in self._drawn:
            self._drawn[language] = self.nodelist.render(context.new())
        return self._drawn[language]
