from __future__ import annotations

import zoneinfo

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _

from accounts.fields import LinesField, NameField, PhotoField
from accounts.models import Person
from accounts.names import username_validators

NAME_LENGTH = 50
BIO_LENGTH = 500


class SignUpForm(forms.Form):
    """What we ask besides allauth's own fields. The adapter saves it, in one transaction with the rest."""

    name = NameField(
        label=_("Name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name", "dir": "auto"}),
    )
    field_order = ["name", "username", "email", "password1"]

    def signup(self, request, user) -> None: ...


class SettingsForm(forms.ModelForm):
    """Everything a person chooses about himself. These fields and no others."""

    name = NameField(label=_("Name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"dir": "auto"}))
    bio = LinesField(
        label=_("About me"),
        max_length=BIO_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"dir": "auto", "rows": 4}),
    )
    photo = PhotoField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB. Place and time of the picture are taken out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    no_photo = forms.BooleanField(label=_("Take my photo away"), required=False)

    class Meta:
        model = Person
        fields = [
            "name",
            "bio",
            "messages_from",
            "receipts",
            "presence",
            "show_nomination",
            "theme",
            "language",
            "time_zone",
        ]
        labels = {"receipts": _("Show others when I have read what they wrote")}
        help_texts = {
            "messages_from": _("Where you do not follow somebody, his first message asks first."),
            "receipts": _("Then you see it of those who show it, too."),
            "presence": _("To those with whom you have a conversation of two."),
        }
        widgets = {"messages_from": forms.RadioSelect, "theme": forms.RadioSelect}

    field_order = ["name", "bio", "photo", "no_photo", *Meta.fields[2:]]

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["language"] = _choice(_("Language"), _("Like my browser"), settings.LANGUAGES)
        self.fields["time_zone"] = _choice(_("Time zone"), settings.TIME_ZONE, _zones())
        if len(settings.LANGUAGES) == 1:
            del self.fields["language"]
        if not self.instance.photo:
            del self.fields["no_photo"]

    def save(self, commit: bool = True) -> Person:
        person = super().save(commit)
        if image := self.cleaned_data["photo"]:
            person.show_photo(image)
        elif self.cleaned_data.get("no_photo"):
            person.show_photo(None)
        return person


def _choice(label: str, default: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=[("", default), *choices])


def _zones() -> list[tuple[str, str]]:
    named = (zone for zone in zoneinfo.available_timezones() if "/" in zone and not zone.startswith("Etc/"))
    return [(zone, zone.replace("_", " ")) for zone in sorted(named)]


class OperatorForm(forms.Form):
    """The three things that make the operator's account."""

    username = forms.CharField(
        label=_("Username"),
        validators=username_validators,
        widget=forms.TextInput(attrs={"autocomplete": "username", "maxlength": 20}),
    )
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    password = forms.CharField(
        label=_("Password"), strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def clean_username(self) -> str:
        username = self.cleaned_data["username"]
        if Person.objects.named(username).exists():
            raise forms.ValidationError(_("This username is taken."))
        return username

    def clean_email(self) -> str:
        email = self.cleaned_data["email"]
        if Person.objects.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("There is an account with this address already."))
        return email

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        validate_password(password, Person(username=self.cleaned_data.get("username", "")))
        return password
