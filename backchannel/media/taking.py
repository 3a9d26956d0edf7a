"""Taking a file in: what it is, whether there is room for it, and where it goes. Of what is refused nothing is left."""

from __future__ import annotations

import logging
import struct
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import ExifTags, Image

from accounts.ids import random_id
from accounts.models import Person
from accounts.photos import BROKEN, MOST_PIXELS
from accounts.refusals import Refused
from accounts.storing import NO_ROOM, UNKEPT
from backchannel.media import kinds
from backchannel.media.kinds import Kind
from backchannel.media.names import plain_name
from backchannel.models import Attachment

logger = logging.getLogger(__name__)

LARGEST = 50 * 1024 * 1024  # bytes
TOO_LARGE = 413  # status
LYING = (5, 6, 7, 8)  # values of an image's orientation with which its width is its height
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")


def take_in(person: Person, client_id: UUID, upload: UploadedFile, alt: str = "") -> Attachment:
    """Keep an upload, to go with a message later. The same `client_id` of the same person again gives back the file
    that was kept first. Raises Refused, in words that name the file's trouble."""
    kind = _kind_of(upload)
    about = {"kind": kind.name, "mime": kind.mime, "alt": alt[:500], **_measured(upload, kind)}
    about["name"] = plain_name(upload.name or "", kind.endings)
    attachment = _registered(person, client_id, upload.size or 0, about)
    if attachment.state == Attachment.State.ARRIVING:
        _store(attachment, upload)
    return attachment


def _kind_of(upload: UploadedFile) -> Kind:
    if not upload.size:
        raise Refused(_("This file is empty."))
    if upload.size > LARGEST:
        raise Refused(_("This file is larger than 50 MB."), status=TOO_LARGE)
    upload.seek(0)
    kind = kinds.kind_of(upload.read(kinds.HEAD), upload.name or "")
    if kind is None:
        raise Refused(_("Files of this kind cannot be sent. Pictures, videos, sound, PDF, text and ZIP files can."))
    heard = (upload.content_type or "").startswith("audio/")
    return kinds.HEARD.get(kind, kind) if heard else kind


def _measured(upload: UploadedFile, kind: Kind) -> dict[str, Any]:
    """How large it will be shown. An image's size is read from its head, before anything is unpacked."""
    if kind.name != "image":
        return {}
    upload.seek(0)
    try:
        with Image.open(upload, formats=FORMATS) as image:
            width, height = image.size
            lying = _orientation(image.info.get("exif")) in LYING
    except BROKEN as problem:
        raise Refused(_("This picture cannot be read: perhaps it is not all there.")) from problem
    if width * height > MOST_PIXELS:
        raise Refused(_("This picture has more than 40 million pixels. Make it smaller first."))
    return {"width": height, "height": width} if lying else {"width": width, "height": height}


def _orientation(exif: bytes | None) -> int:
    found = Image.Exif()
    try:
        found.load(exif or b"")
        return found.get(ExifTags.Base.Orientation, 1)
    except (*BROKEN, struct.error):
        return 1


@transaction.atomic
def _registered(person: Person, client_id: UUID, size: int, about: dict[str, Any]) -> Attachment:
    """The row comes first: whatever happens then, a sweep finds what there is on the disk."""
    Person.objects.select_for_update().get(pk=person.pk)  # or two at once would both fit
    known = Attachment.objects.filter(person=person, client_id=client_id).first()
    if known and known.state != Attachment.State.ARRIVING:
        return known
    taken = Attachment.objects.space_of(person) - (known.size if known else 0)
    if taken + size > settings.FILE_QUOTA * 1024 * 1024:
        words = _("Your files may take %s, and this one does not fit any more. Delete messages with large files first.")
        raise Refused(words % filesizeformat(settings.FILE_QUOTA * 1024 * 1024))
    values = {**about, "size": size, "touched_at": timezone.now(), "file": new_place()}
    if known:
        Attachment.objects.filter(pk=known.pk).update(**{**values, "file": known.file})
        known.refresh_from_db()
        return known
    return Attachment.objects.create(person=person, client_id=client_id, **values)


def new_place() -> str:
    """Where a file is kept: under no name that anybody chose."""
    name = random_id()
    return f"attachments/{name[:2].lower()}/{name}"


def _store(attachment: Attachment, upload: UploadedFile) -> None:
    upload.seek(0)
    try:
        default_storage.delete(attachment.file)  # what an attempt before this one left
        attachment.file = default_storage.save(attachment.file, upload)
    except OSError as problem:
        logger.warning("A file could not be kept: %s", problem)
        _leave_nothing(attachment)
        raise Refused(UNKEPT, NO_ROOM) from problem
    is_done = attachment.kind == Attachment.Kind.FILE
    attachment.state = Attachment.State.READY if is_done else Attachment.State.PREPARING
    attachment.save(update_fields=["file", "state"])
    if not is_done:
        Attachment.objects.prepare([attachment.pk])


def _leave_nothing(attachment: Attachment) -> None:
    try:
        default_storage.delete(attachment.file)
    except OSError:
        logger.warning("Half a file could not be removed: the sweep will")
    else:
        attachment.delete()
