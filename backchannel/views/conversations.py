"""Conversations and their messages. What is written arrives by the socket; the form only says that it is kept."""

from __future__ import annotations

import json
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Person
from accounts.prepared import prepared
from accounts.refusals import Refused
from backchannel.forms import MessageForm, ReadingForm, require_valid
from backchannel.inbox import inbox_of
from backchannel.media.uploading import PlainMessageForm
from backchannel.message_list import message_list, page_after, page_before
from backchannel.models import Conversation, Message, Question
from backchannel.views.finding import place_of, wants_piece
from backchannel.views.inbox import asked_part
from backchannel.views.picking import open_with


@require_safe
@login_required
def conversation(request: HttpRequest, pk: str) -> HttpResponse:
    """A conversation: the page, or the piece; with ?before=… what stands above a message, with ?after=… what stands
    below one, with ?m=… what stands around one, with ?unread=… what stands around the first one after that number, with
    ?reply=… a form that replies to one."""
    found = _conversation(request, pk)
    before, after = (_number(request.GET.get(name)) for name in ("before", "after"))
    if not wants_piece(request):
        return _page(request, found, before)
    if before is not None:
        return render(request, "backchannel/_messages.html", page_before(found, request.user, before))
    if after is not None:
        return render(request, "backchannel/_messages.html", page_after(found, request.user, after))
    listed = message_list(found, request.user, found.seat_of(request.user), at=_asked(request))
    return render(request, "backchannel/_conversation.html", listed)


def _page(request, found: Conversation, before: int | None = None, form=None, status: int = 200) -> HttpResponse:
    seat, form = found.seat_of(request.user), form or _beginning(request, found)
    reply_to = _id(form.data.get("reply_to") if form else request.GET.get("reply"))
    listed = inbox_of(request.user, *asked_part(request), here=found)
    context = {**listed, **message_list(found, request.user, seat, form, at=_asked(request), reply_to=reply_to)}
    if before is not None:
        context |= page_before(found, request.user, before)
    return render(request, "backchannel/conversation.html", context, status=status)


def _beginning(request: HttpRequest, found: Conversation) -> MessageForm | None:
    """A form that answers a question asked beside a stage, if one is named: it is quoted."""
    if not (pk := request.GET.get("question", "").replace("\0", "")):
        return None
    asked = Question.objects.visible_to(request.user).filter(pk=pk, asker__conversations=found).first()
    return MessageForm(initial={"body": f"> {asked.body}\n\n"}) if asked else None


@require_POST
@login_required
def messages(request: HttpRequest, pk: str) -> HttpResponse:
    """Write a message. A page with scripts hears its number; a plain form goes back to where it stood."""
    found = _conversation(request, pk)
    form = PlainMessageForm(request.POST, request.FILES, person=request.user, conversation=found)
    try:
        message = _post(request, found, form)
    except Refused as refusal:
        if wants_piece(request):
            raise
        # Drawn again with its text: nothing that somebody wrote is lost.
        if refusal.sentence not in form.errors.get("body", []):
            form.add_error("body", refusal.sentence)
        page = _page(request, found, form=form, status=refusal.status)
        return _come_again(page, refusal.wait)
    if wants_piece(request):
        sent = {"conversation": found.pk, "client_id": str(message.client_id), "seq": message.seq}
        return HttpResponse(status=204, headers={"HX-Trigger": json.dumps({"message:sent": sent})})
    found.forget_draft(request.user)
    return SeeOther(place_of(found))


def _post(request: HttpRequest, found: Conversation, form: PlainMessageForm) -> Message:
    client_id, body = form.words()
    limits.spend("post", request.user)
    if not wants_piece(request):
        client_id = found.unused_id(request.user, client_id, body, anew=bool(form.uploaded))
    return found.post(request.user, client_id, body, form.cleaned_data["reply_to"], files=form.cleaned_data["files"])


@require_POST
@login_required
def reading(request: HttpRequest, pk: str) -> HttpResponse:
    """Note how far one has read."""
    found = _conversation(request, pk)
    form = ReadingForm(request.POST)
    require_valid(form)
    found.note_reading(request.user, form.cleaned_data["seq"])
    return HttpResponse(status=204) if wants_piece(request) else SeeOther(found.get_absolute_url())


@require_POST
@login_required
def direct(request: HttpRequest, username: str) -> HttpResponse:
    """Open the direct conversation with somebody. One answer for all who can't be reached, the unknown included."""
    other = Person.objects.named(username).exclude(pk=request.user.pk).first()
    if not other:
        raise Refused(_("You can’t message this person now."))
    return SeeOther(open_with(request, other).get_absolute_url())


# What all of them begin and end with ----------------------------------------------------------------------


def _conversation(request: HttpRequest, pk: str) -> Conversation:
    found = _open_one(request.user.pk, pk)
    if not found:
        raise Http404
    return found[0]


@prepared
def _open_one(person: str, pk: str) -> QuerySet:
    found = Conversation.objects.open_to(person).filter(pk=pk).select_related("room", "group")
    return found.with_history_of(person).with_waiting_of(person)


def _come_again(page: HttpResponse, wait: int) -> HttpResponse:
    if wait:
        page.headers["Retry-After"] = str(wait)
    return page


def _asked(request: HttpRequest) -> UUID | int | None:
    return _id(request.GET.get("m")) or _number(request.GET.get("unread"))


def _id(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 18 else None
