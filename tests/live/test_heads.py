"""A page that is where we are costs the database nothing, and what was never published is found all the same."""

import pytest

import live
from live import heads
from live.hub import hub
from tests.ears import listening, settled

pytestmark = pytest.mark.django_db(transaction=True)

ROOM = "room:r"


@pytest.fixture
def asked(app):
    """What the app is asked of each page that lacks something, or might."""
    asked, answer = [], app.catch_up

    def noted(askings):
        asked.extend(askings)
        return answer(askings)

    live.registry._asked["catch_up"] = [noted]
    return asked


async def beat(ear, **cursors):
    await ear.say(type="beat", cursors=cursors, versions={})
    return await ear.hears(type="heads")


async def test_a_page_that_is_there_already_is_not_asked_about(app, asked, bob):
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}) as ear:
        asked.clear()
        assert await beat(ear, c=1) == {"type": "heads", "conversations": {}, "versions": {}}
        assert asked == []


async def test_one_that_a_piece_went_by_is(app, asked, bob, cleo):
    app.join(ROOM, cleo)
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}) as lost, listening(cleo, cursors={"c": 1}) as ear:
        live.send(ROOM, app.write("c", "<p>two</p>"))
        await ear.hears("<p>two")
        asked.clear()
        assert (await beat(lost, c=1))["conversations"] == {"c": 2}
        assert [one.person_id for one in asked] == [bob.pk]
        assert "<p>two" in str(lost.frames)


@pytest.fixture
async def just_given(app, bob):
    """A page that beats while the second piece is on its way to it."""
    app.join(ROOM, bob)
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}) as ear:
        live.send(ROOM, app.write("c", "<p>two</p>"))
        await settled()
        yield ear


async def test_one_that_is_just_being_given_what_it_lacks_is_not(asked, just_given):
    asked.clear()
    assert (await beat(just_given, c=1))["conversations"] == {}
    assert asked == []
    assert "<p>two" in str(just_given.frames)


async def test_one_that_should_have_it_by_now_is(asked, just_given, monkeypatch):
    monkeypatch.setattr(heads, "UNDER_WAY", 0)
    assert (await beat(just_given, c=1))["conversations"] == {"c": 2}


async def test_one_that_is_given_only_some_of_it_is(app, just_given):
    app.write("c", "<p>never published</p>")
    live.send(ROOM, app.write("c", "<p>four</p>"))
    assert (await beat(just_given, c=1))["conversations"] == {"c": 4}
    assert "never published" in str(just_given.frames)


async def test_one_that_may_have_been_passed_over_is(app, just_given):
    live.send(ROOM, app.write("c", "<p>three</p>"), latest="the newest")
    assert (await beat(just_given, c=2))["conversations"] == {"c": 3}


async def test_one_that_came_after_it_is(app, asked, just_given, cleo):
    async with listening(cleo, cursors={"c": 1}) as late:
        app.join(ROOM, cleo)
        live.retune([cleo.pk])
        await settled()
        asked.clear()
        await beat(late, c=1)
        assert [one.person_id for one in asked] == [cleo.pk]


async def test_one_that_may_not_have_it_any_more_is(app, asked, just_given, bob):
    app.remove(ROOM, bob)
    live.retune([bob.pk])
    await settled()
    asked.clear()
    await beat(just_given, c=1)
    assert asked


@pytest.mark.parametrize("number", [0, 2])
async def test_one_that_is_behind_or_ahead_is(app, asked, bob, number):
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}) as ear:
        asked.clear()
        assert (await beat(ear, c=number))["conversations"] == {"c": 1}
        assert asked


async def test_a_page_learns_nothing_of_lists_that_it_was_not_told_about(app, asked, bob, cleo):
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}), listening(cleo) as other:
        asked.clear()
        await beat(other, c=1)
        assert [one.person_id for one in asked] == [cleo.pk]


async def test_f19_what_was_committed_and_never_published_is_noticed(app, bob, cleo):
    app.write("c", "<p>one</p>")
    app.write("other", "<p>elsewhere</p>")
    async with listening(bob, cursors={"c": 1}) as ear, listening(cleo, cursors={"other": 1}) as elsewhere:
        app.write("c", "<p>never published</p>")
        await hub.look_for_unpublished()
        await ear.hears(type="resync")
        await elsewhere.hears_nothing()
        await hub.look_for_unpublished()
        await ear.hears_nothing()


async def test_looking_asks_once_for_all_and_forgets_what_nobody_shows(app, bob):
    questions = []
    app.heads, answer = lambda names: questions.append(names) or answer(names), app.heads
    live.registry._asked["heads"] = [app.heads]
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}), listening(bob, cursors={"c": 1}):
        await hub.look_for_unpublished()
        assert questions == [{"c"}]
    await hub.look_for_unpublished()
    assert questions == [{"c"}]


async def test_after_a_resync_everybody_is_asked_about_anew(app, asked, bob):
    app.join(ROOM, bob)
    app.write("c", "<p>one</p>")
    async with listening(bob, cursors={"c": 1}) as ear:
        app.members[ROOM].clear()
        hub.resync()
        await ear.hears(type="resync")
        await ear.hears_nothing()
        asked.clear()
        await beat(ear, c=1)
        assert asked
        live.send(ROOM, app.write("c", "<p>not for him any more</p>"))
        await ear.hears_nothing()


async def test_f22_numbers_that_went_back_have_the_pages_ask(app, bob, cleo):
    for html in ("<p>one</p>", "<p>two</p>"):
        app.write("c", html)
    async with listening(bob, cursors={"c": 2}) as ear, listening(cleo, cursors={"other": 0}) as other:
        await hub.look_for_unpublished()
        await ear.hears_nothing(type="resync")
        app.log["c"].pop()
        await hub.look_for_unpublished()
        await ear.hears(type="resync")
        await other.hears_nothing(type="resync")
        assert (await beat(ear, c=2))["conversations"] == {"c": 1}
