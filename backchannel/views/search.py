"""Looking for messages, people and rooms."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.gate import login_required
from backchannel.models import Conversation
from backchannel.search import DEEPEST
from backchannel.search import search as found_by
from backchannel.search_form import SearchForm


@require_safe
@login_required
def search(request: HttpRequest) -> HttpResponse:
    """The page; as somebody types, only what was found."""
    conversation = _conversation(request)
    form = SearchForm(request.GET, request.user, conversation)
    context = {"form": form, "conversation": conversation}
    if form.is_valid():
        if form.asks:
            limits.spend("search", request.user)
        context |= found_by(form, request.user, _page(request))
    if request.htmx and not request.htmx.boosted:
        return render(request, "backchannel/_found.html", context | {"piece": True})
    return render(request, "backchannel/search.html", context)


def _conversation(request: HttpRequest) -> Conversation | None:
    """The one to search in, if one is named: 404 where this person may not read it."""
    if not (pk := request.GET.get("in")):
        return None
    found = get_object_or_404(Conversation.objects.open_to(request.user).select_related("room", "group"), pk=pk)
    found.with_whom = found.other_than(request.user)
    return found


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(DEEPEST, max(1, int(text))) if text.isdecimal() and len(text) < 5 else 1
