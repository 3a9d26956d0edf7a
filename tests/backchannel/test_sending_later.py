"""Messages that wait for their moment: written now, posted then, exactly once, and seen by nobody else before."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from accounts.models import Notification
from accounts.refusals import Refused
from backchannel import jobs, unheard
from backchannel.models import Group, Message, Scheduled
from backchannel.models import scheduled as scheduling
from backchannel.sending_later import send_what_is_due
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, said
from tests.ears import listening

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def later(person, conversation, body="Good morning", after=HOUR, **more):
    return Scheduled.put(person, conversation, uuid4(), body, timezone.now() + after, **more)


def at(scheduled):
    """Its moment has come."""
    return scheduled.due_at + timedelta(seconds=1)


@pytest.fixture
def waiting(pair, bob):
    return later(bob, pair)


@pytest.fixture
def garden(ada, bob):
    bob.follow(ada)
    return Group.start(ada, [bob], "Garden")


def bodies(conversation):
    return list(conversation.messages.filter(event="").order_by("seq").values_list("body", flat=True))


def form(client, conversation, **sent):
    return client.post(reverse("later", args=[conversation.pk]), {"body": "Good morning", **sent})


# Its moment ---------------------------------------------------------------------------------------------


def test_it_is_posted_when_its_moment_has_come_and_not_before(pair, waiting, bob):
    assert send_what_is_due(waiting.due_at - timedelta(seconds=1)) == 0
    assert bodies(pair) == [] and Scheduled.objects.of(bob).count() == 1
    assert send_what_is_due(at(waiting)) == 1
    assert bodies(pair) == ["Good morning"] and Scheduled.objects.count() == 0
    message = pair.messages.get()
    assert message.author == bob and message.client_id == waiting.client_id


def test_the_job_of_each_minute_sends_it(pair, waiting, time_machine):
    time_machine.move_to(at(waiting))
    jobs.send_what_is_due.call_local()
    jobs.send_what_is_due.call_local()
    assert bodies(pair) == ["Good morning"]


def test_a_sending_that_was_stopped_in_the_middle_is_done_once(pair, waiting, monkeypatch):
    """Whatever stops it between posting and taking it off the list takes both back."""

    class Stopped(BaseException):
        pass

    def stop(*args):
        raise Stopped

    with monkeypatch.context() as broken, pytest.raises(Stopped):
        broken.setattr(Scheduled, "delete", stop)
        send_what_is_due(at(waiting))
    assert bodies(pair) == []
    assert [send_what_is_due(at(waiting)) for _ in range(2)] == [1, 0]
    assert bodies(pair) == ["Good morning"]


def test_one_that_was_posted_already_is_not_posted_again(pair, waiting, bob):
    """As after a backup was put back: the row is there again, and so is the message."""
    pair.post(bob, waiting.client_id, waiting.body)
    send_what_is_due(at(waiting))
    assert bodies(pair) == ["Good morning"] and Scheduled.objects.count() == 0


def test_who_replied_replies(pair, ada, bob):
    asked = said(pair, ada, "When do you sow beans?")
    waiting = later(bob, pair, "In May", reply_to=asked.client_id)
    send_what_is_due(at(waiting))
    assert pair.messages.get(body="In May").reply_to == asked


def test_the_limit_of_posts_holds(pair, bob, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "post", (2, 60))
    last = [later(bob, pair, f"No. {number}", HOUR + timedelta(seconds=number)) for number in range(3)][-1]
    assert send_what_is_due(at(last)) == 2
    assert bodies(pair) == ["No. 0", "No. 1"]
    assert Scheduled.objects.get() == last and Scheduled.objects.get().state == "waiting"


def test_one_author_who_is_held_up_holds_up_nobody_else(pair, ada, bob, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "post", (1, 60))
    for number in range(2):
        later(bob, pair, f"bob {number}", HOUR)
    last = later(ada, pair, "ada", 2 * HOUR)
    assert send_what_is_due(at(last)) == 2
    assert bodies(pair) == ["bob 0", "ada"]


def test_who_does_not_look_is_told_of_it_by_the_bell(pair, waiting, ada, time_machine, monkeypatch):
    monkeypatch.setattr(unheard, "_began", True)
    time_machine.move_to(at(waiting), tick=False)
    send_what_is_due(timezone.now())
    time_machine.shift(jobs.UNHEARD)
    jobs.tell_of_the_unheard.call_local()
    assert Notification.objects.filter(person=ada, kind="message", subject=pair.pk).exists()


# Where it cannot be sent --------------------------------------------------------------------------------


def leave(garden, bob, ada):
    garden.leave(bob)


def be_removed(garden, bob, ada):
    garden.remove(ada, bob)


def be_suspended(garden, bob, ada):
    bob.suspended_until = datetime(9999, 1, 1, tzinfo=UTC)
    bob.save()


def be_closed(garden, bob, ada):
    bob.is_active = False
    bob.save()


def go(garden, bob, ada):
    garden.conversation.delete()


@pytest.mark.parametrize("happen", [leave, be_removed, be_suspended, be_closed, go])
def test_who_may_no_longer_write_there_keeps_his_words_and_the_reason(garden, ada, bob, happen):
    waiting = later(bob, garden.conversation)
    happen(garden, bob, ada)
    send_what_is_due(at(waiting))
    assert not Message.objects.filter(body="Good morning").exists()
    kept = Scheduled.objects.of(bob).get()
    assert (kept.state, kept.body, kept.where) == ("refused", "Good morning", "Garden")
    assert kept.reason.endswith(".")
    told = Notification.objects.get(person=bob, kind="unsent")
    assert (told.subject, told.actor) == (kept.pk, bob)
    send_what_is_due(at(waiting))
    assert Notification.objects.filter(kind="unsent").count() == 1


def test_a_block_is_not_named(pair, waiting, ada, bob):
    ada.block(bob)
    send_what_is_due(at(waiting))
    assert bodies(pair) == []
    assert Scheduled.objects.get().reason == "You can’t message this person now."


def test_the_list_and_the_bell_say_why(pair, waiting, as_, ada, bob):
    ada.block(bob)
    send_what_is_due(at(waiting))
    shown = as_(bob).get(reverse("scheduled")).content.decode()
    assert "Could not be sent" in shown and "You can’t message this person now." in shown and "Good morning" in shown
    assert "Your message to Ada could not be sent." in as_(bob).get(reverse("notifications")).content.decode()
    assert "could not be sent" not in as_(ada).get(reverse("notifications")).content.decode()


def test_it_can_be_tried_again(pair, waiting, as_, ada, bob):
    ada.block(bob)
    send_what_is_due(at(waiting))
    ada.unblock(bob)
    assert as_(bob).post(reverse("scheduled_sending", args=[waiting.pk]), **HTMX).status_code == 204
    assert bodies(pair) == ["Good morning"]
    assert not Notification.objects.filter(kind="unsent").exists()


# Writing it ---------------------------------------------------------------------------------------------


def test_the_composer_leads_to_the_choice_of_a_moment_with_what_was_written(pair, as_, bob):
    page = form(as_(bob), pair, client_id=str(uuid4()))
    assert page.status_code == 200 and "Good morning</textarea>" in page.content.decode()
    assert Scheduled.objects.count() == 0 and bodies(pair) == []
    conversation = as_(bob).get(pair.get_absolute_url()).content.decode()
    assert f'formaction="{reverse("later", args=[pair.pk])}"' in conversation


def test_in_an_hour(pair, as_, bob):
    assert form(as_(bob), pair, when="hour").status_code == 303
    kept = Scheduled.objects.get()
    assert abs(kept.due_at - timezone.now() - HOUR) < timedelta(minutes=1)
    assert (kept.author, kept.conversation, kept.body) == (bob, pair, "Good morning")


@pytest.mark.parametrize(
    ("when", "moment"), [("tomorrow", "2026-11-27T09:00"), ("monday", "2026-11-30T09:00")], ids=["tomorrow", "monday"]
)
@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_nine_oclock_is_that_of_the_browser(pair, as_, bob, time_machine, zone, when, moment):
    time_machine.move_to(datetime(2026, 11, 26, 12, tzinfo=UTC))  # a Thursday in all of them
    form(as_(bob), pair, when=when, zone=zone)
    assert Scheduled.objects.get().due_at == datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(zone))


def test_without_a_browsers_zone_it_is_that_of_his_settings(pair, as_, bob, time_machine):
    time_machine.move_to(datetime(2026, 11, 26, 12, tzinfo=UTC))
    bob.time_zone = "Asia/Tokyo"
    bob.save()
    for zone in ("", "Nowhere/At_all", "../../etc/passwd", "Europe", "\0"):
        form(as_(bob), pair, when="at", at="2026-12-01T10:30", zone=zone, client_id=str(uuid4()))
    moments = set(Scheduled.objects.values_list("due_at", flat=True))
    assert moments == {datetime(2026, 12, 1, 1, 30, tzinfo=UTC)}


def test_when_clocks_go_back_or_forward(pair, as_, bob, time_machine):
    """In Berlin 2027: at two in the night of March 28 it is three; of October 31 it is two twice."""
    time_machine.move_to(datetime(2026, 12, 1, 12, tzinfo=UTC))
    berlin = {"when": "at", "zone": "Europe/Berlin"}
    missing = form(as_(bob), pair, at="2027-03-28T02:30", **berlin)
    assert missing.status_code == 422 and "this time is not there" in missing.content.decode()
    form(as_(bob), pair, at="2027-03-28T03:30", **berlin)
    form(as_(bob), pair, at="2027-10-31T02:30", body="Twice", **berlin)
    assert list(Scheduled.objects.order_by("due_at").values_list("due_at", flat=True)) == [
        datetime(2027, 3, 28, 1, 30, tzinfo=UTC),
        datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ({"when": "at", "at": "2020-01-01T09:00"}, "This moment is past."),
        ({"when": "at", "at": "2999-01-01T09:00"}, "A message can wait for a year at most."),
        ({"when": "at", "at": "0001-01-01T00:00"}, "moment is past|Choose a day"),
        ({"when": "at", "at": "9999-12-31T23:59"}, "for a year|Choose a day"),
        ({"when": "at", "at": "soon"}, "Choose a day and a time."),
        ({"when": "at", "at": ""}, "Choose a day and a time."),
        ({"when": "never"}, "Select a valid choice|Choose a moment"),
        ({"when": "hour", "body": "  "}, "Write something first."),
        ({"when": "hour", "body": "a" * 4001}, "A message can have 4,000 characters at most."),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(pair, as_, bob, sent, words):
    page = form(as_(bob), pair, **sent)
    assert page.status_code == 422 and 'role="alert"' in page.content.decode()
    assert any(word in page.content.decode() for word in words.split("|"))
    assert Scheduled.objects.count() == 0


def test_so_many_may_wait_and_no_more(pair, ada, bob, as_, monkeypatch):
    monkeypatch.setattr(scheduling, "MOST", 2)
    for _ in range(2):
        later(bob, pair)
    page = form(as_(bob), pair, when="hour")
    assert page.status_code == 422 and "2 messages wait already" in page.content.decode()
    assert Scheduled.objects.count() == 2
    later(ada, pair)  # each for himself
    Scheduled.objects.of(bob).first().cancel()
    later(bob, pair)


def test_the_same_form_sent_twice_is_one_and_after_back_it_is_another(pair, as_, bob):
    client_id = str(uuid4())
    for _ in range(2):
        form(as_(bob), pair, when="hour", client_id=client_id)
    assert Scheduled.objects.count() == 1
    form(as_(bob), pair, when="hour", client_id=client_id, body="And good night")
    assert sorted(Scheduled.objects.values_list("body", flat=True)) == ["And good night", "Good morning"]
    for one in Scheduled.objects.all():
        one.send()
    form(as_(bob), pair, when="hour", client_id=client_id, body="The day after")
    Scheduled.objects.get().send()
    assert sorted(bodies(pair)) == ["And good night", "Good morning", "The day after"]


def test_files_do_not_wait(pair, as_, bob):
    answer = form(as_(bob), pair, files=["some"])
    assert answer.status_code == 422 and "Files cannot wait" in answer.content.decode()


def test_it_stays_a_draft_until_its_moment_is_chosen(pair, as_, bob):
    kept = pair.memberships.get(person=bob)
    for when, draft in (({}, "Good morning"), ({"when": "at", "at": "soon"}, "Good morning"), ({"when": "hour"}, "")):
        form(as_(bob), pair, **when)
        kept.refresh_from_db()
        assert kept.draft == draft


def test_who_may_not_write_there_now_cannot_write_for_later(pair, as_, ada, bob):
    ada.block(bob)
    assert form(as_(bob), pair, when="hour").status_code == 422
    with pytest.raises(Refused):
        later(bob, pair)
    assert Scheduled.objects.count() == 0


def test_a_rooms_chat_knows_no_later(chat, as_, bob):
    assert form(as_(bob), chat, when="hour").status_code == 404


# The list -----------------------------------------------------------------------------------------------


def test_only_its_author_finds_it(garden, as_, ada, bob, dan):
    one = later(bob, garden.conversation, "w0rd")
    own = [reverse(name, args=[one.pk]) for name in ("scheduled_one",)]
    doing = [reverse(name, args=[one.pk]) for name in ("scheduled_one", "scheduled_sending", "scheduled_cancelling")]
    for somebody in (ada, dan):
        assert [as_(somebody).get(address).status_code for address in own] == [404]
        assert [as_(somebody).post(address).status_code for address in doing] == [404, 404, 404]
        lists = (reverse("scheduled"), f"{reverse('scheduled')}?in={garden.pk}", garden.conversation.get_absolute_url())
        assert not any(b"w0rd" in as_(somebody).get(address).content for address in lists)
    assert {as_().get(address).status_code for address in own} == {302}
    assert {as_().post(address).status_code for address in doing} == {302}
    assert Scheduled.objects.get().state == "waiting"
    assert b"w0rd" in as_(bob).get(reverse("scheduled")).content


def test_it_is_counted_in_its_conversation_alone(pair, garden, waiting, as_, ada, bob):
    assert "1 scheduled message" in as_(bob).get(pair.get_absolute_url()).content.decode()
    elsewhere = as_(bob).get(garden.conversation.get_absolute_url()).content.decode()
    assert f'data-list="waiting:{garden.pk}" data-version="0"' in elsewhere and "1 scheduled" not in elsewhere
    assert "1 scheduled" not in as_(ada).get(pair.get_absolute_url()).content.decode()
    listed = as_(bob).get(f"{reverse('scheduled')}?in={garden.pk}").content.decode()
    assert "Good morning" not in listed


def test_text_and_moment_can_be_changed(pair, waiting, as_, bob):
    address = reverse("scheduled_one", args=[waiting.pk])
    assert "Good morning</textarea>" in as_(bob).get(address).content.decode()
    sent = {"body": "Good night", "when": "at", "zone": "UTC", "at": f"{timezone.now() + 5 * HOUR:%Y-%m-%dT%H:%M}"}
    assert as_(bob).post(address, sent).status_code == 303
    send_what_is_due(at(waiting))
    assert bodies(pair) == []
    send_what_is_due(timezone.now() + 6 * HOUR)
    assert bodies(pair) == ["Good night"]


def test_changed_for_the_past_nothing_is_changed(pair, waiting, as_, bob):
    sent = {"body": "Good night", "when": "at", "at": "2020-01-01T09:00"}
    page = as_(bob).post(reverse("scheduled_one", args=[waiting.pk]), sent)
    assert page.status_code == 422 and "Good night</textarea>" in page.content.decode()
    assert Scheduled.objects.get().body == "Good morning"


def test_what_was_sent_meanwhile_is_neither_changed_nor_cancelled(pair, waiting):
    mine = Scheduled.objects.get()
    send_what_is_due(at(waiting))
    for work in (lambda: mine.change("Too late", timezone.now() + HOUR), mine.cancel, mine.send):
        with pytest.raises(Refused) as refused:
            work()
        assert refused.value.status == 409
    assert bodies(pair) == ["Good morning"]


def test_it_is_sent_now(pair, waiting, as_, bob):
    address = reverse("scheduled_sending", args=[waiting.pk])
    assert as_(bob).post(address).status_code == 303
    assert bodies(pair) == ["Good morning"]
    assert as_(bob).post(address).status_code == 404
    send_what_is_due(at(waiting))
    assert bodies(pair) == ["Good morning"]


def test_sent_now_and_refused_it_stays_as_it_is(pair, waiting, as_, ada, bob):
    ada.block(bob)
    assert as_(bob).post(reverse("scheduled_sending", args=[waiting.pk]), **HTMX).status_code == 422
    assert Scheduled.objects.get().state == "waiting"


def test_cancelled_it_is_not_sent_and_that_can_be_taken_back(pair, waiting, as_, bob, time_machine):
    address = reverse("scheduled_cancelling", args=[waiting.pk])
    answer = as_(bob).post(address, {"on": "yes"}, **HTMX)
    assert answer.status_code == 204 and address in answer["HX-Trigger"]
    assert "Good morning" not in as_(bob).get(reverse("scheduled")).content.decode()
    send_what_is_due(at(waiting) - HOUR)
    as_(bob).post(address, {"on": "no"}, **HTMX)
    assert Scheduled.objects.of(bob).get().state == "waiting"
    as_(bob).post(address, {"on": "yes"}, **HTMX)
    time_machine.move_to(at(waiting))
    jobs.send_what_is_due.call_local()
    assert bodies(pair) == [] and Scheduled.objects.count() == 0
    assert as_(bob).post(address, {"on": "no"}, **HTMX).status_code == 404


@pytest.mark.parametrize("payload", [payload for payload in hostile.MARKUP if "<" in payload])
def test_markup_stays_text(pair, as_, bob, payload):
    one = later(bob, pair, payload)
    for address in (reverse("scheduled"), reverse("scheduled_one", args=[one.pk])):
        assert payload not in as_(bob).get(address).content.decode()


# On all his devices -------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
async def test_his_other_devices_hear_of_it_and_nobody_else_does(pair, ada, bob):
    async with listening(bob) as ear, listening(ada) as other:
        one = await sync_to_async(later)(bob, pair)
        await ear.hears('"scheduled"', type="reload")
        await ear.hears(f'"waiting:{pair.pk}"', type="reload")
        await sync_to_async(one.change)("Good night", timezone.now() + 2 * HOUR)
        await ear.hears('"scheduled"', type="reload")
        await other.hears_nothing("scheduled")
        await sync_to_async(send_what_is_due)(timezone.now() + 3 * HOUR)
        await ear.hears('"scheduled"', type="reload")
        await other.hears("Good night", type="message")
        await other.hears_nothing("scheduled")


@pytest.mark.django_db(transaction=True)
async def test_a_page_that_was_away_finds_out(pair, ada, bob):
    def version():
        return Scheduled.objects.versions_of([bob.pk]).get(bob.pk, 0)

    one = await sync_to_async(later)(bob, pair)
    count = f"waiting:{pair.pk}"
    shown = {"scheduled": await sync_to_async(version)(), count: 1, "export": 0}
    async with listening(bob, versions=shown) as ear:
        assert ear.frames[-1]["versions"] == shown
    async with listening(ada, versions=shown) as ear:
        assert ear.frames[-1]["versions"] == dict.fromkeys(shown, 0)
    await sync_to_async(one.send)()
    async with listening(bob, versions=shown) as ear:
        now = ear.frames[-1]["versions"]
        assert now[count] == 0 and now["scheduled"] != shown["scheduled"]


def test_each_change_is_another_version(pair, ada, bob):
    seen = []

    def look():
        seen.append(Scheduled.objects.versions_of([bob.pk]).get(bob.pk, 0))

    look()
    one, other = later(bob, pair), later(bob, pair)
    look()
    one.change("Good night", timezone.now() + HOUR)
    look()
    one.cancel()
    look()
    one.restore()
    look()
    one.send()
    look()
    other.send()
    assert len(set(seen)) == len(seen)
