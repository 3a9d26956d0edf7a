"""The desk with fake browsers: who hears whom, and how fast that ends."""

import asyncio
import time

import pytest
from django.conf import settings

from rooms.sound.mixer import ice
from rooms.sound.mixer.limits import Limits
from rooms.sound.mixer.opus import FRAME, RATE
from tests.rooms.sound.peers import Peer, Studio, until
from tests.rooms.sound.test_sdp import GOOD

HEARD, SILENT = -35, -55  # dB


@pytest.fixture
async def studio():
    async with Studio() as studio:
        yield studio


async def hears(peer, hz):
    await until(lambda: peer.level(hz) > HEARD)


async def stops_hearing(peer, hz):
    """Within one second."""
    await until(lambda: peer.level(hz) < SILENT, 1.25)  # the level is that of the last quarter of a second


async def test_a_listener_hears_all_and_a_speaker_all_but_himself(studio):
    bob, cleo = await studio.enter("bob", 440), await studio.enter("cleo")
    await studio.enter("ada", 660)
    await hears(cleo, 440)
    await hears(cleo, 660)
    await hears(bob, 660)
    # On a busy machine frames are late, and a gap in a tone has all frequencies in it: in a quiet moment it is pure.
    await until(lambda: bob.level(660) > HEARD and bob.level(660) - bob.level(440) > 40, 10)
    assert studio.events("talking")[-1] == {"event": "talking", "room": "room", "sessions": ["ada", "bob"]}


async def test_rooms_do_not_hear_each_other(studio):
    await studio.enter("bob", 440, room="one")
    dan, ada = await studio.enter("dan", room="two"), await studio.enter("ada", 660, room="two")
    await hears(dan, 660)
    await asyncio.sleep(0.5)  # the first moment of a tone has all frequencies in it
    assert dan.level(440) < SILENT and ada.level(440) < SILENT


@pytest.mark.parametrize("hz", [None, 440], ids=["silence", "a-tone"])
async def test_silence_and_sound_are_sent_at_the_same_pace(studio, hz):
    await studio.enter("bob", hz)
    cleo = await studio.enter("cleo")
    await until(lambda: cleo.packets > 10)
    stamp, at = cleo.stamp, time.monotonic()
    await asyncio.sleep(2)
    sent, gone = (cleo.stamp - stamp) / RATE, time.monotonic() - at
    assert sent == pytest.approx(gone, abs=0.5)  # twice or half the pace would be 1 s off and more
    assert cleo.apart == FRAME


async def test_muting_ends_the_sound_whatever_the_browser_sends_and_unmuting_brings_it_back(studio):
    bob, cleo = await studio.enter("bob", 440), await studio.enter("cleo")
    await hears(cleo, 440)
    studio.do("mute", session="bob", muted=True)
    await stops_hearing(cleo, 440)
    await until(lambda: studio.events("talking")[-1]["sessions"] == [], 1)
    studio.do("mute", session="bob", muted=False)
    await hears(cleo, 440)
    assert bob.pc.connectionState == "connected"


async def test_who_comes_muted_is_not_heard(studio):
    await studio.enter("bob", 440, muted=True)
    cleo, ada = await studio.enter("cleo"), await studio.enter("ada", 660)
    await hears(cleo, 660)
    await asyncio.sleep(0.5)
    assert cleo.level(440) < SILENT and ada.level(440) < SILENT


async def test_who_moves_to_the_audience_falls_silent_and_keeps_listening(studio):
    bob, ada, cleo = await studio.enter("bob", 440), await studio.enter("ada", 660), await studio.enter("cleo")
    await hears(cleo, 440)
    studio.do("role", session="bob", publish=False)
    await stops_hearing(cleo, 440)
    await hears(bob, 660)
    assert ada.level(440) < SILENT
    studio.do("mute", session="bob", muted=False)
    await asyncio.sleep(0.5)
    assert cleo.level(440) < SILENT


