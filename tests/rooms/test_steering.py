"""Seats and sound, with an engine that only writes down what it is told."""

import asyncio
import contextlib

import pytest
from asgiref.sync import sync_to_async

from live import codes, process
from rooms import presence
from rooms.models import Room, Seat
from rooms.sound import engine, steering, watching
from tests.ears import listening, settled

pytestmark = pytest.mark.django_db(transaction=True)


class Desk:
    """An engine: sessions by name, and every order in its turn."""

    def __init__(self):
        self.here = {}
        self.orders = []
        self.error = None
        self.meanwhile = None

    async def join(self, session, room, publish, muted, version, offer):
        if self.error:
            raise self.error
        if self.meanwhile:
            await self.meanwhile()
        self.here[session] = {"room": room, "publish": publish, "muted": muted}
        self.orders.append(("join", session))
        return f"answer to {offer}"

    def mute(self, session, muted, version):
        self._set(session, muted=muted)

    def promote(self, session, version):
        self._set(session, publish=True)

    def demote(self, session, version):
        self._set(session, publish=False)

    def _set(self, session, **what):
        self.orders.append((*what, session))
        if session in self.here:
            self.here[session].update(what)

    def cut(self, session):
        self.orders.append(("cut", session))
        self.here.pop(session, None)

    def reconcile(self, wanted):
        self.wanted = wanted


@pytest.fixture(autouse=True)
def desk(monkeypatch):
    made = Desk()
    for name in ("join", "mute", "promote", "demote", "cut", "reconcile"):
        monkeypatch.setattr(engine, name, getattr(made, name))
    return made


@pytest.fixture(autouse=True)
async def left_behind():
    """The hub belongs to one loop, and each test has its own."""
    yield
    await process.stop()


@pytest.fixture
def elsewhere(make_person):
    return Room.open(make_person("eve"), title="Elsewhere")


async def asks(ear, room, *, take=False, sdp="offer"):
    """The answer to one offer."""
    await ear.say(type="sound.offer", room=getattr(room, "pk", room), sdp=sdp, take=take)
    return await ear.hears(type="sound")


@contextlib.asynccontextmanager
async def hearing(person, room, **frame):
    async with listening(person, **frame) as ear:
        assert (await asks(ear, room))["do"] == "answer"
        yield ear


async def row(seat_of, person):
    return await sync_to_async(seat_of)(person)


async def do(seat_of, person, name, *args):
    await sync_to_async(getattr(await row(seat_of, person), name))(*args)
    await settled()


async def place(desk, seat_of, person):
    """What the engine has for somebody now, None for nothing."""
    return desk.here.get((await row(seat_of, person)).sound_session)


# Joining --------------------------------------------------------------------------------------------------


async def test_w21_the_seat_decides_who_publishes_not_the_browser(full, desk, ada, bob, cleo, seat_of):
    async with listening(bob) as speaker, listening(cleo) as listener:
        answer = await asks(speaker, full, sdp="sendrecv")
        assert (answer["do"], answer["sdp"], answer["publish"]) == ("answer", "answer to sendrecv", True)
        assert (await asks(listener, full, sdp="sendrecv"))["publish"] is False
        assert await place(desk, seat_of, bob) == {"room": full.sound_name, "publish": True, "muted": True}
        assert (await place(desk, seat_of, cleo))["publish"] is False


async def test_i2_the_engine_learns_no_name_and_no_id(full, desk, bob, seat_of):
    async with hearing(bob, full):
        seat = await row(seat_of, bob)
        told = str(desk.here)
        assert not any(word in told for word in (full.pk, full.title, seat.pk, bob.pk, bob.username, bob.name))


@pytest.mark.parametrize("who", ["dan", "gone", "removed"])
async def test_i26_without_a_seat_there_is_no_sound(full, desk, ada, cleo, dan, seat_of, who):
    if who == "gone":
        await do(seat_of, cleo, "leave")
    elif who == "removed":
        await do(seat_of, cleo, "remove", ada)
    async with listening(dan if who == "dan" else cleo) as ear:
        answer = await asks(ear, full)
        assert (answer["do"], answer["text"]) == ("refused", "You are not in this room.")
    assert not desk.here


