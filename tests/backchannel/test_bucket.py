"""Files in a bucket: the same as on a disk, and nobody comes near it but through the house."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.storing import show_photo
from backchannel import bucket as buckets
from backchannel import jobs
from backchannel.media.preparing import prepare
from backchannel.media.sweeping import sweep
from backchannel.models import Attachment, Group
from backchannel.models.attachment import PATIENCE, TRIES, UNWANTED
from backchannel.models.remains import erase_what_is_due
from tests.backchannel.files import address, bytes_of, film, picture, sent, taken, upload

pytestmark = pytest.mark.alike

TEXT = b"%PDF-" + bytes(range(32, 127)) * 8000  # more than is asked for at once


@pytest.fixture(autouse=True)
def later(bucket, monkeypatch):
    monkeypatch.setattr(jobs, "soon", lambda *_: None)


@pytest.fixture
def away(settings):
    """away(): from now on nobody answers where the bucket was; away(False): he does again."""
    there = settings.STORAGES

    def change(gone=True):
        options = {**there["default"]["OPTIONS"], "endpoint_url": "http://127.0.0.1:9"}
        settings.STORAGES = {**there, "default": {**there["default"], "OPTIONS": options}} if gone else there

    return change


def kept(bucket):
    return {one.key for one in bucket.objects.all()}


def test_a_picture_from_its_coming_to_its_end(bucket, pair, browser, as_, ada, bob, dan, time_machine):
    message = sent(browser, ada, pair, picture(), "a.png")
    found = message.attachments.get()
    assert kept(bucket) == {found.file, found.small}  # and not what came
    assert found.size == sum(one.size for one in bucket.objects.all())
    for name in ("attachment", "attachment_small"):
        whole = bytes_of(as_(bob).get(address(message, name)))
        assert whole[:4] == b"RIFF" and b"taken at home" not in whole
        assert as_(dan).get(address(message, name)).status_code == 404
    message.delete_by(ada)
    assert as_(bob).get(address(message)).status_code == as_(ada).head(address(message)).status_code == 404
    assert kept(bucket)  # it can be taken back for a moment
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    erase_what_is_due()
    sweep(timezone.now())
    assert (kept(bucket), Attachment.objects.count()) == (set(), 0)


@pytest.mark.parametrize(
    ("asked", "status", "first", "last"),
    [
        ("", 200, 0, None),
        ("bytes=0-4", 206, 0, 5),
        ("bytes=262140-262150", 206, 262140, 262151),
        ("bytes=1000-", 206, 1000, None),
        ("bytes=-7", 206, -7, None),
    ],
)
def test_whole_and_in_parts_as_it_was_sent(bucket, pair, browser, ada, asked, status, first, last):
    message = sent(browser, ada, pair, TEXT, "a.pdf")
    headers = {"Range": asked} if asked else {}
    answer = browser.get(address(message), headers=headers)
    assert (answer.status_code, bytes_of(answer)) == (status, TEXT[first:last])
    head = browser.head(address(message), headers=headers)
    assert (head.status_code, head["Content-Length"], head.content) == (status, answer["Content-Length"], b"")
    assert browser.get(address(message), headers={"Range": f"bytes={len(TEXT)}-"}).status_code == 416


def test_of_a_part_no_more_is_fetched_than_belongs_to_it(bucket, pair, browser, ada):
    message = sent(browser, ada, pair, TEXT, "a.pdf")
    asked = []
    events = default_storage.bucket.meta.client.meta.events
    events.register("before-call.s3.GetObject", lambda params, **_: asked.append(params["headers"]["Range"]))
    answer = browser.get(address(message), headers={"Range": "bytes=100000-100009"})
    assert bytes_of(answer) == TEXT[100_000:100_010]
    assert asked == [f"bytes=100000-{100_000 + buckets.LEAST - 1}"]


def test_a_film_is_worked_on_here_and_kept_there(bucket, pair, browser, ada):
    found = sent(browser, ada, pair, film(), "a.mp4").attachments.get()
    assert (found.kind, found.state, kept(bucket)) == ("video", "ready", {found.file, found.small})


def test_photos_of_people_and_groups(bucket, as_, ada, bob, django_capture_on_commit_callbacks):
    group = Group.start(ada, [bob], "Garden")
    for owner in (ada, group):
        for image in (b"first", b"second"):
            with django_capture_on_commit_callbacks(execute=True):
                show_photo(owner, image)
        assert [one.get()["Body"].read() for one in bucket.objects.all()] == [b"second"]
        assert bytes_of(as_(bob).get(owner.photo_address)) == b"second"
        with django_capture_on_commit_callbacks(execute=True):
            show_photo(owner, None)
        assert kept(bucket) == set()


def test_nothing_has_an_address_that_others_could_ask_for(bucket, pair, browser, ada):
    place = sent(browser, ada, pair, TEXT, "a.pdf").attachments.get().file
    with pytest.raises(NotImplementedError):
        default_storage.url(place)
    assert bucket.Object(place).Acl().grants == [
        {"Grantee": {"ID": bucket.Acl().owner["ID"], "Type": "CanonicalUser"}, "Permission": "FULL_CONTROL"}
    ]


# While nobody answers there ---------------------------------------------------------------------------------


def test_what_comes_meanwhile_is_refused_in_words_and_comes_later(bucket, pair, browser, write, ada, away):
    client_id = uuid4()
    away()
    answer = upload(browser, pair, client_id=client_id)
    assert (answer.status_code, "Your text is safe" in answer.content.decode()) == (507, True)
    assert write(ada, pair, "words go").status_code == 204
    away(False)
    assert upload(browser, pair, client_id=client_id).status_code == 201
    assert kept(bucket) == {Attachment.objects.get().file}


def test_what_is_asked_for_meanwhile_is_there_again_later(bucket, pair, browser, as_, ada, dan, away):
    message = sent(browser, ada, pair, TEXT, "a.pdf")
    show_photo(ada, b"photo")
    away()
    for place in (address(message), ada.photo_address):
        answer = browser.get(place)
        assert (answer.status_code, answer["Retry-After"]) == (503, "5")
        assert "Try again in a moment" in answer.content.decode()
    assert as_(dan).get(address(message)).status_code == 404
    away(False)
    assert bytes_of(browser.get(address(message))) == TEXT


def test_what_is_to_be_prepared_waits_as_long_as_it_takes(bucket, pair, browser, away):
    found = taken(browser, pair, picture(), "a.png", ready=False)
    away()
    for number in range(TRIES + 2):
        prepare(found.pk)
        Attachment.objects.try_again(timezone.now() + (number + 1) * (PATIENCE + timedelta(seconds=1)))
    assert Attachment.objects.get().state == "preparing"
    away(False)
    prepare(found.pk)
    found.refresh_from_db()
    assert (found.state, kept(bucket)) == ("ready", {found.file, found.small})


def test_what_is_to_be_removed_goes_later(bucket, pair, browser, away):
    for number in range(2):
        taken(browser, pair, b"%PDF-", f"{number}.pdf")
    away()
    sweep(timezone.now() + UNWANTED + timedelta(minutes=1))
    assert len(kept(bucket)) == 2
    away(False)
    sweep(timezone.now())
    sweep(timezone.now() + UNWANTED + timedelta(minutes=1))
    assert (kept(bucket), Attachment.objects.count()) == (set(), 0)


def test_what_came_is_not_forgotten_where_it_could_not_be_removed_at_once(bucket, pair, browser, monkeypatch):
    """In a picture as it came stands where it was taken."""
    found = taken(browser, pair, picture(), "a.png", ready=False)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(buckets.Bucket, "delete", _gone)
        prepare(found.pk)
    assert found.file in kept(bucket)
    sweep(timezone.now())
    found.refresh_from_db()
    assert kept(bucket) == {found.file, found.small}


def _gone(*_args):
    raise ConnectionError("away")
