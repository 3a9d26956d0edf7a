"""A room as one sees it, whole and in pieces."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.gate import login_required
from accounts.prepared import prepared
from rooms import broadcasts
from rooms.models import Room, Seat
from rooms.querysets import HERE, SeatQuerySet
from rooms.views.finding import find_moderated, find_room, find_seat, key_of, visible

PAGE = 60  # listeners drawn at once
# What a seat's drawing needs, of forty columns.
SHOWN = (
    "role",
    "stage_rank",
    "stage_at",
    "joined_at",
    "left_at",
    "muted",
    "muted_by_moderator",
    "person__username",
    "person__name",
    "person__photo",
)
FACES = 24  # people on the page of a room that has ended


@login_required
@require_safe
def room(request: HttpRequest, pk: str) -> HttpResponse:
    """The room's page; only its side panel for a page that has all the rest (`?panel=`)."""
    found = visible(request, pk)
    if found is None:
        return _removed(request, pk)
    seat = _own_seat(request, found)
    context = {"room": found, "seat": seat, "key": key_of(request)}
    if request.htmx.target == "panel":
        return render(request, "rooms/_panel.html", context)
    if not found.live:
        return render(request, "rooms/ended.html", context | _past(found, request))
    return render(request, "rooms/room.html", context | _present(found, seat, request) | {"my_seat": seat})


def _removed(request: HttpRequest, pk: str) -> HttpResponse:
    """Of an open room somebody was removed from he is told so, and nothing else."""
    banning = Room.objects.banning(request.user).exclude(creator__blocks_made__blocked=request.user)
    get_object_or_404(banning, pk=pk, kind=Room.Kind.OPEN)
    return render(request, "rooms/removed.html")


def _own_seat(request: HttpRequest, room: Room) -> Seat | None:
    seat = room.seat_of(request.user)
    if seat:
        seat.room, seat.person = room, request.user
    return seat


def _present(room: Room, seat: Seat | None, request: HttpRequest) -> dict:
    """Who is here."""
    since, page = timezone.now() - HERE, _page(request)
    stage = _stage(room.pk, since)
    audience = _first_listeners(room.pk, since) if page == 1 else list(_listeners(room.pk, since, page))
    all_shown = page == 1 and len(audience) <= PAGE
    shown = {
        "stage": [broadcasts.draw_seat(one, room) for one in stage],
        "audience": [broadcasts.draw_seat(one, room) for one in audience[:PAGE]],
        "next_page": page + 1 if len(audience) > PAGE else None,
        "stage_count": len(stage),
        "audience_count": len(audience) if all_shown else broadcasts.counts(room)["audience_count"],
    }
    if seat and seat.moderates:
        shown["hands"] = room.seats.here().hands().select_related("person")
    return shown


@prepared
def _stage(room: str, since: datetime) -> QuerySet:
    return _seats(room, since).on_stage()


@prepared
def _first_listeners(room: str, since: datetime) -> QuerySet:
    return _listeners(room, since, 1)


def _listeners(room: str, since: datetime, page: int) -> QuerySet:
    """One page of them, and one more, if there is one."""
    return _seats(room, since).listening()[(page - 1) * PAGE : page * PAGE + 1]


def _seats(room: str, since: datetime) -> SeatQuerySet:
    here = Seat.objects.heard_after(since).filter(room=room).in_order()
    return here.select_related("person").only(*SHOWN)


def _page(request: HttpRequest) -> int:
    asked = request.GET.get("page", "")
    return max(1, min(int(asked), 10_000)) if asked.isascii() and asked.isdigit() else 1


def _past(room: Room, request: HttpRequest) -> dict:
    """How it was, and for those who were there who else was."""
    seats = room.seats.filter(removed_at=None)
    was_there = seats.filter(person=request.user).exists()
    people = seats.select_related("person").order_by("since", "pk")[:FACES] if was_there else ()
    lasted = (room.ended_at or timezone.now()) - room.opened_at
    return {
        "people_count": seats.count(),
        "people": [seat.person for seat in people],
        "a_moment": lasted < timedelta(minutes=1),
    }


@login_required
@require_safe
def people(request: HttpRequest, pk: str) -> HttpResponse:
    """Stage and audience."""
    room = _live(find_room(request, pk))
    seat = _own_seat(request, room)
    return render(request, "rooms/_people.html", {"room": room, "seat": seat} | _present(room, None, request))


@login_required
@require_safe
def hands(request: HttpRequest, pk: str) -> HttpResponse:
    """The queue of raised hands, for moderators."""
    room = find_moderated(request, pk)
    waiting = room.seats.here().hands().select_related("person")
    return render(request, "rooms/_hands.html", {"room": room, "hands": waiting})


@login_required
@require_safe
def controls(request: HttpRequest, pk: str) -> HttpResponse:
    """One's own controls: the bar of the room's page, or the small player of all others (`?mini=yes`)."""
    if request.GET.get("mini"):
        return _mini(request, pk)
    room = find_room(request, pk)
    context = {"room": room, "seat": _own_seat(request, room), "key": key_of(request)}
    return render(request, "rooms/_controls.html", context)


def _mini(request: HttpRequest, pk: str) -> HttpResponse:
    """Nothing where one does not sit, whatever that room is: then the player goes."""
    seat = Seat.objects.taken().filter(person=request.user, room=pk).select_related("room").first()
    if seat is None:
        return HttpResponse()
    seat.person = request.user
    return render(request, "rooms/_mini.html", {"room": seat.room, "seat": seat})


@login_required
@require_safe
def menu(request: HttpRequest, pk: str, seat: str) -> HttpResponse:
    """What one can do with somebody in the room."""
    room = _live(find_room(request, pk))
    theirs = find_seat(room, seat)
    context = {
        "room": room,
        "seat": theirs,
        "mine": theirs.person == request.user,
        "moderating": room.may_moderate(request.user),
        "following": request.user.is_following(theirs.person),
        "blocking": request.user.is_blocking(theirs.person),
    }
    return render(request, "rooms/_menu.html" if request.htmx else "rooms/menu.html", context)


def _live(room: Room) -> Room:
    if not room.live:
        raise Http404
    return room