async def test_no_sound_from_another_room_or_none_or_one_that_ended(full, elsewhere, desk, ada, cleo):
    async with listening(cleo) as ear:
        for room in (elsewhere, "nosuchroom"):
            assert (await asks(ear, room))["do"] == "refused"
        await sync_to_async(full.end)(ada)
        assert (await asks(ear, full))["do"] == "refused"
    assert not desk.here


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (engine.RoomFull(), "full"),
        (engine.Full(), "full"),
        (engine.Away(), "comes back"),
        (engine.BadOffer("two media"), "could not be connected"),
    ],
)
async def test_a_refusal_is_a_polite_sentence_and_the_seat_stays(full, desk, cleo, seat_of, error, words):
    desk.error = error
    async with listening(cleo) as ear:
        answer = await asks(ear, full)
        assert answer["do"] == "refused" and words in answer["text"]
        desk.error = None
        assert (await asks(ear, full))["do"] == "answer"
    assert not (await row(seat_of, cleo)).left_at


async def test_too_many_offers_have_to_wait(full, desk, cleo):
    async with listening(cleo) as ear:
        answers = [await asks(ear, full) for _ in range(31)]
        assert answers[-1]["do"] == "refused" and "Try again in" in answers[-1]["text"]


# One tab --------------------------------------------------------------------------------------------------


async def test_i1_sound_is_in_one_tab_and_moves_only_when_asked(full, desk, cleo, seat_of):
    async with hearing(cleo, full, tab="one") as one, listening(cleo, tab="two") as two:
        first = (await row(seat_of, cleo)).sound_session
        assert await asks(two, full) == {"type": "sound", "do": "elsewhere", "tab": "one"}
        assert (await row(seat_of, cleo)).sound_session == first
        await two.say(type="sound.offer", room=full.pk, sdp="offer", take=True)
        assert await one.hears(type="sound") == {"type": "sound", "do": "elsewhere", "tab": "two"}
        await two.hears("answer")
        seat = await row(seat_of, cleo)
        assert seat.sound_tab == "two" and seat.sound_session != first
        assert list(desk.here) == [seat.sound_session]


async def test_the_same_tab_carries_its_session_on(full, desk, cleo, seat_of):
    async with hearing(cleo, full) as ear:
        first = (await row(seat_of, cleo)).sound_session
        assert (await asks(ear, full))["do"] == "answer"
        assert (await row(seat_of, cleo)).sound_session == first
        assert ("cut", first) not in desk.orders


async def test_every_sitting_has_a_session_of_its_own(full, desk, cleo, seat_of):
    async with hearing(cleo, full) as ear:
        first = (await row(seat_of, cleo)).sound_session
        await do(seat_of, cleo, "leave")
        await sync_to_async(full.join)(cleo)
        await asks(ear, full)
        assert (await row(seat_of, cleo)).sound_session not in ("", first)
        assert first not in desk.here


async def test_a_tab_that_wants_no_more_gives_it_up_and_another_cannot(full, desk, cleo, seat_of):
    async with hearing(cleo, full, tab="one") as one, listening(cleo, tab="two") as two:
        await two.say(type="sound.leave", room=full.pk)
        await two.everything()
        assert await place(desk, seat_of, cleo)
        await one.say(type="sound.leave", room=full.pk)
        await one.everything()
        assert not desk.here
        assert (await asks(two, full))["do"] == "answer"


# What happens to seats happens to sound -------------------------------------------------------------------


async def test_mutes_and_unmutes_are_the_engines(full, desk, ada, bob, seat_of):
    async with hearing(bob, full):
        await do(seat_of, bob, "unmute")
        assert (await place(desk, seat_of, bob))["muted"] is False
        await do(seat_of, bob, "mute_by", ada)
        assert (await place(desk, seat_of, bob))["muted"] is True
        await do(seat_of, bob, "let_speak", ada)
        assert (await place(desk, seat_of, bob))["muted"] is True


