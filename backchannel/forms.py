"""What people send about messages."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from backchannel.models.message import LONGEST
from backchannel.text import is_blank, tidy


class Words(forms.CharField):
    """Text of several lines, as it is kept: tidied first, then measured."""

    def to_python(self, value) -> str:
        return tidy(super().to_python(value))

    def validate(self, value: str) -> None:
        if is_blank(value):
            raise ValidationError(self.error_messages["required"], code="required")


class BodyForm(forms.Form):
    body = Words(
        label=_("Message"),
        max_length=LONGEST,
        strip=False,
        widget=forms.Textarea,
        error_messages={
            "required": _("Write something first."),
            "max_length": _("A message can have 4,000 characters at most."),
        },
    )


class MessageForm(BodyForm):
    client_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This message could not be sent. Send it again."),
            "invalid": _("This message could not be sent. Send it again."),
        },
    )


class ReadingForm(forms.Form):
    seq = forms.IntegerField(min_value=0, max_value=2**53)
