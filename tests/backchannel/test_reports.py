"""Reports: what people tell the moderators, with a copy of what it is about. Nobody else learns of it."""

from datetime import timedelta
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.urls import reverse
from django.utils import timezone

from accounts.models import ModerationEntry, Person
from accounts.refusals import Refused
from backchannel.media.sweeping import sweep
from backchannel.models import Attachment, Conversation, Message, Report
from backchannel.models.remains import SealedText, erase
from tests.backchannel.conftest import HTMX, said
from tests.backchannel.files import bytes_of, on_disk, picture, taken
from tests.backchannel.test_reading import page
from tests.ears import listening

WRONG = {"reason": "harassment", "words": "Again and again"}


def report(client, name, *arguments, **said):
    return client.post(reverse(name, args=arguments), {**WRONG, **said})


def of_message(client, message, **said):
    return report(client, "report_message", message.conversation_id, message.client_id, **said)


@pytest.fixture
def lines(pair, ada, bob):
    return [said(pair, bob if number % 2 else ada, f"line {number}") for number in range(20)]


def texts(report):
    return [one["text"] for one in report.evidence]


# A message ------------------------------------------------------------------------------------------------


def test_a_message_goes_with_the_five_before_and_after_it(lines, as_, ada, bob):
    answer = of_message(as_(ada), lines[9])
    assert (answer.status_code, answer["Location"]) == (303, "/reports/sent/")
    made = Report.objects.get()
    assert (made.reporter, made.about, made.kind, made.reason, made.words) == (ada, bob, "message", *WRONG.values())
    assert texts(made) == [f"line {number}" for number in range(4, 15)]
    assert [one["text"] for one in made.evidence if one["reported"]] == ["line 9"]
    assert {one["username"] for one in made.evidence} == {"ada", "bob"}


def test_the_copy_stays_when_the_message_is_deleted_and_erased(lines, as_, ada, bob):
    of_message(as_(ada), lines[9])
    lines[9].delete_by(bob)
    erase(lines[9])
    assert "line 9" in texts(Report.objects.get())
    Person.objects.filter(pk=bob.pk).delete()
    made = Report.objects.get()
    assert (made.about, made.message) == (None, None) and "line 9" in texts(made)


def test_what_it_said_before_goes_along(lines, as_, ada, bob):
    lines[9].edit(bob, "nothing at all")
    of_message(as_(ada), lines[9])
    (reported,) = [one for one in Report.objects.get().evidence if one["reported"]]
    assert (reported["text"], reported["before"]) == ("nothing at all", ["line 9"])


def test_who_deletes_at_once_is_not_faster(lines, as_, ada, bob):
    lines[9].delete_by(bob)
    of_message(as_(ada), lines[9])
    (reported,) = [one for one in Report.objects.get().evidence if one["reported"]]
    assert (reported["text"], reported["deleted"]) == ("line 9", True)
    assert SealedText.objects.get(message=lines[9]).body == "line 9"


def test_only_what_who_reports_may_read_is_copied(ada, bob, as_):
    group = Conversation.objects.create(kind="group")
    group.memberships.create(person=ada)
    said(group, ada, "before bob")
    group.let_in(bob)
    message = said(group, ada, "after")
    of_message(as_(bob), message)
    assert texts(Report.objects.get()) == ["after"]


def test_nobody_reports_what_he_may_not_read_or_wrote_himself(lines, line, as_, ada, bob, cleo, dan):
    hush = said(line, ada, "hush")
    assert of_message(as_(dan), lines[9]).status_code == 404
    assert of_message(as_(cleo), hush).status_code == 404
    assert of_message(as_(bob), lines[9]).status_code == 422
    assert of_message(as_(None), lines[9]).status_code == 302
    assert not Report.objects.exists()


def test_the_form_shows_what_is_reported_and_says_who_reads_it(lines, as_, ada, bob):
    said(Conversation.between(ada, bob), bob, "<script>x</script>")
    message = Message.objects.order_by("pk").last()
    drawn = page(as_(ada), reverse("report_message", args=[message.conversation_id, message.client_id]))
    assert "&lt;script&gt;x" in drawn and "<script>x" not in drawn
    assert "five before and after" in drawn and "nobody learns that it was you" in drawn


@pytest.mark.parametrize("wrong", [{"reason": ""}, {"reason": "x"}, {"words": "x" * 1001}])
def test_what_is_not_filled_in_right_is_asked_again(lines, as_, ada, wrong):
    answer = of_message(as_(ada), lines[9], **wrong)
    assert answer.status_code == 422 and not Report.objects.exists()
    assert "Again and again" in answer.content.decode() or "words" in wrong


