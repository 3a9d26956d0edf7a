"""Who is told of what, where it is seen, and when it is not told any more."""

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import notifying
from accounts.models import Notification
from accounts.models.notification import unread_of
from live import process
from tests.ears import listening

live = pytest.mark.django_db(transaction=True)


@pytest.fixture
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


def unread(person):
    return unread_of([person.pk]).get(person.pk, 0)


def page(client):
    return client.get("/notifications/").content.decode()


def until(client):
    """What the page's own form would send."""
    return {"until": page(client).split('name="until" value="')[1].split('"')[0]}


def test_a_new_follower_is_told_to_whom_he_follows_and_nobody_else(as_, ada, bob, cleo):
    bob.follow(ada)
    assert (unread(ada), unread(bob), unread(cleo)) == (1, 0, 0)
    assert "follows you." in page(as_(ada)) and f'href="{bob.get_absolute_url()}"' in page(as_(ada))
    assert "follows you." not in page(as_(cleo))
    assert 'data-version="1"' in as_(ada).get("/").content.decode()


def test_who_follows_again_is_told_of_once(ada, bob):
    bob.follow(ada)
    bob.unfollow(ada)
    assert not Notification.objects.exists()
    bob.follow(ada)
    bob.follow(ada)
    assert unread(ada) == 1


def test_what_was_read_is_on_the_page_and_not_counted_until_it_happens_again(as_, ada, bob):
    bob.follow(ada)
    client = as_(ada)
    assert client.post("/notifications/reading/", until(client)).status_code == 303
    assert unread(ada) == 0 and "follows you." in page(client)
    assert "notification--new" not in page(client)
    notifying.notify([ada], "follow", bob.pk, bob)
    assert unread(ada) == 1 and "notification--new" in page(client)


def test_reading_does_not_reach_beyond_what_was_on_the_page_nor_to_others(as_, ada, bob, cleo, dan):
    bob.follow(ada)
    bob.follow(dan)
    seen = until(as_(ada))
    cleo.follow(ada)
    as_(ada).post("/notifications/reading/", seen)
    assert [row.actor for row in Notification.objects.unread().filter(person=ada)] == [cleo]
    assert unread(dan) == 1


@pytest.mark.parametrize("words", ["", "x", "-1", "1" * 40, "٣"])
def test_a_mark_that_is_none_is_refused(as_, ada, bob, words):
    bob.follow(ada)
    assert as_(ada).post("/notifications/reading/", {"until": words}).status_code == 422
    assert unread(ada) == 1


def test_wrong_method_and_nobody(as_, ada):
    assert as_(ada).get("/notifications/reading/").status_code == 405
    assert as_(ada).post("/notifications/").status_code == 405
    assert as_().get("/notifications/").status_code == 302
    assert as_().post("/notifications/reading/", {"until": "1"}).status_code == 302


def test_a_block_takes_everything_away_on_both_sides(as_, ada, bob):
    bob.follow(ada)
    ada.follow(bob)
    ada.block(bob)
    assert not Notification.objects.exists()
    notifying.notify([ada, bob], "follow", bob.pk, bob)
    notifying.notify([ada, bob], "follow", ada.pk, ada)
    assert not Notification.objects.exists()


def test_nobody_is_told_of_his_own_deeds(ada, bob):
    notifying.notify([ada.pk, bob], "follow", ada.pk, ada)
    assert [row.person for row in Notification.objects.all()] == [bob]


def test_what_one_may_not_see_any_more_is_not_shown(as_, ada, bob, mo):
    bob.follow(ada)
    bob.suspend(mo, "spam")
    assert "follows you." not in page(as_(ada))


def test_what_is_counted_and_not_shown_any_more_is_read_with_the_page_that_is_empty(as_, ada, bob, mo):
    bob.follow(ada)
    bob.suspend(mo, "spam")
    assert unread(ada) == 1 and "Nothing yet" in page(as_(ada))
    as_(ada).post("/notifications/reading/", until(as_(ada)))
    assert unread(ada) == 0


def test_of_a_kind_that_nobody_knows_nothing_is_shown(as_, ada, bob):
    notifying.notify([ada], "other", "x", bob)
    assert as_(ada).get("/notifications/").status_code == 200


def test_names_are_text(as_, ada, make_person):
    make_person("eve", name="<script>x</script>").follow(ada)
    assert "<script>x" not in page(as_(ada))


def test_an_empty_page_says_so(as_, ada):
    assert "Nothing yet" in page(as_(ada))


def test_older_ones_are_on_the_next_page(as_, ada, make_person):
    for number in range(43):
        make_person(f"p{number}").follow(ada)
    first = page(as_(ada))
    address = first.split('href="/notifications/?before=')[1].split('"')[0]
    older = as_(ada).get(f"/notifications/?before={address}").content.decode()
    assert (first.count("notification__link"), older.count("notification__link")) == (40, 3)
    assert not {f"@p{number}/" for number in range(43) if f"/@p{number}/" in first and f"/@p{number}/" in older}


def test_as_many_questions_for_many_as_for_one(as_, ada, make_person):
    client = as_(ada)

    def asked():
        with CaptureQueriesContext(
            connection,
        ) as questions:
            page(client)
        return len(questions)

    make_person("eve").follow(ada)
    page(client)
    one = asked()
    for number in range(20):
        make_person(f"p{number}").follow(ada)
    assert asked() == one <= 8


@live
async def test_the_bell_rings_on_the_pages_of_whom_it_concerns(left_behind, ada, bob, cleo):
    async with listening(ada) as told, listening(cleo) as other:
        await sync_to_async(bob.follow)(ada)
        piece = await told.hears("bell", type="piece")
        assert ">1</span>" in piece["html"]
        await told.hears(type="reload")
        await other.hears_nothing("bell")
        await sync_to_async(bob.unfollow)(ada)
        assert "></span>" in (await told.hears('data-version=\\"0\\"'))["html"]


@live
async def test_a_page_that_was_away_is_told_where_the_bell_is(left_behind, ada, bob):
    await sync_to_async(bob.follow)(ada)
    async with listening(ada, versions={"bell": 0}) as ear:
        assert ear.frames[-1]["versions"] == {"bell": 1}
    async with listening(bob, versions={"bell": 0, "notifications": 0}) as ear:
        assert ear.frames[-1]["versions"] == {"bell": 0, "notifications": 0}