async def test_w22_a_demoted_speaker_is_silenced_and_keeps_hearing(full, desk, ada, bob, seat_of):
    async with hearing(bob, full):
        await do(seat_of, bob, "unmute")
        await do(seat_of, bob, "move_to_audience", ada)
        assert await place(desk, seat_of, bob) == {"room": full.sound_name, "publish": False, "muted": True}


async def test_a_promoted_listener_may_be_heard_but_comes_up_muted(full, desk, ada, cleo, seat_of):
    async with hearing(cleo, full) as ear:
        await do(seat_of, cleo, "invite", ada)
        assert (await place(desk, seat_of, cleo))["publish"] is False
        await do(seat_of, cleo, "accept")
        assert await place(desk, seat_of, cleo) == {"room": full.sound_name, "publish": True, "muted": True}
        assert (await asks(ear, full))["publish"] is True


@pytest.mark.parametrize("how", ["leave", "remove", "end", "block", "suspend", "log out", "other room"])
async def test_no_ghosts_whoever_is_gone_is_cut(full, elsewhere, desk, ada, bob, cleo, mo, seat_of, as_, how):
    client = await sync_to_async(as_)(cleo)
    async with hearing(client, full), hearing(bob, full):
        session = (await row(seat_of, cleo)).sound_session
        ways = {
            "leave": lambda: seat_of(cleo).leave(),
            "remove": lambda: seat_of(cleo).remove(ada),
            "end": lambda: full.end(ada),
            "block": lambda: ada.block(cleo),
            "suspend": lambda: cleo.suspend(mo, "noise"),
            "log out": lambda: client.logout(),
            "other room": lambda: elsewhere.join(cleo),
        }
        await sync_to_async(ways[how])()
        await settled()
        assert session not in desk.here
        assert (await row(seat_of, cleo)).left_at is not None
        assert bool(await place(desk, seat_of, bob)) == (how != "end")


async def test_the_log_in_that_has_the_sound_takes_the_seat_along(full, desk, cleo, seat_of, as_):
    here, there = await sync_to_async(as_)(cleo), await sync_to_async(as_)(cleo)
    async with hearing(here, full, tab="one"), listening(there, tab="two"):
        session = (await row(seat_of, cleo)).sound_session
        await sync_to_async(here.logout)()
        await settled()
        assert session not in desk.here
        assert (await row(seat_of, cleo)).left_at


async def test_a_log_in_without_the_sound_ends_and_nothing_else_does(full, desk, cleo, seat_of, as_):
    here, there = await sync_to_async(as_)(cleo), await sync_to_async(as_)(cleo)
    async with listening(here, tab="one") as left, hearing(there, full, tab="two") as stays:
        session = (await row(seat_of, cleo)).sound_session
        await sync_to_async(here.logout)()
        assert await left.closed() == codes.LOGGED_OUT
        await stays.hears_nothing(type="sound")
        assert session in desk.here
        assert not (await row(seat_of, cleo)).left_at


async def test_the_seat_goes_over_to_the_device_that_takes_the_sound(full, desk, cleo, seat_of, as_):
    here, there = await sync_to_async(as_)(cleo), await sync_to_async(as_)(cleo)
    async with hearing(here, full, tab="one"), listening(there, tab="two") as stays:
        await stays.say(type="sound.offer", room=full.pk, sdp="offer", take=True)
        await stays.hears("answer to")
        await sync_to_async(here.logout)()
        await settled()
        assert (await row(seat_of, cleo)).sound_session in desk.here
        await sync_to_async(there.logout)()
        await settled()
        assert (await row(seat_of, cleo)).left_at and not desk.here


