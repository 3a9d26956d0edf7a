"""What may be asked of the search page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import Person
from accounts.wanted import Wanted

LONGEST = 200
# Beyond these, a day in some time zone would be none of the calendar's.
DAYS = [MinValueValidator(date(1970, 1, 2)), MaxValueValidator(date(2999, 12, 30))]
TYPED = re.compile(r"(?<!\S)has:(link|image|video|voice|file)(?!\S)", re.IGNORECASE)


HAS = [
    ("", _("Anything")),
    ("link", _("A link")),
    ("image", _("A picture")),
    ("video", _("A video")),
    ("voice", _("A voice note")),
    ("file", _("Another file")),
]


class Day(forms.DateField):
    widget = forms.DateInput(attrs={"type": "date"})
    default_error_messages = {"invalid": _("Write the day as 2026-12-31.")}

    def __init__(self, **options) -> None:
        super().__init__(required=False, input_formats=["%Y-%m-%d"], validators=DAYS, **options)


class SearchForm(forms.Form):
    """`wanted` is what to look for, `having` what a message must have with it, chosen below or typed ("has:image").
    Everything beside the words and the kind asks for messages."""

    KINDS = {"": _("Everything"), "messages": _("Messages"), "people": _("People"), "rooms": _("Rooms")}
    NARROWING = ("by", "has", "after", "before")

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=LONGEST,
        widget=forms.TextInput(
            attrs={"type": "search", "class": "input", "autocomplete": "off", "enterkeyhint": "search", "dir": "auto"}
        ),
        error_messages={"max_length": _("A search can have 200 characters at most.")},
    )
    kind = forms.CharField(required=False)
    by = forms.CharField(
        label=_("From whom"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"placeholder": _("@username"), "autocomplete": "off", "autocapitalize": "none"}),
    )
    has = forms.ChoiceField(label=_("With"), required=False, choices=HAS)
    after = Day(label=_("From this day"))
    before = Day(label=_("Up to this day"))

    def __init__(self, data, person: Person, conversation=None) -> None:
        super().__init__(data)
        self.person, self.conversation = person, conversation
        self.words, self.wanted = "", Wanted("")
        self.having: set[str] = set()
        if not data.get("q"):
            self.fields["q"].widget.attrs["autofocus"] = True

    def clean_kind(self) -> str:
        kind = self.cleaned_data["kind"]
        return kind if kind in self.KINDS else ""

    def clean_by(self) -> str:
        """A person's id. Whoever is not there for this person is not found by name either."""
        username = self.cleaned_data["by"].strip().removeprefix("@")
        if not username:
            return ""
        author = Person.objects.visible_to(self.person).named(username).first()
        if author is None:
            raise forms.ValidationError(_("There is nobody with this username."))
        return author.pk

    def clean(self) -> dict:
        typed = self.cleaned_data.get("q", "")
        self.having = {one.lower() for one in (*TYPED.findall(typed), self.cleaned_data.get("has", "")) if one}
        self.words = TYPED.sub(" ", typed).strip()
        self.wanted = Wanted(self.words, get_language() or "")
        return self.cleaned_data

    @property
    def has_filters(self) -> bool:
        """Whether any of the fields for messages was filled in."""
        return any(self.data.get(name) for name in self.NARROWING)

    # To be asked when it is valid ---------------------------------------------------------------------

    @property
    def is_narrowed(self) -> bool:
        """Whether something is asked that only messages have."""
        return bool(self.conversation or self.having or any(self.cleaned_data[name] for name in self.NARROWING))

    @property
    def is_too_short(self) -> bool:
        return bool(self.words) and not self.wanted

    @property
    def asks(self) -> bool:
        """Whether there is anything to look for."""
        return not self.is_too_short and bool(self.wanted or self.is_narrowed)

    def wants(self, kind: str) -> bool:
        if self.is_narrowed:
            return kind == "messages"
        return self.cleaned_data["kind"] in ("", kind)

    def condition(self) -> Q:
        """What is asked of a message beside its words and what it has with it."""
        asked = self.cleaned_data
        condition = Q(conversation=self.conversation) if self.conversation else Q()
        if asked["by"]:
            condition &= Q(author=asked["by"])
        if asked["after"]:
            condition &= Q(created_at__gte=_midnight(asked["after"]))
        if asked["before"]:
            condition &= Q(created_at__lt=_midnight(asked["before"] + timedelta(days=1)))
        return condition


def _midnight(day: date) -> datetime:
    """When a day begins where this person lives."""
    return timezone.make_aware(datetime.combine(day, time.min)).astimezone(UTC)
