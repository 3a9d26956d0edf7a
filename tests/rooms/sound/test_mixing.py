"""The small parts of the mix, without any network."""

import numpy as np
import pytest

from rooms.sound.mixer import ice
from rooms.sound.mixer.jitter import LOST, START, Jitter
from rooms.sound.mixer.limits import Limits
from rooms.sound.mixer.mixing import TICK, Clock, Room, clip
from rooms.sound.mixer.offers import announced, as_voice, without_addresses
from rooms.sound.mixer.opus import FRAME, RATE, TAIL, Decoder, Encoder
from rooms.sound.mixer.talking import OVER, PATIENCE, Level
from rooms.sound.mixer.voice import Voice
from tests.rooms.sound.test_sdp import GOOD


def tone(hz, n=0, loud=8000):
    return (loud * np.sin(2 * np.pi * hz * (np.arange(FRAME) + n * FRAME) / RATE)).astype(np.int16)


class Somebody:
    """Stands where a session stands; `says` is his frame."""

    def __init__(self, id, says=None, heard=True):
        self.id, self.says, self.heard, self.connected = id, says, heard, True
        self.level, self.encoder, self.got = Level(), Remembering(), None

    def listen(self):
        self.level.feed(self.says)
        return self.says

    def give(self, packet):
        self.got = packet


class Remembering:
    def __init__(self):
        self.calls = []

    def packet(self, pcm, pts):
        self.calls.append((pcm, pts))
        return (self, pts)


def room(*people):
    made = Room()
    made.shared = Remembering()
    made.sessions.update(people)
    return made


def test_everybody_on_stage_hears_the_others_and_the_audience_hears_all():
    ada, bob, cleo, dan = (
        Somebody("a", tone(300)),
        Somebody("b", tone(500)),
        Somebody("c", heard=False),
        Somebody("d", heard=False),
    )
    stage = room(ada, bob, cleo, dan)
    stage.tick(960)
    [(all_of_it, pts)] = stage.shared.calls
    assert pts == 960 and (all_of_it == tone(300) + tone(500)).all()
    assert (ada.encoder.calls[0][0] == tone(500)).all()
    assert (bob.encoder.calls[0][0] == tone(300)).all()
    assert cleo.got is dan.got  # one encoding for all who listen


def test_who_speaks_alone_costs_no_encoding_of_his_own():
    ada = Somebody("a", tone(300))
    stage = room(ada)
    stage.tick(0)
    assert ada.encoder.calls == [(None, 0)]
    assert stage.shared.calls == []


def test_who_may_not_be_heard_is_not_mixed_whatever_he_sends():
    muted, cleo = Somebody("m", tone(300), heard=False), Somebody("c", heard=False)
    stage = room(muted, cleo)
    stage.tick(0)
    assert stage.shared.calls == [(None, 0)]


def test_loud_sums_are_clipped_and_do_not_wrap_around():
    assert list(clip(np.array([70_000, -70_000, 5], np.int32))) == [32767, -32768, 5]


def test_silence_is_encoded_only_at_first_and_decodes_to_silence():
    encoder, decoder = Encoder(), Decoder()
    packets = [encoder.packet(tone(440, n), n * FRAME) for n in range(20)]
    packets += [encoder.packet(None, n * FRAME) for n in range(20, 80)]
    assert encoder.frames == (20 + TAIL) * FRAME
    assert [packet.pts for packet in packets] == [n * FRAME for n in range(80)]
    heard = [decoder.pcm(bytes(packet)) for packet in packets]
    assert np.abs(heard[15]).max() > 4000 and np.abs(heard[-1]).max() < 5


def test_what_is_no_opus_is_silence():
    assert len(Decoder().pcm(b"\xff" * 3)) == 0


def test_one_broken_room_does_not_stop_the_others():
    broken, whole = room(), room(Somebody("c", heard=False))
    broken.tick = lambda pts: 1 / 0
    clock = Clock({"x": broken, "y": whole}, lambda *news: None)
    clock.turn()
    assert len(whole.shared.calls) == 1 and clock.pts == FRAME


def test_after_a_pause_the_clock_leaves_out_what_was_missed():
    clock = Clock({}, None)
    assert clock._caught_up(10.0, 10.1) == 10.0 and clock.pts == 0
    assert clock._caught_up(10.0, 15.001) == pytest.approx(15.0) and clock.pts == 250 * FRAME


def test_talking_needs_a_moment_and_forgives_a_pause():
    level = Level()
    answers = []
    for frame in [tone(300, loud=600)] * OVER + [None] * (OVER + PATIENCE):
        level.feed(frame)
        answers.append(level.talking)
    assert answers[0] is False and answers[OVER - 1] is True
    assert answers[OVER + PATIENCE - 1] is True and answers[-1] is False
    for _ in range(50):
        level.feed(tone(300, loud=100))
    assert not level.talking  # breathing


def test_talking_is_told_once_and_again_when_it_changes():
    ada = Somebody("a", tone(300))
    stage, told = room(ada), []
    clock = Clock({"r": stage}, lambda *news: told.append(news))
    for _ in range(4 * Clock.EVERY):
        clock.turn()
    ada.says = None
    for _ in range(5 * Clock.EVERY):
        clock.turn()
    assert told == [("r", ["a"]), ("r", [])]


