"""Messages that wait for their moment. Only who wrote them finds them."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.refusals import Refused
from backchannel.forms import SwitchForm, require_valid
from backchannel.later_forms import AT, CHOICES, LaterForm, MomentForm, as_field
from backchannel.models import Conversation, Scheduled
from backchannel.models.message import LONGEST
from backchannel.text import tidy
from backchannel.views.finding import wants_piece
from backchannel.views.inbox import INBOX, undo

SOON = timedelta(hours=3)  # what stands in the field at first
AFTER = [(name, words) for name, words in CHOICES.items() if name != AT]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def later(request: HttpRequest, pk: str) -> HttpResponse:
    """Choose the moment of a message, which the composer sends along; with `when` it is kept until then. As a piece:
    how many wait for this conversation."""
    inbox = Conversation.objects.open_to(request.user).filter(kind__in=INBOX).select_related("group")
    found = get_object_or_404(inbox.with_history_of(request.user).with_waiting_of(request.user), pk=pk)
    if request.method == "POST":
        return _put(request, found)
    if wants_piece(request):
        return render(request, "backchannel/_scheduled_count.html", {"conversation": found})
    return _form(request, found, {"body": found.draft})


def _put(request: HttpRequest, found: Conversation) -> HttpResponse:
    found.require_place(request.user)
    sent = request.POST
    if "when" not in sent:
        if sent.getlist("files") or request.FILES:
            raise Refused(_("Files cannot wait: send them now, or take them out."))
        found.note_draft(request.user, tidy(sent.get("body", ""))[:LONGEST])
        return _form(request, found, {"body": sent.get("body", ""), "reply_to": sent.get("reply_to", "")})
    form = LaterForm(sent)
    if not form.is_valid():
        return _form(request, found, sent, form, status=422)
    limits.spend("post", request.user)
    cleaned = form.cleaned_data
    try:
        Scheduled.put(
            request.user, found, cleaned["client_id"], cleaned["body"], cleaned["due_at"], cleaned["reply_to"]
        )
    except Refused as refusal:
        form.add_error(AT, refusal.sentence)
        return _form(request, found, sent, form, status=refusal.status)
    return SeeOther(_list(found.pk))


def _form(request: HttpRequest, found: Conversation, sent, form=None, status: int = 200) -> HttpResponse:
    context = {
        **_moments(sent, form),
        "conversation": found,
        "client_id": sent.get("client_id") or uuid4(),
        "reply_to": sent.get("reply_to", ""),
        "other": found.other_than(request.user),
    }
    return render(request, "backchannel/later.html", context, status=status)


def _moments(sent, form) -> dict:
    """What both forms begin with, or were sent with."""
    soon = timezone.now() + SOON
    fresh = {} if sent.get("at") else {"at": as_field(soon), "due_at": soon}
    return {
        "form": form,
        "body": sent.get("body", ""),
        "at": sent.get("at"),
        "zone": sent.get("zone", ""),
        "choices": AFTER,
        **fresh,
    }


# The list -------------------------------------------------------------------------------------------------


@require_safe
@login_required
def scheduled(request: HttpRequest) -> HttpResponse:
    """All that one has waiting; with ?in=… what is for one conversation."""
    mine = Scheduled.objects.of(request.user).select_related("conversation")
    here = _here(request)
    rows = list(mine.filter(conversation=here) if here else mine)
    open_now = Conversation.objects.open_to(request.user).filter(scheduled__in=[row.pk for row in rows])
    context = {
        "rows": rows,
        "here": here,
        "open": set(open_now.values_list("pk", flat=True)),
        "version": Scheduled.objects.versions_of([str(request.user.pk)]).get(request.user.pk, 0),
    }
    name = "_scheduled" if wants_piece(request) else "scheduled"
    return render(request, f"backchannel/{name}.html", context)


def _here(request: HttpRequest) -> Conversation | None:
    asked = Conversation.objects.open_to(request.user).filter(kind__in=INBOX)
    return asked.filter(pk=request.GET.get("in", "")).first()


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def scheduled_one(request: HttpRequest, scheduled: str) -> HttpResponse:
    """One of them, with its text and moment to be changed."""
    found = get_object_or_404(Scheduled.objects.of(request.user), pk=scheduled)
    if request.method != "POST":
        return _edit(request, found, {"body": found.body, "at": as_field(found.due_at)}, due_at=found.due_at)
    limits.spend("edit", request.user)
    form = MomentForm(request.POST)
    if not form.is_valid():
        return _edit(request, found, request.POST, form, status=422)
    try:
        found.change(form.cleaned_data["body"], form.cleaned_data["due_at"])
    except Refused as refusal:
        form.add_error(AT, refusal.sentence)
        return _edit(request, found, request.POST, form, status=refusal.status)
    return SeeOther(_list(found.conversation_id))


def _edit(request: HttpRequest, found: Scheduled, sent, form=None, status: int = 200, **more) -> HttpResponse:
    context = {"scheduled": found, "list": _list(found.conversation_id), **_moments(sent, form), **more}
    return render(request, "backchannel/scheduled_one.html", context, status=status)


@require_POST
@login_required
def scheduled_sending(request: HttpRequest, scheduled: str) -> HttpResponse:
    """Send it now."""
    found = get_object_or_404(Scheduled.objects.of(request.user), pk=scheduled)
    limits.spend("post", request.user)
    found.send()
    return _done(request, found)


@require_POST
@login_required
def scheduled_cancelling(request: HttpRequest, scheduled: str) -> HttpResponse:
    """Do not send it; with on=no take that back."""
    found = get_object_or_404(Scheduled, author=request.user, pk=scheduled)
    form = SwitchForm(request.POST)
    require_valid(form)
    limits.spend("edit", request.user)
    if not form.is_on:
        found.restore()
        return _done(request, found)
    found.cancel()
    return _done(request, found, undo(_("Not to be sent."), request.path))


def _done(request: HttpRequest, found: Scheduled, headers: dict[str, str] | None = None) -> HttpResponse:
    return HttpResponse(status=204, headers=headers) if wants_piece(request) else SeeOther(_list(found.conversation_id))


def _list(conversation: str | None) -> str:
    return reverse("scheduled") + (f"?in={conversation}" if conversation else "")
