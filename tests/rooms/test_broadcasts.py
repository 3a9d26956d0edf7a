"""What reaches whom: for every kind of news those who hear it, and those who do not."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.urls import reverse

import live
from live import process
from rooms import presence
from tests.ears import listening, settled
from tests.locks import locked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


def do(seat, name, *args):
    """Run one of the seat's own methods where the database is."""
    return sync_to_async(getattr(seat, name))(*args)


def reload(kind, room):
    return {"type": "reload", "list": f"{kind}:{room.pk}"}


async def test_joining_is_seen_by_everybody_in_the_room_and_nobody_outside(full, ada, cleo, dan, make_person):
    eve = await sync_to_async(make_person)("eve")
    async with listening(ada) as host, listening(cleo) as listener, listening(dan) as outside:
        seat = await sync_to_async(full.join)(eve)
        for ear in (host, listener):
            piece = await ear.hears(f"seat-{seat.pk}")
            assert piece["list"] == f"room:{full.pk}" and piece["version"] == full.version
            assert 'id="audience-count">2<' in piece["html"]
        await outside.hears_nothing("seat-")


async def test_somebody_who_joins_hears_the_room_from_then_on_over_the_socket_he_has(full, ada, bob, dan, seat_of):
    async with listening(dan) as ear:
        await sync_to_async(full.join)(dan)
        await settled()
        await do(await sync_to_async(seat_of)(bob), "unmute")
        await ear.hears("Mic on")


async def test_leaving_is_seen_and_the_one_who_left_hears_no_more(full, ada, bob, cleo, seat_of):
    seat = await sync_to_async(seat_of)(cleo)
    async with listening(ada) as host, listening(cleo) as gone:
        await do(seat, "leave")
        piece = await host.hears(f"seat-{seat.pk}")
        assert piece["gone"] == [f"seat-{seat.pk}"] and f'id="seat-{seat.pk}"' not in piece["html"]
        await gone.hears(type="reload")
        await do(await sync_to_async(seat_of)(bob), "unmute")
        await host.hears("Mic on")
        await gone.hears_nothing(type="piece")


async def test_raised_hands_reach_moderators_only(full, ada, bob, cleo, seat_of):
    async with listening(ada) as host, listening(bob) as speaker:
        await do(await sync_to_async(seat_of)(cleo), "raise_hand")
        queue = await host.hears(f"hands:{full.pk}")
        assert "Cleo" in queue["html"]
        await speaker.hears_nothing("hands:")


async def test_nobody_sees_from_a_seat_that_its_hand_is_up_or_that_it_was_invited(full, ada, bob, cleo, seat_of):
    async with listening(bob) as speaker:
        seat = await sync_to_async(seat_of)(cleo)
        await do(seat, "raise_hand")
        await do(seat, "invite", ada)
        heard = [frame for frame in await speaker.everything() if frame["type"] == "piece"]
        assert heard and not any(word in json.dumps(heard) for word in ("hand", "invite", "Come on stage"))


async def test_an_invitation_reaches_the_one_invited(full, ada, bob, cleo, seat_of, as_):
    async with listening(cleo) as invited, listening(bob) as other:
        await do(await sync_to_async(seat_of)(cleo), "invite", ada)
        assert await invited.hears("controls:") == reload("controls", full)
        await other.hears_nothing(type="reload")
    controls = await sync_to_async(as_(cleo).get)(reverse("rooms:controls", args=[full.pk]))
    assert "Come on stage?" in controls.content.decode()


async def test_another_role_is_another_page_for_its_person_alone(full, ada, bob, cleo, seat_of):
    async with listening(bob) as demoted, listening(cleo) as other:
        await do(await sync_to_async(seat_of)(bob), "move_to_audience", ada)
        assert await demoted.hears(type="go") == {"type": "go", "to": full.get_absolute_url()}
        await other.hears('data-into=\\"audience\\"')
        await other.hears_nothing(type="go")


async def test_f17_a_removed_person_is_sent_off_and_hears_nothing_of_what_follows(full, ada, bob, cleo, seat_of):
    seat = await sync_to_async(seat_of)(cleo)
    async with listening(cleo) as removed, listening(bob) as stays:
        await do(seat, "remove", ada)
        await do(await sync_to_async(seat_of)(bob), "unmute")
        await stays.hears("Mic on")
        heard = await removed.everything()
        assert {"type": "go", "to": full.get_absolute_url()} in heard
        assert not any("seat-" in json.dumps(frame) for frame in heard)
        assert reload("mini", full) in heard and reload("controls", full) not in heard


async def test_the_end_reaches_everybody_who_was_there(full, ada, bob, cleo, dan):
    async with listening(bob) as speaker, listening(cleo) as listener, listening(dan) as outside:
        await sync_to_async(full.end)(ada)
        for ear in (speaker, listener):
            await ear.hears(type="go")
            await ear.hears("mini:")
        await outside.hears_nothing()


async def test_settings_redraw_the_header_and_everybodys_controls(full, ada, cleo, dan):
    async with listening(cleo) as listener, listening(dan) as outside:
        await sync_to_async(full.set_up)(ada, locked=True)
        assert "Locked" in (await listener.hears("room-header"))["html"]
        assert await listener.hears("controls:") == reload("controls", full)
        await outside.hears_nothing()


