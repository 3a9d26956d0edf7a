"""Words that mean harm, in everything that shows what people wrote: nothing of them runs, and nothing is asked for."""

from textwrap import dedent

import pytest

from tests.backchannel import hostile
from tests.browser.test_console import LISTS

pytestmark = [pytest.mark.full, pytest.mark.alike]

BEFORE = """
from uuid import uuid4
from django.conf import settings
from io import BytesIO
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image
from accounts import limits
from accounts.models import Follow, Notification, Person
from backchannel.links.web import Card
from backchannel.media.kinds import PDF, WEBP
from backchannel.media.names import plain_name
from backchannel.models import Attachment, Conversation, Group, LinkPreview, Message, Report
from rooms.models import Room
from tests.backchannel.hostile import RUNNING

WORDS = len(RUNNING)

limits.spend = lambda *words: None
ada, bob, mo = (Person.objects.get(username=name) for name in ("ada", "bob", "mo"))
pair = Conversation.between(ada, bob)

def write(body, author=bob, **more):
    return pair.post(author, uuid4(), body, **more)

def named(words, kind, place=""):
    name = plain_name(words, (WEBP if kind == "image" else PDF).endings)
    about = {"kind": kind, "mime": "image/webp", "name": name, "alt": words[:500], "size": 9, "state": "ready"}
    return Attachment.objects.create(person=bob, client_id=uuid4(), file=place, small=place, width=20, height=20, **about).pk

def picture():
    drawn = BytesIO()
    Image.new("RGB", (20, 20), "red").save(drawn, "WEBP")
    return default_storage.save("attachments/a/picture", ContentFile(drawn.getvalue()))
"""
WORDS = len(hostile.RUNNING)


@pytest.fixture
def beside(house):
    """beside("code") runs it beside the house → what it printed."""
    yield lambda code: house.run(BEFORE + dedent(code)).strip()
    house.forget()


@pytest.fixture
def harm(complaints):
    """harm(page): from now on nothing may happen there; `complaints` has what breaks the policy."""
    pages = []

    def watch(page):
        page.on("dialog", lambda dialog: (complaints.found.append(f"a dialog on {page.url}"), dialog.dismiss()))
        pages.append(page)
        return page

    yield watch
    for page in pages:
        assert page.evaluate("window.harmed") is None
        assert page.locator("script:not([nonce]):not([src])").count() == 0


def look_through(page, path):
    """All of a conversation, forty messages at a time."""
    page.goto(path)
    seen = set()
    while True:
        seen |= set(page.locator(".log .message").evaluate_all("all => all.map((one) => one.id)"))
        move_over(page)
        earlier = page.locator("[data-older]").first
        if not earlier.count():
            return len(seen)
        page.goto(earlier.get_attribute("href"))


def move_over(page):
    """What waits for a pointer or for the focus gets it."""
    page.evaluate(
        """() => {
            for (const one of document.querySelectorAll("main *")) {
                for (const type of ["mouseover", "pointerenter", "focus", "toggle"]) one.dispatchEvent(new Event(type, { bubbles: true }));
            }
        }"""
    )


def test_there_are_many_of_them():
    assert len(set(hostile.RUNNING)) >= 300


def test_in_messages_as_they_come_and_as_they_stand(beside, person, harm):
    path = beside("print(pair.get_absolute_url())")
    ada = harm(person("ada"))
    ada.goto(path)
    ada.locator(".composer__text").wait_for()
    last = beside("print([write(words) for words in RUNNING][-1].client_id)")
    ada.locator(f"#m-{last}").wait_for(timeout=20_000)
    move_over(ada)
    assert look_through(ada, path) >= WORDS


def test_in_edits_quotes_and_cards(beside, person, harm):
    path = beside(
        """
        for words in RUNNING:
            first = write("see http://a.example/")
            first.edit(bob, words)
            write("in reply", ada, reply_to=first.client_id)
            carded = write("http://a.example/x")
            LinkPreview.objects.update_or_create(message=carded, defaults={"url": "http://a.example/x", "state": "waiting"})
            carded.preview.settle(Card("http://a.example/" + words, words[:200], words[:300], words[:60], None))
        print(pair.get_absolute_url())
        """
    )
    ada = harm(person("ada"))
    assert look_through(ada, path) >= 3 * WORDS
    assert ada.goto(path) and ada.locator(".message a[href^='http://a.example/']").count()


def test_in_names_of_files_and_their_descriptions(beside, person, harm):
    path = beside(
        """
        place = picture()
        for number, words in enumerate(RUNNING):
            sent = write("", files=[named(words, "image", place), named(words, "file", place)])
            if not number % 8:
                write("in reply", ada, reply_to=sent.client_id)
        print(pair.get_absolute_url())
        """
    )
    ada = harm(person("ada"))
    assert look_through(ada, path) >= WORDS
    ada.goto(path)
    _look_at_pictures(ada)
    ada.goto("/backchannel/")
    move_over(ada)
    assert ada.goto(path) and ada.locator(".message .file--row").count() and ada.locator(".message__quote").count()


