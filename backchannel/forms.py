"""What people send about messages."""

from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.ids import LENGTH
from accounts.refusals import Refused
from backchannel.emoji import LONGEST as LONGEST_EMOJI
from backchannel.emoji import is_emoji, with_emoji
from backchannel.models import Membership, Report
from backchannel.models.attachment import MOST
from backchannel.models.kept import FOR_GOOD, MUTES
from backchannel.models.message import LONGEST
from backchannel.models.report import LONGEST as LONGEST_REPORT
from backchannel.text import is_blank, tidy


class Words(forms.CharField):
    """Text of several lines, as it is kept: tidied first, with emoji for their names, then measured."""

    def to_python(self, value) -> str:
        return with_emoji(tidy(super().to_python(value)))

    def validate(self, value: str) -> None:
        if self.required and is_blank(value):
            raise ValidationError(self.error_messages["required"], code="required")


class Files(forms.Field):
    """The ids of files that go with a message."""

    widget = forms.MultipleHiddenInput
    default_error_messages = {"too_many": _("Ten files can go with a message at most.")}

    def clean(self, value) -> list[str]:
        ids = list(dict.fromkeys(str(one)[:LENGTH] for one in value or ()))
        if len(ids) > MOST:
            raise ValidationError(self.error_messages["too_many"], code="too_many")
        return ids


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
    """Words, or files, or both."""

    body = Words(
        label=_("Message"),
        max_length=LONGEST,
        strip=False,
        required=False,
        widget=forms.Textarea,
        error_messages=BodyForm.base_fields["body"].error_messages,
    )
    client_id = forms.UUIDField(
        widget=forms.HiddenInput,
        error_messages={
            "required": _("This message could not be sent. Send it again."),
            "invalid": _("This message could not be sent. Send it again."),
        },
    )

    reply_to = forms.UUIDField(
        widget=forms.HiddenInput,
        required=False,
        error_messages={"invalid": _("The message you reply to is not there any more.")},
    )
    files = Files(required=False)

    def clean(self) -> dict:
        super().clean()
        cleaned = self.cleaned_data
        if "body" in cleaned and "files" in cleaned:
            _require_something(cleaned["body"], cleaned["files"])
        return cleaned

    def words(self) -> tuple[UUID, str]:
        """The id and the text. Raises Refused with the first thing that is wrong with them."""
        require_valid(self)
        return self.cleaned_data["client_id"], self.cleaned_data["body"]


def read_words(frame: dict) -> tuple[UUID, str, UUID | None, list[str]]:
    """The same of what came without a form, what it replies to and its files, for a tenth of what a form costs."""
    fields = MessageForm.base_fields
    names = ("body", "client_id", "reply_to", "files")
    try:
        body, client_id, reply_to, files = (fields[name].clean(frame.get(name)) for name in names)
        _require_something(body, files)
    except ValidationError as error:
        raise Refused(error.messages[0]) from error
    return client_id, body, reply_to, files


def _require_something(body: str, files: list[str]) -> None:
    if is_blank(body) and not files:
        raise ValidationError(MessageForm.base_fields["body"].error_messages["required"], code="required")


class EditForm(BodyForm):
    """`seen`: how often the text had been edited when the form was drawn. Where there are files the words may go."""

    seen = forms.IntegerField(min_value=0, max_value=2**31, required=False)

    def __init__(self, *args, has_files: bool, **options) -> None:
        super().__init__(*args, **options)
        self.fields["body"].required = not has_files


class SwitchForm(forms.Form):
    """Something one makes, or with on=no takes away again."""

    on = forms.ChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], required=False)

    @property
    def is_on(self) -> bool:
        return self.cleaned_data["on"] != "no"


class Emoji(forms.CharField):
    """Exactly one emoji."""

    default_error_messages = {"no_emoji": _("React with one emoji.")}

    def clean(self, value) -> str:
        text = super().to_python(value)
        if len(text) > LONGEST_EMOJI or not is_emoji(text):
            raise ValidationError(self.error_messages["no_emoji"], code="no_emoji")
        return text


class ReactionForm(forms.Form):
    """`on`: yes or no; neither changes what was."""

    emoji = Emoji()
    on = forms.ChoiceField(choices=SwitchForm.base_fields["on"].choices, required=False)

    @property
    def is_on(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data["on"])


class ForwardingForm(forms.Form):
    to = forms.CharField(max_length=64, error_messages={"required": _("Choose a conversation.")})
    client_id = forms.UUIDField()


class DraftForm(forms.Form):
    body = forms.CharField(max_length=LONGEST, strip=False, required=False)

    def clean_body(self) -> str:
        return tidy(self.cleaned_data["body"])


class LevelForm(forms.Form):
    level = forms.ChoiceField(choices=Membership.Level.choices)


class MuteForm(forms.Form):
    until = forms.ChoiceField(choices=[(name, name) for name in (*MUTES, FOR_GOOD, "no")])


class ReportForm(forms.Form):
    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what fits best.")},
    )
    words = forms.CharField(
        label=_("Anything the moderators should know (you may leave this empty)"),
        max_length=LONGEST_REPORT,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )
    block = forms.BooleanField(label=_("Block as well"), required=False)

    def clean_words(self) -> str:
        return tidy(self.cleaned_data["words"])


class ReadingForm(forms.Form):
    seq = forms.IntegerField(min_value=0, max_value=2**53)


def require_valid(form: forms.Form) -> None:
    """Raises Refused with the first thing that is wrong."""
    if not form.is_valid():
        raise Refused(next(iter(form.errors.values()))[0])