async def test_a_listener_who_offers_sound_is_only_sent_to(studio):
    cleo = await studio.enter("cleo")
    dan = Peer(880, direction="sendrecv")
    studio.peers.append(dan)
    reply = await studio.ask("dan", await dan.offer(), publish=False)
    assert "a=sendonly" in reply["answer"] and "a=sendrecv" not in reply["answer"]
    await dan.accept(reply["answer"])
    studio.do("mute", session="dan", muted=False)
    await until(lambda: cleo.packets > 30 and dan.packets > 30)
    assert cleo.level(880) < SILENT


async def test_promotion_alone_opens_no_way_but_a_new_offer_does_without_a_gap(studio):
    cleo, old = await studio.enter("cleo"), await studio.enter("bob")
    studio.do("role", session="bob", publish=True)
    new = await studio.enter("bob", 440)
    await hears(cleo, 440)
    await until(lambda: old.pc.connectionState == "closed")
    assert not studio.events("gone") and list(studio.desk.sessions) == ["cleo", "bob"]
    await until(lambda: new.packets > 10)


async def test_an_offer_that_never_connects_leaves_the_old_connection_alone(studio):
    cleo, bob = await studio.enter("cleo"), await studio.enter("bob", 440)
    reply = await studio.ask("bob", await Peer(550).offer(), publish=True)
    assert "answer" in reply
    await hears(cleo, 440)
    studio.desk.sessions["bob"].coming._too_late()
    await asyncio.sleep(0.1)
    assert bob.pc.connectionState == "connected" and not studio.events("gone")


async def test_cut_means_no_more_packets_either_way(studio):
    bob, cleo = await studio.enter("bob", 440), await studio.enter("cleo")
    await hears(cleo, 440)
    studio.do("cut", session="bob")
    await stops_hearing(cleo, 440)
    studio.do("cut", session="cleo")
    await asyncio.sleep(0.3)
    packets = cleo.packets + bob.packets
    await asyncio.sleep(0.5)
    assert cleo.packets + bob.packets == packets
    assert not studio.desk.sessions and not studio.desk.rooms and not studio.events("gone")


async def test_reconcile_cuts_strangers_corrects_the_rest_and_names_the_missing(studio):
    bob, eve, cleo = await studio.enter("bob", 440), await studio.enter("eve", 660), await studio.enter("cleo")
    await hears(cleo, 440)
    await hears(cleo, 660)
    speaker, listener = (
        {"room": "room", "publish": True, "muted": True, "version": 100},
        {"room": "room", "publish": False, "muted": True, "version": 100},
    )
    studio.do("reconcile", sessions={"bob": speaker, "cleo": listener, "ada": listener})
    assert studio.events("missing") == [{"event": "missing", "sessions": ["ada"]}]
    await stops_hearing(cleo, 440)
    await stops_hearing(cleo, 660)
    assert sorted(studio.desk.sessions) == ["bob", "cleo"]
    await until(lambda: eve.pc.connectionState == "closed")
    assert bob.pc.connectionState == "connected"


@pytest.mark.parametrize(
    ("late", "now"),
    [
        ({"do": "mute", "muted": False}, (True, True)),
        ({"do": "role", "publish": False}, (True, True)),
        ({"do": "reconcile", "publish": False, "muted": False}, (True, True)),
        ({"do": "join", "id": 1, "publish": False, "muted": False, "offer": ""}, (True, True)),
        ({"do": "mute", "muted": False, "version": 7}, (True, False)),
        ({"do": "role", "publish": False, "version": 8}, (False, True)),
    ],
    ids=["mute", "role", "reconcile", "join", "mute-as-new", "role-newer"],
)
async def test_an_order_that_was_overtaken_changes_nothing(studio, late, now):
    bob = studio.desk._place("bob", "room")
    bob.allow(True, True, 7)
    place = {"session": "bob", "room": "room", "version": 6, **late}
    studio.desk.obey({**place, "sessions": {"bob": place}})
    assert (bob.publish, bob.muted) == now


