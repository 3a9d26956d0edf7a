"""The product's own settings, with a data folder that is thrown away and nothing that takes long."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

os.environ["DATA_DIR"] = tempfile.mkdtemp(prefix="backchannel-tests-")
atexit.register(shutil.rmtree, os.environ["DATA_DIR"], ignore_errors=True)
for name in (
    "PUBLIC_URL",
    "HOST",
    "REDIS_URL",
    "EMAIL_URL",
    "REGISTRATION",
    "SECRET_KEY",
    "WEB_PROCESSES",
    "S3_BUCKET",
):
    os.environ.pop(name, None)

from backchannel.settings import *  # noqa: E402, F403
from backchannel.settings import DATABASES, HUEY, STATIC_ROOT, STORAGES  # noqa: E402

STATIC_ROOT.mkdir()

# On SQLite a file: threads and sockets of one test see the same rows. On a server a name of its own: runs that share it
# do not take it from one another.
folder = Path(os.environ["DATA_DIR"])
on_sqlite = DATABASES["default"]["ENGINE"].endswith("sqlite3")
DATABASES["default"]["TEST"] = {"NAME": str(folder / "tests.sqlite3") if on_sqlite else folder.name.replace("-", "_")}

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
HUEY["immediate"] = True
# Words with links in them are written everywhere: nobody is asked what they lead to, but where a test says who answers.
LINK_PREVIEWS = False
