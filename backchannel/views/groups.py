"""Groups: who is in one, how it looks, and what its people may do about that."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Person
from accounts.storing import opened
from backchannel.forms import require_valid
from backchannel.group_forms import AnswerForm, GroupForm, StandingForm, chosen
from backchannel.models import Group, Membership
from backchannel.models.group_step import in_words
from backchannel.views.finding import wants_piece
from backchannel.views.picking import pickable, spend_on_strangers

GOVERNING = (Membership.Role.OWNER, Membership.Role.MODERATOR)  # they alone see who is invited
FOREVER = 60 * 60 * 24 * 365  # seconds; a photo's address changes with the photo


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def group(request: HttpRequest, pk: str) -> HttpResponse:
    """About a group: the page, or the head of its conversation; with POST its name, photo and what newcomers read."""
    found = _group(request, pk)
    if request.method == "POST":
        return _set_up(request, found)
    if wants_piece(request) and request.htmx.target == f"group-{found.pk}":
        return render(request, "backchannel/_group_top.html", {"conversation": found.conversation})
    return _page(request, found)


def _set_up(request: HttpRequest, found: Group) -> HttpResponse:
    limits.spend("member", request.user)
    form = GroupForm(found, _role(request, found), request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    found.set_up(request.user, **form.answers(found))
    return SeeOther(found.get_absolute_url())


def _page(request: HttpRequest, found: Group, form: GroupForm | None = None, status: int = 200) -> HttpResponse:
    role = _role(request, found)
    governing = role in GOVERNING
    members = found.conversation.memberships.select_related("person").order_by("pk")
    context = {
        "group": found,
        "role": role,
        "governing": governing,
        "members": sorted(members, key=lambda one: Membership.Role.values.index(one.role)),
        "blocked": Person.objects.blocked_by(request.user).filter(memberships__conversation=found.pk),
        "invitations": found.invitations.select_related("person") if governing else (),
        "form": (form or GroupForm(found, role)) if governing else None,
    }
    return render(request, "backchannel/group.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def members(request: HttpRequest, pk: str) -> HttpResponse:
    """Choosing who else is to come in: the page, as somebody types the people found; with POST they are added."""
    found = _group(request, pk)
    if request.method == "POST" and "find" not in request.POST:
        return _add(request, found)
    context = {**pickable(request, reverse("members", args=[found.pk]), found.pk), "group": found}
    piece = wants_piece(request) and request.htmx.target == "pickable"
    return render(request, f"backchannel/{'_pickable' if piece else 'members'}.html", context)


def _add(request: HttpRequest, found: Group) -> HttpResponse:
    limits.spend("member", request.user)
    people = chosen(request.POST, request.user)
    spend_on_strangers(request.user, people)
    if asked := found.add(request.user, people):
        messages.success(request, _("An invitation went to %s.") % in_words(asked))
    return SeeOther(found.get_absolute_url())


@require_POST
@login_required
def member(request: HttpRequest, pk: str, username: str) -> HttpResponse:
    """Make somebody owner, moderator or member, remove him, or take his invitation back."""
    found = _group(request, pk)
    part = Q(memberships__conversation=found.pk)
    if _role(request, found) in GOVERNING:
        part |= Q(group_invitations__group=found.pk)
    person = get_object_or_404(Person.objects.named(username).filter(part).distinct())
    limits.spend("member", request.user)
    form = StandingForm(request.POST)
    require_valid(form)
    _stand(found, request.user, person, form.cleaned_data["role"])
    return HttpResponse(status=204) if wants_piece(request) else SeeOther(found.get_absolute_url())


def _stand(found: Group, by: Person, person: Person, role: str) -> None:
    if role == Membership.Role.OWNER:
        found.hand_over(by, person)
    elif role != StandingForm.REMOVED:
        found.make(by, person, role)
    elif found.invitations.filter(person=person).exists():
        found.withdraw(by, person)
    else:
        found.remove(by, person)


@require_POST
@login_required
def leaving_group(request: HttpRequest, pk: str) -> HttpResponse:
    _group(request, pk).leave(request.user)
    return SeeOther(reverse("inbox"))


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def group_invitation(request: HttpRequest, pk: str) -> HttpResponse:
    """Who asks one into which group, and who is in it; with POST one's answer."""
    if request.method == "POST":
        return _answer(request, pk)
    found = get_object_or_404(Group.objects.invited(request.user), pk=pk)
    company = Person.objects.filter(memberships__conversation=found.pk)
    context = {
        "group": found,
        "invitation": found.invitations.select_related("by").get(person=request.user),
        "count": company.count(),
        "people": company.filter(pk__in=Person.objects.visible_to(request.user).values("pk")).order_by("words", "pk"),
        "blocked": company.filter(blocks_received__blocker=request.user),
    }
    return render(request, "backchannel/group_invitation.html", context)


def _answer(request: HttpRequest, pk: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    require_valid(form)
    groups = Group.objects.invited(request.user) | Group.objects.of(request.user)
    found = get_object_or_404(groups.distinct(), pk=pk)
    if form.cleaned_data["answer"] == "accept":
        found.accept(request.user)
        return SeeOther(found.conversation.get_absolute_url())
    found.decline(request.user)
    return SeeOther(reverse("inbox"))


@require_safe
@login_required
def group_photo(request: HttpRequest, pk: str, stamp: str) -> HttpResponse:
    """A group's photo, for those in it and those asked. An address from before the last change leads to the present
    one."""
    groups = (Group.objects.of(request.user) | Group.objects.invited(request.user)).exclude(photo="")
    found = get_object_or_404(groups.distinct(), pk=pk)
    if request.path != found.photo_address:
        return redirect(found.photo_address)
    image = opened(found.photo.storage, found.photo.name)
    headers = {"Cache-Control": f"private, max-age={FOREVER}, immutable"}
    return FileResponse(image, content_type="image/webp", headers=headers)


def _group(request: HttpRequest, pk: str) -> Group:
    """A group this person is in, or 404."""
    return get_object_or_404(Group.objects.of(request.user).select_related("conversation"), pk=pk)


def _role(request: HttpRequest, found: Group) -> str:
    return found.conversation.memberships.values_list("role", flat=True).get(person=request.user)
