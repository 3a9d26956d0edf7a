"""From a link that waits to its card."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings

from accounts import limits
from backchannel.links.web import Card, Web
from backchannel.models import LinkPreview


def look(pk: int, web: Web) -> None:
    """Look at the page of a preview that waits, and settle what is shown of it. Others are left as they are."""
    waiting = LinkPreview.objects.waiting().select_related("message__conversation")
    if preview := waiting.filter(pk=pk).first():
        preview.settle(_card(preview, web))


def _card(preview: LinkPreview, web: Web) -> Card | None:
    if not settings.LINK_PREVIEWS or _is_too_much(preview):
        return None
    return web.card(preview.url)


def _is_too_much(preview: LinkPreview) -> bool:
    """Neither does one person send this machine all over the internet, nor do all of them together to one site."""
    try:
        limits.spend("preview", preview.message.author_id)
        limits.spend("site", (urlsplit(preview.url).hostname or "")[-100:])
    except (limits.TooMuch, ValueError):  # a host that is none
        return True
    return False
