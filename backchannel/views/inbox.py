"""The inbox: its list, and how somebody keeps each conversation in it. What changes is told to all his devices."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from backchannel.forms import DraftForm, LevelForm, MuteForm, SwitchForm, require_valid
from backchannel.inbox import ROWS, inbox_of
from backchannel.models import Conversation, Membership
from backchannel.models.kept import FOR_GOOD, UNDO
from backchannel.views.finding import message_of, wants_piece


@require_safe
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """One's conversations: the page, or for one that has news its list, or the badge alone."""
    if request.htmx.target == "unread" and wants_piece(request):
        return render(request, "backchannel/_unread.html")
    context = inbox_of(request.user, *asked_part(request))
    if not wants_piece(request):
        return render(request, "backchannel/inbox.html", context)
    here = Conversation.objects.open_to(request.user).filter(pk=request.GET.get("here", "")).first()
    return render(request, "backchannel/_inbox_news.html", {**context, "conversation": here})


def asked_part(request: HttpRequest) -> tuple[str, int]:
    """Which part of the inbox is shown, and how many rows of it."""
    rows = request.GET.get("rows", "")
    return request.GET.get("show", ""), int(rows) if rows.isdecimal() and len(rows) < 6 else ROWS


@require_POST
@login_required
def everything_read(request: HttpRequest) -> HttpResponse:
    """Mark all of the inbox as read; with on=no take that back."""
    form = SwitchForm(request.POST)
    require_valid(form)
    limits.spend("keeping", request.user)
    if not form.is_on:
        Membership.objects.unread_all(request.user)
        return _done(request)
    if not Membership.objects.read_all(request.user):
        return _done(request)
    return _done(request, undo(_("Everything is marked as read."), reverse("everything_read")))


@require_safe
@login_required
def conversation_menu(request: HttpRequest, pk: str) -> HttpResponse:
    """What one may do about a conversation as a whole: a page, or the menu."""
    kept = _kept(request, pk)
    name = "_conversation_menu" if wants_piece(request) else "conversation_menu"
    context = {
        "kept": kept,
        "conversation": kept.conversation,
        "other": kept.conversation.other_than(request.user),
        "levels": Membership.Level.choices,
        "mutes": {"hour": _("For 1 hour"), "workday": _("For 8 hours"), FOR_GOOD: _("Until I change it")},
    }
    return render(request, f"backchannel/{name}.html", context)


@require_POST
@login_required
def top(request: HttpRequest, pk: str) -> HttpResponse:
    kept, form = _kept(request, pk), SwitchForm(request.POST)
    require_valid(form)
    kept.pin(form.is_on)
    return _done(request)


@require_POST
@login_required
def archive(request: HttpRequest, pk: str) -> HttpResponse:
    kept, form = _kept(request, pk), SwitchForm(request.POST)
    require_valid(form)
    kept.archive(form.is_on)
    return _done(request, undo(_("Archived."), request.path) if form.is_on else {})


@require_POST
@login_required
def mute(request: HttpRequest, pk: str) -> HttpResponse:
    kept, form = _kept(request, pk), MuteForm(request.POST)
    require_valid(form)
    kept.mute(form.cleaned_data["until"])
    return _done(request)


@require_POST
@login_required
def level(request: HttpRequest, pk: str) -> HttpResponse:
    kept, form = _kept(request, pk), LevelForm(request.POST)
    require_valid(form)
    kept.keep(level=form.cleaned_data["level"])
    return _done(request)


@require_POST
@login_required
def draft(request: HttpRequest, pk: str) -> HttpResponse:
    """Keep what somebody has begun to write, for all his devices."""
    kept, form = _kept(request, pk), DraftForm(request.POST)
    require_valid(form)
    kept.note_draft(form.cleaned_data["body"])
    return _done(request)


@require_POST
@login_required
def unread_from(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """Mark a message as unread, and all that came after it."""
    found, kept = message_of(request, pk, client_id), _kept(request, pk)
    kept.read_up_to(found.seq - 1)
    marked = {"conversation:unread": {"conversation": pk, "message": found.element_id}}
    return _done(request, {"HX-Trigger": json.dumps(marked)})


# What all of them begin and end with ----------------------------------------------------------------------


def _kept(request: HttpRequest, pk: str) -> Membership:
    """How this person keeps that conversation of his inbox; 404 where it is none of his."""
    mine = Membership.objects.filter(person=request.user, conversation__kind__in=INBOX)
    found = get_object_or_404(mine.select_related("conversation"), conversation=pk)
    if request.method == "POST":
        limits.spend("keeping", request.user)
    return found


INBOX = (Conversation.Kind.DIRECT, Conversation.Kind.GROUP)


def _done(request: HttpRequest, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status=204, headers=headers) if wants_piece(request) else SeeOther(reverse("inbox"))


def undo(text: str, address: str) -> dict[str, str]:
    """A line that says what was done, with a button that takes it back."""
    offer = {"text": text, "undo": _("Undo"), "address": address, "seconds": UNDO.total_seconds()}
    return {"HX-Trigger": json.dumps({"undoable": offer})}
