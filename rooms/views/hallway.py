"""The live rooms one may choose from, and opening another."""

from __future__ import annotations

from datetime import UTC, datetime

from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from rooms.forms import RoomForm
from rooms.models import Room, Seat

MOST = 60  # rooms on the page


@require_safe
def hallway(request: HttpRequest) -> HttpResponse:
    """The rooms; for a stranger what this is; for a page that asks again (`since`) what is new, and the counts."""
    if not request.user.is_authenticated:
        return render(request, "welcome.html")
    rooms = Room.objects.in_the_hallway_for(request.user)
    since = _moment(request.GET.get("since", ""))
    if request.htmx and not request.htmx.boosted and since:
        news = {"since": since, "rooms": rooms[:MOST], "new": rooms.filter(opened_at__gt=since).count()}
        return render(request, "rooms/_news.html", news)
    faces = Seat.objects.here().on_stage().in_order().select_related("person")
    shown = rooms.prefetch_related(Prefetch("seats", faces, to_attr="faces"))[:MOST]
    return render(request, "rooms/hallway.html", {"rooms": shown, "since": timezone.now()})


def _moment(text: str) -> datetime | None:
    try:
        moment = parse_datetime(text)
        return moment.astimezone(UTC) if moment and timezone.is_aware(moment) else None
    except (ValueError, OverflowError):  # no date, or one before all time
        return None


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    form = RoomForm(request.POST or None)
    if form.is_valid():
        limits.spend("room", request.user)
        return SeeOther(Room.open(request.user, **form.cleaned_data).get_absolute_url())
    return render(request, "rooms/new.html", {"form": form}, status=422 if form.is_bound else 200)
