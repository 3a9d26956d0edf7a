"""A message, and the moment at which it is to be sent."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from uuid import UUID, uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from backchannel.forms import BodyForm
from backchannel.zones import zone_named

MORNING = time(9)
AT = "at"
CHOICES = {"hour": _("In an hour"), "tomorrow": _("Tomorrow at 9"), "monday": _("On Monday at 9"), AT: _("Send then")}


class MomentForm(BodyForm):
    """`when` names one of CHOICES, the last of which means the moment in `at`; `zone` is the browser's time zone, in
    which both are meant. Cleaned, `due_at` is that moment."""

    when = forms.ChoiceField(choices=list(CHOICES.items()), error_messages={"required": _("Choose a moment.")})
    at = forms.CharField(max_length=32, required=False)
    zone = forms.CharField(max_length=64, required=False)

    def clean(self) -> dict:
        cleaned = super().clean() or self.cleaned_data
        if "when" in cleaned and "at" in cleaned:
            try:
                cleaned["due_at"] = _moment(cleaned["when"], cleaned["at"], zone_named(cleaned.get("zone", "")))
            except ValidationError as error:
                self.add_error(AT, error)
        return cleaned


class LaterForm(MomentForm):
    client_id = forms.UUIDField(required=False)
    reply_to = forms.UUIDField(required=False)

    def clean_client_id(self) -> UUID:
        return self.cleaned_data["client_id"] or uuid4()


def as_field(moment: datetime) -> str:
    """A moment as a browser's field for date and time takes it, in the zone of the page."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M")


def _moment(when: str, at: str, zone: tzinfo) -> datetime:
    now = timezone.now()
    if when == "hour":
        return now + timedelta(hours=1)
    if when == AT:
        return _read(at, zone)
    today = now.astimezone(zone).date()
    days = 1 if when == "tomorrow" else 7 - today.weekday()
    return _existing(datetime.combine(today + timedelta(days=days), MORNING, zone))


def _read(at: str, zone: tzinfo) -> datetime:
    try:
        wall = datetime.fromisoformat(at)
    except ValueError as error:
        raise ValidationError(_("Choose a day and a time.")) from error
    return _existing(wall.replace(tzinfo=zone) if wall.tzinfo is None else wall)


def _existing(moment: datetime) -> datetime:
    """The same in UTC. In the night in which clocks go forward an hour is not there; of one that comes twice it is the
    first."""
    try:
        there = moment.astimezone(UTC)
        back = there.astimezone(moment.tzinfo)
    except OverflowError as error:
        raise ValidationError(_("Choose a day and a time.")) from error
    if back.replace(tzinfo=None) != moment.replace(tzinfo=None):
        raise ValidationError(_("Clocks go forward in that night: this time is not there. Choose another one."))
    return there