async def test_a_browser_that_goes_is_gone(studio):
    bob = await studio.enter("bob", 440)
    await bob.close()
    await until(lambda: studio.events("gone") == [{"event": "gone", "session": "bob"}])
    assert not studio.desk.rooms


async def test_a_browser_that_never_comes_is_gone_and_its_place_free(studio):
    await studio.ask("bob", await Peer().offer())
    studio.desk.sessions["bob"].coming._too_late()
    assert studio.events("gone") == [{"event": "gone", "session": "bob"}] and not studio.desk.sessions


async def test_the_room_is_full_and_the_house_is_full():
    async with Studio(Limits(room=1, all=2)) as studio:
        await studio.enter("bob", 440)
        assert (await studio.ask("ada", GOOD))["refused"] == "room_full"
        await studio.enter("cleo", room="other")
        assert (await studio.ask("dan", GOOD, room="third"))["refused"] == "full"
        assert "answer" in await studio.ask("bob", await Peer(440).offer(), publish=True)


async def test_the_101st_of_a_room_and_the_151st_of_all_wait_until_somebody_goes(studio):
    assert Limits(settings.MIXER_ROOM_LIMIT, settings.MIXER_LIMIT) == Limits() == Limits(room=100, all=150)
    for number in range(149):
        studio.desk._place(f"guest{number}", "crowded" if number < 100 else "other")
    assert (await studio.ask("dan", await Peer().offer(), room="crowded"))["refused"] == "room_full"
    assert "answer" in await studio.ask("bob", await Peer().offer(), room="other")
    assert (await studio.ask("dan", await Peer().offer(), room="third"))["refused"] == "full"
    studio.do("cut", session="guest0")
    assert "answer" in await studio.ask("dan", await Peer().offer(), room="crowded")


@pytest.mark.parametrize("offer", ["", "nonsense", None, GOOD.replace("m=audio", "m=video")])
async def test_a_bad_offer_is_refused_and_takes_no_place(studio, offer):
    assert (await studio.ask("dan", offer))["refused"] == "bad_offer"
    assert not studio.desk.sessions and not studio.desk.rooms


async def test_an_offer_that_only_looks_good_fails_politely(studio):
    offer = GOOD.replace("a=rtcp-mux", "a=rtcp-mux\r\na=extmap:x y z")
    assert (await studio.ask("dan", offer))["refused"] == "failed"
    assert not studio.desk.sessions


async def test_no_port_left_is_full(studio):
    first, second = await Peer().offer(), await Peer().offer()
    ice.use(range(40_123, 40_124))
    assert " 40123 typ host" in (await studio.ask("cleo", first))["answer"]
    assert (await studio.ask("dan", second))["refused"] == "full"
    assert list(studio.desk.sessions) == ["cleo"]


@pytest.mark.parametrize(
    "line",
    [
        {},
        [],
        None,
        7,
        {"do": "dance"},
        {"do": "mute"},
        {"do": "mute", "session": ["x"]},
        {"do": "mute", "session": "bob", "muted": False},
        {"do": "mute", "session": "bob", "muted": False, "version": "9"},
        {"do": "cut", "session": "nobody"},
        {"do": "join", "id": 1, "session": 5},
        {"do": "reconcile", "sessions": {"bob": 3}},
    ],
)
async def test_a_line_that_makes_no_sense_changes_nothing(studio, line):
    bob = await studio.enter("bob", 440)
    studio.desk.obey(line)
    assert list(studio.desk.sessions) == ["bob"] and bob.pc.connectionState == "connected"


async def test_nothing_on_the_wire_tells_who_it_is(studio):
    peer = await studio.enter("ada.lovelace", room="secret.room")
    answer = peer.pc.remoteDescription.sdp
    # Whole words: the random numbers of an answer are hexadecimal, and "ada" is one of them now and then.
    assert "lovelace" not in answer and "secret" not in answer
