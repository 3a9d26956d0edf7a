"""What happened that concerns one: the bell's page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits, notifying
from accounts.answers import SeeOther
from accounts.catching_up import moment, stamp
from accounts.gate import login_required
from accounts.models import Notification
from accounts.refusals import Refused

PAGE = 40


@require_safe
@login_required
def notifications(request: HttpRequest) -> HttpResponse:
    """The newest of them, or with ?before=… those that came before then."""
    before = moment(request.GET.get("before"))
    mine = Notification.objects.visible_to(request.user).select_related("actor")
    rows = list((mine.filter(created_at__lt=before) if before else mine)[: PAGE + 1])
    context = {
        "rows": notifying.shown(rows[:PAGE], request.user),
        "stamp": stamp(rows[0].created_at) if rows and not before else 0,
        "next": stamp(rows[PAGE - 1].created_at) if len(rows) > PAGE else None,
        "before": before,
    }
    return render(request, "accounts/notifications.html", context)


@require_POST
@login_required
def notifications_read(request: HttpRequest) -> HttpResponse:
    """Note that one has seen all that had happened `until` then."""
    limits.spend("settings", request.user)
    until = moment(request.POST.get("until"))
    if until is None:
        raise Refused(_("That did not work. Please try again."))
    notifying.read_all(request.user, until)
    return HttpResponse(status=204) if request.htmx else SeeOther(reverse("notifications"))


@require_safe
@login_required
def bell(request: HttpRequest) -> HttpResponse:
    """How many one has not read, as every page shows it."""
    return render(request, "accounts/_bell.html")
