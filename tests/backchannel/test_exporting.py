"""Exports: what one may read as a page with its files, and what one wrote as data, for oneself alone and for a day."""

import errno
import io
import json
import shutil
import zipfile
from datetime import timedelta
from html.parser import HTMLParser
from types import SimpleNamespace
from urllib.parse import unquote
from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from accounts.ids import random_id
from accounts.models import Notification
from accounts.refusals import Refused
from backchannel import jobs
from backchannel.exporting import conversation as as_page
from backchannel.exporting import files as packing
from backchannel.exporting import making, mine
from backchannel.exporting.files import safe_name
from backchannel.exporting.keeping import sweep, unfinished
from backchannel.exporting.making import make
from backchannel.models import Attachment, Export, Group, Scheduled
from backchannel.models import export as exports
from backchannel.models.remains import erase_what_is_due
from backchannel.text import tidy
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, bring_on_stage, said
from tests.backchannel.files import bytes_of
from tests.ears import listening

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_else(monkeypatch):
    """Made when the test says so."""
    monkeypatch.setattr(jobs, "soon", lambda job, ids: None)
    yield
    shutil.rmtree(exports.FOLDER, ignore_errors=True)


@pytest.fixture
def garden(ada, bob):
    bob.follow(ada)
    return Group.start(ada, [bob], "Garden")


def made(person, conversation=None, zone=""):
    export = Export.begin(person, conversation, zone)
    make(export.pk)
    export.refresh_from_db()
    return export


def fetched(client, export):
    answer = client.get(reverse("export_file", args=[export.pk]))
    assert answer.status_code == 200
    return zipfile.ZipFile(io.BytesIO(bytes_of(answer)))


def archive_of(export):
    return zipfile.ZipFile(export.place)


def page_of(export):
    return archive_of(export).read("conversation.html").decode()


def data_of(export, name):
    return json.loads(archive_of(export).read(name))


def a_file(person, name="roses.pdf", content=b"%PDF-roses", **more):
    place = default_storage.save(f"attachments/{random_id()}", ContentFile(content))
    about = {"kind": "file", "mime": "application/pdf", "state": "ready", "size": len(content), **more}
    return Attachment.objects.create(person=person, client_id=uuid4(), name=name, file=place, **about)


