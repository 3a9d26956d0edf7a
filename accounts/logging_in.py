"""The form to log in. A module of its own: allauth's forms import ours to sign up."""

from allauth.account.forms import LoginForm as AllauthLoginForm
from django.core.validators import MaxLengthValidator

from accounts.models import Person


class LoginForm(AllauthLoginForm):
    def __init__(self, *args, **kwargs) -> None:
        super().__init__(*args, **kwargs)
        longest = Person._meta.get_field("email").max_length
        self.fields["login"].validators.append(MaxLengthValidator(longest))
        self.fields["login"].widget.attrs["maxlength"] = longest
