"""The picture of a card: drawn anew and small, so that nothing of what came but its looks is kept."""

from __future__ import annotations

import threading
from io import BytesIO

from PIL import Image, ImageOps

from accounts.photos import BROKEN, FORMATS, MOST_PIXELS

BOX = (360, 240)  # pixels, twice of what a card shows
SMALLEST = 32  # pixels; below that it counts visits and shows nothing

# One at a time: unpacked, each may take some hundred megabytes.
_drawing = threading.Lock()


def small(data: bytes) -> bytes | None:
    """A small WebP image of this one, upright, without its metadata; None where there is no picture in it.

    Its size in pixels is read before anything is unpacked.
    """
    try:
        with _drawing, Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS or min(image.size) < SMALLEST:
                return None
            return _drawn_anew(image)
    except BROKEN:
        return None


def _drawn_anew(image: Image.Image) -> bytes:
    image.draft("RGB", (2 * BOX[0], 2 * BOX[1]))
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    fitting = ImageOps.fit(upright, BOX)
    ground = Image.new("RGB", BOX, "white")
    ground.paste(fitting, mask=fitting)
    written = BytesIO()
    ground.save(written, "WEBP", quality=80)
    return written.getvalue()
