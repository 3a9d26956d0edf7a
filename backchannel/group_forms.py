"""What people send about groups."""

from __future__ import annotations

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.fields import NameField, PhotoField
from accounts.models import Person
from backchannel import writers
from backchannel.models import Group, Membership
from backchannel.models.group import NAME_LENGTH

MOST = 100  # people named in one form


class NewGroupForm(forms.Form):
    """How a group is to be called; without a name it bears those of its people."""

    name = NameField(
        label=_("Name of the group"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=_("For two or more people. You can change it later."),
        widget=forms.TextInput(attrs={"dir": "auto", "autocomplete": "off"}),
    )
    form_id = forms.UUIDField(widget=forms.HiddenInput)


class GroupForm(forms.Form):
    name = NameField(label=_("Name"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"dir": "auto"}))
    photo = PhotoField(
        label=_("Photo"),
        required=False,
        help_text=_("JPEG, PNG, WebP or GIF, up to 10 MB. Place and time of the picture are taken out."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )
    no_photo = forms.BooleanField(label=_("Take the photo away"), required=False)
    history = forms.ChoiceField(
        label=_("What new members can read"), choices=Group.History.choices, widget=forms.RadioSelect
    )

    def __init__(self, group: Group, role: str, *args, **kwargs) -> None:
        super().__init__(*args, initial={"name": group.name, "history": group.history}, **kwargs)
        if not group.photo:
            del self.fields["no_photo"]
        if role != Membership.Role.OWNER:
            del self.fields["history"]

    def answers(self, group: Group) -> dict:
        """What Group.set_up takes."""
        return {"history": group.history, **self.cleaned_data}


class StandingForm(forms.Form):
    """What becomes of somebody in a group, or of his invitation."""

    REMOVED = "removed"

    role = forms.ChoiceField(choices=[*Membership.Role.choices, (REMOVED, _("Removed"))])


class AnswerForm(forms.Form):
    answer = forms.ChoiceField(choices=[("accept", _("Come in")), ("decline", _("No, thank you"))])


def chosen(data: QueryDict, by: Person) -> list[Person]:
    """The people a form names. Raises Refused where `by` may not write to one of them (any more)."""
    ids = {pk.replace("\0", "") for pk in data.getlist("people")[:MOST]}
    found = list(Person.objects.reachable_for(by).filter(pk__in=ids).order_by("words", "pk"))
    if len(found) < len(ids):
        raise writers.out_of_reach()
    return found
