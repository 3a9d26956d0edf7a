"""From a link in a message to its card, and who sees it: as long as one may read the message, and not a moment longer."""

from datetime import timedelta
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

import live
from accounts import limits
from backchannel import batches, jobs
from backchannel.links.looking import look
from backchannel.models import LinkPreview, Message
from backchannel.models.link_preview import PATIENCE, TRIES
from backchannel.writing import Draft
from rooms.models import Room
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, bring_on_stage, said
from tests.backchannel.sites import closed_web, page, web
from tests.backchannel.test_link_pages import image

pytestmark = pytest.mark.alike

LINK = "http://garden.example/roses"


@pytest.fixture(autouse=True)
def looked_at(settings, monkeypatch):
    """Links are looked at in this house; which jobs were asked for stands in the list."""
    asked = []
    settings.LINK_PREVIEWS = True
    monkeypatch.setattr(jobs, "soon", lambda job, ids: asked.extend(ids))
    return asked


@pytest.fixture
def internet(site):
    """A page of roses, with a picture."""
    site.pages |= {
        "/roses": page("All about roses", description="Water them well", site_name="Garden", image="/rose.png"),
        "/beans": page("All about beans"),
        "/rose.png": (200, {"Content-Type": "image/png"}, image()),
    }
    return web({"garden.example": site.place})


def carded(conversation, author, internet, body=f"See {LINK} there"):
    message = said(conversation, author, body)
    look(message.pk, internet)
    message.refresh_from_db()
    return message


def address(name, message, *more):
    return reverse(name, args=[message.conversation_id, message.client_id, *more])


def picture_of(message):
    return address("card_picture", message, message.preview.stamp)


# Which link -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "url"),
    [
        ("see http://garden.example/a?b=1&c=2#d and http://two.example/", "http://garden.example/a?b=1&c=2#d"),
        ("garden.org", "http://garden.org"),
        ("> https://quoted.example/", "https://quoted.example/"),
        ("mail me@garden.example or http://garden.example", "http://garden.example"),
        ("`http://code.example/`", None),
        ("me@garden.example", None),
        ("ftp://garden.example/ javascript:alert(1)", None),
        ("no link. none: at all", None),
        ("http://garden.example/" + "a" * 2000, None),
    ],
)
def test_the_first_link_of_a_message_is_looked_at(pair, ada, looked_at, body, url):
    message = said(pair, ada, body)
    found = LinkPreview.objects.values_list("pk", "url", "state").first()
    assert found == ((message.pk, url, "waiting") if url else None)
    assert looked_at == ([message.pk] if url else [])


def test_switched_off_none_is(pair, ada, settings, looked_at):
    settings.LINK_PREVIEWS = False
    said(pair, ada, LINK)
    assert (LinkPreview.objects.count(), looked_at) == (0, [])


def test_switched_off_meanwhile_nobody_is_asked(pair, ada, settings, site, internet):
    message = said(pair, ada, LINK)
    settings.LINK_PREVIEWS = False
    look(message.pk, internet)
    assert (site.asked, LinkPreview.objects.get().state) == ([], "nothing")


def test_messages_cost_the_same_with_links_and_without_but_for_one_query(chat, ada):
    def cost(*bodies):
        with CaptureQueriesContext(connection) as seen:
            batches.write([Draft(chat.pk, ada.pk, uuid4(), body) for body in bodies])
        return len(seen)

    plain = cost("one", "two")
    assert cost(LINK) == cost(*[f"{LINK}/{n}" for n in range(20)]) == plain + 1


def test_a_change_of_a_message_without_a_link_asks_once_about_it(pair, ada):
    message = said(pair, ada, "no link")
    with CaptureQueriesContext(connection) as seen:
        message.edit(ada, "still none")
    assert sum("backchannel_linkpreview" in query["sql"] for query in seen) == 2  # before it is drawn, and then


# The card -------------------------------------------------------------------------------------------------