def test_blocking_goes_along_if_it_is_wanted(lines, as_, ada, bob):
    of_message(as_(ada), lines[9])
    assert not ada.is_blocking(bob)
    of_message(as_(ada), lines[9], block="on")
    assert ada.is_blocking(bob)


# A conversation, a person ---------------------------------------------------------------------------------


def test_a_conversation_goes_with_its_last_messages(lines, pair, as_, ada, bob):
    report(as_(ada), "report_conversation", pair.pk)
    made = Report.objects.get()
    assert (made.kind, made.about, made.conversation) == ("conversation", bob, pair)
    assert texts(made) == [f"line {number}" for number in range(9, 20)]


def test_a_request_is_reported_without_a_word_to_who_asked(ada, dan, as_):
    asked = Conversation.opened_by(dan, ada)
    said(asked, dan, "buy this")
    assert f"/backchannel/{asked.pk}/report/" in page(as_(ada), asked.get_absolute_url())
    before = page(as_(dan), asked.get_absolute_url()).count("message")
    report(as_(ada), "report_conversation", asked.pk)
    assert page(as_(dan), asked.get_absolute_url()).count("message") == before
    assert texts(Report.objects.get()) == ["buy this"]


def test_a_conversation_is_reported_by_who_is_in_it(pair, chat, as_, ada, dan):
    assert report(as_(dan), "report_conversation", pair.pk).status_code == 404
    assert report(as_(ada), "report_conversation", chat.pk).status_code == 404
    assert report(as_(None), "report_conversation", pair.pk).status_code == 302


def test_a_person_goes_with_the_profile(as_, ada, bob):
    Person.objects.filter(pk=bob.pk).update(bio="I sell things")
    assert report(as_(ada), "report_person", "BOB").status_code == 303
    made = Report.objects.get()
    assert (made.kind, made.about, texts(made)) == ("person", bob, ["I sell things"])


def test_only_people_one_may_find_are_reported_and_not_oneself(as_, ada, bob, cleo):
    bob.block(ada)
    ada.block(cleo)
    assert report(as_(ada), "report_person", "bob").status_code == 404
    assert report(as_(ada), "report_person", "nobody").status_code == 404
    assert report(as_(ada), "report_person", "ada").status_code == 422
    assert report(as_(ada), "report_person", "cleo").status_code == 303


# How often, and who hears of it ---------------------------------------------------------------------------


@pytest.mark.usefixtures("the_clock_stands")
def test_ten_in_an_hour(as_, ada, bob):
    client = as_(ada)
    assert {report(client, "report_person", "bob").status_code for _ in range(10)} == {303}
    refused = report(client, "report_person", "bob")
    assert refused.status_code == 429 and "Again and again" in refused.content.decode()
    assert Report.objects.count() == 10


@pytest.mark.django_db(transaction=True)
async def test_nobody_reported_hears_of_it(ada, bob, as_):
    def write():
        pair = Conversation.between(ada, bob)
        return said(pair, bob, "something nasty"), as_(ada)

    message, client = await database_sync_to_async(write)()
    async with listening(bob) as his:
        await database_sync_to_async(of_message)(client, message)
        await his.hears_nothing()
    assert await database_sync_to_async(Report.objects.count)() == 1


def test_the_menus_offer_it_for_what_others_wrote(lines, as_, ada, bob):
    def menu(person, message):
        return page(as_(person), reverse("message", args=[message.conversation_id, message.client_id]), **HTMX)

    address = reverse("report_message", args=[lines[9].conversation_id, lines[9].client_id])
    assert address in menu(ada, lines[9]) and address not in menu(bob, lines[9])
    assert reverse("report_person", args=["bob"]) in page(as_(ada), "/@bob/")
    assert reverse("report_person", args=["bob"]) not in page(as_(bob), "/@bob/")


# The moderators -------------------------------------------------------------------------------------------


def test_a_moderator_reads_the_copies_and_no_more(lines, as_, ada, mo, cleo):
    said(lines[0].conversation, ada, "<script>later</script>")
    of_message(as_(ada), lines[19], words="<b>Look</b>")
    address = reverse("admin:backchannel_report_change", args=[Report.objects.get().pk])
    drawn = page(as_(mo), address)
    assert "line 14" in drawn and "line 13" not in drawn
    assert "&lt;script&gt;later" in drawn and "<script>later" not in drawn and "<b>Look" not in drawn
    assert as_(cleo).get(address).status_code == 404
    assert "Again" not in page(as_(mo), reverse("admin:backchannel_report_changelist"))


