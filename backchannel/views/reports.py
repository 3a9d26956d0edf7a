"""Telling the moderators about a message, a conversation or a person."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Person
from backchannel.forms import ReportForm
from backchannel.models import Conversation, Report
from backchannel.views.finding import message_of

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_form
@login_required
def report_message(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    found = message_of(request, pk, client_id)
    return _report(request, Report.of_message, found, found.author, {"message": found})


@require_form
@login_required
def report_conversation(request: HttpRequest, pk: str) -> HttpResponse:
    kept = (Conversation.Kind.DIRECT, Conversation.Kind.GROUP)
    found = get_object_or_404(Conversation.objects.open_to(request.user), pk=pk, kind__in=kept)
    return _report(request, Report.of_conversation, found, found.other_than(request.user), {"conversation": found})


@require_form
@login_required
def report_person(request: HttpRequest, username: str) -> HttpResponse:
    limits.spend("profile", request.user)
    findable = Person.objects.visible_to(request.user) | Person.objects.blocked_by(request.user)
    found = get_object_or_404(findable.named(username).distinct())
    return _report(request, Report.of_person, found, found, {})


def _report(request: HttpRequest, report: Callable, found, about: Person | None, shown: dict) -> HttpResponse:
    """The form; with POST what it says, and a block if that is wanted."""
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        limits.spend("report", request.user)
        report(request.user, found, reason=form.cleaned_data["reason"], words=form.cleaned_data["words"])
        if about and form.cleaned_data["block"]:
            request.user.block(about)
        return SeeOther(reverse("reported"))
    context = {"form": form, "about": about, **shown}
    return render(request, "backchannel/report.html", context, status=422 if form.errors else 200)


@require_safe
@login_required
def reported(request: HttpRequest) -> HttpResponse:
    """What happens now."""
    return render(request, "backchannel/reported.html")
