"""What the search page is drawn from: all that is asked of the database, whatever is found, is a fixed handful."""

from __future__ import annotations

from typing import Any

from accounts.models import Person
from backchannel.models import Attachment, Conversation, Membership, Message
from backchannel.search_form import SearchForm
from backchannel.snippets import snippet
from backchannel.text import without_marks
from rooms.models import Room

PAGE = 20  # of one kind, on a page
FEW = 5  # people and rooms above the messages
DEEPEST = 50  # pages; whoever has not found it by then asks for less


def search(form: SearchForm, person: Person, page: int) -> dict:
    """The context of backchannel/_found.html for a valid form."""
    found: dict[str, Any] = {"page": page, "next": page + 1, "before": page - 1}
    if not form.asks:
        return found
    if form.wants("people"):
        found["people"] = _part(Person.objects.search(person, form.wanted), form, page)
    if form.wants("rooms"):
        found["rooms"] = _part(Room.objects.search(person, form.wanted), form, page)
    if form.wants("messages"):
        found["written"] = _messages(form, person, page)
    found["nothing"] = not any(found.get(kind) and found[kind]["shown"] for kind in ("people", "rooms", "written"))
    return found


def _part(queryset, form: SearchForm, page: int) -> dict:
    """One kind alone is leafed through; beside others it shows some, and whether there are more."""
    alone = form.cleaned_data["kind"] or form.is_narrowed
    size = PAGE if alone or queryset.model is Message else FEW
    start = (page - 1) * size if alone else 0
    rows = list(queryset[start : start + size + 1])
    return {"shown": rows[:size], "more": len(rows) > size and page < DEEPEST, "alone": alone}


def _messages(form: SearchForm, person: Person, page: int) -> dict:
    written = Message.objects.search(person, form.wanted, sorted(form.having)).filter(form.condition())
    related = written.select_related("author", "conversation__room", "conversation__group")
    part = _part(related.defer("html", "words"), form, page)
    others = _others([message.conversation for message in part["shown"]], person)
    files = Attachment.objects.labels([message.pk for message in part["shown"]])
    for message in part["shown"]:
        message.snippet = snippet(without_marks(message.body), form.wanted)
        message.file_names = files.get(message.pk, [])
        message.conversation.with_whom = others.get(message.conversation_id)
    return part


def _others(conversations: list[Conversation], person: Person) -> dict[str, Person]:
    """With whom these direct conversations are."""
    directs = {one.pk for one in conversations if one.kind == Conversation.Kind.DIRECT}
    members = Membership.objects.filter(conversation__in=directs).exclude(person=person).select_related("person")
    return {member.conversation_id: member.person for member in members}
