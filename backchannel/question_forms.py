"""What people send about questions. A wrong one is refused in a plain sentence and changes nothing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.names import one_line
from accounts.refusals import Refused
from backchannel.models import Question
from backchannel.models.question import LONGEST


class SmallForm(forms.Form):
    def require_valid(self) -> None:
        """Raises Refused with the first thing that is wrong."""
        if not self.is_valid():
            raise Refused(next(iter(self.errors.values()))[0])


class OneParagraph(forms.CharField):
    """Text without line breaks, and without anything in it that would harm the page around it."""

    def to_python(self, value) -> str:
        return one_line(super().to_python(value))


class QuestionForm(SmallForm):
    body = OneParagraph(
        label=_("Ask a question"),
        max_length=LONGEST,
        error_messages={
            "required": _("Write your question first."),
            "max_length": _("A question can have 280 characters at most."),
        },
    )


class DecisionForm(SmallForm):
    state = forms.ChoiceField(choices=Question.State.choices)


class VoteForm(SmallForm):
    on = forms.ChoiceField(choices=[("yes", _("Upvote")), ("no", _("Take the vote back"))])
