"""What the moderators' pages have in common: they show, and act only with a reason, which the log keeps."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from accounts.refusals import Refused


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 60}),
        help_text=_("Kept in the moderation log, which the staff reads."),
    )


class AskedOnly(admin.ModelAdmin):
    """A list is asked only what its filters ask: any other question would be answered, by how many rows there are,
    about fields that are not shown."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = self.get_list_filter(request)
        filtered = {each[0] if isinstance(each, (tuple, list)) else each for each in filters}
        return lookup.split("__")[0] in filtered and super().lookup_allowed(lookup, value, request)


class ShownOnly(AskedOnly):
    """Nothing is added, changed or deleted here by hand, not even by the operator."""

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def may(self, request: HttpRequest, codename: str) -> bool:
        """Whether this moderator has one of our own permissions on this model."""
        return request.user.has_perm(f"{self.opts.app_label}.{codename}_{self.opts.model_name}")


def with_reason(
    description: str, permission: str, form_class: type[forms.Form] = ReasonForm
) -> Callable[[Callable], Callable]:
    """Makes an admin action of `act(admin, by, thing, **answers)`, done for each chosen thing once a page has asked
    the form's questions. The permission is told by the admin's has_<permission>_permission()."""

    def decorate(act: Callable) -> Callable:
        @admin.action(description=description, permissions=[permission])
        @wraps(act)
        def action(self: ShownOnly, request: HttpRequest, queryset: models.QuerySet) -> HttpResponse | None:
            form = form_class(request.POST if "reason" in request.POST else None)
            if not form.is_valid():
                return _ask(self, request, queryset, form, action)
            for thing in queryset:
                _act(self, request, thing, lambda thing=thing: act(self, request.user, thing, **form.cleaned_data))
            return None

        return action

    return decorate


def _ask(
    self: ShownOnly, request: HttpRequest, queryset: models.QuerySet, form: forms.Form, action: Callable
) -> HttpResponse:
    context = {
        **self.admin_site.each_context(request),
        "title": action.short_description,
        "opts": self.opts,
        "form": form,
        "things": queryset,
        "action": action.__name__,
        "checkbox": ACTION_CHECKBOX_NAME,
    }
    return TemplateResponse(request, "admin/reason.html", context)


def _act(self: ShownOnly, request: HttpRequest, thing: models.Model, act: Callable[[], Any]) -> None:
    """All of it or nothing, and the moderator is told which."""
    label = str(thing)
    try:
        with transaction.atomic():
            act()
    except Refused as refused:
        self.message_user(request, f"{label}: {refused.sentence}", messages.ERROR)
    else:
        self.message_user(request, _("%s: done.") % label, messages.SUCCESS)