class Page(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.tags, self.attributes, self.texts = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes

    def handle_data(self, data):
        self.texts.append(data)

    @property
    def text(self):
        return " ".join("".join(self.texts).split())

    def links(self):
        return [unquote(value) for name, value in self.attributes if name in ("href", "src")]


# What is in it ------------------------------------------------------------------------------------------


def test_a_conversation_as_its_member_reads_it(garden, as_, ada, bob):
    first = said(garden.conversation, ada, "When do *you* sow beans?")
    reply = garden.conversation.post(bob, uuid4(), "In May", reply_to=first.client_id)
    reply.edit(bob, "In June")
    first.react(bob, "🎉")
    said(garden.conversation, bob, "l0st").delete_by(bob)
    export = made(bob, garden.conversation)
    page = Page(fetched(as_(bob), export).read("conversation.html").decode())
    for words in ("Garden", "Ada started the group", "Ada @ada", "Bob @bob", "In June", "(edited)", "🎉 1"):
        assert words in page.text
    assert "<em>you</em>" in page_of(export)
    assert page.text.count("When do you sow beans?") == 2  # the message, and the quote
    assert f"#{first.element_id}" in page.links()
    assert "In May" not in page.text and "l0st" not in page_of(export)


def test_times_are_those_of_who_asked_and_days_stand_between(pair, ada, bob, time_machine):
    bob.time_zone = "Asia/Tokyo"
    bob.save()
    for moment in ("2026-11-26T14:30Z", "2026-11-26T14:40Z", "2026-11-26T15:30Z"):
        time_machine.move_to(moment)
        said(pair, ada, moment)
    assert "00:30" not in Page(page_of(made(bob, pair, zone="Europe/Berlin"))).text
    text = Page(page_of(made(bob, pair, zone=""))).text
    assert "23:30" in text and "00:30" in text
    assert text.count("26 November 2026") == 1 and text.count("Friday, 27 November 2026") == 1


def test_the_files_lie_beside_it(pair, as_, ada, bob):
    picture = a_file(ada, "rose.webp", b"RIFF", kind="image", mime="image/webp", alt="A red rose")
    pair.post(ada, uuid4(), "Look", files=[picture.pk, a_file(ada, "../../etc/pass<wd>.pdf").pk])
    export = made(bob, pair)
    archive = archive_of(export)
    names = archive.namelist()
    assert names == ["files/00001-rose.webp", "files/00002-_.._etc_pass_wd_.pdf", "conversation.html"]
    assert [archive.read(name) for name in names[:2]] == [b"RIFF", b"%PDF-roses"]
    page = Page(page_of(export))
    assert set(page.links()) == set(names[:2])
    assert ("alt", "A red rose") in page.attributes


def test_what_cannot_be_had_says_so(pair, ada, bob, monkeypatch):
    monkeypatch.setattr(packing, "LARGEST", 10)
    large, lost, broken = (a_file(ada, f"{name}.pdf", b"12345678901") for name in ("large", "lost", "broken"))
    small = a_file(ada, "small.pdf", b"1234567890")
    Attachment.objects.filter(pk=lost.pk).update(size=1)
    Attachment.objects.filter(pk=broken.pk).update(state="broken", size=1)
    default_storage.delete(lost.file)
    pair.post(ada, uuid4(), "Look", files=[large.pk, lost.pk, small.pk])
    pair.post(ada, uuid4(), "And", files=[broken.pk])
    export = made(bob, pair)
    assert [name for name in archive_of(export).namelist() if "files/" in name] == ["files/00001-small.pdf"]
    text = Page(page_of(export)).text
    for name in ("large.pdf", "lost.pdf", "broken.pdf"):
        assert f"A file that is not in this export: {name}" in text


def test_a_long_conversation_comes_in_parts_and_whole(pair, ada, bob, monkeypatch):
    monkeypatch.setattr(as_page, "TOGETHER", 3)
    for number in range(10):
        said(pair, ada, f"No. {number:02}")
    page = page_of(made(bob, pair))
    assert [page.count(f"No. {number:02}") for number in range(10)] == [1] * 10
    assert page.count("<h2>") == 1 and "10 messages" in page


def test_of_one_that_is_too_long_the_newest(pair, ada, bob, monkeypatch):
    monkeypatch.setattr(as_page, "MOST", 2)
    for number in range(4):
        said(pair, ada, f"No. {number}")
    page = page_of(made(bob, pair))
    assert [f"No. {number}" in page for number in range(4)] == [False, False, True, True]
    assert "the oldest are left out" in page


def test_memory_does_not_grow_with_the_conversation(pair, ada, bob, monkeypatch):
    """At no time more messages are held than one batch."""
    monkeypatch.setattr(as_page, "TOGETHER", 5)
    for number in range(23):
        said(pair, ada, f"No. {number}")
    sizes = []
    lines = as_page._lines
    monkeypatch.setattr(
        as_page, "_lines", lambda readable, some, packed: sizes.append(len(some)) or lines(readable, some, packed)
    )
    made(bob, pair)
    assert sizes == [5, 5, 5, 5, 3]


# Only what he may read ----------------------------------------------------------------------------------


def test_his_history_begins_where_it_does(garden, ada, bob, cleo):
    secret = said(
        garden.conversation,
        ada,
        "bef0re cleo",
    )
    garden.conversation.post(ada, uuid4(), "And a file", files=[a_file(ada, "bef0re.pdf").pk])
    cleo.follow(ada)
    garden.add(ada, [cleo])
    garden.conversation.post(bob, uuid4(), "Yes", reply_to=secret.client_id)
    export = made(cleo, garden.conversation)
    everything = b"".join(archive_of(export).read(name) for name in archive_of(export).namelist())
    assert b"bef0re" not in everything and "bef0re" not in str(archive_of(export).namelist())
    assert "An earlier message" in page_of(export) and "Yes" in page_of(export)
    assert "bef0re cleo" in page_of(made(bob, garden.conversation))


def test_the_speakers_line_for_the_stage_alone(floor, line, chat, as_, ada, bob, cleo):
    said(line, ada, "am0ng us")
    said(chat, cleo, "to all")
    bring_on_stage(floor, cleo)
    said(line, ada, "n0w with cleo")
    assert "am0ng us" not in page_of(made(cleo, line)) and "n0w with cleo" in page_of(made(cleo, line))
    export = made(bob, line)
    assert "am0ng us" in page_of(export)
    assert "to all" in page_of(made(cleo, chat)) and "am0ng" not in page_of(made(cleo, chat))


@pytest.mark.parametrize("route", ["export"])
def test_outsiders_find_nothing(garden, as_, dan, route):
    address = reverse(route, args=[garden.pk])
    assert as_(dan).get(address).status_code == as_(dan).post(address).status_code == 404
    assert {as_().get(address).status_code, as_().post(address).status_code} == {302}
    assert Export.objects.count() == 0


def test_who_leaves_while_it_is_made_gets_nothing(garden, ada, bob, monkeypatch):
    export = Export.begin(bob, garden.conversation)
    lines = as_page._lines

    def leave(*args):
        garden.leave(bob)
        return lines(*args)

    monkeypatch.setattr(as_page, "_lines", leave)
    make(export.pk)
    export.refresh_from_db()
    assert export.state == "gone" and not export.place.exists() and not unfinished(export).exists()


# Who can fetch it ---------------------------------------------------------------------------------------


def test_he_alone_can_fetch_it(garden, as_, ada, bob, dan):
    export = made(bob, garden.conversation)
    address = reverse("export_file", args=[export.pk])
    answer = as_(bob).get(address)
    assert answer.status_code == 200 and answer["Content-Type"] == "application/zip"
    assert answer["Content-Disposition"].startswith('attachment; filename="backchannel Garden ')
    assert {as_(one).get(address).status_code for one in (ada, dan, None)} == {404}
    assert {as_(one).head(address).status_code for one in (ada, dan, None)} == {404}
    assert as_(ada).post(reverse("export_removal", args=[export.pk])).status_code == 404
    assert as_(bob).post(address).status_code == 405
    assert as_(bob).get(reverse("export_removal", args=[export.pk])).status_code == 405


def test_a_part_of_it_can_be_fetched(pair, as_, bob):
    export = made(bob, pair)
    answer = as_(bob).get(reverse("export_file", args=[export.pk]), headers={"Range": "bytes=0-1"})
    assert answer.status_code == 206 and bytes_of(answer) == b"PK"


def log_out(client, **_):
    client.post("/accounts/logout/")


def leave(garden, bob, **_):
    garden.leave(bob)


def be_removed(garden, ada, bob, **_):
    garden.remove(ada, bob)


def come_back(garden, ada, bob, **_):
    garden.leave(bob)
    garden.add(ada, [bob])


def wait_a_day(time_machine, **_):
    time_machine.move_to(timezone.now() + exports.KEPT + timedelta(seconds=1))


def remove(client, export, **_):
    client.post(reverse("export_removal", args=[export.pk]))


@pytest.mark.parametrize("happen", [log_out, leave, be_removed, come_back, wait_a_day, remove])
def test_from_then_on_there_is_none(garden, as_, ada, bob, time_machine, happen):
    export, client = made(bob, garden.conversation), as_(bob)
    address = reverse("export_file", args=[export.pk])
    assert client.get(address).status_code == 200
    assert Notification.objects.filter(kind="export").exists()
    happen(garden=garden, ada=ada, bob=bob, client=client, export=export, time_machine=time_machine)
    assert client.get(address).status_code == 404
    jobs.sweep_exports.call_local()
    assert Notification.objects.filter(kind="export").exists() == (happen is log_out)
    assert export.place.exists() == (happen is log_out)


def test_removed_from_a_room_its_chat_is_not_to_be_had(floor, chat, as_, ada, cleo):
    export = made(cleo, chat)
    floor.seats.get(person=cleo).remove(ada)
    assert as_(cleo).get(reverse("export_file", args=[export.pk])).status_code == 404
    export.refresh_from_db()
    assert export.state == "gone"


@pytest.mark.parametrize("who", ["ada", "bob"], ids=["of a conversation", "of what he wrote himself"])
def test_what_was_deleted_is_in_no_export_any_more(pair, as_, ada, bob, who, time_machine):
    message = said(pair, bob, "l0st")
    export = made(ada, pair) if who == "ada" else made(bob)
    client = as_(export.person)
    untouched = made(bob, pair) if who == "ada" else None
    message.delete_by(bob)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    erase_what_is_due()
    export.refresh_from_db()
    assert export.state == "outdated"
    assert client.get(reverse("export_file", args=[export.pk])).status_code == 404
    sweep(timezone.now())
    assert not export.place.exists()
    page = reverse("export", args=[pair.pk]) if who == "ada" else reverse("my_data")
    assert "Something in it was deleted meanwhile" in client.get(page).content.decode()
    if untouched:
        untouched.refresh_from_db()
        assert untouched.state == "outdated"


def test_deleted_elsewhere_or_before_it_stays(pair, garden, ada, bob, time_machine):
    before = said(pair, bob, "before")
    before.delete_by(bob)
    time_machine.move_to(timezone.now() + timedelta(seconds=1))
    export = made(ada, pair)
    elsewhere = said(garden.conversation, bob, "elsewhere")
    elsewhere.delete_by(bob)
    time_machine.move_to(timezone.now() + timedelta(minutes=1))
    erase_what_is_due()
    export.refresh_from_db()
    assert export.state == "ready"


def test_the_sweep_takes_it_off_the_disk(pair, bob, time_machine):
    export = made(bob, pair)
    sweep(timezone.now())
    assert export.place.exists()
    assert Notification.objects.filter(kind="export").exists()
    wait_a_day(time_machine)
    jobs.sweep_exports.call_local()
    assert not export.place.exists() and Export.objects.count() == 0
    assert not Notification.objects.filter(kind="export").exists()


def test_of_a_person_who_went_nothing_is_left(pair, ada, bob):
    export, other = made(bob, pair), made(ada, pair)
    unfinished(export).write_bytes(b"half")
    (exports.FOLDER / f"{other.pk}-0.part").write_bytes(b"of a try before")
    bob.delete()
    sweep(timezone.now())
    assert not export.place.exists() and not unfinished(export).exists()
    assert list(exports.FOLDER.iterdir()) == [other.place]


# Making it ----------------------------------------------------------------------------------------------


def test_from_the_menu_to_the_file(pair, as_, bob):
    client, address = as_(bob), reverse("export", args=[pair.pk])
    assert address in client.get(reverse("conversation_menu", args=[pair.pk])).content.decode()
    assert "Make an export" in client.get(address).content.decode()
    assert client.post(address)["Location"] == address
    shown = client.get(address).content.decode()
    assert "is being made" in shown and 'hx-trigger="every' in shown and "Make an export" not in shown
    make(Export.objects.get().pk)
    shown = client.get(address, **HTMX).content.decode()
    assert reverse("export_file", args=[Export.objects.get().pk]) in shown and "hx-trigger" not in shown
    assert "Your export is ready." in client.get(reverse("notifications")).content.decode()


def test_one_at_a_time_and_the_next_takes_its_place(pair, garden, as_, bob):
    Export.begin(bob, pair)
    with pytest.raises(Refused):
        Export.begin(bob, garden.conversation)
    assert as_(bob).post(reverse("my_data")).status_code == 422
    assert "Another export of yours" in as_(bob).get(reverse("my_data")).content.decode()
    make(Export.objects.get().pk)
    first = Export.objects.get()
    second = made(bob, garden.conversation)
    assert as_(bob).get(reverse("export_file", args=[first.pk])).status_code == 404
    assert as_(bob).get(reverse("export_file", args=[second.pk])).status_code == 200
    sweep(timezone.now())
    assert not first.place.exists() and second.place.exists()


def test_stopped_it_is_not_finished(pair, ada, bob, monkeypatch):
    monkeypatch.setattr(making, "PAUSE", 0)
    said(pair, ada)
    export = Export.begin(bob, pair)
    lines = as_page._lines
    monkeypatch.setattr(as_page, "_lines", lambda *args: export.remove() or lines(*args))
    make(export.pk)
    export.refresh_from_db()
    assert export.state == "gone" and list(exports.FOLDER.iterdir()) == []
    assert not Notification.objects.filter(kind="export").exists()


@pytest.mark.parametrize("where", ["writing", "a reserve"])
def test_a_full_disk_is_said_in_words_and_leaves_nothing(pair, as_, ada, bob, monkeypatch, where):
    said(pair, ada)

    def full(*args):
        raise OSError(errno.ENOSPC, "No space left on device")

    if where == "writing":
        monkeypatch.setattr(as_page, "_lines", full)
    else:
        monkeypatch.setattr(making.shutil, "disk_usage", lambda place: SimpleNamespace(free=making.RESERVE - 1))
    export = made(bob, pair)
    assert export.state == "failed" and list(exports.FOLDER.iterdir()) == []
    shown = as_(bob).get(reverse("export", args=[pair.pk])).content.decode()
    assert "There is no room for it just now." in shown and "Make an export" in shown


def test_what_was_lost_is_made_again_and_what_is_lost_often_has_failed(pair, bob, monkeypatch, time_machine):
    asked = []
    monkeypatch.setattr(jobs, "soon", lambda job, ids: asked.extend(ids))
    export = Export.begin(bob, pair)
    export.take()  # and the process died
    unfinished(export).parent.mkdir(exist_ok=True)
    unfinished(export).write_bytes(b"half")
    asked.clear()
    for tries in range(2, exports.TRIES + 1):
        jobs.make_exports_again.call_local()
        assert asked == []
        time_machine.move_to(timezone.now() + exports.PATIENCE + timedelta(seconds=1))
        jobs.make_exports_again.call_local()
        assert asked == [export.pk]
        asked.clear()
        export.refresh_from_db()
        assert export.tries == tries
    time_machine.move_to(timezone.now() + exports.PATIENCE + timedelta(seconds=1))
    jobs.make_exports_again.call_local()
    export.refresh_from_db()
    assert asked == [] and export.state == "failed" and export.reason


def test_whoever_waits_behind_others_waits_as_long_as_it_takes(pair, bob, monkeypatch, time_machine):
    asked = []
    monkeypatch.setattr(jobs, "soon", lambda job, ids: asked.extend(ids))
    export = Export.begin(bob, pair)
    for _ in range(2 * exports.TRIES):
        time_machine.move_to(timezone.now() + exports.PATIENCE + timedelta(seconds=1))
        jobs.make_exports_again.call_local()
    assert set(asked) == {export.pk} and len(asked) == 2 * exports.TRIES + 1
    make(export.pk)
    make(export.pk)
    export.refresh_from_db()
    assert export.state == "ready"


def test_a_try_that_was_thought_to_be_lost_disturbs_no_other(pair, ada, bob, monkeypatch, time_machine):
    said(pair, ada, "Hello")
    export = Export.begin(bob, pair)
    lines = as_page._lines

    def meanwhile(*args):
        monkeypatch.setattr(as_page, "_lines", lines)
        time_machine.move_to(timezone.now() + exports.PATIENCE + timedelta(seconds=1))
        jobs.make_exports_again.call_local()
        make(export.pk)
        return lines(*args)

    monkeypatch.setattr(as_page, "_lines", meanwhile)
    make(export.pk)
    export.refresh_from_db()
    assert (export.state, export.tries) == ("ready", 2) and "Hello" in page_of(export)
    assert list(exports.FOLDER.iterdir()) == [export.place]


def test_made_again_it_is_whole(pair, ada, bob):
    said(pair, ada, "Hello")
    export = Export.begin(bob, pair)
    export.take()
    unfinished(export).parent.mkdir(exist_ok=True)
    unfinished(export).write_bytes(b"half of something longer than what comes" * 1000)
    make(export.pk)
    export.refresh_from_db()
    assert export.state == "ready" and archive_of(export).testzip() is None and "Hello" in page_of(export)


def test_what_was_made_is_not_made_once_more(pair, bob):
    export = made(bob, pair)
    before = export.place.stat().st_mtime_ns
    make(export.pk)
    assert export.place.stat().st_mtime_ns == before


@pytest.mark.django_db(transaction=True)
async def test_his_pages_hear_of_it_and_nobody_elses(pair, ada, bob):
    async with listening(bob) as ear, listening(ada) as other:
        await sync_to_async(made)(bob, pair)
        await ear.hears('"export"', type="reload")
        await other.hears_nothing("export")


# Markup -------------------------------------------------------------------------------------------------


OWN_TAGS = {"html", "head", "meta", "title", "style", "body", "main", "article", "header", "h1", "h2", "p", "br", "div"}
OWN_TAGS |= {"strong", "time", "span", "a", "em", "code", "blockquote", "bdi", "img"}


def test_names_texts_and_names_of_files_stay_text(garden, ada, bob, monkeypatch):
    """The page of an export is opened without the house's policy: nothing in it may run or ask for anything."""
    ada.name = '"><script>harm()</script>'
    ada.save()
    garden.set_up(ada, "<img src=x onerror=harm()>", "joining")
    for payload in hostile.ALL:
        said(garden.conversation, ada, tidy(payload))
    files = [a_file(ada, f"{payload}.pdf"[-110:]) for payload in hostile.MARKUP[:10]]
    files.append(a_file(ada, "x.webp", kind="image", alt='" onerror="harm()'))
    for some in (files[:6], files[6:]):
        garden.conversation.post(ada, uuid4(), "", files=[one.pk for one in some])
    last = said(garden.conversation, ada, hostile.MARKUP[0])
    garden.conversation.post(bob, uuid4(), "Yes", reply_to=last.client_id)
    page = Page(page_of(made(bob, garden.conversation)))
    assert set(page.tags) <= OWN_TAGS
    assert not [name for name, _value in page.attributes if name.startswith("on") or name in ("style", "srcset")]
    for link in page.links():
        assert link.startswith(("#m-", "files/", "http://", "https://", "mailto:")), link
    sources = [value for name, value in page.attributes if name == "src"]
    assert sources and all(value.startswith("files/") for value in sources)
    policies = [value for name, value in page.attributes if name == "content" and "-src" in value]
    assert len(policies) == 1 and policies[0].startswith("default-src 'none';") and "script-src" not in policies[0]


@pytest.mark.parametrize(
    "name", [*hostile.MARKUP[:20], "a/b\\c", "..", "con", "a" * 300, "é" * 200 + ".pdf", "x." + "e" * 90, ""]
)
def test_a_name_is_one_that_any_system_takes(name):
    safe = safe_name(name)
    assert safe and len(safe.encode()) <= 220
    assert not set(safe) & set('<>:"/\\|?*\0\n')


# My data ------------------------------------------------------------------------------------------------


def test_all_that_one_wrote_and_nothing_that_others_did(pair, garden, as_, ada, bob, chat):
    mine_said = said(pair, bob, "By bob")
    pair.post(ada, uuid4(), "By ada", files=[a_file(ada, "ada.pdf", b"%PDF-adas").pk])
    pair.post(
        bob, uuid4(), "With a file", files=[a_file(bob, "bob.pdf", b"%PDF-bobs").pk], reply_to=mine_said.client_id
    )
    said(pair, bob, "l0st").delete_by(bob)
    said(chat, bob, "In a room")
    pair.messages.get(body="By ada").react(bob, "🎉")
    Scheduled.put(bob, pair, uuid4(), "Later", timezone.now() + timedelta(hours=1))
    pair.memberships.get(person=bob).note_draft("Dear")
    Scheduled.put(ada, pair, uuid4(), "Adas", timezone.now() + timedelta(hours=1))
    garden.leave(bob)
    assert as_(bob).post(reverse("my_data"))["Location"] == reverse("my_data")
    make(Export.objects.get(person=bob).pk)
    export = Export.objects.get(person=bob)
    messages = data_of(export, "messages.json")
    assert [one["text"] for one in messages] == ["By bob", "With a file", "In a room"]
    assert messages[1]["in_reply_to"] == str(mine_said.client_id)
    assert messages[1]["files"] == [{"name": "bob.pdf", "description": "", "file": "files/00001-bob.pdf"}]
    assert archive_of(export).read("files/00001-bob.pdf") == b"%PDF-bobs"
    assert data_of(export, "profile.json")["username"] == "bob"
    kept = {one["name"]: one for one in data_of(export, "conversations.json")}
    assert kept["Ada"]["draft"] == "Dear" and "Garden" not in kept
    assert [one["text"] for one in data_of(export, "scheduled.json")] == ["Later"]
    assert [one["emoji"] for one in data_of(export, "reactions.json")] == ["🎉"]
    everything = b"".join(archive_of(export).read(name) for name in archive_of(export).namelist())
    for words in (b"By ada", b"adas", b"Adas", b"l0st", b"password"):
        assert words not in everything


def test_of_somebody_who_wrote_nothing(make_person):
    export = made(make_person("eve"))
    assert [data_of(export, f"{name}.json") for name in ("messages", "reactions", "scheduled", "conversations")] == [
        []
    ] * 4


def test_it_comes_in_parts_and_whole(pair, bob, monkeypatch):
    monkeypatch.setattr(mine, "TOGETHER", 2)
    for number in range(5):
        said(pair, bob, f"No. {number}").react(bob, "🎉")
    export = made(bob)
    assert [one["text"] for one in data_of(export, "messages.json")] == [f"No. {number}" for number in range(5)]
    assert len(data_of(export, "reactions.json")) == 5


def test_it_is_his_alone(as_, ada, bob):
    export = made(bob)
    assert as_(bob).get(reverse("export_file", args=[export.pk])).status_code == 200
    assert as_(ada).get(reverse("export_file", args=[export.pk])).status_code == 404
    assert "Your export is ready" not in as_(ada).get(reverse("my_data")).content.decode()
    assert reverse("my_data") in as_(ada).get(reverse("settings")).content.decode()