def test_the_card_is_the_next_change_of_the_message(pair, ada, internet):
    message = said(pair, ada, LINK)
    seq, before = message.seq, message.changed
    assert "link-card" not in message.html
    look(message.pk, internet)
    message.refresh_from_db()
    pair.refresh_from_db()
    assert (message.seq, message.changed, pair.head) == (seq, before + 1, before + 1)
    assert message.edited_at is None and "(edited)" not in message.html
    for text in ("All about roses", "Water them well", "Garden", "garden.example", f'href="{LINK}"'):
        assert text in message.html
    assert f'src="{picture_of(message)}"' in message.html


def test_looking_twice_is_looking_once(pair, ada, site, internet):
    message = carded(pair, ada, internet)
    look(message.pk, internet)
    assert Message.objects.get().changed == message.changed
    assert [path for path, _headers in site.asked] == ["/roses", "/rose.png"]


def test_without_a_page_the_link_stays_plain(pair, ada):
    message = carded(pair, ada, closed_web())
    assert (message.changed, LinkPreview.objects.get().state) == (message.seq, "nothing")
    assert "link-card" not in message.html


def test_a_host_that_is_none_breaks_nothing(pair, ada, internet):
    message = said(pair, ada, "no link")
    for url in (
        "http://evil\u2100.example/",
        "http://[/",
        "http://" + "a" * 400 + ".example/",
        "http://\U0001f339.example/",
    ):
        LinkPreview.objects.all().delete()
        LinkPreview.objects.create(message=message, url=url)
        look(message.pk, internet)
        assert LinkPreview.objects.get().state == "nothing"


def test_without_a_picture_there_is_a_card(pair, ada, site, internet):
    for broken in ((404, {}, ""), (200, {"Content-Type": "image/png"}, b"no picture"), (200, {}, image())):
        site.pages["/rose.png"] = broken
        message = carded(pair, ada, internet)
        assert "All about roses" in message.html and "<img" not in message.html


def test_a_picture_that_is_too_large_is_left_out(pair, ada, site, internet):
    site.pages["/rose.png"] = (200, {"Content-Type": "image/png"}, image() + b"\0" * 2**21)
    assert "<img" not in carded(pair, ada, internet).html


def test_w13_the_host_is_that_of_the_page_whatever_it_says(pair, ada, site):
    site.pages |= {
        "/": (302, {"Location": "http://evil.example/login"}, ""),
        "/login": page("Your Bank", site_name="bank.example", url="https://bank.example/")
        + '<link rel=canonical href="javascript:alert(1)">',
    }
    names = {"bank.example.evil.example": site.place, "evil.example": site.place}
    message = carded(pair, ada, web(names), "http://bank.example.evil.example/")
    assert '<span class="link-card__host" dir="ltr">evil.example</span>' in message.html
    assert 'href="http://evil.example/login"' in message.html
    assert "https://bank.example/" not in message.html and "javascript" not in message.html


def test_w13_a_name_in_other_letters_is_shown_as_the_machines_have_it(pair, ada, site):
    site.pages["/"] = page("Not the real one")
    message = carded(pair, ada, web({"xn--grden-gra.example": site.place}), "http://gärden.example/")
    assert '<span class="link-card__host" dir="ltr">xn--grden-gra.example</span>' in message.html


def test_i8_the_picture_is_always_ours(pair, ada, site, internet):
    for where in (
        "http://evil.example/x.png",
        "//evil.example/x.png",
        "data:image/png;base64,AAAA",
        "javascript:x",
        "\\\\evil",
    ):
        site.pages["/roses"] = page("Roses", image=where)
        assert "<img" not in carded(pair, ada, internet).html
    site.pages |= {"/roses": page("Roses", image="http://pictures.example/p.png"), "/p.png": site.pages["/rose.png"]}
    message = carded(pair, ada, web(dict.fromkeys(("garden.example", "pictures.example"), site.place)))
    assert "pictures.example" not in message.html and picture_of(message) in message.html


