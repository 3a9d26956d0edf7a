"""Files: sent alone, before the message that they go with, and shown to who may read that message now."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.middleware import came_from
from accounts.refusals import Refused
from accounts.storing import opened
from backchannel.forms import require_valid
from backchannel.media.ranges import answer
from backchannel.media.taking import take_in
from backchannel.models import Attachment, Conversation, Message
from backchannel.views.finding import wants_piece

ALONE = "default-src 'none'; img-src 'self'; media-src 'self'; sandbox"  # what it may do, opened by itself


class UploadForm(forms.Form):
    client_id = forms.UUIDField(error_messages={"required": _("This file could not be sent. Send it again.")})
    alt = forms.CharField(max_length=500, required=False)


class DescriptionForm(forms.Form):
    alt = forms.CharField(
        max_length=500,
        required=False,
        error_messages={"max_length": _("A description can have 500 characters at most.")},
    )


@require_POST
@login_required
def files(request: HttpRequest, pk: str) -> HttpResponse:
    """Take in one file, for a message that will be written in this conversation."""
    conversation = get_object_or_404(Conversation.objects.open_to(request.user).select_related("room"), pk=pk)
    conversation.require_place(request.user)
    if conversation.asks(request.user.pk):
        raise Refused(_("Files can be sent once your message is accepted."))
    form = UploadForm(request.POST)
    require_valid(form)
    if "file" not in request.FILES:
        raise Refused(_("Choose a file first."))
    limits.spend("upload", request.user)
    taken = take_in(request.user, form.cleaned_data["client_id"], request.FILES["file"], form.cleaned_data["alt"])
    return JsonResponse({"id": taken.pk, "kind": taken.kind, "name": taken.name, "size": taken.size}, status=201)


@require_POST
@login_required
def file(request: HttpRequest, file: str) -> HttpResponse:
    """Say what is seen in one's own file."""
    found = _own(request, file)
    form = DescriptionForm(request.POST)
    require_valid(form)
    limits.spend("edit", request.user)
    if found.message:
        found.message.conversation.require_writer(request.user)
    found.describe(form.cleaned_data["alt"])
    return _done(request)


@require_POST
@login_required
def file_removal(request: HttpRequest, file: str) -> HttpResponse:
    """Do without a file that was not posted yet. Twice is once."""
    mine = Attachment.objects.filter(person=request.user, pk=file, message=None)
    get_object_or_404(mine)
    mine.let_go()
    return _done(request)


def _own(request: HttpRequest, file: str) -> Attachment:
    kept = Attachment.objects.exclude(state=Attachment.State.GONE)
    return get_object_or_404(kept.filter(message__deleted_at=None), person=request.user, pk=file)


def _done(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=204) if wants_piece(request) else SeeOther(came_from(request))


# What is in it --------------------------------------------------------------------------------------------


@require_safe
def attachment(request: HttpRequest, pk: str, client_id: UUID, file: str) -> HttpResponse:
    """A file, or a part of it, for who may read its message now; to all others, whoever they are, there is none."""
    found = _readable(request, pk, client_id, file)
    return served(request, found, found.file, found.mime)


@require_safe
def attachment_small(request: HttpRequest, pk: str, client_id: UUID, file: str) -> HttpResponse:
    """The preview of a picture, or a video's poster."""
    found = _readable(request, pk, client_id, file)
    if not found.small:
        raise Http404
    return served(request, found, found.small, "image/webp")


def _readable(request: HttpRequest, pk: str, client_id: UUID, file: str) -> Attachment:
    if not request.user.is_authenticated:
        raise Http404
    messages = Message.objects.readable_by(request.user).filter(conversation=pk, client_id=client_id)
    return get_object_or_404(Attachment.objects.served(), message__in=messages, pk=file)


def served(request: HttpRequest, found: Attachment, place: str, mime: str) -> HttpResponse:
    """What is kept there, for who was found to be allowed it: nothing in it runs."""
    response = answer(request, opened(default_storage, place), mime, tag=place.rpartition("/")[2])
    is_image = mime == "image/webp"
    response.headers["Content-Disposition"] = content_disposition_header(not is_image, found.name) or "attachment"
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response
