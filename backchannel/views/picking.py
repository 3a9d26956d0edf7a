"""Choosing people: whom to write to, and with more than one a group of them."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts import limits
from accounts.answers import SeeOther
from accounts.gate import login_required
from accounts.models import Follow, Person
from accounts.wanted import Wanted
from backchannel.group_forms import NewGroupForm, chosen
from backchannel.models import Conversation, Group
from backchannel.models.group import NAME_LENGTH
from backchannel.views.finding import wants_piece
from rooms.models import Room

SHOWN = 20  # people to choose from
LONGEST = 60  # characters looked for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Whom to write to: the page, as somebody types the people found, with POST the conversation; with ?room=… those
    on its stage are chosen."""
    if request.method == "POST" and "find" not in request.POST:
        return _begin(request)
    context = pickable(request, reverse("new"))
    if wants_piece(request) and request.htmx.target == "pickable":
        return render(request, "backchannel/_pickable.html", context)
    return _page(request, context)


def pickable(request: HttpRequest, address: str, without: str = "") -> dict:
    """The context of backchannel/_picker.html: who was chosen, and who may be, found by what was typed or followed.
    `without`: the group whose members are not to be chosen."""
    asked = request.POST if request.method == "POST" else request.GET
    picked = chosen(asked, request.user)
    people = Person.objects.reachable_for(request.user).exclude(pk__in=[person.pk for person in picked])
    if without:
        people = people.exclude(memberships__conversation=without)
    q = asked.get("q", "").replace("\0", "")[:LONGEST]
    wanted = Wanted(q.strip().removeprefix("@"), get_language() or "")
    if wanted:
        limits.spend("search", request.user)
        people = people.search(request.user, wanted)
    else:
        people = people.filter(followers__follower=request.user).order_by("words", "pk")
    return {"picked": picked, "people": people[:SHOWN], "q": q, "searched": bool(wanted), "address": address}


def _page(request: HttpRequest, context: dict) -> HttpResponse:
    name, form_id = request.POST.get("name", ""), request.POST.get("form_id") or uuid4()
    if room := _room(request):
        context |= {"room": room, "picked": _on_stage(room, request.user), "people": ()}
        name = room.title
    form = NewGroupForm(initial={"name": name[:NAME_LENGTH], "form_id": form_id})
    return render(request, "backchannel/new.html", {**context, "form": form})


def _room(request: HttpRequest) -> Room | None:
    """The room whose stage is meant: one that this person sits or sat in."""
    if request.method == "POST" or not (pk := request.GET.get("room", "").replace("\0", "")):
        return None
    rooms = Room.objects.visible_to(request.user).filter(seats__person=request.user, seats__removed_at=None)
    return get_object_or_404(rooms, pk=pk)


def _on_stage(room: Room, person: Person) -> list[Person]:
    seats = room.seats.on_stage().values("person")
    return list(Person.objects.reachable_for(person).filter(pk__in=seats).order_by("words", "pk"))


def _begin(request: HttpRequest) -> HttpResponse:
    people, form = chosen(request.POST, request.user), NewGroupForm(request.POST)
    if not people:
        form.add_error(None, _("Choose somebody to write to."))
    if not form.is_valid():
        context = {**pickable(request, reverse("new")), "form": form}
        return render(request, "backchannel/new.html", context, status=422)
    if len(people) == 1:
        return SeeOther(open_with(request, people[0]).get_absolute_url())
    limits.spend("group", request.user)
    spend_on_strangers(request.user, people)
    group = Group.start(request.user, people, form.cleaned_data["name"], form.cleaned_data["form_id"])
    return SeeOther(group.conversation.get_absolute_url())


def spend_on_strangers(by: Person, people: list[Person]) -> None:
    """Whoever does not follow `by` gets an invitation, and nobody sends them by the hundred. Raises TooMuch."""
    friends = Follow.objects.filter(followed=by, follower__in=people).count()
    for _one in range(len(people) - friends):
        limits.spend("stranger", by)


def open_with(request: HttpRequest, other: Person, asked: bool = False) -> Conversation:
    """The direct conversation with somebody. One that is begun now is a request where he does not follow, unless he
    asked something and is answered there."""
    found = Conversation.objects.between(request.user, other).first()
    if not found:
        for name in ("newcomer", "conversation") if request.user.is_new and not asked else ("conversation",):
            limits.spend(name, request.user)
        begin = Conversation.between if asked else Conversation.opened_by
        found = begin(request.user, other)
    return found
