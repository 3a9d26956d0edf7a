"""Wrong settings say so at start, each with its cure."""

import ipaddress
import os
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

SHORTEST_SECRET = 32
TELLTALE = ("insecure", "change", "secret", "example", "default")


@register
def house(**_options: Any) -> list[CheckMessage]:
    """What would be wrong anywhere."""
    return [*_kept_key(), *_registration(), *_sound(), *_several(), *_bucket()]


@register
def production(**_options: Any) -> list[CheckMessage]:
    """What may pass on one's own machine, and not where others come in."""
    return [*_public_url(), *_secret(), *_proxy(), *_mail()] if settings.PRODUCTION else []


def _kept_key() -> Iterator[CheckMessage]:
    kept = Path(settings.DATA_DIR, "secret_key")
    if not os.environ.get("SECRET_KEY") and not kept.exists():
        yield Error(
            "The house's key could not be kept in DATA_DIR: every restart would log everybody out.",
            hint=f"Make {settings.DATA_DIR} writable for the user who runs this, or set DATA_DIR.",
            id="backchannel.E001",
        )


def _registration() -> Iterator[CheckMessage]:
    if settings.REGISTRATION not in ("open", "invite"):
        yield Error(
            f"REGISTRATION is {settings.REGISTRATION!r}.",
            hint='Set it to "open" or "invite", or leave it out.',
            id="backchannel.E002",
        )


def _sound() -> Iterator[CheckMessage]:
    if settings.SOUND_ADDRESS and not _is_address(settings.SOUND_ADDRESS):
        yield Error(
            f"SOUND_ADDRESS is {settings.SOUND_ADDRESS!r}, which is not an IP address.",
            hint="Set it to the public IP address of this machine, as browsers reach it.",
            id="backchannel.E003",
        )
    if settings.SOUND_PORTS and not _is_range(settings.SOUND_PORTS):
        yield Error(
            f"SOUND_PORTS is {settings.SOUND_PORTS!r}, which is not a range of ports.",
            hint="Write first and last, as in 40000-40199, and open them for UDP.",
            id="backchannel.E004",
        )


def _several() -> Iterator[CheckMessage]:
    if settings.WEB_PROCESSES > 1 and "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        yield Error(
            "WEB_PROCESSES is more than one, and there is no PostgreSQL: they would wait for each other's writing.",
            hint="Set DATABASE_URL=postgres://user:password@host:5432/name, or leave WEB_PROCESSES out.",
            id="backchannel.E008",
        )
    if settings.WEB_PROCESSES > 1 and not settings.REDIS_URL:
        yield Error(
            "WEB_PROCESSES is more than one, and there is no Redis: none would hear what is said in the others.",
            hint="Set REDIS_URL=redis://127.0.0.1:6379/0, or leave WEB_PROCESSES out.",
            id="backchannel.E009",
        )


def _bucket() -> Iterator[CheckMessage]:
    if settings.S3_BUCKET and not find_spec("storages"):
        yield Error(
            "S3_BUCKET names a bucket, and what speaks with buckets is not installed.",
            hint="Run pip install --require-hashes -r requirements-s3.txt (bin/serve does it), or leave S3_BUCKET out.",
            id="backchannel.E010",
        )


def _public_url() -> Iterator[CheckMessage]:
    url = urlsplit(settings.PUBLIC_URL)
    if not url.hostname or url.path or url.query:
        yield Error(
            f"PUBLIC_URL is {settings.PUBLIC_URL!r}, which is not the address of a site.",
            hint="Write scheme and host only, as in https://talk.example.org.",
            id="backchannel.E005",
        )
    elif url.scheme != "https":
        yield Error(
            "PUBLIC_URL is not https: browsers would give no microphones, and anybody on the way could listen.",
            hint="Put a proxy with a certificate in front (docs/self-hosting.md), and set PUBLIC_URL=https://…",
            id="backchannel.E006",
        )


def _secret() -> Iterator[CheckMessage]:
    given = settings.SECRET_KEY
    if len(given) < SHORTEST_SECRET or any(word in given.lower() for word in TELLTALE):
        yield Error(
            "SECRET_KEY is a sample or too short: whoever guesses it can log in as anybody.",
            hint="Leave SECRET_KEY out (the house makes one and keeps it in DATA_DIR), or set 50 random characters.",
            id="backchannel.E007",
        )


def _proxy() -> Iterator[CheckMessage]:
    if settings.HTTPS and not settings.TRUSTED_PROXIES:
        yield Warning(
            "PUBLIC_URL is https, but no proxy is trusted: all visitors look like one address.",
            hint="Set TRUSTED_PROXIES=1 for one proxy in front that sets X-Forwarded-For and X-Forwarded-Proto.",
            id="backchannel.W001",
        )


def _mail() -> Iterator[CheckMessage]:
    if not settings.EMAIL_URL:
        yield Warning(
            "There is no mail server: lost passwords cannot be reset, and addresses are not verified.",
            hint="Set EMAIL_URL, as in smtp+tls://user:password@mail.example.org:587.",
            id="backchannel.W002",
        )


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _is_range(text: str) -> bool:
    first, _dash, last = text.partition("-")
    return first.isdigit() and last.isdigit() and 1024 <= int(first) < int(last) <= 65535
