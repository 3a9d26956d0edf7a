"""Requests: dan writes to ada, who does not follow him. She decides, and he learns nothing that she did not tell him."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from accounts.models import Person
from accounts.refusals import Refused
from backchannel.inbox import counts, inbox_of
from backchannel.models import Attachment, Conversation, LinkPreview, Message
from backchannel.request_reasons import reasons
from tests.backchannel.conftest import HTMX, said
from tests.backchannel.test_reading import direct, page, queries
from tests.ears import listening

LINK = "Look at https://garden.example/roses"


@pytest.fixture
def asked(ada, dan):
    """What dan asked of ada."""
    conversation = Conversation.opened_by(dan, ada)
    said(conversation, dan, LINK)
    return Conversation.objects.get(pk=conversation.pk)


def post(client, name, conversation, **data):
    return client.post(reverse(name, args=[conversation.pk]), data)


def names(person, part):
    return [row.other.username for row in inbox_of(person, part)["rows"]]


# Where it lands -------------------------------------------------------------------------------------------


def test_who_is_not_followed_lands_in_requests_and_counts_nowhere(asked, as_, ada, dan):
    assert (names(ada, "requests"), names(ada, ""), names(ada, "unread")) == (["dan"], [], [])
    assert counts(ada)[:2] == (0, 1)
    assert (names(dan, ""), counts(dan)[:2]) == (["ada"], (0, 0))
    assert "Requests (1)" in page(as_(ada), "/backchannel/")
    assert "Requests (" not in page(as_(dan), "/backchannel/")


def test_who_is_followed_does_not(ada, dan):
    ada.follow(dan)
    said(Conversation.opened_by(dan, ada), dan)
    assert (names(ada, "requests"), names(ada, ""), counts(ada)[:2]) == ([], ["dan"], (1, 0))


def test_who_follows_still_has_to_ask(ada, dan):
    dan.follow(ada)
    said(Conversation.opened_by(dan, ada), dan)
    assert names(ada, "requests") == ["dan"]


def test_who_is_picked_from_the_list_has_to_be_asked_as_well(as_, ada, dan):
    answer = as_(dan).post(reverse("new"), {"people": [ada.pk], "form_id": str(uuid4())})
    begun = Conversation.objects.between(ada, dan).get()
    assert (answer["Location"], begun.request_to) == (begun.get_absolute_url(), ada)


def test_following_somebody_takes_what_he_asked_in(asked, ada, dan):
    ada.follow(dan)
    assert (names(ada, "requests"), names(ada, "")) == ([], ["dan"])


def test_what_was_not_sent_or_is_deleted_is_no_request(ada, dan):
    conversation = Conversation.opened_by(dan, ada)
    assert counts(ada)[:2] == (0, 0)
    said(conversation, dan).delete_by(dan)
    assert (counts(ada)[:2], names(ada, "requests")) == ((0, 0), [])


def test_there_is_one_of_two_people(asked, ada, dan):
    assert Conversation.opened_by(ada, dan) == Conversation.opened_by(dan, ada) == asked
    assert Conversation.objects.direct().count() == 1


# What it may say ------------------------------------------------------------------------------------------


def test_there_is_one_message_and_no_second(asked, write, as_, dan, ada):
    assert write(dan, asked, "and another thing").status_code == 422
    assert Message.objects.filter(conversation=asked).count() == 1
    drawn = page(as_(dan), asked.get_absolute_url())
    assert "You can write more once your first message was answered." in drawn and "composer__text" not in drawn


def test_not_even_two_at_the_same_time(ada, dan):
    from uuid import uuid4

    from backchannel import batches
    from backchannel.writing import Draft

    conversation = Conversation.opened_by(dan, ada)
    drafts = [Draft(conversation.pk, dan.pk, uuid4(), text) for text in ("one", "two")]
    batches.write(drafts)
    assert isinstance(drafts[0].outcome, Message) and isinstance(drafts[1].outcome, Refused)
    assert Message.objects.filter(conversation=conversation).count() == 1


def test_sent_twice_it_is_one_and_no_refusal(write, ada, dan):
    from uuid import uuid4

    conversation, once = Conversation.opened_by(dan, ada), uuid4()
    answers = [write(dan, conversation, "hello", client_id=once).status_code for _ in "ab"]
    assert answers == [204, 204] and Message.objects.filter(conversation=conversation).count() == 1


def test_deleting_it_makes_no_room_for_another(asked, write, dan):
    Message.objects.get(conversation=asked).delete_by(dan)
    assert write(dan, asked, "once more").status_code == 422


def test_links_are_plain_and_nothing_is_looked_up_until_it_is_accepted(ada, dan, as_, settings):
    settings.LINK_PREVIEWS = True
    conversation = Conversation.opened_by(dan, ada)
    message = said(conversation, dan, f"{LINK} and /@ada/ and **now**")
    assert "garden.example/roses" in message.html and 'garden.example/roses"' not in message.html
    assert "<strong>now</strong>" in message.html and "link-card" not in message.html
    assert not LinkPreview.objects.exists()
    for person in (ada, dan):
        assert '<a href="https://garden' not in page(as_(person), conversation.get_absolute_url())
    post(as_(ada), "acceptance", conversation)
    assert LinkPreview.objects.get().url == "https://garden.example/roses"
    for person in (ada, dan):
        assert '<a href="https://garden.example/roses"' in page(as_(person), conversation.get_absolute_url())


def test_our_own_places_get_no_card_either(ada, dan):
    message = said(Conversation.opened_by(dan, ada), dan, "http://testserver/@dan/")
    assert "link-card" not in message.html


def test_markup_in_a_request_is_text(ada, dan):
    message = said(Conversation.opened_by(dan, ada), dan, '<img src=x onerror=alert(1)> https://a.example/"><script>')
    assert "<img src=x" not in message.html and "<script" not in message.html


# Deciding -------------------------------------------------------------------------------------------------


def test_accepted_it_is_a_conversation_like_any_other(asked, as_, write, ada, dan):
    answer = post(as_(ada), "acceptance", asked)
    assert (answer.status_code, answer["Location"]) == (303, asked.get_absolute_url())
    assert (names(ada, "requests"), names(ada, ""), counts(ada)[:2]) == ([], ["dan"], (1, 0))
    assert write(dan, asked, "thank you").status_code == 204
    assert post(as_(ada), "acceptance", asked).status_code == 404


def test_answering_accepts(asked, as_, write, ada, dan):
    assert write(ada, asked, "Do I know you? https://ada.example/").status_code == 204
    assert names(ada, "") == ["dan"] and write(dan, asked, "not yet").status_code == 204
    drawn = page(as_(ada), asked.get_absolute_url())
    assert '<a href="https://garden.example/roses"' in drawn and '<a href="https://ada.example/"' in drawn


def test_a_reaction_is_an_answer(asked, ada):
    message = Message.objects.get(conversation=asked)
    message.react(ada, "👍")
    assert names(ada, "") == ["dan"]


def test_deleted_it_is_gone_for_her_and_as_before_for_him(asked, as_, write, ada, dan):
    before = page(as_(dan), asked.get_absolute_url())
    answer = post(as_(ada), "declining", asked)
    assert (answer.status_code, answer["Location"]) == (303, "/backchannel/?show=requests")
    assert (counts(ada)[:2], names(ada, "requests"), names(ada, "")) == ((0, 0), [], [])
    assert "garden.example" not in page(as_(ada), asked.get_absolute_url())
    assert stripped(page(as_(dan), asked.get_absolute_url())) == stripped(before)
    assert write(dan, asked, "hello?").status_code == 422


def stripped(drawn):
    """Without what differs each time it is drawn."""
    return re.sub(r'[0-9a-f]{8}-[0-9a-f-]{27}|csrf\w*" value="\w+"|"X-CSRFToken": "\w+"|nonce="[^"]+"', "", drawn)


def test_she_may_write_to_him_after_all(asked, as_, write, ada, dan):
    post(as_(ada), "declining", asked)
    assert write(ada, asked, "I changed my mind").status_code == 204
    assert write(dan, asked, "good").status_code == 204


def test_blocked_he_gets_the_answer_he_had_before(asked, as_, write, ada, dan):
    before = write(dan, asked, "hello?").content
    page_before = stripped(page(as_(dan), asked.get_absolute_url()))
    ada.block(dan)
    assert (names(ada, "requests"), counts(ada)[:2]) == ([], (0, 0))
    assert write(dan, asked, "hello?").content == before
    assert stripped(page(as_(dan), asked.get_absolute_url())) == page_before


@pytest.mark.parametrize("how", ["suspended", "blocked by who asks"])
def test_of_some_people_no_request_is_shown(asked, ada, dan, mo, how):
    dan.suspend(mo, "spam") if how == "suspended" else dan.block(ada)
    assert (counts(ada)[:2], names(ada, "requests")) == ((0, 0), [])


@pytest.mark.parametrize("name", ["acceptance", "declining"])
def test_nobody_else_decides(asked, as_, dan, bob, name):
    for person in (dan, bob):
        assert post(as_(person), name, asked).status_code == 404
    assert post(as_(None), name, asked).status_code == 302
    assert as_(dan).get(reverse(name, args=[asked.pk])).status_code == 405
    asked.refresh_from_db()
    assert asked.request_to.username == "ada"


@pytest.mark.django_db(transaction=True)
async def test_who_asked_hears_nothing_of_reading_and_deleting(ada, dan, as_):
    def ask():
        conversation = Conversation.opened_by(dan, ada)
        said(conversation, dan, LINK)
        return Conversation.objects.get(pk=conversation.pk), as_(ada)

    conversation, client = await database_sync_to_async(ask)()
    async with listening(dan) as his, listening(ada) as hers:
        read = {"seq": conversation.head}
        await database_sync_to_async(client.post)(reverse("reading", args=[conversation.pk]), read, **HTMX)
        await hers.hears(type="reload")
        await database_sync_to_async(client.get)(conversation.get_absolute_url())
        await database_sync_to_async(client.post)(reverse("declining", args=[conversation.pk]))
        await hers.hears(f"conversation-{conversation.pk}", type="piece")
        await his.hears_nothing(conversation.pk)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["accepted", "answered"])
async def test_the_pages_of_both_are_others_once_it_was_accepted(ada, dan, bob, how):
    def ask():
        said(Conversation.opened_by(dan, ada), dan)
        return Conversation.objects.get()

    conversation = await database_sync_to_async(ask)()
    async with listening(dan) as his, listening(ada) as hers, listening(bob) as another:
        accept = conversation.accept if how == "accepted" else lambda by: said(conversation, by)
        await database_sync_to_async(accept)(ada)
        for one in (his, hers):
            assert (await one.hears(type="go"))["to"] == conversation.get_absolute_url()
        await another.hears_nothing()


@pytest.mark.django_db(transaction=True)
async def test_w8_who_asked_hears_nothing_of_being_blocked(ada, dan):
    await database_sync_to_async(lambda: said(Conversation.opened_by(dan, ada), dan))()
    async with listening(dan) as his, listening(ada) as hers:
        await database_sync_to_async(ada.block)(dan)
        await hers.hears("inbox", type="reload")
        await his.hears_nothing()


@pytest.mark.django_db(transaction=True)
async def test_what_was_asked_goes_from_the_list_of_who_is_blocked(ada, dan):
    await database_sync_to_async(lambda: said(Conversation.opened_by(dan, ada), dan))()
    async with listening(ada) as hers:
        await database_sync_to_async(dan.block)(ada)
        await hers.hears("inbox", type="reload")


# That it was accepted -------------------------------------------------------------------------------------


def bell(client):
    """What the notifications of somebody say, and how many are new."""
    drawn = page(client, "/notifications/")
    return re.findall(r'<span dir="auto">([^<]+)</span>', drawn), drawn.count("notification--new")


@pytest.mark.parametrize("how", ["by a button", "by following", "by a reaction"])
def test_who_asked_is_told_that_it_was_accepted(asked, as_, ada, dan, bob, how):
    if how == "by a button":
        post(as_(ada), "acceptance", asked)
    elif how == "by following":
        ada.follow(dan)
    else:
        Message.objects.get(conversation=asked).react(ada, "👍")
    told = [words for words in bell(as_(dan))[0] if "accepted" in words]
    assert told == ["accepted your request. You can write to each other now."]
    assert asked.get_absolute_url() in page(as_(dan), "/notifications/")
    for other in (ada, bob):
        assert not [words for words in bell(as_(other))[0] if "accepted" in words]


@pytest.mark.parametrize("how", ["deleted", "blocked", "blocked after", "nothing sent", "taken back", "answered"])
def test_of_everything_else_nobody_is_told_that_it_was_accepted(asked, as_, write, ada, dan, how):
    if how == "deleted":
        post(as_(ada), "declining", asked)
    elif how == "blocked":
        ada.block(dan)
    elif how == "blocked after":
        post(as_(ada), "acceptance", asked)
        dan.block(ada)
    elif how == "answered":
        assert write(ada, asked, "Do I know you?").status_code == 204
    else:
        sent = Message.objects.filter(conversation=asked)
        sent.delete() if how == "nothing sent" else sent.get().delete_by(dan)
        asked.accept(ada)
    assert bell(as_(dan)) == ([], 0) == bell(as_(ada))


def test_reading_what_comes_then_is_enough(asked, as_, ada, dan):
    asked.accept(ada)
    answer = said(Conversation.objects.get(pk=asked.pk), ada)
    assert bell(as_(dan))[1] == 1
    as_(dan).post(reverse("reading", args=[asked.pk]), {"seq": answer.seq}, **HTMX)
    assert bell(as_(dan))[1] == 0


# Why it came ----------------------------------------------------------------------------------------------


def why(ada, dan, as_):
    drawn = page(as_(ada), Conversation.between(dan, ada).get_absolute_url())
    return re.sub(r"<[^>]+>|\s+", " ", drawn[drawn.index('class="request"') :])


def test_it_says_where_both_were(asked, floor, as_, ada, dan):
    floor.join(dan)
    assert "You were both in Gardens" in " ".join(why(ada, dan, as_).split())
    assert reasons(ada, [dan.pk])[dan.pk][:2] == ("room", "Gardens")
    assert "Gardens" in page(as_(ada), "/backchannel/?show=requests")


def test_a_room_from_which_she_was_removed_is_not_named(asked, bob, ada, dan):
    from rooms.models import Room

    room = Room.open(bob, title="Elsewhere")
    room.join(dan)
    room.join(ada)
    room.seat_of(ada).remove(bob)
    assert reasons(ada, [dan.pk])[dan.pk].kind == ""


def test_it_says_whom_she_follows_that_follows_him(asked, ada, bob, cleo, dan, as_):
    for friend in (bob, cleo):
        friend.follow(dan)
    assert reasons(ada, [dan.pk])[dan.pk].kind == ""
    for friend in (bob, cleo):
        ada.follow(friend)
    assert reasons(ada, [dan.pk])[dan.pk] == ("friend", "Cleo", "cleo", 1)
    assert "Followed by Cleo and 1 other you follow" in " ".join(why(ada, dan, as_).split())


def test_it_says_that_he_follows_her_or_that_there_is_nothing(asked, ada, dan, as_):
    assert "You have nothing in common here yet" in why(ada, dan, as_)
    dan.follow(ada)
    assert "Follows you" in why(ada, dan, as_)


def test_the_reasons_of_many_cost_what_those_of_one_cost(asked, as_, ada, dan, make_person):
    client = as_(ada)
    few = queries(client, "/backchannel/?show=requests")
    for number in range(8):
        other = make_person(f"other{number}")
        said(Conversation.opened_by(other, ada), other)
    assert queries(client, "/backchannel/?show=requests") == few <= 12


def test_names_are_text_there(asked, as_, ada, dan):
    Person.objects.filter(pk=dan.pk).update(name="<b onclick=x>Dan")
    for address in ("/backchannel/?show=requests", asked.get_absolute_url()):
        assert "<b onclick" not in page(as_(ada), address)


# How often ------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("the_clock_stands")
@pytest.mark.parametrize(("age", "often"), [(0, 3), (8, 10)])
def test_new_accounts_begin_few_conversations_and_are_told_how_long_to_wait(as_, make_person, dan, age, often):
    Person.objects.filter(pk=dan.pk).update(created_at=timezone.now() - timedelta(days=age))
    client = as_(dan)
    for number in range(often):
        assert direct(client, make_person(f"stranger{number}").username).status_code == 303
    picked = client.post(reverse("new"), {"people": [make_person("another").pk], "form_id": str(uuid4())})
    refused = direct(client, make_person("onemore").username)
    assert picked.status_code == 429
    assert refused.status_code == 429 and 0 < int(refused["Retry-After"]) <= 7200
    assert re.search(r"Try again in \d+ minutes", refused.content.decode())


def test_the_page_of_who_takes_none_is_as_before(as_, dan, ada):
    ada.messages_from = "followed"
    ada.save()
    assert direct(as_(dan), "ada").status_code == 422
    assert not Conversation.objects.direct().exists()


def test_no_file_goes_with_a_first_message(ada, bob, dan, as_):
    asking, elsewhere = Conversation.opened_by(dan, ada), Conversation.between(dan, bob)
    refused, _taken = (
        as_(dan).post(reverse("files", args=[one.pk]), {"client_id": uuid4(), "file": letter()}, **HTMX)
        for one in (asking, elsewhere)
    )
    assert (refused.status_code, "accepted" in refused.content.decode()) == (422, True)
    mine = [one.pk for one in Attachment.objects.filter(person=dan)]
    assert mine
    with pytest.raises(Refused, match="accepted"):
        asking.post(dan, uuid4(), "look", files=mine)
    assert not asking.messages.exists()
    assert asking.post(dan, uuid4(), "words alone").body == "words alone"


def letter():
    return SimpleUploadedFile("a.pdf", b"%PDF-1.4 something")


def test_who_asks_is_told_so_and_offered_nothing_that_would_be_refused(ada, bob, dan, as_):
    asking, talk = Conversation.opened_by(dan, ada), Conversation.between(dan, bob)
    his, other = (page(as_(dan), one.get_absolute_url()) for one in (asking, talk))
    assert "Ada gets your first message as a request." in his and "as a request" not in other
    assert "data-record " in other and "data-record " not in his
    assert "as a request" not in page(as_(ada), asking.get_absolute_url())
