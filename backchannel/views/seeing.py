"""Who has read what one wrote."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.gate import login_required
from backchannel.seen import people_who_saw
from backchannel.views.finding import message_of, wants_piece


@require_safe
@login_required
def seen(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """Who has seen a message of one's own in a direct conversation or a group: a page, or the list."""
    found = message_of(request, pk, client_id)
    if found.author_id != request.user.pk or not found.conversation.in_inbox:
        raise Http404
    name = "_seen_by" if wants_piece(request) else "seen_by"
    people = people_who_saw(found, request.user)
    return render(request, f"backchannel/{name}.html", {"message": found, "people": people})