@pytest.mark.parametrize("payload", hostile.ALL[::3])
def test_i11_what_a_page_says_is_text(pair, ada, site, payload):
    quoted = payload.replace("&", "&amp;").replace('"', "&quot;")
    site.pages["/roses"] = page(quoted, description="x" + quoted, site_name="x" + quoted)
    message = carded(pair, ada, web({"garden.example": site.place}))
    card = message.html[
        message.html.index('<div class="link-card') : message.html.index('<button class="link-card__remove')
    ]
    tags = {word.split()[0].strip("<>/") for word in card.split("<")[1:]}
    assert tags <= {"div", "a", "span"}


def test_the_card_reaches_those_who_read_and_nobody_else(chat, line, ada, bob, cleo, internet, monkeypatch):
    told, sent = [], []
    monkeypatch.setattr(live, "tell", lambda people, frame: told.append((set(people), frame)))
    monkeypatch.setattr(live, "send", lambda topic, frame, **how: sent.append((topic, frame)))
    message = said(line, bob, LINK)
    told.clear()
    look(message.pk, internet)
    assert [people for people, frame in told if "All about roses" in str(frame)] == [{ada.pk, bob.pk}]
    assert sent == []
    message = said(chat, bob, LINK)
    sent.clear()
    look(message.pk, internet)
    assert [topic for topic, frame in sent if "All about roses" in str(frame)] == [chat.room.topic]


def test_a_page_of_forty_cards_costs_what_one_costs(pair, ada, as_, internet):
    def cost():
        with CaptureQueriesContext(connection) as seen:
            shown = as_(ada).get(pair.get_absolute_url(), **HTMX).content.decode()
        return len(seen), shown.count('<div class="link-card')

    carded(pair, ada, internet)
    one, _ = cost()
    for _ in range(39):
        carded(pair, ada, internet)
        limits.cache.clear()
    assert cost() == (one, 40)


# Changing and removing ------------------------------------------------------------------------------------


def test_other_words_around_it_leave_the_card(pair, ada, site, internet):
    message = carded(pair, ada, internet)
    message.edit(ada, f"{LINK} is worth a look")
    assert "All about roses" in message.html and "worth a look" in message.html
    assert len(site.asked) == 2


def test_another_link_has_another_card(pair, ada, internet, looked_at):
    message = carded(pair, ada, internet)
    before = picture_of(message)
    looked_at.clear()
    message.edit(ada, "http://garden.example/beans")
    assert "All about roses" not in message.html and looked_at == [message.pk]
    look(message.pk, internet)
    message.refresh_from_db()
    assert "All about beans" in message.html and before not in message.html


def test_no_link_any_more_no_card(pair, ada, internet):
    message = carded(pair, ada, internet)
    message.edit(ada, "forget it")
    assert "link-card" not in message.html and not LinkPreview.objects.exists()


def test_a_link_that_changed_while_one_looked_is_not_shown(pair, ada, internet):
    message = said(pair, ada, LINK)
    preview = LinkPreview.objects.select_related("message__conversation").get()
    card = internet.card(preview.url)
    Message.objects.get(pk=message.pk).edit(ada, "http://garden.example/beans")
    preview.settle(card)
    message.refresh_from_db()
    assert "All about roses" not in message.html and LinkPreview.objects.get().state == "waiting"


def test_i25_nothing_is_fetched_for_a_deleted_message(pair, ada, site, internet):
    message = said(pair, ada, LINK)
    message.delete_by(ada)
    look(message.pk, internet)
    assert site.asked == [] and not LinkPreview.objects.exists()


def test_deleted_while_one_looked_it_stays_deleted(pair, ada, internet):
    message = said(pair, ada, LINK)
    preview = LinkPreview.objects.select_related("message__conversation").get()
    card = internet.card(preview.url)
    Message.objects.get(pk=message.pk).delete_by(ada)
    preview.settle(card)
    message.refresh_from_db()
    assert "All about roses" not in message.html and "Message deleted" in message.html
    assert not LinkPreview.objects.exists()


