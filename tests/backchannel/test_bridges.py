"""From writing to talking and back: rooms out of conversations, links into them, answers to who asked."""

from uuid import uuid4

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

from accounts import limits
from backchannel.bridging import start_room
from backchannel.models import Conversation, Group
from rooms.models import Room
from tests.backchannel import hostile
from tests.backchannel.conftest import HTMX, harmless, said
from tests.backchannel.test_reading import page
from tests.ears import listening

pytestmark = pytest.mark.django_db


@pytest.fixture
def garden(ada, bob, cleo):
    for one in (bob, cleo):
        one.follow(ada)
    return Group.start(ada, [bob, cleo], "Garden").conversation


def data(**more):
    return {"title": "Roses", "kind": "closed", "client_id": str(uuid4()), **more}


# A room out of a conversation ---------------------------------------------------------------------------


def test_a_room_starts_and_its_card_stands_in_the_conversation(garden, as_, ada, bob, dan):
    answer = as_(ada).post(reverse("room_from", args=[garden.pk]), data())
    room = Room.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, room.get_absolute_url())
    assert (room.title, room.kind, room.creator) == ("Roses", "closed", ada)
    message = garden.messages.last()
    assert message.author == ada and "link-card--room" in message.html and room.key not in message.html
    assert as_(bob).get(room.get_absolute_url()).status_code == 200
    assert as_(dan).get(room.get_absolute_url()).status_code == 404
    card = page(as_(bob), f"{reverse('own_card')}?to={room.get_absolute_url()}")
    assert "Roses" in card and "Join and listen" in card


def test_the_same_form_twice_is_one_room_and_one_message(garden, as_, ada):
    form = data()
    for _ in "ab":
        as_(ada).post(reverse("room_from", args=[garden.pk]), form)
    assert Room.objects.count() == 1 and garden.messages.filter(event="").count() == 1


def test_it_may_be_open_to_everybody(pair, as_, ada, dan):
    as_(ada).post(reverse("room_from", args=[pair.pk]), data(kind="open"))
    assert as_(dan).get(Room.objects.get().get_absolute_url()).status_code == 200


def test_not_where_one_may_not_write(pair, as_, ada, bob, dan):
    bob.block(ada)
    assert as_(ada).post(reverse("room_from", args=[pair.pk]), data()).status_code == 422
    assert as_(dan).post(reverse("room_from", args=[pair.pk]), data()).status_code == 404
    assert as_(None).post(reverse("room_from", args=[pair.pk]), data()).status_code == 302
    assert not Room.objects.exists() and not pair.messages.exists()


def test_nobody_is_called_by_a_request(as_, ada, dan):
    asking = Conversation.opened_by(dan, ada)
    assert "Start a room" not in page(as_(dan), asking.get_absolute_url())
    assert as_(dan).post(reverse("room_from", args=[asking.pk]), data()).status_code == 422
    assert not Room.objects.exists() and not asking.messages.exists()
    said(asking, dan)
    assert as_(ada).post(reverse("room_from", args=[asking.pk]), data()).status_code == 303


def test_nor_out_of_a_rooms_own_conversations(chat, line, as_, ada):
    for one in (chat, line):
        assert as_(ada).get(reverse("room_from", args=[one.pk])).status_code == 404


@pytest.mark.parametrize("title", ["", " ", "x" * 61])
def test_a_room_has_a_title(pair, as_, ada, title):
    assert as_(ada).post(reverse("room_from", args=[pair.pk]), data(title=title)).status_code == 422
    assert not Room.objects.exists()


def test_to_the_blocked_it_does_not_exist(garden, ada, bob, cleo):
    ada.block(cleo)
    room = start_room(garden, ada, uuid4(), title="Roses", kind="closed")
    assert not Room.objects.visible_to(cleo).exists() and Room.objects.visible_to(bob).get() == room


do = sync_to_async(thread_sensitive=True)


@pytest.mark.django_db(transaction=True)
async def test_its_members_hear_of_it_and_others_do_not(garden, ada, bob, cleo, dan):
    await do(ada.block)(cleo)
    async with listening(bob) as member, listening(cleo) as apart, listening(dan) as outside:
        await do(start_room)(garden, ada, uuid4(), title="Roses", kind="closed")
        await member.hears("Ada started a room: “Roses”", type="notice")
        await apart.hears_nothing(type="notice")
        await outside.hears_nothing()


# A room into a conversation -----------------------------------------------------------------------------


def share(client, room, to, **more):
    form = {"to": to.pk, "client_id": str(uuid4()), **more}
    return client.post(reverse("sharing", args=[room.pk]), form, **HTMX)


def test_a_link_goes_where_one_may_write(floor, garden, as_, bob):
    assert share(as_(bob), floor, garden).status_code == 204
    message = garden.messages.last()
    assert message.author == bob and floor.get_absolute_url() in message.body and "link-card--room" in message.html


