"""Every setting, read top to bottom.

Nothing needs to be set for a first run: one SQLite file, no server to install. `PUBLIC_URL` makes it a
production run. docs/self-hosting.md explains each variable, and a test keeps it complete.
"""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env, validate
from huey.serializer import SignedSerializer

from backchannel.keys import secret

env = Env()

# The house ------------------------------------------------------------------------------------------------

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", "") or BASE_DIR / "data").resolve()
PUBLIC_URL = env.str("PUBLIC_URL", "").rstrip("/")
PRODUCTION = bool(PUBLIC_URL)
HOST = env.str("HOST", "127.0.0.1")
PORT = env.int("PORT", 8000, validate=validate.Range(1, 65535))
HTTPS = PUBLIC_URL.startswith("https://")
WEB_PROCESSES = env.int("WEB_PROCESSES", 1, validate=validate.Range(1, 64))

DEBUG = False
SECRET_KEY = env.str("SECRET_KEY", "") or secret(DATA_DIR, "secret_key")
# Under this name the house keeps its things in Redis, where other houses may keep theirs.
HOUSE = "backchannel-" + hashlib.sha256(SECRET_KEY.encode()).hexdigest()[:12]

if PRODUCTION:
    ALLOWED_HOSTS = [urlsplit(PUBLIC_URL).hostname or "", *env.list("ALLOWED_HOSTS", [])]
    CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
else:
    ALLOWED_HOSTS = ["*"] if HOST in ("0.0.0.0", "::") else ["localhost", "127.0.0.1", "[::1]", HOST]  # noqa: S104
    CSRF_TRUSTED_ORIGINS = []

# Behind how many proxies we stand: with at least one its X-Forwarded-Proto and -For are believed.
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES

# What it is made of ---------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "backchannel",
    "rooms",
    "accounts",
    "live",
    "backchannel.console.ConsoleConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "channels",
    "allauth",
    "allauth.account",
    "csp",
    "huey.contrib.djhuey",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.middleware.PrivatePages",
    "accounts.middleware.SuspendedPeople",
    "rooms.middleware.BeingHeard",
    "accounts.middleware.OwnTimeAndLanguage",
    "accounts.middleware.AskableAddresses",
    "accounts.middleware.PlainRefusals",
]

ROOT_URLCONF = "backchannel.urls"
ASGI_APPLICATION = "backchannel.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["backchannel.templatetags.drawing"],
            "libraries": {"i18n": "backchannel.templatetags.wording"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "rooms.context_processors.my_seat",
                "backchannel.context_processors.build",
                "backchannel.context_processors.news",
            ],
        },
    },
]

# Where things are kept ------------------------------------------------------------------------------------

if env.str("DATABASE_URL", ""):
    DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
    if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
        DATABASES["default"]["ENGINE"] = "backchannel.postgresql"
    # Persistent connections and ASGI threads do not go together; the pool does that work.
    DATABASES["default"]["CONN_MAX_AGE"] = 0
    DATABASES["default"]["OPTIONS"] = {
        # Whoever gets no connection within `timeout` is asked to come back. An attempt to reconnect is given up soon,
        # for the next request begins a new one at once: attempts that go on wait longer and longer.
        "pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 20), "timeout": 3, "reconnect_timeout": 2},
        "connect_timeout": 3,
        # Nobody waits longer than this for a row or an answer, nor keeps others waiting (a process that was stopped).
        "options": "-c statement_timeout=5000 -c lock_timeout=5000 -c idle_in_transaction_session_timeout=10000",
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": DATA_DIR / "backchannel.sqlite3",
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
        }
    }

REDIS_URL = env.str("REDIS_URL", "")
if REDIS_URL:
    CACHES: dict = {
        "default": {
            "BACKEND": "backchannel.cache.RedisOrNothing",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": HOUSE,
            "OPTIONS": {"socket_timeout": 0.5, "socket_connect_timeout": 0.5},
        }
    }
else:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": "backchannel",
            # Limits are counted here: a crowd of strangers must not push them out.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

MEDIA_ROOT = DATA_DIR / "files"
STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES: dict = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "backchannel.static.Served"},
}

