"""How every view begins and ends: find the room or answer that there is none, do one thing, go back to the room."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from accounts.answers import SeeOther
from accounts.middleware import came_from
from accounts.refusals import Refused
from rooms.models import Room, Seat
from rooms.querysets import visible_room, visible_room_by_key


def find_room(request: HttpRequest, pk: str) -> Room:
    """The room, if it exists for this person."""
    found = visible(request, pk)
    if found is None:
        raise Http404
    return found


def visible(request: HttpRequest, pk: str) -> Room | None:
    person, key = request.user.pk, key_of(request)
    found = visible_room_by_key(person, pk, key) if key else visible_room(person, pk)
    return found[0] if found else None


def key_of(request: HttpRequest) -> str:
    """The secret of a closed room's link, if he came by one."""
    return posted(request, "key") or request.GET.get("key", "")


def posted(request: HttpRequest, name: str) -> str:
    """What a form sent, without NUL, which PostgreSQL refuses to be asked about."""
    return request.POST.get(name, "").replace("\0", "")


def find_moderated(request: HttpRequest, pk: str) -> Room:
    """The room, for its moderators; for everybody else there is nothing at this address."""
    room = find_room(request, pk)
    if not room.may_moderate(request.user):
        raise Http404
    return room


def find_seat(room: Room, pk: str) -> Seat:
    """A seat that somebody has in this room now."""
    seat = get_object_or_404(room.seats.taken().select_related("person"), pk=pk)
    seat.room = room
    return seat


def find_own_seat(request: HttpRequest, pk: str) -> Seat:
    """This person's own seat. Raises Refused when he has none (any more)."""
    room = find_room(request, pk)
    seat = room.seat_of(request.user)
    if seat is None:
        raise Refused(_("You are not in this room."))
    seat.person = request.user
    return seat


def done(request: HttpRequest, room: Room) -> HttpResponse:
    """The answer to whatever was done in a room: its effects arrive by the socket, or with the page drawn anew."""
    if request.htmx and not request.htmx.boosted:
        return HttpResponse(status=204)
    return SeeOther(room.get_absolute_url() + _same_tab(request, room))


def _same_tab(request: HttpRequest, room: Room) -> str:
    """The tab of the side panel that was open on the room's page."""
    before = urlsplit(came_from(request))
    tab = QueryDict(before.query).get("panel") if before.path == room.get_absolute_url() else None
    return f"?{urlencode({'panel': tab})}" if tab else ""
