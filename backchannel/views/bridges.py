"""Ways from a conversation into a room, and from a room into a conversation."""

from __future__ import annotations

import json
from functools import partial
from uuid import uuid4

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.refusals import Refused
from backchannel.bridging import share, start_room
from backchannel.models import Conversation, Question
from backchannel.views.finding import wants_piece
from backchannel.views.picking import open_with
from backchannel.views.taking import choose, take
from rooms.forms import RoomForm
from rooms.models import Room


class RoomFromForm(RoomForm):
    client_id = forms.UUIDField(widget=forms.HiddenInput)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def room_from(request: HttpRequest, pk: str) -> HttpResponse:
    """Start a room with the people of a conversation."""
    found = get_object_or_404(Conversation.objects.open_to(request.user).select_related("group"), pk=pk)
    if not found.in_inbox:
        raise Http404
    form = RoomFromForm(request.POST or None, initial={"kind": Room.Kind.CLOSED, "client_id": uuid4()})
    if form.is_valid():
        limits.spend("room", request.user)
        return SeeOther(start_room(found, request.user, **form.cleaned_data).get_absolute_url())
    context = {"conversation": found, "other": found.other_than(request.user), "form": form}
    return render(request, "backchannel/room_from.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sharing(request: HttpRequest, room: str) -> HttpResponse:
    """The conversations into which one may take a link to a room; with POST it goes there."""
    found = get_object_or_404(Room.objects.visible_to(request.user), pk=room)
    if request.method == "POST":
        return take(request, partial(share, found, request.user), _("The link to this room was sent."))
    return choose(request, "share", room=found)


@require_POST
@login_required
def reply_to_asker(request: HttpRequest, room: str, pk: str) -> HttpResponse:
    """Open the direct conversation with whoever asked a question, in which it is quoted."""
    visible = Question.objects.visible_to(request.user).select_related("board__room", "asker")
    found = get_object_or_404(visible, board=room, pk=pk)
    if not found.room.may_moderate(request.user):
        raise Refused(_("Only the moderators of this room can do that."))
    if found.asker == request.user:
        raise Refused(_("You asked this yourself."))
    limits.spend("moderate", request.user)
    to = f"{open_with(request, found.asker, asked=True).get_absolute_url()}?question={found.pk}"
    if not wants_piece(request):
        return SeeOther(to)
    # The form that sent this shows no answer: the page goes where a link would have led.
    place = {"path": to, "headers": {"HX-Boosted": "true"}}
    return HttpResponse(status=204, headers={"HX-Location": json.dumps(place)})
