"""Files as people send them, made here; and what a browser does with them."""

from io import BytesIO
from uuid import uuid4

import av
import numpy
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse
from PIL import Image

from backchannel.media.preparing import prepare
from backchannel.models import Attachment
from tests.backchannel.conftest import HTMX

HOME = {1: "N", 2: (51.0, 28.0, 38.0), 3: "W", 4: (0.0, 0.0, 5.0)}


def picture(kind="PNG", size=(60, 40), colour="red", *, orientation=None, frames=1):
    """The bytes of a picture that says where it was taken."""
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    exif.get_ifd(0x8825).update(HOME)
    if orientation:
        exif[0x0112] = orientation
    written = BytesIO()
    drawn = [Image.new("RGB", size, (40 * number, 90, 20) if number else colour) for number in range(frames)]
    more = {"save_all": True, "append_images": drawn[1:], "duration": 80} if frames > 1 else {}
    if kind != "GIF":
        more["exif"] = exif
    drawn[0].save(written, kind, **more)
    return written.getvalue()


def sound(container="webm", codec="libopus", seconds=2):
    written = BytesIO()
    with av.open(written, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48000, layout="mono")
        file.metadata["location"] = "+51.4770-000.0005/"
        wave = (numpy.sin(numpy.arange(960) * 0.06) * 9000).astype(numpy.int16).reshape(1, -1)
        for number in range(seconds * 50):
            frame = av.AudioFrame.from_ndarray(wave // (1 + number % 5), format="s16", layout="mono")
            frame.sample_rate, frame.pts = 48000, 960 * number
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return written.getvalue()


def film(container="mp4", codec="libx264", size=(160, 120)):
    written = BytesIO()
    with av.open(written, "w", format=container) as file:
        stream = file.add_stream(codec, rate=10)
        stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
        file.metadata["location"] = "+51.4770-000.0005/"
        for number in range(15):
            file.mux(stream.encode(av.VideoFrame.from_image(Image.new("RGB", size, (10 * number, 80, 90)))))
        file.mux(stream.encode(None))
    return written.getvalue()


def upload(browser, conversation, content=b"%PDF-1.7 hello", name="a.pdf", *, client_id=None, kind="", **more):
    """The answer to one file sent by a page with scripts."""
    file = SimpleUploadedFile("x", content, content_type=kind)
    file._name = name  # as it travels, whatever it is
    data = {"client_id": str(client_id or uuid4()), "file": file, **more}
    return browser.post(reverse("files", args=[conversation.pk]), data, **HTMX)


def taken(browser, conversation, *file, ready=True, **more):
    """The attachment that came of it, prepared."""
    answer = upload(browser, conversation, *file, **more)
    assert answer.status_code == 201, answer.content.decode()
    if ready:
        _be_patient()
        prepare(answer.json()["id"])
    return Attachment.objects.get(pk=answer.json()["id"])


def _be_patient():
    """A test may be one transaction, in which another program works for a while."""
    if connection.vendor == "postgresql" and connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")


def sent(browser, person, conversation, *file, body="look", **more):
    """A message with that file, as it stands when all is done."""
    attachment = taken(browser, conversation, *file, **more)
    return conversation.post(person, uuid4(), body, files=[attachment.pk])


def address(message, name="attachment"):
    return reverse(name, args=[message.conversation_id, message.client_id, message.attachments.get().pk])


def bytes_of(answer):
    return b"".join(answer)


def on_disk():
    """The places of all files that there are."""
    found, folders = [], ["attachments"]
    while folders and default_storage.exists("attachments"):
        folder = folders.pop()
        inner, files = default_storage.listdir(folder)
        folders += [f"{folder}/{name}" for name in inner]
        found += [f"{folder}/{name}" for name in files]
    return sorted(found)
