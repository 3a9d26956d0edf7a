"""Wrong settings are found, each with its cure, and right ones pass."""

import secrets
from pathlib import Path

import pytest

from backchannel import checks

GOOD = {
    "WEB_PROCESSES": 1,
    "REDIS_URL": "redis://127.0.0.1:6379/0",
    "PRODUCTION": True,
    "PUBLIC_URL": "https://talk.example.org",
    "HTTPS": True,
    "SECRET_KEY": secrets.token_urlsafe(48),
    "TRUSTED_PROXIES": 1,
    "EMAIL_URL": "smtp://mail.example.org",
    "REGISTRATION": "invite",
    "SOUND_ADDRESS": "203.0.113.7",
    "SOUND_PORTS": "40000-40199",
}


def found(settings, **changed):
    """The ids of what the checks say about good settings with these changes."""
    for name, value in {**GOOD, **changed}.items():
        setattr(settings, name, value)
    said = [*checks.house(), *checks.production()]
    assert all(message.hint for message in said)
    return [message.id.removeprefix("backchannel.") for message in said]


def test_good_settings_pass(settings):
    assert found(settings) == []
    assert found(settings, SOUND_ADDRESS="", SOUND_PORTS="") == []
    assert found(settings, SOUND_ADDRESS="2001:db8::7") == []


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"REGISTRATION": "sometimes"}, "E002"),
        ({"SOUND_ADDRESS": "my-host"}, "E003"),
        ({"SOUND_PORTS": "40000"}, "E004"),
        ({"SOUND_PORTS": "40199-40000"}, "E004"),
        ({"SOUND_PORTS": "80-90"}, "E004"),
        ({"PUBLIC_URL": "talk.example.org", "HTTPS": False}, "E005"),
        ({"PUBLIC_URL": "https://example.org/talk"}, "E005"),
        ({"PUBLIC_URL": "http://talk.example.org", "HTTPS": False}, "E006"),
        ({"SECRET_KEY": "insecure-change-me-insecure-change-me"}, "E007"),
        ({"SECRET_KEY": "short"}, "E007"),
        ({"TRUSTED_PROXIES": 0}, "W001"),
        ({"EMAIL_URL": ""}, "W002"),
    ],
)
def test_a_wrong_setting_is_found(settings, changed, said):
    assert found(settings, **changed) == [said]


def test_a_bucket_needs_what_speaks_with_buckets(settings, monkeypatch):
    assert found(settings, S3_BUCKET="files") == []
    monkeypatch.setattr(checks, "find_spec", lambda _name: None)
    assert found(settings, S3_BUCKET="files") == ["E010"]
    assert found(settings, S3_BUCKET="") == []


def test_a_key_that_could_not_be_kept_is_found(settings, tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert found(settings, DATA_DIR=tmp_path) == ["E001"]
    Path(tmp_path, "secret_key").write_text(GOOD["SECRET_KEY"])
    assert found(settings, DATA_DIR=tmp_path) == []


def test_on_ones_own_machine_production_is_nobodys_business(settings):
    assert found(settings, PRODUCTION=False, PUBLIC_URL="", HTTPS=False, SECRET_KEY="short", EMAIL_URL="") == []


@pytest.mark.parametrize(
    ("engine", "redis", "said"),
    [
        ("backchannel.postgresql", "redis://127.0.0.1:6379/0", []),
        ("backchannel.postgresql", "", ["E009"]),
        ("django.db.backends.sqlite3", "redis://127.0.0.1:6379/0", ["E008"]),
        ("django.db.backends.sqlite3", "", ["E008", "E009"]),
    ],
)
def test_several_web_processes_need_postgresql_and_redis(settings, monkeypatch, engine, redis, said):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", engine)
    assert found(settings, WEB_PROCESSES=2, REDIS_URL=redis) == said
    assert found(settings, WEB_PROCESSES=1, REDIS_URL=redis) == []
