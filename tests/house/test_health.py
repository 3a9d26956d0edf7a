"""What watchers of machines are told."""

import os
import time

import pytest
from django.conf import settings
from django.db import DatabaseError

import live
from backchannel import health


@pytest.fixture
def well(monkeypatch):
    """A house whose jobs and mixer are there."""
    health._beat_file().touch()
    monkeypatch.setattr(live, "linked", lambda name: name == "mixer")


@pytest.mark.django_db
def test_a_house_that_is_well_is_ready_and_tells_its_limits(client, well):
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["ok"]
    assert answer.json()["sound"]["listeners_per_room"] == settings.MIXER_ROOM_LIMIT


@pytest.mark.django_db
def test_without_mixer_it_is_not_ready_but_alive(client, well, monkeypatch):
    monkeypatch.setattr(live, "linked", lambda name: False)
    assert client.get("/readyz").status_code == 503
    assert not client.get("/readyz").json()["sound"]["ok"]
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_silent_jobs_make_it_not_ready(client, well):
    long_ago = time.time() - 60
    os.utime(health._beat_file(), (long_ago, long_ago))
    assert client.get("/readyz").status_code == 503
    health._beat_file().unlink()
    assert client.get("/readyz").status_code == 503


@pytest.mark.django_db
def test_without_database_it_is_not_ready(client, well, monkeypatch):
    def gone():
        raise DatabaseError("gone, and the reason is nobody's business")

    monkeypatch.setattr(health.connection, "cursor", gone)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert b"business" not in answer.content


@pytest.mark.django_db
def test_a_process_that_does_not_hear_the_others_is_not_ready(client, well, settings, monkeypatch):
    assert "redis" not in client.get("/readyz").json()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["redis"]) == (503, {"ok": False})
    monkeypatch.setattr(live, "whole", lambda: True)
    assert client.get("/readyz").status_code == 200


@pytest.mark.django_db
def test_nothing_secret_is_told_and_nothing_can_be_done(client, well):
    told = client.get("/readyz").content.decode()
    assert settings.SECRET_KEY not in told
    assert str(settings.DATA_DIR) not in told
    assert client.post("/readyz").status_code == 405