def _look_at_pictures(page):
    """One after the other as large as the window, with what is said about each."""
    page.locator("a[data-view]").last.click()
    said = page.locator("dialog[data-viewer] [data-said]")
    seen = set()
    while True:
        seen.add(said.inner_text())
        move_over(page)
        if page.locator("[data-before]").is_disabled():
            break
        page.locator("[data-before]").click()
    assert len(seen) >= 10


def test_in_names_of_groups(beside, person, harm):
    path = beside(
        """
        bob.follow(ada)
        group = Group.start(ada, [bob], "Garden")
        print(group.conversation.get_absolute_url())
        """
    )
    bob = harm(person("bob"))
    bob.goto(path)
    bob.locator(".composer__text").wait_for()
    shown = beside(
        f"""
        group = Group.objects.get(conversation="{path.split("/")[-2]}")
        names = [" ".join(plain.split()) or "x" for plain in (words.replace("\\0", "")[:60] for words in RUNNING)]
        for name in names:
            group.set_up(ada, name, "joining")
        for name in names[::8]:
            Group.start(ada, [bob], name).invitations.create(person=mo, by=ada)
        print(group.conversation.messages.count())
        """
    )
    bob.goto(path)
    assert look_through(bob, path) == int(shown) > 300
    mo = harm(person("mo"))
    for page, places in ((bob, ["/backchannel/", f"{path}group/", "/search/?q=script"]), (mo, ["/backchannel/"])):
        for place in places:
            page.goto(place)
            move_over(page)
    mo.locator("a[href$='/invitation/']").first.click()
    mo.locator("form[action$='/invitation/']").first.wait_for()
    move_over(mo)
    beside("Conversation.objects.filter(group__started_by=ada).delete()")


def test_in_what_is_found(beside, person, harm):
    beside("[write('needle ' + words) for words in RUNNING]")
    ada = harm(person("ada"))
    found, address = 0, "/search/?q=needle&kind=messages"
    while address:
        ada.goto(address)
        found += ada.locator(".hit").count()
        move_over(ada)
        more = ada.locator("a[href*='page=']").filter(has_text="More")
        address = more.first.get_attribute("href") if more.count() else None
    assert found >= 20


def test_in_names_rooms_questions_and_notifications(beside, person, harm):
    room = beside(
        """
        people = Person.objects.bulk_create(
            Person(username=f"harm{number}", email=f"harm{number}@example.org", name=words[:50], bio=words[:500])
            for number, words in enumerate(RUNNING)
        )
        Follow.objects.bulk_create(Follow(follower=one, followed=ada) for one in people)
        Notification.objects.bulk_create(Notification(person=ada, kind="follow", subject=one.pk, actor=one) for one in people)
        for number, one in enumerate(people[:50]):
            Room.open(one, title=RUNNING[-number][:60])
        room = Room.open(ada, title="Harm")
        for number, one in enumerate(people[:50]):
            room.join(one)
            for words in RUNNING[number:300:100]:
                room.board.ask(one, words[:280])
        print(room.get_absolute_url())
        """
    )
    ada = harm(person("ada"))
    pages = ["/", room, f"{room}?panel=questions", "/@harm7/", "/search/?q=harm", "/search/?q=script"]
    for path in pages:
        ada.goto(path)
        move_over(ada)
    path, told = "/notifications/", 0
    while path:
        ada.goto(path)
        told += ada.locator(".notification").count()
        move_over(ada)
        older = ada.locator("a[href*='before=']")
        path = older.get_attribute("href") if older.count() else None
    assert told >= WORDS


def test_in_the_console(beside, person, harm):
    beside(
        """
        place = picture()
        for words in RUNNING:
            write(words, files=[named(words, "image", place)])
        for message in pair.messages.order_by("-seq")[:WORDS:11]:
            Report.of_message(ada, message, reason="spam", words=message.body[:1000])
        Report.of_conversation(ada, pair, reason="spam", words="")
        mo.is_superuser = True
        mo.save()
        """
    )
    mo = harm(person("mo"))
    for name in [*LISTS, "group"]:
        mo.goto("/admin/")
        mo.locator(f"#content .app-backchannel .model-{name} th a, #content .model-{name} th a").first.click()
        mo.locator("#changelist").wait_for()
        move_over(mo)
    mo.goto("/admin/backchannel/report/")
    for address in [one.get_attribute("href") for one in mo.locator("#result_list tbody th a").all()]:
        mo.goto(address)
        mo.locator(".field-copies li").first.wait_for()
        move_over(mo)
    mo.locator(".field-kept img").first.wait_for()
    beside("Person.objects.filter(username='mo').update(is_superuser=False)")
