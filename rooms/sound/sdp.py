"""Is this offer one we are willing to hand to the sound engine?

Media servers have been broken through their SDP parsers more than once, so a browser's text is looked at here,
with nothing but string handling, before any engine sees it.
"""

import re

MAX_BYTES = 16 * 1024
MAX_LINES = 400
MAX_CANDIDATES = 64

MEDIA = re.compile(r"m=audio \d{1,5} UDP/TLS/RTP/SAVPF( \d{1,3}){1,40}")
LINE = re.compile(r"[a-z]=[\x20-\x7e]*")
DIRECTION = re.compile(r"a=(sendrecv|sendonly|recvonly|inactive)")

# What every browser's offer carries exactly so, and why the connection cannot be made without it.
NEEDED = {
    "no name for the media": re.compile(r"a=mid:[\x21-\x7e]{1,16}"),
    "no multiplexing of RTCP": re.compile(r"a=rtcp-mux"),
    "no ICE name": re.compile(r"a=ice-ufrag:[A-Za-z0-9+/]{4,256}"),
    "no ICE password": re.compile(r"a=ice-pwd:[A-Za-z0-9+/]{22,256}"),
    "no fingerprint": re.compile(r"a=fingerprint:sha-(256|384|512) [0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){31,63}"),
    "no DTLS role": re.compile(r"a=setup:(actpass|active|passive)"),
    "no direction": DIRECTION,
    "no Opus": re.compile(r"a=rtpmap:\d{1,3} opus/48000/2", re.IGNORECASE),
}


class BadOffer(ValueError):
    """The offer is refused; the text says why, in plain words."""


def check(sdp):
    """Take a browser's offer; give it back unchanged, or raise BadOffer with the reason."""
    lines = _lines(sdp)
    _check_media([line for line in lines if line.startswith("m=")])
    _check_candidates([line for line in lines if line.startswith("a=candidate:")])
    for reason, pattern in NEEDED.items():
        if not any(pattern.fullmatch(line) for line in lines):
            raise BadOffer(reason)
    return sdp


def _lines(sdp):
    if not isinstance(sdp, str):
        raise BadOffer("not a text")
    if len(sdp.encode(errors="replace")) >= MAX_BYTES:
        raise BadOffer("too long")
    lines = sdp.replace("\r\n", "\n").rstrip("\n").split("\n")
    if len(lines) > MAX_LINES:
        raise BadOffer("too many lines")
    if lines[0] != "v=0" or not all(LINE.fullmatch(line) for line in lines):
        raise BadOffer("not a session description")
    return lines


def _check_media(media):
    if len(media) != 1:
        raise BadOffer("there has to be exactly one medium")
    if not MEDIA.fullmatch(media[0]):
        raise BadOffer("the medium has to be audio")


def _check_candidates(candidates):
    if len(candidates) > MAX_CANDIDATES:
        raise BadOffer("too many addresses")