def played(jitter, frames):
    return [jitter.take() for _ in range(frames)]


def test_packets_come_out_in_order_once_and_from_the_second_on():
    jitter = Jitter()
    jitter.put(65535, b"a")
    assert jitter.take() is None and START == 2
    for number, payload in ((1, b"c"), (0, b"b"), (0, b"b"), (65535, b"late")):
        jitter.put(number, payload)
    assert played(jitter, 3) == [b"late", b"b", b"c"]
    jitter.put(0, b"too late")
    assert jitter.take() == LOST and not jitter.packets


def test_a_missing_packet_is_lost_and_an_empty_one_too():
    jitter = Jitter()
    for number, payload in ((1, b"a"), (2, b""), (3, b"c")):
        jitter.put(number, payload)
    assert played(jitter, 3) == [b"a", LOST, b"c"]


def test_a_flood_keeps_only_the_newest_and_a_jump_begins_anew():
    jitter = Jitter()
    for number in range(1000):
        jitter.put(number, b"%d" % number)
    assert len(jitter.packets) <= 10
    jitter.put(40_000, b"x")
    jitter.put(40_001, b"y")
    assert jitter.take() == b"x"


def test_what_waits_too_long_is_shortened():
    jitter = Jitter()
    for number in range(6):
        jitter.put(number, b"%d" % number)
    for number in range(6, 406):
        jitter.put(number, b"%d" % number)
        jitter.take()
    assert len(jitter.packets) <= 3


def test_a_closed_voice_keeps_nothing():
    voice, encoder = Voice(), Encoder()
    packets = [bytes(encoder.packet(tone(440, n), 0)) for n in range(8)]
    for number, packet in enumerate(packets):
        voice.put(number, packet)
    assert not voice.jitter.packets
    voice.open(True)
    for number, packet in enumerate(packets):
        voice.put(number, packet)
    assert len(voice.frame()) == FRAME and np.abs(voice.frame()).max() > 1000
    voice.open(False)
    assert voice.frame() is None and not voice.jitter.packets and not len(voice.samples)


def test_the_browsers_addresses_never_reach_the_engine():
    offer = without_addresses(GOOD + "a=end-of-candidates\r\n")
    assert "candidate" not in offer and ".local" not in offer
    assert offer == GOOD.replace(GOOD[GOOD.index("a=candidate") : GOOD.index("a=ice-ufrag")], "")


ANSWER = (
    "m=audio 5000 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 10.0.0.5\r\na=rtpmap:111 opus/48000/2\r\n"
    "a=candidate:1 1 udp 2130706431 10.0.0.5 5000 typ host\r\na=candidate:2 1 udp 2130706431 fd00::5 5001 typ host\r\n"
    "a=candidate:3 1 udp 2130706431 127.0.0.1 5002 typ host\r\na=end-of-candidates\r\n"
)


def test_a_public_address_takes_the_place_of_our_own():
    answer = announced(ANSWER, "203.0.113.7")
    assert "c=IN IP4 203.0.113.7\r\n" in answer and " 203.0.113.7 5000 typ host\r\n" in answer
    assert not any(own in answer for own in ("10.0.0.5", "fd00::5", "127.0.0.1"))
    assert announced(ANSWER, None) == ANSWER
    assert " 2001:db8::7 5001 typ host" in announced(ANSWER, "2001:db8::7")


def test_opus_is_asked_to_mend_losses():
    assert "a=fmtp:111 minptime=10;useinbandfec=1" in as_voice(ANSWER)


@pytest.mark.parametrize(
    ("text", "numbers"), [("", None), ("40000-40100", range(40000, 40101)), ("4000", range(4000, 4001))]
)
def test_a_range_of_ports(text, numbers):
    assert ice.ports(text) == numbers


@pytest.mark.parametrize("text", ["a-b", "5-4", "0-10", "1-70000", "1-2-3", "-"])
def test_no_range_of_ports(text):
    with pytest.raises(ValueError):
        ice.ports(text)


def test_more_packets_than_a_voice_has_are_not_let_in():
    gate = ice.Gate(0.0)
    assert sum(gate.lets(0.0) for _ in range(1000)) == ice.BURST
    assert sum(gate.lets(1.0) for _ in range(1000)) == ice.PACKETS_PER_SECOND


def test_loopback_is_among_our_addresses_and_comes_last():
    found = ice.own_addresses()
    assert found[-1] == "127.0.0.1" and "::1" not in found and len(set(found)) == len(found)


def test_the_limits_of_a_room_and_of_the_house():
    limits = Limits(room=2, all=3)
    here = {"a": Somebody("a"), "b": Somebody("b"), "c": Somebody("c")}
    here["a"].room = here["b"].room = "r"
    here["c"].room = "q"
    assert limits.refusal(here, "d", "r") == "room_full"
    assert limits.refusal(here, "d", "q") == "full"
    assert limits.refusal(here, "b", "r") is None  # coming again is not coming twice
    assert TICK == 0.02
