"""What one takes away: a conversation, or all that one wrote. Only who asked for it finds it, for a day."""

from __future__ import annotations

import unicodedata

from django.core.files import File
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Person
from backchannel.exporting.files import safe_name
from backchannel.exporting.keeping import page_of
from backchannel.media.ranges import answer
from backchannel.models import Conversation, Export
from backchannel.models.scheduled import title_of
from backchannel.views.files import ALONE
from backchannel.views.finding import place_of, wants_piece


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def export(request: HttpRequest, pk: str) -> HttpResponse:
    """How far the export of a conversation is, and the export itself; with POST another one is made."""
    readable = Conversation.objects.open_to(request.user).select_related("room", "group")
    found = get_object_or_404(readable, pk=pk)
    if request.method == "POST":
        return _begin(request, found)
    title = title_of(found, request.user)
    return _shown(request, "export", conversation=found, title=title, back=place_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """The same of all that one wrote."""
    return _begin(request) if request.method == "POST" else _shown(request, "my_data")


def _begin(request: HttpRequest, conversation: Conversation | None = None) -> HttpResponse:
    limits.spend("export", request.user)
    zone = request.POST.get("zone", "").replace("\0", "")
    return SeeOther(page_of(Export.begin(request.user, conversation, zone)))


def _shown(request: HttpRequest, page: str, conversation: Conversation | None = None, **about) -> HttpResponse:
    mine = list(Export.objects.of(request.user))
    here = [one for one in mine if one.conversation_id == (conversation and conversation.pk)]
    context = {
        "conversation": conversation,
        "export": here[0] if here else None,
        "busy": any(one.in_hand for one in mine),
        "version": Export.objects.versions_of([str(request.user.pk)]).get(request.user.pk, 0),
        **about,
    }
    name = "_export" if wants_piece(request) else page
    return render(request, f"backchannel/{name}.html", context)


@require_safe
def export_file(request: HttpRequest, export: str) -> HttpResponse:
    """The file, for who asked for it and may read the conversation still; to all others there is none."""
    if not request.user.is_authenticated:
        raise Http404
    found = get_object_or_404(Export.objects.of(request.user).ready(timezone.now()), pk=export)
    try:
        opened = File(found.place.open("rb"))
    except FileNotFoundError as gone:
        raise Http404 from gone
    response = answer(request, opened, "application/zip", tag=found.pk)
    response.headers["Content-Disposition"] = content_disposition_header(True, _name(found, request.user))
    response.headers["Content-Security-Policy"] = ALONE
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _name(found: Export, person: Person) -> str:
    about = title_of(found.conversation, person) if found.conversation else person.username
    visible = "".join(one for one in about if unicodedata.category(one)[0] not in "CZ" or one == " ")
    return safe_name(f"backchannel {visible} {timezone.localtime(found.made_at):%Y-%m-%d}.zip")


@require_POST
@login_required
def export_removal(request: HttpRequest, export: str) -> HttpResponse:
    """Do without it, or stop making it. Twice is once."""
    found = get_object_or_404(Export, person=request.user, pk=export)
    limits.spend("edit", request.user)
    found.remove()
    return HttpResponse(status=204) if wants_piece(request) else SeeOther(page_of(found))
