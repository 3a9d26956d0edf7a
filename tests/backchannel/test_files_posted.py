"""Files that go with a message."""

import re
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backchannel import batches
from backchannel.models import Attachment, Message
from backchannel.writing import Draft
from tests.backchannel.conftest import HTMX
from tests.backchannel.files import picture, taken

pytestmark = pytest.mark.usefixtures("asked")


def test_a_message_goes_with_its_files_in_their_order(pair, browser, write, ada):
    ids = [taken(browser, pair, b"%PDF-", f"{n}.pdf").pk for n in range(3)][::-1]
    assert write(ada, pair, "three", files=ids).status_code == 204
    message = pair.messages.get()
    assert list(message.attachments.order_by("place").values_list("pk", flat=True)) == ids
    names = [message.html.index(f"{n}.pdf") for n in (2, 1, 0)]
    assert names == sorted(names)


def test_a_message_may_be_files_alone_and_not_nothing(pair, browser, write, ada):
    assert write(ada, pair, " ", files=[]).status_code == 422
    assert write(ada, pair, " ", files=[taken(browser, pair).pk]).status_code == 204
    message = pair.messages.get()
    assert (message.body, message.first_words) == ("", "a.pdf")


def test_the_inbox_says_what_came_where_there_are_no_words(pair, browser, write, as_, ada, bob):
    for made, name, says in ((picture(), "a.png", "Picture"), (b"%PDF-", "<i>.pdf", "File")):
        assert write(ada, pair, " ", files=[taken(browser, pair, made, name).pk]).status_code == 204
        assert (last_line(as_(bob)), last_line(as_(ada))) == (says, f"You: {says}")
    # Of several the first one says it; and where there are words, they do.
    ids = [taken(browser, pair, made, name).pk for made, name in ((picture(), "b.png"), (b"%PDF-", "b.pdf"))]
    write(ada, pair, "", files=ids)
    assert last_line(as_(bob)) == "Picture"
    write(ada, pair, "Look", files=[taken(browser, pair, picture(), "c.png").pk])
    assert last_line(as_(bob)) == "Look"
    pair.messages.last().delete_by(ada)
    assert last_line(as_(bob)) == "Message deleted"


def last_line(client):
    drawn = client.get("/backchannel/").content.decode()
    return re.search(r'<span class="inbox__last[^>]*>(.*?)</span>', drawn)[1]


@pytest.mark.parametrize("how", ["of somebody else", "posted already", "taken back", "unknown", "half", "eleven"])
def test_a_file_that_is_not_ones_own_to_send_refuses_the_message(pair, browser, write, ada, bob, as_, how):
    found = taken(as_(bob) if how == "of somebody else" else browser, pair)
    if how == "posted already":
        said_with = pair.post(ada, uuid4(), "first", files=[found.pk])
        assert said_with.attachments.count() == 1
    elif how == "taken back":
        browser.post(reverse("file_removal", args=[found.pk]), **HTMX)
    elif how == "half":
        Attachment.objects.update(state="arriving")
    ids = [found.pk] if how != "unknown" else ["0" * 22]
    ids = ids if how != "eleven" else [taken(browser, pair, b"%PDF-").pk for _ in range(11)]
    before = pair.messages.count()
    assert write(ada, pair, "kept words", files=ids).status_code == 422
    assert pair.messages.count() == before
    assert Attachment.objects.filter(message__body="kept words").count() == 0


def test_one_file_does_not_go_with_two_messages_of_one_batch(pair, browser, ada):
    found = taken(browser, pair)
    drafts = [Draft(pair.pk, ada.pk, uuid4(), "me", files=[found.pk, found.pk]) for _ in range(2)]
    batches.write(drafts)
    assert [isinstance(draft.outcome, Message) for draft in drafts] == [True, False]


def test_sent_once_more_it_is_the_same_message(pair, browser, write, ada):
    found, client_id = taken(browser, pair), uuid4()
    for _ in range(2):
        assert write(ada, pair, "once", files=[found.pk], client_id=client_id).status_code == 204
    assert (pair.messages.count(), Attachment.objects.get().message.body) == (1, "once")


def test_messages_cost_the_same_with_files_and_without_but_for_two_queries(chat, as_, ada, asked):
    browser = as_(ada)

    def cost(count, *bodies):
        files = [[taken(browser, chat, b"%PDF-").pk for _ in range(count)] for _ in bodies]
        with CaptureQueriesContext(connection) as seen:
            batches.write(
                [Draft(chat.pk, ada.pk, uuid4(), body, files=f) for body, f in zip(bodies, files, strict=True)]
            )
        return len(seen)

    plain = cost(0, "one", "two")
    with_files = cost(1, "one")
    assert with_files <= plain + 4  # to find them, and to note where they went, in a savepoint
    assert cost(3, *map(str, range(8))) == with_files


def test_without_scripts_files_come_with_the_form(pair, browser, write, ada):
    files = [SimpleUploadedFile(name, b"%PDF-") for name in ("a.pdf", "b.pdf")]
    answer = write(ada, pair, "", plain=True, upload=files)
    assert (answer.status_code, answer["Location"]) == (303, pair.get_absolute_url())
    assert [one.name for one in pair.messages.get().attachments.order_by("place")] == ["a.pdf", "b.pdf"]


def test_what_a_plain_form_may_not_send_leaves_text_and_files_in_it(pair, browser, write, ada):
    good, bad = SimpleUploadedFile("good.pdf", b"%PDF-"), SimpleUploadedFile("<b>.exe", b"MZ")
    answer = write(ada, pair, "my words", plain=True, upload=[good, bad])
    page = answer.content.decode()
    kept = Attachment.objects.get()
    assert answer.status_code == 422
    assert "my words" in page and "&lt;b&gt;.exe: Files of this kind" in page and "<b>.exe" not in page
    assert f'name="files" value="{kept.pk}"' in page
    assert write(ada, pair, "my words", plain=True, files=[kept.pk]).status_code == 303
    assert pair.messages.get().attachments.get() == kept


def test_a_form_sent_again_after_back_with_another_file_is_another_message(pair, write, ada):
    client_id = uuid4()
    for name in ("a.pdf", "b.pdf"):
        write(ada, pair, "", plain=True, client_id=client_id, upload=[SimpleUploadedFile(name, b"%PDF-")])
    assert pair.messages.count() == 2


def test_i11_a_files_name_and_description_are_drawn_as_text(pair, browser, write, ada):
    evil = '"><script>alert(1);'
    ids = [taken(browser, pair, b"%PDF-", f"{evil}.pdf").pk, taken(browser, pair, picture(), alt=evil).pk]
    write(ada, pair, "", files=ids)
    html = pair.messages.get().html
    assert "<script" not in html and html.count("&lt;script&gt;") == 2
