"""Pictures, drawn anew: upright, no larger than a screen needs, and nothing but what is seen. Runs in `work` alone."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageOps, ImageSequence

from backchannel.media.sizes import shown

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
LARGE = 2560  # pixels of the longer side
MOST_PIXELS = 40_000_000
MOST_MOVING = 60_000_000  # pixels of all frames together
MOST_FRAMES = 300


def prepared(mime: str, folder: Path) -> dict[str, object]:
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(folder / "came", formats=FORMATS) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError("too many pixels")
        frames = getattr(image, "n_frames", 1)
        if 1 < frames <= MOST_FRAMES and frames * image.width * image.height <= MOST_MOVING:
            return _moving(image, folder)
        return _still(image, folder)


def _still(image: Image.Image, folder: Path) -> dict[str, object]:
    image.draft("RGB", (LARGE, LARGE))
    drawn = _plain(ImageOps.exif_transpose(image))
    size = drawn.size
    drawn.thumbnail((LARGE, LARGE))
    drawn.save(folder / "file", "WEBP", quality=85)
    _small(drawn).save(folder / "small", "WEBP", quality=78)
    return _said(size)


def _moving(image: Image.Image, folder: Path) -> dict[str, object]:
    """Frame for frame, each as long as before. What is small moves, too."""
    frames, lengths = [], []
    for frame in ImageSequence.Iterator(image):
        lengths.append(int(frame.info.get("duration") or 100))
        frames.append(_plain(frame))
    size = frames[0].size
    for frame in frames:
        frame.thumbnail((LARGE, LARGE))
    for name, drawn in (("file", frames), ("small", [_small(frame) for frame in frames])):
        how = {"save_all": True, "append_images": drawn[1:], "duration": lengths, "loop": 0, "quality": 75, "method": 2}
        drawn[0].save(folder / name, "WEBP", **how)
    return _said(size)


def _small(image: Image.Image) -> Image.Image:
    """As it stands in a message, or twice as large for screens that show that."""
    width, height = shown(*image.size)
    times = 2 if image.width >= 2 * width and image.height >= 2 * height else 1
    return ImageOps.fit(image, (times * width, times * height))


def _plain(image: Image.Image) -> Image.Image:
    """Colours alone, without what was written beside them."""
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    drawn = image.convert("RGBA" if has_alpha else "RGB")
    drawn.info = {}
    return drawn


def _said(size: tuple[int, int]) -> dict[str, object]:
    return {"mime": "image/webp", "width": size[0], "height": size[1]}