@pytest.fixture
def remove(as_):
    def post(person, message, **how):
        return as_(person).post(address("card_removal", message), **how)

    return post


def test_the_author_takes_the_card_away(pair, ada, as_, internet, remove):
    message = carded(pair, ada, internet)
    before = picture_of(message)
    assert remove(ada, message, **HTMX).status_code == 204
    number = message.changed
    message.refresh_from_db()
    assert message.changed == number + 1
    assert "link-card" not in message.html and LINK in message.html
    assert as_(ada).get(before).status_code == 404
    look(message.pk, internet)
    message.edit(ada, f"once more: {LINK}")
    assert "link-card" not in message.html


def test_twice_is_once(pair, ada, internet, remove):
    message = carded(pair, ada, internet)
    assert [remove(ada, message, **HTMX).status_code for _ in range(2)] == [204, 204]
    assert Message.objects.get().changed == message.changed + 1


def test_nobody_else_does(chat, pair, ada, bob, cleo, dan, internet, remove):
    message = carded(chat, bob, internet)
    assert [remove(person, message).status_code for person in (ada, cleo, dan)] == [422, 422, 404]
    assert remove(ada, carded(pair, bob, internet)).status_code == 422
    assert Message.objects.get(pk=message.pk).html == message.html


def test_a_plain_form_takes_it_away_too(pair, ada, as_, bob, internet, remove):
    message = carded(pair, ada, internet)
    form = f' action="{address("card_removal", message)}"'
    assert [form in as_(one).get(address("message", message)).content.decode() for one in (ada, bob)] == [True, False]
    assert remove(ada, message)["Location"] == pair.get_absolute_url()


def test_other_methods_are_none(pair, ada, as_, internet):
    message = carded(pair, ada, internet)
    client = as_(ada)
    assert [getattr(client, how)(picture_of(message)).status_code for how in ("post", "put", "delete")] == [405] * 3
    assert client.get(address("card_removal", message)).status_code == 405
    assert client.post(reverse("own_card")).status_code == 405


# The picture ----------------------------------------------------------------------------------------------


def statuses(client, where):
    return [getattr(client, how)(where).status_code for how in ("get", "head")]


