"""Videos and sound: packed anew without what cameras write beside the picture (where it was taken, for one), with a
poster or the shape of the sound. Runs in `work` alone."""

from __future__ import annotations

from pathlib import Path

import av
import numpy
from av.audio.resampler import AudioResampler
from av.container import InputContainer
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

CONTAINERS = {"video/mp4": "mp4", "audio/mp4": "mp4", "video/webm": "webm", "audio/webm": "webm", "audio/ogg": "ogg"}
AS_SOUND = {"video/mp4": "audio/mp4", "video/webm": "audio/webm"}
READ = ["mov", "matroska,webm", "matroska", "ogg", "mp3", "wav", "flac"]
MOST_PIXELS = 40_000_000  # of one frame
POSTER = 640  # pixels of its longer side
AT = 1.0  # second at which the poster is taken, if it is that long
RATE = 8000  # samples a second that are looked at
BARS = 56
LONGEST = 60 * 60  # seconds of sound that are looked at


def prepared(mime: str, folder: Path) -> dict[str, object]:
    with av.open(str(folder / "came"), metadata_errors="replace") as source:
        if source.format.name.partition(",")[0] not in {one.partition(",")[0] for one in READ}:
            raise ValueError(f"not {source.format.name}")
        video = _moving_picture(source)
        if not video and not source.streams.audio:
            raise ValueError("neither a picture nor sound")
    mime = mime if video else AS_SOUND.get(mime, mime)
    found = {"mime": mime, "kind": "video" if video else "sound"}
    _pack(folder, CONTAINERS.get(mime), bool(video))
    return found | (_film(folder) if video else _sound(folder))


def _moving_picture(source: InputContainer) -> VideoStream | None:
    """Not the picture on a record's sleeve."""
    attached = Disposition.attached_pic
    found = [one for one in source.streams.video if not one.disposition & attached]
    if found and (found[0].width or 0) * (found[0].height or 0) > MOST_PIXELS:
        raise ValueError("too many pixels")
    return found[0] if found else None


def _pack(folder: Path, container: str | None, with_picture: bool) -> None:
    """The same picture and sound in a container of our own. What is heard without one is left as it is."""
    if container is None:
        (folder / "came").rename(folder / "file")
        return
    options = {"movflags": "faststart"} if container == "mp4" else {}
    with (
        av.open(str(folder / "came"), metadata_errors="replace") as source,
        av.open(str(folder / "file"), "w", format=container, options=options) as target,
    ):
        picture = _moving_picture(source) if with_picture else None
        wanted: list[Stream] = [*source.streams.audio[:1], *([picture] if picture else [])]
        copies: dict[int, Stream] = {one.index: target.add_stream_from_template(one) for one in wanted}
        for copy in copies.values():
            copy.metadata.clear()
        for packet in source.demux(wanted):
            if packet.dts is None:
                continue
            packet.stream = copies[packet.stream.index]
            target.mux(packet)


def _film(folder: Path) -> dict[str, object]:
    with av.open(str(folder / "file")) as film:
        stream = film.streams.video[0]
        stream.thread_type = "NONE"
        length = _length(film)
        if length > AT:
            film.seek(int(AT * av.time_base))
        image = next(film.decode(stream)).to_image()
    size = image.size
    image.thumbnail((POSTER, POSTER))
    image.save(folder / "small", "WEBP", quality=78)
    return {"width": size[0], "height": size[1], "seconds": length}


def _sound(folder: Path) -> dict[str, object]:
    """How loud it is from beginning to end, in a few dozen steps."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    loud, samples = [], 0
    with av.open(str(folder / "file")) as sound:
        for frame in sound.decode(audio=0):
            for mono in resampler.resample(frame):
                heard = numpy.abs(mono.to_ndarray()[0].astype(numpy.int32))
                loud.append(int(heard.max(initial=0)))
                samples += len(heard)
            if samples > LONGEST * RATE:
                break
    if not samples:
        raise ValueError("nothing to be heard")
    return {"seconds": samples / RATE, "waveform": " ".join(map(str, _bars(loud)))}


def _bars(loud: list[int]) -> list[int]:
    parts = numpy.array_split(numpy.array(loud), min(BARS, len(loud)))
    peaks = [int(part.max()) for part in parts]
    return [round(99 * peak / max([*peaks, 1])) for peak in peaks]


def _length(film: InputContainer) -> float:
    return film.duration / av.time_base if film.duration else 0.0