async def test_the_same_tab_after_another_log_in_has_a_sound_of_its_own(full, desk, cleo, seat_of, as_):
    before, after = await sync_to_async(as_)(cleo), await sync_to_async(as_)(cleo)
    async with hearing(before, full, tab="one"), listening(after, tab="one") as ear:
        await ear.say(type="sound.offer", room=full.pk, sdp="offer", take=False)
        await ear.hears("answer to")
        await sync_to_async(before.logout)()
        await settled()
        assert (await row(seat_of, cleo)).sound_session in desk.here


def test_who_changes_his_password_keeps_seat_and_sound_and_his_other_devices_do_not(full, bob, seat_of, as_):
    here, there = as_(bob), as_(bob)
    Seat.objects.filter(person=bob).update(sound_login=here.session.session_key, sound_session="his", sound_tab="tab")
    new = {"password1": "quite another one", "password2": "quite another one"}
    here.post("/accounts/password/change/", {"oldpassword": "backchannel", **new})
    seat = seat_of(bob)
    assert (seat.role, seat.left_at, seat.sound_login) == ("speaker", None, here.session.session_key)
    there.logout()
    assert seat_of(bob).left_at is None
    here.post("/accounts/logout/")
    assert seat_of(bob).left_at


async def test_a_seat_without_sound_is_given_up_at_any_log_out(full, cleo, seat_of, as_):
    here = await sync_to_async(as_)(cleo)
    await sync_to_async(as_)(cleo)
    await sync_to_async(here.logout)()
    assert (await row(seat_of, cleo)).left_at


async def test_an_offer_on_the_socket_of_an_ended_login_is_refused(full, desk, cleo, seat_of):
    class Leftover:
        person_id, login, tab, code = cleo.pk, "nosuchlogin", "tab", None
        heard = []

        async def send(self, frame):
            self.heard.append(frame)

    socket = Leftover()
    await steering.offer(socket, {"room": full.pk, "sdp": "offer"})
    assert [frame["do"] for frame in socket.heard] == ["refused"] and not desk.here


async def test_w3_removed_while_the_engine_was_thinking(full, desk, ada, cleo, seat_of):
    async def remove():
        desk.meanwhile = None
        await do(seat_of, cleo, "remove", ada)

    async with listening(cleo) as ear:
        desk.meanwhile = remove
        await ear.say(type="sound.offer", room=full.pk, sdp="offer", take=False)
        heard = await ear.everything()
        assert not [frame for frame in heard if frame.get("sdp")]
    assert not desk.here


async def test_demoted_while_the_engine_was_thinking(full, desk, ada, bob, seat_of):
    async def demote():
        desk.meanwhile = None
        await do(seat_of, bob, "move_to_audience", ada)

    async with listening(bob) as ear:
        desk.meanwhile = demote
        await asks(ear, full)
        assert (await place(desk, seat_of, bob)) == {"room": full.sound_name, "publish": False, "muted": True}


async def test_a_tab_that_comes_back_before_its_end_was_noticed_keeps_the_sound(full, desk, cleo, seat_of):
    async with hearing(cleo, full) as ear:
        session = (await row(seat_of, cleo)).sound_session

        async def gone():
            desk.meanwhile = None
            await sync_to_async(watching.gone)(session)

        desk.meanwhile = gone
        assert (await asks(ear, full))["sdp"] == "answer to offer"
        assert (await row(seat_of, cleo)).sound_session == session


async def test_sound_given_up_while_the_engine_was_thinking_is_asked_for_again(full, desk, cleo, seat_of):
    async def give_up():
        desk.meanwhile = None
        await sync_to_async(steering.give_back)((await row(seat_of, cleo)).sound_session)

    async with listening(cleo) as ear:
        desk.meanwhile = give_up
        assert (await asks(ear, full))["sdp"] == "" and not desk.here
        assert (await asks(ear, full))["sdp"] == "answer to offer"