def test_the_picture_is_ours_and_does_nothing(pair, ada, as_, internet):
    answer = as_(ada).get(picture_of(carded(pair, ada, internet)))
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/webp")
    assert answer.content[:4] == b"RIFF" and answer.content[8:12] == b"WEBP"
    assert answer["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert (answer["X-Content-Type-Options"], answer["Cache-Control"]) == ("nosniff", "private, no-store")


def test_it_is_there_for_who_reads_the_message(line, ada, bob, cleo, dan, as_, internet):
    where = picture_of(carded(line, bob, internet))
    assert [statuses(as_(person), where) for person in (ada, bob)] == [[200, 200]] * 2
    assert [statuses(as_(person), where) for person in (cleo, dan)] == [[404, 404]] * 2
    assert statuses(as_(None), where) == [302, 302]


def test_it_is_gone_with_the_right_to_read(floor, line, chat, ada, bob, cleo, as_, internet):
    clients = as_(bob), as_(cleo)
    where = picture_of(carded(line, ada, internet)), picture_of(carded(chat, ada, internet))
    assert [statuses(client, one) for client, one in zip(clients, where, strict=True)] == [[200, 200]] * 2
    floor.seat_of(bob).move_to_audience(ada)
    floor.seat_of(cleo).remove(ada)
    assert [statuses(client, one) for client, one in zip(clients, where, strict=True)] == [[404, 404]] * 2


def test_i12_it_is_gone_with_the_message(pair, ada, bob, as_, internet):
    message = carded(pair, ada, internet)
    where = picture_of(message)
    message.delete_by(ada)
    assert [statuses(as_(person), where) for person in (ada, bob)] == [[404, 404]] * 2


def test_it_is_gone_once_somebody_is_logged_out(pair, ada, as_, internet):
    client, where = as_(ada), picture_of(carded(pair, ada, internet))
    client.post("/accounts/logout/")
    assert statuses(client, where) == [302, 302]


def test_with_another_stamp_or_message_it_is_not_there(pair, chat, ada, as_, internet):
    message, other = carded(pair, ada, internet), carded(chat, ada, internet)
    stamp = message.preview.stamp
    for where in (address("card_picture", message, "x" * 22), address("card_picture", other, stamp)):
        assert statuses(as_(ada), where) == [404, 404]


def test_before_he_came_on_stage_it_is_not_there(floor, line, ada, cleo, as_, internet):
    where = picture_of(carded(line, ada, internet))
    bring_on_stage(floor, cleo)
    assert statuses(as_(cleo), where) == [404, 404]


# What gets lost, and too much -----------------------------------------------------------------------------


def test_a_look_that_got_lost_is_asked_for_again_and_in_the_end_given_up(pair, ada, looked_at):
    message = said(pair, ada, LINK)
    looked_at.clear()
    now = timezone.now()
    for n in range(1, TRIES + 2):
        LinkPreview.objects.try_again(now + n * (PATIENCE + timedelta(seconds=1)))
    assert looked_at == [message.pk] * (TRIES - 1)
    assert LinkPreview.objects.get().state == "nothing"


def test_one_that_was_just_asked_for_is_not(pair, ada, looked_at):
    said(pair, ada, LINK)
    looked_at.clear()
    jobs.look_at_links_again.call_local()
    assert looked_at == []


def test_one_person_does_not_send_the_house_everywhere(pair, ada, bob, site, internet):
    often, _seconds = limits.LIMITS["preview"]
    messages = [carded(pair, ada, internet, f"http://garden.example/beans?{n}") for n in range(often + 3)]
    assert len(site.asked) == often
    assert [message.changed for message in messages[-3:]] == [message.seq for message in messages[-3:]]
    carded(pair, bob, internet)
    assert len(site.asked) > often


def test_all_together_do_not_overrun_a_site(pair, make_person, ada, bob, site, internet, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "site", (3, 60))
    for person in (ada, bob) * 3:
        carded(pair, person, internet, "http://garden.example/beans")
    assert len(site.asked) == 3


def test_nothing_is_handed_on_before_it_is_kept_and_an_outage_breaks_nothing(
    db, monkeypatch, django_capture_on_commit_callbacks, caplog
):
    handed = []
    monkeypatch.undo()
    monkeypatch.setattr(jobs, "_handing_on", type("Now", (), {"submit": lambda self, work, *words: work(*words)})())

    def job(ids):
        handed.append(ids)
        raise OSError("no queue")

    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        jobs.soon(job, [1, 2])
        jobs.soon(job, [])
        assert handed == []
    assert handed == [[1, 2]]
    assert "could not be queued" in caplog.text


# Our own places -------------------------------------------------------------------------------------------

HOUSE = "http://127.0.0.1:8000"


def own(client, to):
    answer = client.get(reverse("own_card"), {"to": to}, **HTMX)
    return answer.content.decode() if answer.status_code == 200 else answer.status_code


@pytest.fixture
def closed(dan):
    return Room.open(dan, title="Behind the hedge", kind="closed")


def test_a_link_of_ours_has_its_card_at_once_and_says_nothing_of_what_is_there(pair, ada, closed, looked_at):
    message = said(pair, ada, f"come to {HOUSE}{closed.get_absolute_url()}")
    assert f"?to={quote(closed.get_absolute_url(), safe='')}" in message.html and "A room here" in message.html
    assert "Behind the hedge" not in message.html
    assert (looked_at, LinkPreview.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/about/",
        "/nowhere/",
        "/backchannel/",
        "/rooms/new/",
        "/backchannel/x/?m=1",
        "/accounts/logout/",
        "/admin/",
    ],
)
def test_of_ours_only_rooms_people_and_messages_have_cards(pair, ada, path, as_):
    message = said(pair, ada, HOUSE + path)
    assert "link-card" not in message.html
    assert own(as_(ada), path) == 204


