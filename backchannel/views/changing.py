"""One message, and what becomes of it. What changes arrives by the socket; the answers only say that it is done."""

from __future__ import annotations

import json
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.refusals import Refused
from backchannel.emoji import QUICK
from backchannel.forms import BodyForm, EditForm, SwitchForm, require_valid
from backchannel.models import Conversation, Message, Pin
from backchannel.models.message import OVERTAKEN
from backchannel.models.remains import UNDO
from backchannel.views.finding import message_of, place_of, wants_piece


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def message(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """One message with what this person may do about it: a page, or the menu; with POST its new text."""
    found = message_of(request, pk, client_id)
    if request.method == "POST":
        return _edit(request, found)
    if wants_piece(request):
        return render(request, "backchannel/_message_menu.html", _rights(request, found))
    return _form(request, found, BodyForm(initial={"body": found.body}))


def _rights(request: HttpRequest, found: Message) -> dict:
    person = request.user
    return {
        "message": found,
        "quick": QUICK,
        "mine": found.reactions.filter(person=person).values_list("emoji", flat=True),
        "reacted": not found.deleted_at and found.reactions.exists(),
        "may_reply": not found.deleted_at and found.may_be_answered_by(person),
        "may_edit": found.may_be_edited_by(person),
        "may_delete": not found.deleted_at and found.may_be_deleted_by(person),
        "may_restore": found.may_be_restored_by(person),
        "may_pin": not found.deleted_at and found.conversation.kind == Conversation.Kind.GROUP,
        "pinned": Pin.objects.filter(message=found).exists(),
    }


@require_safe
@login_required
def editing(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """The form for the author's new text; to who may not change it, the message."""
    found = message_of(request, pk, client_id)
    if wants_piece(request) and not found.may_be_edited_by(request.user):
        return _as_it_is(request, found)
    return _form(request, found, BodyForm(initial={"body": found.body}))


def _edit(request: HttpRequest, found: Message) -> HttpResponse:
    form = EditForm(request.POST, has_files=found.attachments.exists())
    if not form.is_valid():
        return _form(request, found, form, status=422)
    limits.spend("edit", request.user)
    try:
        found.edit(request.user, form.cleaned_data["body"], form.cleaned_data["seen"])
    except Refused as refusal:
        if refusal.status != OVERTAKEN:
            raise
        return _form(request, found, form, status=refusal.status, overtaken=refusal.sentence)
    return _as_it_is(request, found)


def _form(request: HttpRequest, found: Message, form: BodyForm, status: int = 200, **more) -> HttpResponse:
    """With what was typed still in it. Saved once more it replaces what stands there now."""
    name = "_edit" if wants_piece(request) else "message"
    context = {
        "form": form,
        "seen": found.editions.count(),
        "has_files": found.attachments.exists(),
        **_rights(request, found),
        **more,
    }
    return render(request, f"backchannel/{name}.html", context, status=status)


def _as_it_is(request: HttpRequest, found: Message) -> HttpResponse:
    return HttpResponse(found.html) if wants_piece(request) else SeeOther(place_of(found.conversation))


@require_POST
@login_required
def deletion(request: HttpRequest, pk: str, client_id: UUID) -> HttpResponse:
    """Delete a message; with on=no take that back."""
    found = message_of(request, pk, client_id)
    form = SwitchForm(request.POST)
    require_valid(form)
    limits.spend("edit", request.user)
    if form.is_on:
        found.delete_by(request.user)
    else:
        found.restore_by(request.user)
    if wants_piece(request):
        return HttpResponse(status=204, headers=_offer_to_restore(request, found))
    return SeeOther(place_of(found.conversation))


def _offer_to_restore(request: HttpRequest, found: Message) -> dict[str, str]:
    if not found.may_be_restored_by(request.user):
        return {}
    offer = {
        "text": _("Message deleted."),
        "undo": _("Undo"),
        "address": reverse("deletion", args=[found.conversation_id, found.client_id]),
        "seconds": UNDO.total_seconds(),
    }
    return {"HX-Trigger": json.dumps({"message:deleted": offer})}
