"""The settings of a house that browser tests share: the product's own, but what limits have counted lies in
files, so that every test can begin with nothing spent."""

from backchannel.settings import *  # noqa: F403
from backchannel.settings import DATA_DIR

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": str(DATA_DIR / "counted"),
    }
}
