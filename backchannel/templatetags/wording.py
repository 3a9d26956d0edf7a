"""Django's `i18n`, under that name in all templates; but what {% translate "words" %} becomes in a language is looked
up once for each process."""

from django import template
from django.template.base import Node, NodeList, Parser, Token
from django.templatetags import i18n

from backchannel.templatetags.drawing import Fixed

register = template.Library()
register.tags |= i18n.register.tags
register.filters |= i18n.register.filters


@register.tag("translate")
def translate(parser: Parser, token: Token) -> Node:
    node = i18n.do_translate(parser, token)
    said = node.filter_expression
    is_plain = said.var.literal is not None and not said.filters
    return Fixed(NodeList([node])) if is_plain and not (node.asvar or node.message_context) else node
