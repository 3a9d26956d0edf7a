"""Taking the words of a message into another conversation."""

import json
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from backchannel.forms import ForwardingForm, require_valid
from backchannel.inbox import writable_by
from backchannel.models import Conversation, Message
from backchannel.views.finding import message_of, place_of, wants_piece


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def forwarding(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """The conversations into which this person may take a message; with POST it goes there."""
    found = message_of(request, pk, client_id)
    if request.method == "POST":
        return _forward(request, found)
    name = "_forward" if wants_piece(request) else "forward"
    context = {"message": found, "conversations": writable_by(request.user), "client_id": uuid4()}
    return render(request, f"backchannel/{name}.html", context)


def _forward(request: HttpRequest, found: Message) -> HttpResponse:
    form = ForwardingForm(request.POST)
    require_valid(form)
    to = get_object_or_404(Conversation.objects.open_to(request.user), pk=form.cleaned_data["to"])
    limits.spend("post", request.user)
    found.forward(request.user, to, form.cleaned_data["client_id"])
    if not wants_piece(request):
        return SeeOther(place_of(to))
    said = {"live:notice": {"text": _("Message forwarded."), "level": "polite"}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(said)})
