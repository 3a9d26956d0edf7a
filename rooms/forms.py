from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import is_visible, one_line, some_lines
from rooms.models import Room


class PlainText(forms.CharField):
    """Text without anything in it that would harm the page around it."""

    def to_python(self, value):
        return (some_lines if isinstance(self.widget, forms.Textarea) else one_line)(super().to_python(value))


class RoomForm(forms.ModelForm):
    title = PlainText(label=_("Title"), max_length=60)
    description = PlainText(
        label=_("Description"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    class Meta:
        model = Room
        fields = ("title", "description", "kind")
        widgets = {"kind": forms.RadioSelect}
        help_texts = {"kind": _("Open: everyone may come. Closed: only those you invite; nobody else sees it.")}

    def clean_title(self) -> str:
        title = self.cleaned_data["title"]
        if not is_visible(title):
            raise forms.ValidationError(_("A title has at least one letter or digit."))
        return title


class SettingsForm(forms.ModelForm):
    locked = forms.BooleanField(required=False)

    class Meta:
        model = Room
        fields = ("hands", "locked")
