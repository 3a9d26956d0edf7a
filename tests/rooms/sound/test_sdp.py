"""What is refused before any engine sees it."""

import pytest

from rooms.sound.sdp import BadOffer, check

GOOD = "\r\n".join(
    [
        "v=0",
        "o=- 4611731400430051336 2 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8",
        "c=IN IP4 0.0.0.0",
        "a=candidate:1 1 udp 2113937151 bebd1766-cf74-4804-a206-a71db868cee4.local 37665 typ host",
        "a=ice-ufrag:aE2H",
        "a=ice-pwd:0A3dsPaqpHqmNIbnd3hDyP5x",
        "a=fingerprint:sha-256 " + ":".join(["AB"] * 32),
        "a=setup:actpass",
        "a=mid:0",
        "a=recvonly",
        "a=rtcp-mux",
        "a=rtpmap:111 opus/48000/2",
        "",
    ]
)
CANDIDATE = "a=candidate:1 1 udp 1 192.0.2.1 1 typ host\r\n"


def test_a_browsers_offer_passes_unchanged():
    assert check(GOOD) == GOOD
    assert check(GOOD + CANDIDATE * 63)


@pytest.mark.parametrize(
    ("reason", "offer"),
    [
        ("not a text", None),
        ("not a text", {"sdp": GOOD}),
        ("not a session description", ""),
        ("not a session description", "hello"),
        ("not a session description", GOOD + "a=x\0y\r\n"),
        ("not a session description", GOOD + "a=ünïcode\r\n"),
        ("not a session description", GOOD.replace("s=-", "s")),
        ("not a session description", GOOD.replace("s=-", "s=-\rm=video 9 UDP/TLS/RTP/SAVPF 96")),
        ("too long", GOOD + "a=x:" + "y" * 17_000),
        ("too long", "é" * 9_000),
        ("too many lines", GOOD + "a=\r\n" * 500),
        ("too many addresses", GOOD + CANDIDATE * 64),
        ("there has to be exactly one medium", GOOD + "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"),
        ("there has to be exactly one medium", GOOD + "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n"),
        ("there has to be exactly one medium", "v=0\r\n"),
        ("the medium has to be audio", GOOD.replace("m=audio", "m=video")),
        ("the medium has to be audio", GOOD.replace("UDP/TLS/RTP/SAVPF", "RTP/AVP")),
        ("the medium has to be audio", GOOD.replace("111 63 9 0 8", "webrtc-datachannel")),
        ("no ICE name", GOOD.replace("a=ice-ufrag:aE2H", "a=ice-ufrag:a")),
        ("no ICE password", GOOD.replace("a=ice-pwd:0A3dsPaqpHqmNIbnd3hDyP5x", "a=ice-pwd:short")),
        ("no fingerprint", GOOD.replace("sha-256", "md5")),
        ("no DTLS role", GOOD.replace("a=setup:actpass\r\n", "")),
        ("no direction", GOOD.replace("a=recvonly\r\n", "")),
        ("no multiplexing of RTCP", GOOD.replace("a=rtcp-mux\r\n", "")),
        ("no name for the media", GOOD.replace("a=mid:0\r\n", "")),
        ("no Opus", GOOD.replace("opus/48000/2", "PCMU/8000")),
    ],
)
def test_anything_else_is_refused_with_a_reason(reason, offer):
    with pytest.raises(BadOffer, match=reason):
        check(offer)
