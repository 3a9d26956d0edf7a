"""Requests: somebody wrote to a person who does not follow him. That one decides, and nobody else is told what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from backchannel.models import Conversation


@require_POST
@login_required
def acceptance(request: HttpRequest, pk: str) -> HttpResponse:
    found = _request(request, pk)
    found.accept(request.user)
    return SeeOther(found.get_absolute_url())


@require_POST
@login_required
def declining(request: HttpRequest, pk: str) -> HttpResponse:
    found = _request(request, pk)
    found.decline(request.user)
    return SeeOther(f"{reverse('inbox')}?show=requests")


def _request(request: HttpRequest, pk: str) -> Conversation:
    """What was asked of this person and is not decided; 404 for everybody else, who asked included."""
    limits.spend("keeping", request.user)
    return get_object_or_404(Conversation.objects.open_to(request.user), pk=pk, request_to=request.user)
