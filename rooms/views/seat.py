"""What a person does with his own seat."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from rooms.views.finding import done, find_own_seat, find_room


@login_required
@require_POST
def seat(request: HttpRequest, pk: str) -> HttpResponse:
    """Come in, as a listener."""
    room = find_room(request, pk)
    limits.spend("join", request.user)
    room.join(request.user)
    return done(request, room)


@login_required
@require_POST
def leaving(request: HttpRequest, pk: str) -> HttpResponse:
    """Go, quietly. Where one no longer is, one has left."""
    room = find_room(request, pk)
    mine = room.seat_of(request.user)
    if mine:
        mine.leave()
    return SeeOther(reverse("rooms:hallway"))


@login_required
@require_POST
def hand(request: HttpRequest, pk: str) -> HttpResponse:
    mine = find_own_seat(request, pk)
    limits.spend("hand", request.user)
    if request.POST.get("raised") == "yes":
        mine.raise_hand()
    else:
        mine.lower_hand()
    return done(request, mine.room)


@login_required
@require_POST
def microphone(request: HttpRequest, pk: str) -> HttpResponse:
    """Mute or unmute oneself. Only the clear word opens a microphone."""
    mine = find_own_seat(request, pk)
    limits.spend("microphone", request.user)
    if request.POST.get("muted") == "no":
        mine.unmute()
    else:
        mine.mute()
    return done(request, mine.room)


@login_required
@require_POST
def invitation(request: HttpRequest, pk: str) -> HttpResponse:
    """Answer an invitation to the stage."""
    mine = find_own_seat(request, pk)
    answer = request.POST.get("answer")
    if answer not in ("accept", "decline"):
        return HttpResponseBadRequest()
    mine.accept() if answer == "accept" else mine.decline()
    return done(request, mine.room)