async def test_cut_off_while_the_engine_was_thinking(full, desk, cleo, seat_of):
    entered = asyncio.Event()

    async def never():
        entered.set()
        await asyncio.sleep(60)

    async with listening(cleo) as ear:
        desk.meanwhile = never
        await ear.say(type="sound.offer", room=full.pk, sdp="offer", take=False)
        await asyncio.wait_for(entered.wait(), 3)
        await sync_to_async(cleo.log_out_everywhere)()
        await ear.closed()
    assert ("cut", (await row(seat_of, cleo)).sound_session) in desk.orders and not desk.here


# What the engine tells ------------------------------------------------------------------------------------


@pytest.fixture
def loud(full, bob, seat_of):
    """bob's seat, with sound and an open microphone."""
    seat_of(bob).unmute()
    Seat.objects.filter(person=bob).update(sound_session="his")
    return seat_of(bob)


def test_who_comes_while_the_whole_truth_is_told_is_not_cut_by_it(loud, cleo, monkeypatch):
    told = []

    def reconcile(wanted):
        if not told:
            Seat.objects.filter(person=cleo).update(sound_session="hers")
        told.append(sorted(wanted))

    monkeypatch.setattr(engine, "reconcile", reconcile)
    watching.reconcile()
    assert told == [["his"], ["hers", "his"]]


async def test_w23_reconcile_names_exactly_the_seats_that_are_here(full, desk, ada, bob, cleo, seat_of, time_goes_by):
    async with hearing(bob, full), hearing(cleo, full):
        await do(seat_of, bob, "unmute")
        await sync_to_async(watching.reconcile)()
        sessions = {person: (await row(seat_of, person)).sound_session for person in (bob, cleo)}
        version = (await row(seat_of, bob)).room.version
        assert desk.wanted == {
            sessions[bob]: {"room": full.sound_name, "publish": True, "muted": False, "version": version},
            sessions[cleo]: {"room": full.sound_name, "publish": False, "muted": True, "version": version},
        }
        time_goes_by(60)
        await sync_to_async(presence.hear)(bob.pk)
        await sync_to_async(watching.reconcile)()
        assert list(desk.wanted) == [sessions[bob]]


async def test_who_talks_is_told_to_the_room_by_seat(full, desk, bob, cleo, dan, seat_of):
    async with hearing(bob, full), listening(cleo) as listener, listening(dan) as outside:
        seat = await row(seat_of, bob)
        await watching.talking(full.sound_name, [seat.sound_session, "unknown"])
        assert await listener.hears(type="talking") == {"type": "talking", "room": full.pk, "seats": [seat.pk]}
        await watching.talking(full.sound_name, [])
        assert (await listener.hears(type="talking"))["seats"] == []
        await outside.hears_nothing(type="talking")


async def test_f7_after_a_restart_of_the_engine_those_it_lost_are_asked_back(full, desk, bob, cleo, dan, seat_of):
    async with hearing(bob, full, tab="one") as lost, hearing(cleo, full) as kept, listening(dan) as outside:
        await sync_to_async(watching.ready)([(await row(seat_of, cleo)).sound_session])
        assert await lost.hears(type="sound") == {"type": "sound", "do": "rejoin", "tab": "one"}
        await kept.hears_nothing(type="sound")
        await outside.hears_nothing(type="sound")


async def test_somebody_who_is_just_joining_is_not_missing(full, desk, cleo, seat_of):
    async with hearing(cleo, full) as ear:
        session = (await row(seat_of, cleo)).sound_session
        steering.joining.add(session)
        await sync_to_async(watching.missing)([session])
        await ear.hears_nothing(type="sound")
        steering.joining.clear()
        await sync_to_async(watching.missing)([session])
        assert (await ear.hears(type="sound"))["do"] == "rejoin"


async def test_a_tab_that_vanished_does_not_keep_the_sound(full, desk, cleo, seat_of):
    async with hearing(cleo, full, tab="one"):
        session = (await row(seat_of, cleo)).sound_session
    await sync_to_async(watching.gone)(session)
    assert (await row(seat_of, cleo)).sound_tab == ""
    async with hearing(cleo, full, tab="two"):
        assert await sync_to_async(Seat.objects.filter(sound_tab="two").exists)()
