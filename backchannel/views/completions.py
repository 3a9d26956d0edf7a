"""What one may be about to write: names of people who read along, and emoji."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from accounts import limits
from accounts.gate import login_required
from accounts.models import Person
from accounts.wanted import Wanted
from backchannel.emoji import emoji_called
from backchannel.models import Conversation
from rooms.models import Seat

MOST = 8
LONGEST = 30  # characters


@require_safe
@login_required
def completions(request: HttpRequest, pk: str) -> HttpResponse:
    """What may follow upon ?q=@b or ?q=:thu, as options of a list."""
    found = get_object_or_404(Conversation.objects.open_to(request.user), pk=pk)
    limits.spend("completion", request.user)
    q = request.GET.get("q", "").replace("\0", "")[:LONGEST]
    if q.startswith("@"):
        context: dict = {"people": _people(found, request.user, q[1:])}
    elif q.startswith(":"):
        context = {"emoji": emoji_called(q[1:].lower(), MOST)}
    else:
        raise Http404
    return render(request, "backchannel/_completions.html", context)


def _people(conversation: Conversation, person: Person, beginning: str) -> QuerySet:
    people = Person.objects.visible_to(person).exclude(pk=person.pk)
    if conversation.kind == Conversation.Kind.ROOM:
        people = people.filter(pk__in=Seat.objects.taken().filter(room=conversation.room_id).values("person"))
    else:
        people = people.filter(memberships__conversation=conversation)
    for part in Wanted(beginning, get_language() or "").parts:
        people = people.filter(words__contains=part)
    return people.order_by("words", "pk")[:MOST]
