"""What every page knows about the build it was drawn by."""

from functools import cache
from hashlib import sha256

from django.contrib.staticfiles.storage import staticfiles_storage
from django.http import HttpRequest


def build(request: HttpRequest) -> dict:
    return {"build": build_id()}


@cache
def build_id() -> str:
    """Names the static files of this build: a browser that holds another one is told to reload."""
    hashes = getattr(staticfiles_storage, "hashed_files", {})
    return sha256(repr(sorted(hashes.values())).encode()).hexdigest()[:12] if hashes else "unbuilt"
