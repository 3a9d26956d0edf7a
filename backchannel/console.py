"""The moderators' console: Django's admin, with our own door. For everybody else it is not there."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.sites import AdminSite
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class ConsoleConfig(AdminConfig):
    default_site = "backchannel.console.Console"


class Console(AdminSite):
    site_title = site_header = _("Backchannel, behind the scenes")
    index_title = _("Moderation")

    def admin_view(self, view: Callable, cacheable: bool = False) -> Callable:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            return self._away(request) or inner(request, *args, **kwargs)

        return update_wrapper(guarded, inner)

    def login(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        return self._away(request) or redirect("admin:index")

    def password_change(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """There is one place for it, where other log-ins are ended too."""
        return redirect("account_change_password")

    def _away(self, request: HttpRequest) -> HttpResponse | None:
        """Strangers are sent to the one log-in, with its limits; others learn nothing. None lets somebody in."""
        if not request.user.is_authenticated:
            return redirect(f"{reverse('account_login')}?{urlencode({'next': request.get_full_path()})}")
        if not self.has_permission(request):
            raise Http404
        return None