def test_a_room_is_shown_to_whom_it_exists(floor, closed, ada, dan, as_):
    shown = own(as_(dan), floor.get_absolute_url())
    assert "Gardens" in shown and "Join and listen" in shown and "2 on stage" in shown
    assert "You are in this room" in own(as_(ada), floor.get_absolute_url())
    assert own(as_(ada), closed.get_absolute_url()) == own(as_(ada), "/rooms/nosuchroom/") == 204
    assert "Behind the hedge" in own(as_(ada), f"{closed.get_absolute_url()}?key={closed.key}")
    assert 'name="key"' in own(as_(ada), f"{closed.get_absolute_url()}?key={closed.key}")
    assert own(as_(ada), f"{closed.get_absolute_url()}?key=%00") == 204
    ada.block(dan)
    assert own(as_(dan), floor.get_absolute_url()) == 204


def test_a_room_that_has_ended_says_so(floor, ada, dan, as_):
    floor.end(ada)
    shown = own(as_(dan), floor.get_absolute_url())
    assert "This room has ended" in shown and "Join and listen" not in shown


def test_a_person_is_shown_to_whom_he_exists(ada, bob, dan, as_):
    assert "Bob" in own(as_(ada), bob.get_absolute_url())
    bob.block(ada)
    assert own(as_(ada), bob.get_absolute_url()) == 204
    assert own(as_(ada), "/@nobody_there/") == 204
    assert "Bob" in own(as_(dan), bob.get_absolute_url())


def test_i4_cards_are_no_way_to_look_through_all_names(ada, as_):
    client = as_(ada)
    answers = [client.get(reverse("own_card"), {"to": f"/@nobody{n}/"}, **HTMX).status_code for n in range(60)]
    assert answers.count(429) == 10


def test_a_message_is_shown_to_who_may_read_it(line, chat, ada, cleo, dan, as_):
    agreed, open_one = said(line, ada, "After <you>"), said(chat, ada, "Hello all")
    for to in (address("message", agreed), f"{line.get_absolute_url()}?m={agreed.client_id}"):
        assert "After &lt;you&gt;" in own(as_(ada), to)
        assert own(as_(cleo), to) == 204
    assert "Hello all" in own(as_(cleo), address("message", open_one))
    assert own(as_(dan), address("message", open_one)) == 204
    open_one.delete_by(ada)
    assert own(as_(cleo), address("message", open_one)) == 204


def test_a_stranger_is_shown_nothing(floor, as_):
    assert own(as_(None), floor.get_absolute_url()) == 302


def test_a_card_of_ours_is_taken_away_like_any_other(pair, ada, floor, remove):
    message = said(pair, ada, HOUSE + floor.get_absolute_url())
    assert "link-card" in message.html
    remove(ada, message)
    message.refresh_from_db()
    assert "link-card" not in message.html
    message.edit(ada, f"oh: {HOUSE}{floor.get_absolute_url()}")
    assert "link-card" not in message.html


@pytest.mark.parametrize(
    "to",
    [
        "",
        "x",
        "//",
        "http://[",
        "/rooms/\u0000/",
        "/@%00/",
        "/rooms/" + "x" * 9000,
        "?m=1",
        "/backchannel/x/?m=[",
        "/\\evil",
    ],
)
def test_whatever_is_asked_for_gets_a_plain_answer(ada, as_, to):
    assert as_(ada).get(reverse("own_card"), {"to": to}, **HTMX).status_code in (204, 404)
