"""People's photos: whatever is uploaded is drawn anew, so that nothing but the picture is kept."""

import struct
from io import BytesIO

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps

SIDE = 512  # pixels
LARGEST_FILE = 10 * 1024 * 1024
MOST_PIXELS = 40_000_000
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
# What Pillow raises for files that only begin like pictures.
BROKEN = (
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    struct.error,
    Image.DecompressionBombError,
)


class Unusable(Exception):
    """This file can't become a photo. Its text is the sentence to show."""


def portrait(upload: UploadedFile) -> bytes:
    """A square WebP image of the upload, upright, without any of its metadata. Raises Unusable.

    What it is, is told by its content; its size in pixels is read before anything is unpacked.
    """
    if (upload.size or 0) > LARGEST_FILE:
        raise Unusable(_("This file is larger than 10 MB."))
    try:
        with Image.open(upload, formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise Unusable(_("This picture has more than 40 million pixels. Make it smaller first."))
            return _drawn_anew(image)
    except BROKEN as problem:
        raise Unusable(_("This is not a picture we can read. Take a JPEG, PNG, WebP or GIF file.")) from problem


def _drawn_anew(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    square = ImageOps.fit(ImageOps.exif_transpose(image).convert("RGBA"), (SIDE, SIDE))
    ground = Image.new("RGB", square.size, "white")
    ground.paste(square, mask=square)
    written = BytesIO()
    ground.save(written, "WEBP", quality=82)
    return written.getvalue()
