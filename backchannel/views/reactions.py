"""Reactions to a message. How it looks with them arrives by the socket."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from backchannel.forms import ReactionForm, require_valid
from backchannel.models import Message
from backchannel.views.finding import message_of, place_of, wants_piece


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def reactions(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """Who reacted to a message, and with what; with POST one's own reaction, or its end."""
    found = message_of(request, pk, client_id)
    if request.method == "POST":
        return _react(request, found)
    name = "_reacted" if wants_piece(request) else "reacted"
    shown = found.reactions.select_related("person").order_by("emoji", "pk") if not found.deleted_at else ()
    return render(request, f"backchannel/{name}.html", {"message": found, "reactions": shown})


def _react(request: HttpRequest, found: Message) -> HttpResponse:
    # Scripts say beside the form whether one's reaction is to be there; without them it becomes the other.
    form = ReactionForm({"emoji": request.POST.get("emoji"), "on": request.GET.get("on")})
    require_valid(form)
    limits.spend("reaction", request.user)
    found.react(request.user, form.cleaned_data["emoji"], form.is_on)
    return HttpResponse(status=204) if wants_piece(request) else SeeOther(place_of(found.conversation))
