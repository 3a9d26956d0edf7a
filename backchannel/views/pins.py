"""What a group keeps at hand. What changes arrives by the socket."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from backchannel.forms import SwitchForm, require_valid
from backchannel.models import Group, Pin
from backchannel.views.finding import message_of, place_of, wants_piece


@require_safe
@login_required
def pins(request: HttpRequest, pk: str) -> HttpResponse:
    """All that is pinned in a group; for its page the newest one."""
    found = get_object_or_404(Group.objects.of(request.user).select_related("conversation"), pk=pk)
    shown = Pin.objects.shown_to(request.user, found.conversation)
    if wants_piece(request):
        context = {"conversation": found.conversation, "pin": shown.first()}
        return render(request, "backchannel/_pinned.html", context)
    return render(request, "backchannel/pins.html", {"group": found, "pins": shown})


@require_POST
@login_required
def pin(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """Pin a message; with on=no no longer."""
    found = message_of(request, pk, client_id)
    group = get_object_or_404(Group.objects.of(request.user), pk=found.conversation_id)
    form = SwitchForm(request.POST)
    require_valid(form)
    limits.spend("edit", request.user)
    group.pin(request.user, found, form.is_on)
    return HttpResponse(status=204) if wants_piece(request) else SeeOther(place_of(found.conversation))
