"""Form fields for what people say about themselves."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts import names, photos


class NameField(forms.CharField):
    """A name in one line, free of what could disturb the lines around it."""

    def to_python(self, value) -> str:
        return names.one_line(super().to_python(value))

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not names.is_visible(value):
            raise ValidationError(_("A name has something to see in it."))


class LinesField(forms.CharField):
    """A text of several lines, equally harmless."""

    widget = forms.Textarea

    def to_python(self, value) -> str:
        return names.some_lines(super().to_python(value))


class PhotoField(forms.FileField):
    """An uploaded picture; cleaned, it is the WebP image to keep, as bytes."""

    widget = forms.FileInput

    def clean(self, data, initial=None) -> bytes | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return photos.portrait(upload)
        except photos.Unusable as problem:
            raise ValidationError(str(problem)) from problem