def test_a_plain_form_leads_there(floor, pair, as_, ada):
    form = {"to": pair.pk, "client_id": str(uuid4())}
    answer = as_(ada).post(reverse("sharing", args=[floor.pk]), form)
    assert answer["Location"] == pair.get_absolute_url()


def test_only_into_ones_own_conversations(floor, pair, garden, as_, cleo, dan):
    assert share(as_(cleo), floor, pair).status_code == 404
    assert share(as_(dan), floor, garden).status_code == 404
    assert not pair.messages.exists()


def test_a_closed_rooms_moderator_gives_the_key_and_nobody_else(ada, bob, cleo, dan, as_):
    room = Room.open(ada, title="Tea", kind="closed")
    room.welcome(bob, ada)
    room.join(bob)
    for by, with_key in ((ada, True), (bob, False)):
        talk = Conversation.between(by, dan)
        share(as_(by), room, talk)
        assert (room.key in talk.messages.get().body) == with_key
    assert as_(cleo).get(reverse("sharing", args=[room.pk])).status_code == 404


@pytest.mark.usefixtures("the_clock_stands")
def test_w5_it_counts_as_writing(floor, pair, as_, ada, monkeypatch):
    monkeypatch.setitem(limits.LIMITS, "post", (1, 10**6))
    assert [share(as_(ada), floor, pair).status_code for _ in "ab"] == [204, 429]


def test_one_is_offered_where_one_may_write(floor, garden, pair, as_, ada, bob, cleo):
    said(pair, bob)
    said(other := Conversation.between(bob, cleo), cleo)
    shown = page(as_(ada), reverse("sharing", args=[floor.pk]), **HTMX)
    offered = {one: f'value="{one.pk}"' in shown for one in (garden, pair, other)}
    assert offered == {garden: True, pair: True, other: False} and "Garden" in shown


def test_the_room_leads_there_and_to_the_stage(floor, as_, cleo, dan):
    shown = page(as_(cleo), floor.get_absolute_url())
    assert reverse("sharing", args=[floor.pk]) in shown and f"{reverse('new')}?room={floor.pk}" in shown
    assert f"{reverse('new')}?room={floor.pk}" not in page(as_(dan), floor.get_absolute_url())


# An answer to who asked ---------------------------------------------------------------------------------


@pytest.fixture
def question(floor, cleo):
    return floor.board.ask(cleo, "When do you sow beans?")


def reply(client, question, **how):
    return client.post(reverse("reply_to_asker", args=[question.room.pk, question.pk]), **how)


def test_a_moderator_answers_in_backchannel_with_the_question_before_him(question, as_, ada, cleo):
    answer = reply(as_(ada), question)
    talk = Conversation.objects.direct().get()
    assert answer["Location"] == f"{talk.get_absolute_url()}?question={question.pk}"
    shown = page(as_(ada), answer["Location"])
    assert "&gt; When do you sow beans?\n\n</textarea>" in shown
    assert not talk.messages.exists() and talk.other_than(ada) == cleo and talk.request_to is None


def test_a_page_with_scripts_goes_there_too(question, as_, ada):
    answer = reply(as_(ada), question, **HTMX)
    assert answer.status_code == 204 and f"?question={question.pk}" in answer["HX-Location"]


def test_nobody_else_does(question, as_, bob, cleo, dan):
    assert [reply(as_(one), question).status_code for one in (bob, cleo, dan)] == [422, 422, 404]
    assert reply(as_(None), question).status_code == 302
    assert not Conversation.objects.direct().exists()


def test_who_takes_no_messages_is_not_written_to(question, as_, ada, cleo):
    cleo.messages_from = "nobody"
    cleo.save()
    answer = reply(as_(ada), question, **HTMX)
    assert answer.status_code == 422 and "You can’t message this person now." in answer.content.decode()


def test_a_question_that_is_not_his_is_not_quoted(question, as_, ada, bob, dan):
    for one, talk in ((ada, Conversation.between(ada, bob)), (dan, Conversation.between(dan, bob))):
        assert "sow beans" not in page(as_(one), f"{talk.get_absolute_url()}?question={question.pk}")


@pytest.mark.parametrize("text", hostile.MARKUP[::9])
def test_i11_what_is_quoted_is_text(floor, as_, ada, cleo, text):
    asked = floor.board.ask(cleo, text[:280])
    shown = page(as_(ada), reply(as_(ada), asked)["Location"])
    assert "<" not in text or text not in shown


@pytest.mark.parametrize("text", hostile.MARKUP[::9])
def test_i11_a_title_in_a_card_is_text(pair, as_, ada, text):
    as_(ada).post(reverse("room_from", args=[pair.pk]), data(title=text[:60]))
    assert all(harmless(message.html) for message in pair.messages.all())
