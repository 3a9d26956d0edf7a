"""The program that opens what people send: nothing of the house is in it, and it ends when it has had enough.

    python -m backchannel.media.work <kind> <mime> <folder>

reads `came` in the folder, writes `file` and `small` beside it, and says as JSON what it found.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import sys
from pathlib import Path

MEMORY = 3 * 1024**3  # bytes of addresses: of these, libraries take one without using it
SECONDS = 60  # of work
LARGEST = 120 * 1024 * 1024  # bytes written


def main(kind: str, mime: str, folder: str) -> None:
    _bind()
    place = Path(folder)
    if kind == "image":
        from backchannel.media.images import prepared
    else:
        from backchannel.media.films import prepared
    print(json.dumps(prepared(mime, place)))


def _bind() -> None:
    with contextlib.suppress(OSError):  # not everywhere may one be nice
        os.nice(10)
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


if __name__ == "__main__":
    main(*sys.argv[1:])
