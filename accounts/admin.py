from __future__ import annotations

from datetime import timedelta
from typing import Any

import allauth.account.admin  # noqa: F401 registers what is registered anew below
from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, ModerationEntry, Person, Site
from accounts.moderating import AskedOnly, ReasonForm, ShownOnly, with_reason
from accounts.refusals import Refused
from accounts.signals import person_suspended

HOURS = [
    ("1", _("for an hour")),
    ("24", _("for a day")),
    ("168", _("for a week")),
    ("720", _("for 30 days")),
    ("", _("for good")),
]


class SuspendForm(ReasonForm):
    hours = forms.TypedChoiceField(
        label=_("How long"), choices=HOURS, initial="24", required=False, coerce=int, empty_value=None
    )


class StandingForm(forms.ModelForm):
    """What the operator chooses about a person. He cannot lock himself out."""

    by: Person

    def clean(self) -> dict[str, Any]:
        if self.instance == self.by:
            for name in {"is_active", "is_staff", "is_superuser"} & set(self.changed_data):
                self.add_error(name, _("You cannot take this from yourself. Another operator can."))
        return self.cleaned_data


@admin.register(Person)
class PersonAdmin(ShownOnly):
    list_display = ["username", "name", "created_at", "suspended_until", "is_staff"]
    list_filter = ["is_staff", "is_active", ("suspended_until", admin.EmptyFieldListFilter)]
    search_fields = ["username", "name"]
    ordering = ["username"]
    actions = ["suspend", "lift"]
    shown = ["username", "name", "bio", "created_at", "suspended_until", "nominated_by"]
    # Only the operator sees addresses, and chooses who is of the staff.
    shown_to_operator = [*shown, "email", "last_login"]
    operator_chooses = ["is_active", "is_staff", "is_superuser", "groups"]
    filter_horizontal = ["groups"]
    form = StandingForm

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.is_superuser

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        if request.user.is_superuser:
            return [*self.shown_to_operator, *self.operator_chooses]
        return self.shown

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return self.shown_to_operator

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> type[forms.ModelForm]:
        made = super().get_form(request, *args, **kwargs)
        made.by = request.user
        return made

    def save_model(self, request: HttpRequest, obj: Person, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ModerationEntry.write(request.user, "change", obj, ", ".join(form.changed_data))
        if "is_active" in form.changed_data and not obj.is_active:
            person_suspended.send(Person, person=obj)

    def has_suspend_permission(self, request: HttpRequest) -> bool:
        return self.may(request, "suspend")

    @with_reason(_("Suspend"), "suspend", SuspendForm)
    def suspend(self, by: Person, person: Person, reason: str, hours: int | None) -> None:
        person.suspend(by, reason, until=timezone.now() + timedelta(hours=hours) if hours else None)

    @with_reason(_("Lift the suspension"), "suspend")
    def lift(self, by: Person, person: Person, reason: str) -> None:
        person.lift(by, reason)


admin.site.unregister(EmailAddress)


@admin.register(EmailAddress)
class AddressAdmin(ShownOnly):
    """The operator's. Addresses are changed by their people; one whose letters never arrive can be verified here."""

    list_display = ["email", "user", "primary", "verified"]
    list_filter = ["primary", "verified"]
    list_select_related = ["user"]
    search_fields = ["email", "user__username"]
    actions = ["verify"]

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return request.user.is_superuser

    @with_reason(_("Take as verified"), "verify")
    def verify(self, by: Person, address: EmailAddress, reason: str) -> None:
        if not address.set_verified():
            raise Refused(_now("Somebody else has verified this address."))
        ModerationEntry.write(by, "verify", address.user, reason)


@admin.register(Site)
class SiteAdmin(ShownOnly):
    list_display = ["__str__", "registration"]

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        Site.current()
        return super().get_queryset(request)

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return request.user.is_superuser

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        ModerationEntry.write(request.user, "change", obj, obj.get_registration_display())


@admin.register(Invitation)
class InvitationAdmin(AskedOnly):
    """The operator's codes are made here. Who knows a code can let people in: moderators see none."""

    list_select_related = ["inviter"]
    readonly_fields = ["inviter", "created_at"]

    def get_list_display(self, request: HttpRequest) -> list[str]:
        return [*self._code(request), "inviter", "uses_left", "created_at"]

    def get_fields(self, request: HttpRequest, obj: models.Model | None = None) -> list[str]:
        return [*self._code(request), "inviter", "uses_left", "created_at"]

    def get_list_display_links(self, request: HttpRequest, list_display: Any) -> list[str] | None:
        return self._code(request) or None

    def _code(self, request: HttpRequest) -> list[str]:
        return ["code"] if request.user.is_superuser else []


@admin.register(ModerationEntry)
class ModerationEntryAdmin(ShownOnly):
    list_display = ["created_at", "actor", "action", "target_kind", "target_label", "reason"]
    list_select_related = ["actor"]
    list_filter = ["action", "target_kind"]
    search_fields = ["target_label", "reason", "actor__username"]
