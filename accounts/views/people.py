"""Other people: their pages and photos, and what ties one to them."""

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Person
from accounts.storing import opened

FOREVER = 60 * 60 * 24 * 365  # seconds; a photo's address changes with the photo


@require_safe
@login_required
def profile(request: HttpRequest, username: str) -> HttpResponse:
    if username.lower() != request.user.username.lower():
        limits.spend("profile", request.user)
    people = Person.objects.visible_to(request.user).select_related("nominated_by")
    person = get_object_or_404(people.named(username))
    return render(request, "accounts/profile.html", _about(person, request.user))


def _about(person: Person, viewer: Person) -> dict:
    nominator = person.nominator
    if nominator and not Person.objects.visible_to(viewer).filter(pk=nominator.pk).exists():
        nominator = None
    return {
        "person": person,
        "mine": person == viewer,
        "following": viewer.is_following(person),
        "reachable": person.is_reachable_for(viewer),
        "followers_count": person.followers.count(),
        "following_count": person.follows.count(),
        "nominator": nominator,
    }


@require_POST
@login_required
def follow(request: HttpRequest, username: str) -> HttpResponse:
    limits.spend("follow", request.user)
    person = get_object_or_404(Person.objects.visible_to(request.user).named(username))
    change = request.user.follow if _is_on(request) else request.user.unfollow
    change(person)
    return _tied(request, person) or SeeOther(person.get_absolute_url())


@require_POST
@login_required
def block(request: HttpRequest, username: str) -> HttpResponse:
    """Block, or take it back: then one finds whom one has blocked, which nobody else can tell."""
    limits.spend("follow", request.user)
    findable = Person.objects.visible_to(request.user) | Person.objects.blocked_by(request.user)
    person = get_object_or_404(findable.named(username).distinct())
    on = _is_on(request)
    change = request.user.block if on else request.user.unblock
    change(person)
    if tied := _tied(request, person):
        return tied
    if on:
        messages.success(request, _("You blocked %s. You can undo it here.") % person)
    return SeeOther(reverse("settings"))


def _is_on(request: HttpRequest) -> bool:
    on = request.POST.get("on")
    if on not in ("yes", "no"):
        raise Http404
    return on == "yes"


def _tied(request: HttpRequest, person: Person) -> HttpResponse | None:
    """For htmx the buttons as they are now, in the place of those that were pressed."""
    if not request.htmx or request.htmx.boosted:
        return None
    ties = {
        "person": person,
        "following": request.user.is_following(person),
        "blocking": request.user.is_blocking(person),
    }
    return render(request, "accounts/_ties.html", ties)


@require_safe
@login_required
def photo(request: HttpRequest, pk: str, stamp: str) -> HttpResponse:
    """A person's photo. An address from before the last change leads to the present one."""
    person = get_object_or_404(Person.objects.visible_to(request.user).exclude(photo=""), pk=pk)
    if request.path != person.photo_address:
        return redirect(person.photo_address)
    return FileResponse(
        opened(person.photo.storage, person.photo.name),
        content_type="image/webp",
        headers={"Cache-Control": f"private, max-age={FOREVER}, immutable"},
    )
