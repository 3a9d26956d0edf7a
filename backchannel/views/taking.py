"""Taking something into another conversation: into which, and there it goes."""

import json
from collections.abc import Callable
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from accounts import limits
from accounts.answers import SeeOther
from backchannel.forms import ForwardingForm, require_valid
from backchannel.inbox import writable_by
from backchannel.models import Conversation
from backchannel.views.finding import place_of, wants_piece


def choose(request: HttpRequest, name: str, **context: object) -> HttpResponse:
    """The conversations it may be taken into, as the template `name`, or as a piece `_name`."""
    context |= {"conversations": writable_by(request.user), "client_id": uuid4()}
    template = f"_{name}" if wants_piece(request) else name
    return render(request, f"backchannel/{template}.html", context)


def take(request: HttpRequest, into: Callable[[Conversation, UUID], object], said: str) -> HttpResponse:
    """Calls `into(conversation, client_id)` with what was chosen; then one is there, or hears `said` where one is."""
    form = ForwardingForm(request.POST)
    require_valid(form)
    to = get_object_or_404(Conversation.objects.open_to(request.user), pk=form.cleaned_data["to"])
    limits.spend("post", request.user)
    into(to, form.cleaned_data["client_id"])
    if not wants_piece(request):
        return SeeOther(place_of(to))
    notice = {"live:notice": {"text": said, "level": "polite"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(notice)})
