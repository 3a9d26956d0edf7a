"""What a @username may look like."""

from django.core.validators import MaxLengthValidator, MinLengthValidator, RegexValidator
from django.utils.translation import gettext_lazy as _

username_validators = [
    MinLengthValidator(2, _("A username has at least 2 characters.")),
    MaxLengthValidator(20, _("A username has at most 20 characters.")),
    RegexValidator(r"\A[A-Za-z0-9_.]+\Z", _("A username is made of letters, digits, “_” and “.”.")),
]
