"""What allauth asks us: who may sign up, who may come in, and how things are said."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.middleware import suspended_page
from accounts.models import Invitation, Person, Site
from accounts.refusals import Refused

INVITATION = "invitation"  # where the session keeps the code of the invitation that was opened


class AccountAdapter(DefaultAccountAdapter):
    error_messages = DefaultAccountAdapter.error_messages | {
        "cannot_remove_primary_email": _("The main address cannot be removed."),
        "duplicate_email": _("This address is yours already."),
        "max_email_addresses": _("You cannot have more than %d addresses."),
        "unverified_primary_email": _("Your main address has to be verified."),
        "email_password_mismatch": _("That address and that password do not belong together."),
        "username_password_mismatch": _("That username and that password do not belong together."),
        "email_taken": _("There is an account with this address already."),
        "username_taken": _("This username is taken."),
        "too_many_login_attempts": _("Too many attempts. Try again in 5 minutes."),
    }

    # Signing up ---------------------------------------------------------------------------------------

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        registration = Site.current().registration
        return registration == Site.Registration.OPEN or opened_invitation(request) is not None

    def save_user(self, request: HttpRequest, user: Person, form: Any, commit: bool = True) -> Person:
        """Save the newcomer and spend the invitation, both or neither."""
        try:
            with transaction.atomic():
                user.name = form.cleaned_data["name"]
                user.nominated_by = self._spend_invitation(request)
                return super().save_user(request, user, form, commit)
        except IntegrityError as taken:
            raise Refused(_now("This username was taken just now. Choose another."), status=409) from taken

    def _spend_invitation(self, request: HttpRequest) -> Person | None:
        """Who invited, if anybody. Raises Refused when one is needed and somebody else was faster."""
        invitation = opened_invitation(request)
        if invitation and invitation.use():
            del request.session[INVITATION]
            return invitation.inviter
        if Site.current().registration == Site.Registration.INVITE:
            raise Refused(_now("This invitation has just been used up. Ask for another one."), status=409)
        return None

    # Addresses ----------------------------------------------------------------------------------------

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """The main one stays, even as the only one: by it a lost password is found again."""
        return not email_address.primary

    # Logging in ---------------------------------------------------------------------------------------

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        if user.may_enter:
            return super().pre_login(request, user, **kwargs)
        clear_login(request)
        return suspended_page(request, user)


def opened_invitation(request: HttpRequest) -> Invitation | None:
    """The invitation whose link this browser has opened, as long as it is good."""
    code = request.session.get(INVITATION)
    return Invitation.objects.good().filter(code=code).first() if code else None
