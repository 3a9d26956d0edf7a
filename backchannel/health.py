"""Whether this house is well, for those who watch over machines: /healthz and /readyz."""

import time
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import live

BEAT = 5.0  # seconds between two signs of life of the jobs process
SILENT = 20.0  # seconds without one, after which it is taken for dead


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"ok": True})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Everything that a visitor needs is there; 503 when something is missing."""
    parts = {"database": _database(), "jobs": _jobs(), "sound": _sound()}
    if settings.REDIS_URL:
        parts["redis"] = {"ok": live.whole()}
    ok = all(part["ok"] for part in parts.values())
    answer = JsonResponse({"ok": ok, **parts}, status=200 if ok else 503)
    vars(answer)["_has_been_logged"] = True  # to whoever asks it is news; in the log it would be noise at every start
    return answer


def keep_beating() -> None:
    """Leave a sign of life in the data folder, for ever. Runs in a thread of the jobs process."""
    while True:
        _beat_file().touch()
        time.sleep(BEAT)


def _database() -> dict:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return {"ok": False}
    return {"ok": True, "kind": connection.vendor}


def _jobs() -> dict:
    try:
        age = time.time() - _beat_file().stat().st_mtime
    except OSError:
        return {"ok": False}
    return {"ok": age < SILENT, "seconds_since_sign_of_life": round(age, 1)}


def _sound() -> dict:
    return {
        "ok": live.linked("mixer"),
        "listeners_per_room": settings.MIXER_ROOM_LIMIT,
        "listeners": settings.MIXER_LIMIT,
        "address": settings.SOUND_ADDRESS or "of this machine",
        "ports": settings.SOUND_PORTS or "any",
    }


def _beat_file() -> Path:
    return Path(settings.DATA_DIR, "jobs.beat")