def test_not_even_the_operator_changes_a_report(lines, as_, ada, make_person):
    of_message(as_(ada), lines[9])
    root = make_person("root", is_staff=True, is_superuser=True)
    address = reverse("admin:backchannel_report_change", args=[Report.objects.get().pk])
    assert as_(root).post(address, {"words": "x"}).status_code == 403
    assert as_(root).post(address.replace("change", "delete"), {"post": "yes"}).status_code == 403


def test_a_report_names_nothing_of_itself_in_logs(lines, as_, ada):
    of_message(as_(ada), lines[9])
    assert "line 9" not in str(Report.objects.get()) and "Again" not in str(Report.objects.get())


# Files ----------------------------------------------------------------------------------------------------


@pytest.fixture
def shown(pair, asked, as_, bob):
    """A picture and a letter of bob's, in one message."""
    ids = [taken(as_(bob), pair, *file).pk for file in ((picture(), "a.png"), (b"%PDF-", "<b>bill.pdf"))]
    return pair.post(bob, uuid4(), "", files=ids)


def small_of(report):
    return reverse("admin:backchannel_report_file", args=[report.pk, report.files.get(kind="image").pk])


def test_files_go_along_and_stay_when_the_message_is_erased(shown, as_, ada, bob, mo):
    of_message(as_(ada), shown)
    shown.delete_by_staff(mo, "test")
    sweep(timezone.now() + timedelta(days=2))
    made = Report.objects.get()
    assert made.evidence[-1]["files"] == ["a.webp (Picture)", "<b>bill.pdf (File)"]
    assert [(one.name, one.person, one.message) for one in made.files.order_by("place")] == [
        ("a.webp", None, None),
        ("<b>bill.pdf", None, None),
    ]
    drawn = page(as_(mo), reverse("admin:backchannel_report_change", args=[made.pk]))
    assert small_of(made) in drawn and "&lt;b&gt;bill.pdf" in drawn and "<b>bill" not in drawn
    answer = as_(mo).get(small_of(made))
    assert answer["Content-Type"] == "image/webp" and bytes_of(answer).startswith(b"RIFF")
    assert "sandbox" in answer["Content-Security-Policy"]


def test_they_count_for_nobody_and_can_be_sent_by_nobody(shown, as_, ada, bob):
    before = Attachment.objects.space_of(bob)
    of_message(as_(ada), shown)
    assert (Attachment.objects.space_of(bob), Attachment.objects.space_of(ada)) == (before, 0)
    assert not Attachment.objects.unposted().exists()


def test_only_staff_sees_them_and_only_the_small_ones(shown, as_, ada, bob, cleo, mo):
    of_message(as_(ada), shown)
    made = Report.objects.get()
    assert [as_(one).get(small_of(made)).status_code for one in (ada, bob, cleo)] == [404] * 3
    assert as_(None).get(small_of(made)).status_code == 302
    letter = reverse("admin:backchannel_report_file", args=[made.pk, made.files.get(kind="file").pk])
    in_the_message = reverse("admin:backchannel_report_file", args=[made.pk, shown.attachments.get(kind="image").pk])
    assert [as_(mo).get(one).status_code for one in (letter, in_the_message)] == [404, 404]


def test_of_what_stands_around_it_only_the_names_go_along(shown, pair, as_, ada, bob):
    of_message(as_(ada), said(pair, bob, "and then"))
    made = Report.objects.get()
    assert [one["files"] for one in made.evidence] == [["a.webp (Picture)", "<b>bill.pdf (File)"], []]
    assert not made.files.exists()


def test_a_conversation_goes_with_the_files_of_its_last_messages(shown, pair, as_, ada):
    report(as_(ada), "report_conversation", pair.pk)
    assert Report.objects.get().files.count() == 2


def test_a_closed_report_keeps_its_words_and_none_of_its_files(shown, as_, ada, bob, mo):
    of_message(as_(ada), shown)
    shown.delete_by_staff(mo, "test")
    made = Report.objects.get()
    address = small_of(made)
    data = {"action": "close", "_selected_action": [made.pk], "reason": "Spoke with him"}
    as_(mo).post(reverse("admin:backchannel_report_changelist"), data)
    assert as_(mo).get(address).status_code == 404
    sweep(timezone.now())
    assert (on_disk(), Attachment.objects.count()) == ([], 0)
    made.refresh_from_db()
    assert made.closed_at and made.evidence
    entry = ModerationEntry.objects.first()
    assert (entry.action, entry.actor, entry.reason) == ("close", mo, "Spoke with him")
    with pytest.raises(Refused):
        made.close(mo, "again")
