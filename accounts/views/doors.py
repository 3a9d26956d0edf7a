"""How people come in: invitations, and the operator's one-time link."""

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from django.contrib import messages
from django.contrib.auth import login
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts import limits
from accounts.adapter import INVITATION
from accounts.answers import SeeOther
from accounts.forms import OperatorForm
from accounts.gate import login_required
from accounts.models import Invitation, OperatorLink, Person
from accounts.refusals import Refused


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def invitations(request: HttpRequest) -> HttpResponse:
    """My links; a POST makes one more, as long as there are some left."""
    if request.method == "POST":
        limits.spend("invitation", request.user)
        Invitation.make_for(request.user)
        return SeeOther(reverse("invitations"))
    made = request.user.invitations.all()
    context = {
        "invitations": made,
        "left": Invitation.left_for(request.user),
        "came": Person.objects.visible_to(request.user).filter(nominated_by=request.user),
    }
    return render(request, "accounts/invitations.html", context)


@require_safe
def invitation(request: HttpRequest, code: str) -> HttpResponse:
    """Opened by a newcomer: remembered until the sign-up. Used-up and invented codes look the same."""
    limits.spend("invitation", get_adapter().get_client_ip(request))
    if request.user.is_authenticated:
        messages.info(request, _("You are here already: this invitation is for somebody new."))
        return redirect("rooms:hallway")
    found = Invitation.objects.good().filter(code=code).select_related("inviter").first()
    if found is None:
        return render(request, "accounts/invitation_taken.html", status=404)
    request.session[INVITATION] = code
    if found.inviter:
        messages.info(request, _("%s invited you.") % found.inviter)
    return redirect("account_signup")


@require_http_methods(["GET", "HEAD", "POST"])
def operator(request: HttpRequest, token: str) -> HttpResponse:
    """The first account of a house, for whoever sees its console."""
    limits.spend("operator", get_adapter().get_client_ip(request))
    link = OperatorLink.find(token)
    if link is None:
        return render(request, "accounts/operator_taken.html", status=404)
    form = OperatorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        login(request, _make_operator(link, form.cleaned_data))
        return SeeOther(reverse("rooms:hallway"))
    return render(request, "accounts/operator.html", {"form": form}, status=422 if form.errors else 200)


def _make_operator(link: OperatorLink, account: dict[str, str]) -> Person:
    """Of two visitors with the same link one gets the account, the other Refused."""
    try:
        with transaction.atomic():
            if not link.take():
                raise Refused(_("Somebody else has just used this link."), status=409)
            person = Person.objects.create_superuser(**account)
            EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
            return person
    except IntegrityError as taken:
        raise Refused(_("This username was taken just now. Choose another."), status=409) from taken
