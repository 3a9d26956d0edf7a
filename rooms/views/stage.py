"""What moderators do. For everybody else there is nothing at these addresses."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.gate import login_required
from accounts.models import Person
from accounts.refusals import Refused
from rooms.forms import SettingsForm
from rooms.models import Seat
from rooms.views.finding import done, find_moderated, find_room, find_seat, posted


@login_required
@require_POST
def stage_invitation(request: HttpRequest, pk: str, seat: str) -> HttpResponse:
    theirs = _find_theirs(request, pk, seat)
    theirs.invite(request.user)
    return done(request, theirs.room)


def _find_theirs(request: HttpRequest, pk: str, seat: str) -> Seat:
    room = find_moderated(request, pk)
    limits.spend("moderate", request.user)
    return find_seat(room, seat)


@login_required
@require_POST
def their_microphone(request: HttpRequest, pk: str, seat: str) -> HttpResponse:
    """Mute somebody, or let him speak again: unmuting is his own."""
    theirs = _find_theirs(request, pk, seat)
    if request.POST.get("muted") == "no":
        theirs.let_speak(request.user)
    else:
        theirs.mute_by(request.user)
    return done(request, theirs.room)


@login_required
@require_POST
def role(request: HttpRequest, pk: str, seat: str) -> HttpResponse:
    """Move to the audience (oneself always), or ask to become a moderator."""
    room = find_room(request, pk)
    theirs = find_seat(room, seat)
    if theirs.person != request.user and not room.may_moderate(request.user):
        raise Http404
    limits.spend("moderate", request.user)
    wanted = request.POST.get("role")
    if wanted not in (Seat.Role.LISTENER, Seat.Role.MODERATOR):
        return HttpResponseBadRequest()
    if wanted == Seat.Role.LISTENER:
        theirs.move_to_audience(request.user)
    else:
        theirs.invite(request.user, Seat.Role.MODERATOR)
    return done(request, room)


@login_required
@require_POST
def removal(request: HttpRequest, pk: str, seat: str) -> HttpResponse:
    theirs = _find_theirs(request, pk, seat)
    theirs.remove(request.user, ban=request.POST.get("ban") == "yes")
    return done(request, theirs.room)


@login_required
@require_POST
def ending(request: HttpRequest, pk: str) -> HttpResponse:
    """End the room. One that has ended already is what was asked for."""
    room = find_room(request, pk)
    if room.live:
        moderated = find_moderated(request, pk)
        limits.spend("moderate", request.user)
        moderated.end(request.user)
    return done(request, room)


@login_required
@require_POST
def settings(request: HttpRequest, pk: str) -> HttpResponse:
    """Who may raise a hand, and whether anybody else may come in."""
    room = find_moderated(request, pk)
    limits.spend("moderate", request.user)
    form = SettingsForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Choose who may raise a hand."))
    room.set_up(request.user, **form.cleaned_data)
    return done(request, room)


@login_required
@require_POST
def guests(request: HttpRequest, pk: str) -> HttpResponse:
    """Invite somebody by @name into a closed room."""
    room = find_moderated(request, pk)
    limits.spend("invitation", request.user)
    username = posted(request, "username").strip().removeprefix("@")
    guest = Person.objects.visible_to(request.user).named(username).first()
    if guest is None:
        raise Refused(_("There is nobody here by this name."))
    room.welcome(guest, request.user)
    return done(request, room)
