"""Files that nobody wants any more, and those that outlive a message."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from backchannel.media.sweeping import sweep
from backchannel.models import Attachment, Conversation
from backchannel.models.attachment import UNWANTED
from backchannel.models.remains import erase_what_is_due
from tests.backchannel.conftest import said
from tests.backchannel.files import address, bytes_of, on_disk, picture, sent, taken

pytestmark = pytest.mark.usefixtures("asked")


def test_what_nobody_posted_goes_after_a_day(pair, browser, ada):
    taken(browser, pair)
    kept = sent(browser, ada, pair, picture(), "a.png").attachments.get()
    sweep(timezone.now() + UNWANTED - timedelta(minutes=1))
    assert Attachment.objects.count() == 2
    sweep(timezone.now() + UNWANTED + timedelta(minutes=1))
    assert Attachment.objects.get() == kept
    assert on_disk() == sorted([kept.file, kept.small])


def test_a_deleted_messages_files_come_back_with_it_and_go_with_it(pair, browser, ada, time_machine):
    message = sent(browser, ada, pair, picture(), "a.png")
    message.delete_by(ada)
    sweep(timezone.now())
    assert len(on_disk()) == 2
    message.restore_by(ada)
    assert browser.get(address(message)).status_code == 200
    assert "data-view" in pair.messages.get().html
    message.delete_by(ada)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    erase_what_is_due()
    sweep(timezone.now())
    assert (Attachment.objects.count(), on_disk()) == (0, [])


def test_what_a_moderator_deletes_is_gone_at_once(chat, as_, ada, bob):
    message = sent(as_(bob), bob, chat)
    message.delete_by(ada)
    sweep(timezone.now())
    assert on_disk() == []


def test_files_go_with_their_room_and_their_person(chat, pair, as_, ada, bob, floor):
    sent(as_(bob), bob, chat)
    sent(as_(ada), ada, pair)
    floor.delete()
    bob.delete()
    sweep(timezone.now() + UNWANTED + timedelta(minutes=1))
    assert Attachment.objects.count() == len(on_disk()) == 1


def test_a_forwarded_file_outlives_the_message_it_came_from(pair, chat, browser, ada):
    message = sent(browser, ada, pair, picture(), "a.png")
    client_id = uuid4()
    for _ in range(2):
        copy = message.forward(ada, chat, client_id)
    assert Attachment.objects.count() == 2 and len(on_disk()) == 2
    message.delete_by_staff(ada, "test")
    sweep(timezone.now())
    assert bytes_of(browser.get(address(copy))).startswith(b"RIFF")
    copy.delete_by_staff(ada, "test")
    sweep(timezone.now())
    assert (Attachment.objects.count(), on_disk()) == (0, [])


def test_a_reply_quotes_a_file_by_what_it_is(pair, browser, ada, bob):
    message = sent(browser, ada, pair, picture(), "a.png", body="")
    reply = pair.post(bob, uuid4(), "nice", reply_to=message.client_id)
    assert "Picture" in reply.html


def test_the_inbox_says_file_where_there_are_no_words(pair, browser, ada):
    sent(browser, ada, pair, body="")
    page = browser.get(reverse("inbox")).content.decode()
    assert "Message deleted" not in page and "File" in page
    pair.messages.get().delete_by(ada)
    assert "Message deleted" in browser.get(reverse("inbox")).content.decode()


def test_what_is_written_to_nobody_else_stays_as_it_was(pair, ada):
    assert "files" not in said(pair, ada).html
    assert Conversation.objects.get(pk=pair.pk).messages.count() == 1
