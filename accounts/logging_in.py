"""The forms of allauth with our words. A module of its own: allauth's forms import ours to sign up."""

from allauth.account.forms import AddEmailForm, ResetPasswordForm, SignupForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts.models import Person


class LoginForm(AllauthLoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["login"]
        field.label = _("Username or e-mail")
        _without_placeholder(field)
        longest = Person._meta.get_field("email").max_length
        field.validators.append(MaxLengthValidator(longest))
        field.widget.attrs["maxlength"] = longest


class OurWords(forms.Form):
    """For a form with an address."""

    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")
        _without_placeholder(self.fields["email"])


def _without_placeholder(field: forms.Field) -> None:
    """The label has said it."""
    field.widget.attrs.pop("placeholder", None)


class SigningUpForm(OurWords, SignupForm): ...


class AddressForm(OurWords, AddEmailForm): ...


class ResetForm(OurWords, ResetPasswordForm): ...