# Files go to a bucket instead of the folder where one is named. Without a key boto3 looks for one in its own places.
S3_BUCKET = env.str("S3_BUCKET", "")
if S3_BUCKET:
    STORAGES["default"] = {
        "BACKEND": "backchannel.bucket.Bucket",
        "OPTIONS": {
            "bucket_name": S3_BUCKET,
            "endpoint_url": env.str("S3_ENDPOINT", "") or None,
            "region_name": env.str("S3_REGION", "") or None,
            "access_key": env.str("S3_KEY", "") or None,
            "secret_key": env.str("S3_SECRET", "") or None,
        },
    }

# What the files that one person sends may take, in megabytes.
FILE_QUOTA = env.int("FILE_QUOTA", 1024, validate=validate.Range(1, 10**9))

HUEY: dict = {
    "name": HOUSE,
    "immediate": False,
    "consumer": {"workers": 2, "worker_type": "thread", "initial_delay": 0.1, "max_delay": 0.5},
}
if REDIS_URL:
    # Signed, for what others may have written there would be run here.
    HUEY.update(huey_class="huey.RedisHuey", serializer=SignedSerializer(SECRET_KEY), url=REDIS_URL)
else:
    HUEY.update(
        huey_class="huey.SqliteHuey",
        filename=str(DATA_DIR / "jobs.sqlite3"),
        create_tables=False,  # by the start, which can say why if it cannot
    )

# People ---------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.Person"
# Usernames are unique, whatever their case: by a constraint on Lower("username"), which this check does not see.
# Redirecting to https, and deciding for other subdomains, is the work of the proxy in front.
# templates.W003: that there is another `i18n` than Django's is meant (backchannel/templatetags/wording.py).
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W005", "security.W008", "security.W021", "templates.W003"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_NAME = "__Host-session" if HTTPS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60

# The first value of a row in the admin, where it can be changed at once.
REGISTRATION = env.str("REGISTRATION", "invite" if PRODUCTION else "open")

EMAIL_URL = env.str("EMAIL_URL", "")
if EMAIL_URL:
    for key, value in env.dj_email_url("EMAIL_URL").items():
        if key.startswith("EMAIL_"):
            globals()[key] = value
else:
    # Without a mail server, letters are printed where `bin/serve` runs.
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("MAIL_FROM", "Backchannel <backchannel@localhost>")

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "username*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.forms.SignUpForm"
ACCOUNT_FORMS = {
    "login": "accounts.logging_in.LoginForm",
    "signup": "accounts.logging_in.SigningUpForm",
    "add_email": "accounts.logging_in.AddressForm",
    "reset_password": "accounts.logging_in.ResetForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if EMAIL_URL else "optional"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_USERNAME_MIN_LENGTH = 2
ACCOUNT_USERNAME_VALIDATORS = "accounts.names.sign_up_validators"
# The browser that changes the password stays in; all other log-ins are ended (accounts/receivers.py).
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"

# Links ----------------------------------------------------------------------------------------------------

# Whether pages that people link to are looked at, by this machine, so that their links get a card.
LINK_PREVIEWS = env.bool("LINK_PREVIEWS", True)

# Sound ----------------------------------------------------------------------------------------------------

SOUND_ENGINE = env.str("SOUND_ENGINE", "rooms.sound.mixer_engine")
SOUND_ADDRESS = env.str("SOUND_ADDRESS", "")
SOUND_PORTS = env.str("SOUND_PORTS", "")
MIXER_ROOM_LIMIT = env.int("MIXER_ROOM_LIMIT", 100)
MIXER_LIMIT = env.int("MIXER_LIMIT", 150)

# What browsers may do -------------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    },
}
PERMISSIONS_POLICY = {
    "camera": [],
    "display-capture": [],
    "geolocation": [],
    "microphone": "self",
    "payment": [],
    "usb": [],
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if HTTPS else 0
SECURE_SSL_REDIRECT = False
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# Language and time ----------------------------------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# What is written down -------------------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {"format": "%(levelname)s %(name)s: %(message)s"},
        "json": {
            "()": "pythonjsonlogger.json.JsonFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
    },
    "filters": {"no_traceback": {"()": "backchannel.logs.NoTraceback"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": env.str("LOG_FORMAT", "plain")}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "WARNING")},
    "loggers": {
        "django.security.DisallowedHost": {"filters": ["no_traceback"]},
        # At their most talkative they would write down what others' pages answer, with the secrets in their links.
        "httpcore": {"level": "WARNING"},
        "httpx": {"level": "WARNING"},
    },
}
