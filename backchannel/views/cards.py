"""The cards of links: their pictures, taking one away, and those of our own places, drawn for who looks at them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Person
from backchannel.links.own import OwnPlace, place_at
from backchannel.models import LinkPreview, Message
from rooms.models import Room

ALONE = "default-src 'none'; sandbox"  # what the picture may do, opened by itself


@require_safe
@login_required
def card_picture(request: HttpRequest, pk: str, client_id, stamp: str) -> HttpResponse:
    """The picture of a card, for who may read its message now."""
    readable = Message.objects.readable_by(request.user).filter(conversation=pk, client_id=client_id)
    found = get_object_or_404(LinkPreview.objects.shown(), message__in=readable, stamp=stamp)
    return HttpResponse(
        bytes(found.picture),
        content_type="image/webp",
        headers={"Content-Security-Policy": ALONE, "Content-Disposition": "inline"},
    )


@require_POST
@login_required
def card_removal(request: HttpRequest, pk: str, client_id) -> HttpResponse:
    readable = Message.objects.readable_by(request.user).select_related("author", "conversation__room")
    found = get_object_or_404(readable, conversation=pk, client_id=client_id)
    limits.spend("edit", request.user)
    found.remove_card(request.user)
    if request.htmx and not request.htmx.boosted:
        return HttpResponse(status=204)
    return SeeOther(found.conversation.get_absolute_url())


@require_safe
@login_required
def own_card(request: HttpRequest) -> HttpResponse:
    """The card of a room, a person or a message as this person sees it. What is not there for him stays what it was
    in the message: a link. Whether it is there for others, the answer does not say."""
    place = place_at(request.GET.get("to", "")[:LONGEST])
    context = SEEN[place.kind](request, place) if place else None
    if context is None:
        return HttpResponse(status=204)
    return render(request, f"backchannel/_card_{place.kind}.html", {"place": place, **context})


def _room(request: HttpRequest, place: OwnPlace) -> dict | None:
    key = place.asked("key")
    room = Room.objects.visible_to(request.user, key).with_counts().filter(pk=place.ids["pk"]).first()
    return {"room": room, "key": key, "seat": room.seat_of(request.user)} if room else None


def _person(request: HttpRequest, place: OwnPlace) -> dict | None:
    # As on the page it leads to: or cards were the way to look through all names.
    limits.spend("profile", request.user)
    person = Person.objects.visible_to(request.user).named(place.ids["username"]).first()
    return {"person": person} if person else None


def _message(request: HttpRequest, place: OwnPlace) -> dict | None:
    readable = Message.objects.readable_by(request.user).filter(deleted_at=None, event="").select_related("author")
    message = readable.filter(conversation=place.ids["pk"], client_id=place.ids["client_id"]).first()
    return {"message": message} if message else None


SEEN = {"room": _room, "person": _person, "message": _message}
LONGEST = 2000  # characters of an address
