"""The form of a page without scripts: its files come with the words. What was taken in stays with the form, so that it
need not be sent twice where the words are refused."""

from __future__ import annotations

from uuid import uuid4

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.functional import cached_property

from accounts import limits
from accounts.models import Person
from accounts.refusals import Refused
from backchannel.forms import Files, MessageForm
from backchannel.media.taking import take_in
from backchannel.models import Attachment, Conversation
from backchannel.models.attachment import MOST


class Uploads(forms.FileInput):
    allow_multiple_selected = True


class PlainMessageForm(MessageForm):
    """`uploaded` are the attachments made of what came with it, `kept` those that go with it or will."""

    upload = forms.Field(required=False, widget=Uploads)

    def __init__(self, *args, person: Person, conversation: Conversation, **options) -> None:
        super().__init__(*args, **options)
        self.person, self.conversation = person, conversation
        self.uploaded: list[Attachment] = []

    def clean_upload(self) -> None:
        """Raises ValidationError with the name of the file that is not taken. Those before it are."""
        uploads = self.files.getlist("upload")  # type: ignore[attr-defined]  # the field of that name is another thing
        if len(uploads) + len(self.cleaned_data.get("files", ())) > MOST:
            raise ValidationError(Files.default_error_messages["too_many"])
        for upload in uploads:
            try:
                self._take(upload)
            except Refused as refusal:
                raise ValidationError(f"{upload.name}: {refusal.sentence}") from refusal

    def _take(self, upload: UploadedFile) -> None:
        if not self.uploaded:
            self.conversation.require_place(self.person)
        limits.spend("upload", self.person)
        self.uploaded.append(take_in(self.person, uuid4(), upload))

    def clean(self) -> dict:
        ids = [*self.cleaned_data.get("files", ()), *(one.pk for one in self.uploaded)]
        self.cleaned_data["files"] = ids
        if "upload" in self.errors:
            return self.cleaned_data
        return super().clean()

    @cached_property
    def kept(self) -> list[Attachment]:
        """What is here of its files already: drawn with the form, and sent with it the next time."""
        ids = [*self.cleaned_data.get("files", ())] if hasattr(self, "cleaned_data") else []
        mine = Attachment.objects.unposted().filter(person=self.person).in_bulk(ids)
        return [mine[pk] for pk in ids if pk in mine]