async def test_whoever_falls_silent_is_taken_out_and_comes_back_as_he_was(full, ada, bob, seat_of, time_goes_by):
    seat = await sync_to_async(seat_of)(bob)
    async with listening(ada) as host:
        await sync_to_async(presence.look)()
        time_goes_by(60)
        await sync_to_async(presence.beat)()
        assert f"seat-{seat.pk}" in (await host.hears(type="piece"))["gone"]
        async with listening(bob):
            piece = await host.hears(f'id=\\"seat-{seat.pk}\\"')
            assert piece["version"] == full.version + 2 and 'data-into="stage"' in piece["html"]


async def test_f5_whoever_comes_back_before_a_look_found_him_silent_comes_to_pages_that_were_drawn_meanwhile(
    full, ada, bob, seat_of, time_goes_by
):
    seat = await sync_to_async(seat_of)(bob)
    async with listening(ada) as host:
        await sync_to_async(presence.look)()
        time_goes_by(60)
        await sync_to_async(presence.hear)(bob.pk)
        assert 'data-into="stage"' in (await host.hears(f'id=\\"seat-{seat.pk}\\"'))["html"]


async def test_whoever_fell_silent_while_a_line_was_cut_is_not_on_the_page_that_comes_back(
    full, ada, bob, time_goes_by
):
    cut_off_at = {f"room:{full.pk}": full.version, f"hands:{full.pk}": full.version}
    await sync_to_async(presence.look)()
    time_goes_by(60)
    await sync_to_async(presence.look)()
    async with listening(ada, versions=cut_off_at) as back:
        assert reload("room", full) in back.frames


async def test_a_room_that_is_locked_meanwhile_hears_at_the_next_look(full, ada, bob, seat_of, time_goes_by):
    seat = await sync_to_async(seat_of)(bob)
    async with listening(ada) as host:
        await sync_to_async(presence.look)()
        time_goes_by(60)
        with locked(full):
            looking = asyncio.create_task(sync_to_async(presence.look)())
            await asyncio.sleep(0.3)
        await looking
        await sync_to_async(presence.look)()
        assert f"seat-{seat.pk}" in (await host.hears(type="piece"))["gone"]


async def test_a_silent_persons_change_does_not_bring_him_back(full, ada, bob, seat_of, time_goes_by):
    time_goes_by(60)
    async with listening(ada) as host:
        seat = await sync_to_async(seat_of)(bob)
        await do(seat, "mute_by", ada)
        assert f"seat-{seat.pk}" in (await host.hears(f"room:{full.pk}", type="piece"))["gone"]


# Catching up ----------------------------------------------------------------------------------------------


async def test_a_page_that_missed_something_is_told_to_draw_it_anew(full, ada, cleo):
    now = {f"room:{full.pk}": full.version, f"hands:{full.pk}": full.version}
    async with listening(ada, versions=now) as ear:
        assert not [frame for frame in ear.frames if frame["type"] == "reload"]
        assert ear.frames[-1]["versions"] == now
    behind = dict.fromkeys(now, full.version - 1)
    async with listening(ada, versions=behind) as ear:
        assert [frame for frame in ear.frames if frame["type"] == "reload"] == [
            reload("room", full),
            reload("hands", full),
        ]


async def test_a_missed_invitation_is_noticed(full, ada, cleo, seat_of):
    seat = await sync_to_async(seat_of)(cleo)
    name = f"controls:{full.pk}"
    async with listening(cleo, versions={name: seat.stamp}) as ear:
        assert reload("controls", full) not in ear.frames
        await do(seat, "invite", ada)
        await ear.hears(name)
    async with listening(cleo, versions={name: seat.stamp - 1}) as ear:
        assert reload("controls", full) in ear.frames and name not in ear.frames[-1]["versions"]


@pytest.mark.parametrize("why", ["ended", "removed", "nosuchroom"])
async def test_a_page_of_a_room_that_is_over_is_sent_to_look_again(full, ada, cleo, seat_of, why):
    pk = full.pk
    if why == "ended":
        await sync_to_async(full.end)(ada)
    elif why == "removed":
        await do(await sync_to_async(seat_of)(cleo), "remove", ada)
    else:
        pk = why
    async with listening(cleo, versions={f"room:{pk}": 1}) as ear:
        assert {"type": "go", "to": f"/rooms/{pk}/"} in ear.frames
        assert ear.frames[-1]["versions"] == {}


async def test_i5_a_closed_room_tells_an_outsider_what_no_room_tells(closed, dan):
    answers = []
    for pk in (closed.pk, "nosuchroom"):
        async with listening(dan, versions={f"room:{pk}": 0, f"controls:{pk}": 0}) as ear:
            answers.append(json.dumps(ear.frames[1:]).replace(pk, "-"))
    assert answers[0] == answers[1]
    async with listening(dan) as ear:
        live.send(closed.topic, {"type": "notice", "text": "psst", "level": "polite"})
        await ear.hears_nothing()


async def test_strange_versions_are_no_question(dan, room):
    async with listening(dan, versions={"room:": 1, "room": 1, "hands:x:y": 2, "x": 3}) as ear:
        assert ear.frames[-1]["type"] == "heads"


async def test_who_invites_a_guest_and_who_is_invited_are_told_and_nobody_else(closed, ada, bob, dan):
    async with listening(ada) as hers, listening(dan) as his, listening(bob) as others:
        await sync_to_async(closed.welcome)(dan, ada)
        await hers.hears(f"{dan} is invited", type="notice")
        await his.hears(f"{ada} invites you", type="notice")
        await others.hears_nothing(type="notice")
