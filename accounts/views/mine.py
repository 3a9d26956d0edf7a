"""What is one's own: settings and log-ins."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import limits
from accounts.answers import SeeOther
from accounts.forms import SettingsForm
from accounts.gate import login_required
from accounts.models import Person


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def settings(request: HttpRequest) -> HttpResponse:
    # Its own copy: a refused form must not put its values into the page around it.
    person = Person.objects.get(pk=request.user.pk)
    form = SettingsForm(request.POST or None, request.FILES or None, instance=person)
    if request.method == "POST":
        limits.spend("settings", person)
        if form.is_valid():
            form.save()
            messages.success(request, _("Saved."))
            return SeeOther(reverse("settings"))
    context = {"form": form, "blocked": Person.objects.blocked_by(request.user).order_by("name", "pk")}
    return render(request, "accounts/settings.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def logins(request: HttpRequest) -> HttpResponse:
    """Log out everywhere, here too."""
    request.user.log_out_everywhere(but=request.session.session_key)
    logout(request)
    messages.success(request, _("You are logged out on all devices."))
    return SeeOther(reverse("account_login"))
